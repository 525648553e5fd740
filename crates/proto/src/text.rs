//! The JSON of A2A's bindings: encoded messages out, with every REQUIRED field there, and requests in, with the path
//! of the member that does not fit. No descriptor is asked and no tree is built, unless something does not fit.

use std::fmt;
use std::marker::PhantomData;

use serde::de::{Deserialize, DeserializeSeed, Deserializer, Error as _, IgnoredAny, MapAccess, Visitor};
use serde::ser::Serialize as _;
use serde_json::Value;

use crate::json::JsonError;
use crate::members::{In, MemberName, Members, Out};
use crate::straight;

/// The message that `wire` encodes, as JSON. Unset fields are left out, but those that A2A requires are there also
/// when they are empty; timestamps have milliseconds, and whole numbers no fraction.
pub fn to_text<M: Members>(wire: &[u8]) -> Result<String, JsonError> {
    match straight::text(wire, M::FIELDS) {
        Some(text) => Ok(text),
        None => write(&decode::<M>(wire)?),
    }
}

/// The same of a message that is not encoded.
pub fn write<M: Members>(message: &M) -> Result<String, JsonError> {
    serde_json::to_string(&Out(message)).map_err(syntax::<M>)
}

/// The same as values.
pub fn to_value<M: Members>(wire: &[u8]) -> Result<Value, JsonError> {
    Out(&decode::<M>(wire)?).serialize(serde_json::value::Serializer).map_err(syntax::<M>)
}

/// Reads a message from JSON; unknown fields are ignored, as A2A asks of receivers, but not unknown names of an enum.
pub fn from_text<M: Members>(text: &str) -> Result<M, JsonError> {
    let seed = || PhantomData::<In<M>>;
    whole(text, seed())
        .map(|In(message)| message)
        .map_err(|source| explain::<M>(source, text.parse(), || place(text, seed())))
}

/// Reads a message that is a member of the object in a text; the default message where there is no such member.
pub fn from_member<M: Members>(text: &str, member: &str) -> Result<M, JsonError> {
    let seed = || At::<M> { member, of: PhantomData };
    let tree = || text.parse().map(|mut whole: Value| whole.get_mut(member).map(Value::take).unwrap_or_default());
    let below = |path: String| path.strip_prefix(member).map_or(".", |rest| rest.trim_start_matches('.')).to_owned();
    whole(text, seed()).map_err(|source| explain::<M>(source, tree(), || place(text, seed()).map(below)))
}

/// Reads a message from values.
pub fn from_value<M: Members>(value: Value) -> Result<M, JsonError> {
    let mut track = serde_path_to_error::Track::new();
    let tracked = serde_path_to_error::Deserializer::new(value, &mut track);
    In::<M>::deserialize(tracked).map(|In(message)| message).map_err(|source| JsonError::Member {
        name: M::full_name(),
        path: track.path().to_string(),
        source,
    })
}

fn decode<M: Members>(wire: &[u8]) -> Result<M, JsonError> {
    M::decode(wire).map_err(|source| JsonError::Wire { name: M::full_name(), source })
}

fn syntax<M: Members>(source: serde_json::Error) -> JsonError {
    JsonError::Syntax { name: M::full_name(), source }
}

fn whole<'t, S: DeserializeSeed<'t>>(text: &'t str, seed: S) -> serde_json::Result<S::Value> {
    let mut input = serde_json::Deserializer::from_str(text);
    let read = seed.deserialize(&mut input)?;
    input.end().map(|()| read)
}

/// Says where: reads again, from a tree, which is slower and knows the path. What a tree does not show, which is that a
/// member comes twice, has its path from the text.
fn explain<M: Members>(
    source: serde_json::Error,
    tree: serde_json::Result<Value>,
    place: impl FnOnce() -> Option<String>,
) -> JsonError {
    match tree.map(from_value::<M>) {
        Ok(Err(named)) => named,
        Ok(Ok(_)) => match place() {
            Some(path) => JsonError::Member { name: M::full_name(), path, source },
            None => syntax::<M>(source),
        },
        Err(_) => syntax::<M>(source),
    }
}

/// The path of what a text is refused for.
fn place<'t, S: DeserializeSeed<'t>>(text: &'t str, seed: S) -> Option<String> {
    let mut input = serde_json::Deserializer::from_str(text);
    let mut track = serde_path_to_error::Track::new();
    let refused = seed.deserialize(serde_path_to_error::Deserializer::new(&mut input, &mut track)).is_err();
    refused.then(|| track.path().to_string())
}

/// The member of an object that is a message; the others are passed over.
struct At<'m, M> {
    member: &'m str,
    of: PhantomData<M>,
}

impl<'de, M: Members> DeserializeSeed<'de> for At<'_, M> {
    type Value = M;

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<M, D::Error> {
        from.deserialize_map(self)
    }
}

impl<'de, M: Members> Visitor<'de> for At<'_, M> {
    type Value = M;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<M, A::Error> {
        let mut found = None;
        while let Some(name) = map.next_key_seed(MemberName)? {
            if name != self.member {
                map.next_value::<IgnoredAny>()?;
            } else if found.replace(map.next_value::<In<M>>()?.0).is_some() {
                return Err(A::Error::custom(format_args!("{name} is given twice")));
            }
        }
        Ok(found.unwrap_or_default())
    }
}
