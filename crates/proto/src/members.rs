//! A2A's messages as JSON objects: what the generated code below `gen/json.rs` is written in.
//! Each message puts its members into a serializer and takes them from a deserializer of `serde`, with no
//! descriptor and no tree between; what is REQUIRED is put also when it is empty.

pub(crate) mod put;
mod scalar;
pub(crate) mod take;

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use prost::{Message, Name};
use serde::de::{Deserialize, DeserializeSeed, Deserializer, MapAccess, Visitor};
use serde::ser::{Serialize, SerializeMap, Serializer};

use self::take::Taking;
use crate::straight::Field;

/// A message whose JSON is generated.
pub trait Members: Message + Name + Default {
    /// Its fields, by number.
    const FIELDS: &'static [Field];

    /// Writes the members that there are.
    fn put<O: SerializeMap>(&self, out: &mut O) -> Result<(), O::Error>;

    /// Reads the value of the member with this name, in either spelling.
    fn take<'de, A: MapAccess<'de>>(&mut self, name: &str, from: &mut Taking<'_, A>) -> Result<(), A::Error>;
}

/// A message on its way out.
pub(crate) struct Out<'m, M>(pub(crate) &'m M);

/// A message that came in.
pub(crate) struct In<M>(pub(crate) M);

impl Members for () {
    const FIELDS: &'static [Field] = &[];

    fn put<O: SerializeMap>(&self, _: &mut O) -> Result<(), O::Error> {
        Ok(())
    }

    fn take<'de, A: MapAccess<'de>>(&mut self, _: &str, from: &mut Taking<'_, A>) -> Result<(), A::Error> {
        from.unknown()
    }
}

impl<M: Members> Serialize for Out<'_, M> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let mut out = to.serialize_map(None)?;
        self.0.put(&mut out)?;
        out.end()
    }
}

impl<'de, M: Members> Deserialize<'de> for In<M> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_map(Reader(PhantomData))
    }
}

struct Reader<M>(PhantomData<M>);

impl<'de, M: Members> Visitor<'de> for Reader<M> {
    type Value = In<M>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<In<M>, A::Error> {
        let (mut message, mut seen) = (M::default(), 0);
        while let Some(name) = map.next_key_seed(MemberName)? {
            message.take(&name, &mut Taking { map: &mut map, seen: &mut seen, name: &name })?;
        }
        Ok(In(message))
    }
}

/// A name, as a part of the text where it is there as it is.
pub(crate) struct MemberName;

impl<'de> DeserializeSeed<'de> for MemberName {
    type Value = Cow<'de, str>;

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<Cow<'de, str>, D::Error> {
        from.deserialize_str(self)
    }
}

impl<'de> Visitor<'de> for MemberName {
    type Value = Cow<'de, str>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the name of a member")
    }

    fn visit_borrowed_str<E>(self, name: &'de str) -> Result<Cow<'de, str>, E> {
        Ok(Cow::Borrowed(name))
    }

    fn visit_str<E>(self, name: &str) -> Result<Cow<'de, str>, E> {
        Ok(Cow::Owned(name.to_owned()))
    }

    fn visit_string<E>(self, name: String) -> Result<Cow<'de, str>, E> {
        Ok(Cow::Owned(name))
    }
}
