//! Members on their way in. `null` stands for a member that is not there, save for a JSON value; a member that
//! comes twice, in whichever spelling, is refused, for nobody knows which one its sender meant.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::convert::Infallible;
use std::fmt;

use bytes::Bytes;
use prost_types::Timestamp;
use serde::de::{Deserialize, DeserializeSeed, Deserializer, Error as _, IgnoredAny, MapAccess, Visitor};

use super::scalar::{Base64, Enum, Time, Whole};
use super::{In, MemberName, Members};
use crate::value::Value;

/// The member that is next in an object.
#[derive(Debug)]
pub struct Taking<'a, A> {
    pub(super) map: &'a mut A,
    /// A bit for each field, and for each oneof, that was there.
    pub(super) seen: &'a mut u64,
    pub(super) name: &'a str,
}

impl<'de, A: MapAccess<'de>> Taking<'_, A> {
    /// A name that this version does not know.
    pub(crate) fn unknown(&mut self) -> Result<(), A::Error> {
        self.map.next_value::<IgnoredAny>().map(drop)
    }

    /// Any member that reads itself.
    pub(crate) fn plain<T: Deserialize<'de>>(&mut self, field: u32, into: &mut T) -> Result<(), A::Error> {
        if let Some(value) = self.value(field)? {
            *into = value;
        }
        Ok(())
    }

    /// The same of an optional field.
    pub(crate) fn some<T: Deserialize<'de>>(&mut self, field: u32, into: &mut Option<T>) -> Result<(), A::Error> {
        *into = self.value(field)?;
        Ok(())
    }

    pub(crate) fn number(&mut self, field: u32, into: &mut i32) -> Result<(), A::Error> {
        *into = self.value::<Whole>(field)?.unwrap_or_default().0;
        Ok(())
    }

    pub(crate) fn some_number(&mut self, field: u32, into: &mut Option<i32>) -> Result<(), A::Error> {
        *into = self.value::<Whole>(field)?.map(|Whole(number)| number);
        Ok(())
    }

    pub(crate) fn time(&mut self, field: u32, into: &mut Option<Timestamp>) -> Result<(), A::Error> {
        *into = self.value::<Time>(field)?.map(|Time(time)| time);
        Ok(())
    }

    /// A value of an enum, by name or number. An unknown name is refused: a filter that is not understood must not
    /// read as none.
    pub(crate) fn named(&mut self, field: u32, into: &mut i32, known: fn(&str) -> Option<i32>) -> Result<(), A::Error> {
        self.once(field)?;
        *into = self.map.next_value_seed(Enum(known))?;
        Ok(())
    }

    pub(crate) fn message<M: Members>(&mut self, field: u32, into: &mut Option<M>) -> Result<(), A::Error> {
        *into = self.value::<In<M>>(field)?.map(|In(message)| message);
        Ok(())
    }

    pub(crate) fn messages<M: Members>(&mut self, field: u32, into: &mut Vec<M>) -> Result<(), A::Error> {
        let messages = self.value::<Vec<In<M>>>(field)?.unwrap_or_default();
        *into = messages.into_iter().map(|In(message)| message).collect();
        Ok(())
    }

    pub(crate) fn texts(&mut self, field: u32, into: &mut HashMap<String, String>) -> Result<(), A::Error> {
        *into = self.value::<Entries<String>>(field)?.unwrap_or_default().0;
        Ok(())
    }

    pub(crate) fn entries<M: Members>(&mut self, field: u32, into: &mut HashMap<String, M>) -> Result<(), A::Error> {
        let entries = self.value::<Entries<In<M>>>(field)?.unwrap_or_default().0;
        *into = entries.into_iter().map(|(key, In(message))| (key, message)).collect();
        Ok(())
    }

    /// One of several members of which there may be one; `null` is none of them.
    pub(crate) fn choice<T: Deserialize<'de>>(&mut self, field: u32, oneof: u32) -> Result<Option<T>, A::Error> {
        let value = self.value(field)?;
        // The value is read, so there is no place left to refuse it in.
        if value.is_some() && !self.is_first(oneof) { Err(A::Error::custom(Taken(self.name))) } else { Ok(value) }
    }

    /// The same of a message.
    pub(crate) fn choice_message<M: Members>(&mut self, field: u32, oneof: u32) -> Result<Option<M>, A::Error> {
        Ok(self.choice::<In<M>>(field, oneof)?.map(|In(message)| message))
    }

    /// The same of bytes.
    pub(crate) fn bytes(&mut self, field: u32, oneof: u32) -> Result<Option<Bytes>, A::Error> {
        Ok(self.choice::<Base64>(field, oneof)?.map(|Base64(bytes)| bytes))
    }

    /// The same of a JSON value, for which `null` is a value.
    pub(crate) fn any(&mut self, field: u32, oneof: u32) -> Result<Value, A::Error> {
        self.once(field)?;
        self.once(oneof)?;
        self.map.next_value()
    }

    fn value<T: Deserialize<'de>>(&mut self, field: u32) -> Result<Option<T>, A::Error> {
        self.once(field)?;
        self.map.next_value()
    }

    fn once(&mut self, field: u32) -> Result<(), A::Error> {
        if self.is_first(field) {
            return Ok(());
        }
        let Err(refused) = self.map.next_value_seed(Taken(self.name));
        Err(refused)
    }

    fn is_first(&mut self, field: u32) -> bool {
        let bit = 1 << field;
        let first = *self.seen & bit == 0;
        *self.seen |= bit;
        first
    }
}

/// Refuses a member where its value is read, so that whoever follows the path knows which member it is.
struct Taken<'n>(&'n str);

impl<'de> DeserializeSeed<'de> for Taken<'_> {
    type Value = Infallible;

    fn deserialize<D: Deserializer<'de>>(self, _: D) -> Result<Infallible, D::Error> {
        Err(D::Error::custom(self))
    }
}

impl fmt::Display for Taken<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} is given where its place is taken", self.0)
    }
}

/// The entries of a map, each key once.
struct Entries<V>(HashMap<String, V>);

impl<V> Default for Entries<V> {
    fn default() -> Self {
        Self(HashMap::new())
    }
}

impl<'de, V: Deserialize<'de>> Deserialize<'de> for Entries<V> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_map(EntriesVisitor(Self::default()))
    }
}

struct EntriesVisitor<V>(Entries<V>);

impl<'de, V: Deserialize<'de>> Visitor<'de> for EntriesVisitor<V> {
    type Value = Entries<V>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut map: A) -> Result<Entries<V>, A::Error> {
        while let Some(key) = map.next_key_seed(MemberName)? {
            let value = map.next_value()?;
            match self.0.0.entry(key.into_owned()) {
                Entry::Vacant(free) => free.insert(value),
                Entry::Occupied(taken) => {
                    return Err(A::Error::custom(format_args!("{} is given twice", taken.key())));
                }
            };
        }
        Ok(self.0)
    }
}
