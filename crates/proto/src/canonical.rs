//! Whether bytes are those that we would write of the message in them: then they can be kept as they came.

use crate::members::Members;
use crate::straight::{Field, Rule, Shape};
use crate::value::{MAX_LEVELS, framed};
use crate::wire::{Glance, Key, Member, Wire};

/// What a member without a name begins with: the key of its value.
const NAMELESS: u8 = 0x12;

/// Whether encoding the message of these bytes anew gives the same bytes, and all values in it have a place in JSON:
/// fields in the order of their numbers, each once, none unknown, none that says what its absence says; members of
/// objects in the order of their names. False for some that are so, too: what is rare is not looked at further.
pub fn is_canonical<M: Members>(bytes: &[u8]) -> bool {
    message(Wire(bytes), M::FIELDS).is_some()
}

fn message(mut wire: Wire<'_>, fields: &'static [Field]) -> Option<()> {
    let (mut last, mut chosen) = (0, false);
    while let Some(key) = wire.key()? {
        let field = fields.iter().find(|field| field.tag == key.tag)?;
        let again = field.tag == last && matches!(field.rule, Rule::Each | Rule::RequiredEach);
        if field.tag <= last && !again {
            return None;
        }
        last = field.tag;
        if field.rule == Rule::Choice && std::mem::replace(&mut chosen, true) {
            return None;
        }
        content(&mut wire, key, field)?;
    }
    Some(())
}

/// One field. What is neither optional nor one of several is written only where it says something.
fn content(wire: &mut Wire<'_>, key: Key, field: &Field) -> Option<()> {
    let idle = |is_default: bool| is_default && matches!(field.rule, Rule::Implied | Rule::Required);
    match &field.shape {
        Shape::Flag => (wire.number(key)? == 1).then_some(()),
        Shape::Whole | Shape::Named(_) => {
            let number = i32::try_from(wire.number(key)?).ok()?;
            let listed = matches!(field.rule, Rule::Each | Rule::RequiredEach);
            (!listed && !idle(number == 0)).then_some(())
        }
        Shape::Text => (!idle(wire.text(key)?.is_empty())).then_some(()),
        Shape::Bytes => (!idle(wire.bytes(key)?.is_empty())).then_some(()),
        Shape::Struct => object(Wire(wire.bytes(key)?), MAX_LEVELS),
        Shape::Value => value(Wire(wire.bytes(key)?), MAX_LEVELS),
        Shape::Message(fields) => message(Wire(wire.bytes(key)?), fields),
        Shape::Time | Shape::Map => None,
    }
}

/// As `NotJson` counts levels: a member is a message of its own around its value.
fn object(mut wire: Wire<'_>, levels: usize) -> Option<()> {
    let (levels, mut last) = (levels.checked_sub(2)?, None);
    while let Some(key) = wire.key()? {
        let entry = wire.bytes(key.tagged(1)?)?;
        let Member { name, value: held } = Wire(entry).member()?;
        // A name is written unless it is empty, a value always. An empty name alone is as long as a value alone.
        let named = if name.is_empty() { 0 } else { framed(name.len()) };
        let nameless = entry.first() == Some(&NAMELESS);
        if nameless != name.is_empty() || entry.len() != named + framed(held.0.len()) || last >= Some(name) {
            return None;
        }
        value(held, levels)?;
        last = Some(name);
    }
    Some(())
}

fn value(wire: Wire<'_>, levels: usize) -> Option<()> {
    match wire.glance()? {
        Glance::Number(number) => number.is_finite().then_some(()),
        Glance::Object(members) => object(members, levels.checked_sub(1)?),
        Glance::List(items) => list(items, levels.checked_sub(2)?),
        Glance::Truth(_) | Glance::Nothing => {
            (wire.0.is_empty() || matches!(wire.0, [8, 0] | [32, 0 | 1])).then_some(())
        }
        Glance::Text(_) => Some(()),
    }
}

fn list(mut items: Wire<'_>, levels: usize) -> Option<()> {
    while let Some(key) = items.key()? {
        value(Wire(items.bytes(key.tagged(1)?)?), levels)?;
    }
    Some(())
}

#[cfg(test)]
mod tests;
