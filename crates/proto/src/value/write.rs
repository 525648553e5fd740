//! JSON values as they go out, without a tree: what is put is written, member by member and item by item.
//! Put in the order of their names, members are the bytes that [`Struct::append`](super::Struct::append) writes.

use super::Kind;
use super::append::{nested, text};

/// The place of one value, to be filled once; left alone it holds no kind.
#[derive(Debug)]
pub struct Slot<'o>(&'o mut Vec<u8>);

/// The members of an object.
#[derive(Debug)]
pub struct Object<'o>(&'o mut Vec<u8>);

/// The items of a list.
#[derive(Debug)]
pub struct List<'o>(&'o mut Vec<u8>);

impl<'o> Slot<'o> {
    /// Writes an encoded value behind what is there.
    pub fn new(out: &'o mut Vec<u8>) -> Self {
        Self(out)
    }

    /// A string.
    pub fn text(self, words: &str) {
        text(self.0, 3, words);
    }

    /// A number; exact for integers up to 2^53.
    pub fn number(self, number: impl Into<f64>) {
        Kind::NumberValue(number.into()).encode(self.0);
    }

    /// A count; exact up to 2^53.
    #[allow(clippy::cast_precision_loss, reason = "there are doubles only")]
    pub fn count(self, count: u64) {
        self.number(count as f64);
    }

    /// A boolean.
    pub fn truth(self, truth: bool) {
        Kind::BoolValue(truth).encode(self.0);
    }

    /// A value that is encoded already.
    pub fn written(self, value: &[u8]) {
        self.0.extend_from_slice(value);
    }

    /// An object whose members are encoded already, as a `Struct`.
    pub fn members(self, members: &[u8]) {
        nested(self.0, 5, |out| out.extend_from_slice(members));
    }

    /// A list whose items are encoded already, as a `ListValue`.
    pub fn items(self, items: &[u8]) {
        nested(self.0, 6, |out| out.extend_from_slice(items));
    }

    /// An object with what `fill` puts into it.
    pub fn object(self, fill: impl FnOnce(&mut Object<'_>)) {
        nested(self.0, 5, |out| fill(&mut Object(out)));
    }

    /// A list of what `fill` puts into it.
    pub fn list(self, fill: impl FnOnce(&mut List<'_>)) {
        nested(self.0, 6, |out| fill(&mut List(out)));
    }
}

impl<'o> Object<'o> {
    /// Writes an encoded `Struct` behind what is there.
    pub fn new(out: &'o mut Vec<u8>) -> Self {
        Self(out)
    }

    /// A member with what `fill` puts into its place.
    pub fn put(&mut self, name: &str, fill: impl FnOnce(Slot<'_>)) -> &mut Self {
        nested(self.0, 1, |out| {
            if !name.is_empty() {
                text(out, 1, name);
            }
            nested(out, 2, |out| fill(Slot(out)));
        });
        self
    }

    /// A string.
    pub fn text(&mut self, name: &str, words: &str) -> &mut Self {
        self.put(name, |slot| slot.text(words))
    }

    /// A string, where it says something.
    pub fn some_text(&mut self, name: &str, words: &str) -> &mut Self {
        if words.is_empty() { self } else { self.text(name, words) }
    }

    /// A number; see [`Slot::number`].
    pub fn number(&mut self, name: &str, number: impl Into<f64>) -> &mut Self {
        self.put(name, |slot| slot.number(number))
    }

    /// A count; see [`Slot::count`].
    pub fn count(&mut self, name: &str, count: u64) -> &mut Self {
        self.put(name, |slot| slot.count(count))
    }

    /// An object.
    pub fn object(&mut self, name: &str, fill: impl FnOnce(&mut Object<'_>)) -> &mut Self {
        self.put(name, |slot| slot.object(fill))
    }

    /// A list.
    pub fn list(&mut self, name: &str, fill: impl FnOnce(&mut List<'_>)) -> &mut Self {
        self.put(name, |slot| slot.list(fill))
    }
}

impl<'o> List<'o> {
    /// Writes an encoded `ListValue` behind what is there.
    pub fn new(out: &'o mut Vec<u8>) -> Self {
        Self(out)
    }

    /// An item with what `fill` puts into its place.
    pub fn put(&mut self, fill: impl FnOnce(Slot<'_>)) -> &mut Self {
        nested(self.0, 1, |out| fill(Slot(out)));
        self
    }

    /// A string.
    pub fn text(&mut self, words: &str) -> &mut Self {
        self.put(|slot| slot.text(words))
    }

    /// An object.
    pub fn object(&mut self, fill: impl FnOnce(&mut Object<'_>)) -> &mut Self {
        self.put(|slot| slot.object(fill))
    }
}
