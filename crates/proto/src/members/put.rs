//! Members on their way out. Those of a default value are left out by the functions that do not say `always`.

use std::collections::{BTreeMap, HashMap};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use prost_types::Timestamp;
use serde::ser::{Error as _, Serialize, SerializeMap, SerializeSeq, Serializer};

use super::{Members, Out};
use crate::time;

/// A member whatever it is.
pub(crate) fn always<O: SerializeMap, T: Serialize + ?Sized>(
    out: &mut O,
    name: &'static str,
    value: &T,
) -> Result<(), O::Error> {
    out.serialize_entry(name, value)
}

/// A member that is left out when it is empty, false or zero.
pub(crate) fn unless_default<O: SerializeMap, T: Serialize + Default + PartialEq>(
    out: &mut O,
    name: &'static str,
    value: &T,
) -> Result<(), O::Error> {
    if *value == T::default() { Ok(()) } else { out.serialize_entry(name, value) }
}

/// A member that is there or not, whatever it is.
pub(crate) fn some<O: SerializeMap, T: Serialize>(
    out: &mut O,
    name: &'static str,
    value: &Option<T>,
) -> Result<(), O::Error> {
    value.iter().try_for_each(|value| out.serialize_entry(name, value))
}

/// A message, if there is one.
pub(crate) fn message<O: SerializeMap, M: Members>(
    out: &mut O,
    name: &'static str,
    message: Option<&M>,
) -> Result<(), O::Error> {
    message.map_or(Ok(()), |message| out.serialize_entry(name, &Out(message)))
}

/// Messages, also none.
pub(crate) fn messages<O: SerializeMap, M: Members>(
    out: &mut O,
    name: &'static str,
    messages: &[M],
) -> Result<(), O::Error> {
    out.serialize_entry(name, &Each(messages))
}

/// Entries in the order of their keys: the tag of a published card is taken of its bytes.
pub(crate) fn texts<O: SerializeMap>(
    out: &mut O,
    name: &'static str,
    entries: &HashMap<String, String>,
) -> Result<(), O::Error> {
    out.serialize_entry(name, &entries.iter().collect::<BTreeMap<_, _>>())
}

/// The same with messages.
pub(crate) fn entries<O: SerializeMap, M: Members>(
    out: &mut O,
    name: &'static str,
    entries: &HashMap<String, M>,
) -> Result<(), O::Error> {
    let sorted: BTreeMap<_, _> = entries.iter().map(|(key, message)| (key, Out(message))).collect();
    out.serialize_entry(name, &sorted)
}

/// A value of an enum: its name, or its number where this version has no name for it.
pub(crate) fn named<O: SerializeMap>(
    out: &mut O,
    name: &'static str,
    number: i32,
    known: Option<&'static str>,
) -> Result<(), O::Error> {
    match known {
        Some(known) => out.serialize_entry(name, known),
        None => out.serialize_entry(name, &number),
    }
}

/// A time, if there is one.
pub(crate) fn time<O: SerializeMap>(out: &mut O, name: &'static str, time: Option<&Timestamp>) -> Result<(), O::Error> {
    let Some(time) = time else { return Ok(()) };
    let text = time::write(time).ok_or_else(|| O::Error::custom("a time is not between the years 1 and 9999"))?;
    out.serialize_entry(name, &text)
}

/// Bytes.
pub(crate) fn bytes<O: SerializeMap>(out: &mut O, name: &'static str, bytes: &[u8]) -> Result<(), O::Error> {
    out.serialize_entry(name, &STANDARD.encode(bytes))
}

struct Each<'m, M>(&'m [M]);

impl<M: Members> Serialize for Each<'_, M> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let mut out = to.serialize_seq(Some(self.0.len()))?;
        self.0.iter().try_for_each(|message| out.serialize_element(&Out(message)))?;
        out.end()
    }
}
