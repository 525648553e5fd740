//! The metadata of updates: by key, each value as it is written.

use std::borrow::Cow;
use std::collections::BTreeMap;

use prost::Message as _;
use proto::value::{Object, Slot};
use proto::{Struct, Value};

use super::write::{field_len, text_len};

/// Metadata by key. Of two updates with one key the later counts, so a key's value is kept whole.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Metadata(BTreeMap<Cow<'static, str>, Vec<u8>>);

impl Metadata {
    /// One key with what `fill` writes.
    pub fn of(key: &'static str, fill: impl FnOnce(Slot<'_>)) -> Self {
        let mut one = Self::default();
        one.put(key, fill);
        one
    }

    /// Sets a key to what `fill` writes.
    pub fn put(&mut self, key: &'static str, fill: impl FnOnce(Slot<'_>)) {
        let mut value = Vec::with_capacity(256);
        fill(Slot::new(&mut value));
        self.0.insert(Cow::Borrowed(key), value);
    }

    /// Takes what a later update says.
    pub(super) fn merge(&mut self, later: Self) {
        self.0.extend(later.0);
    }

    /// Writes the members of a `Struct`.
    pub(super) fn append(&self, out: &mut Vec<u8>) {
        let mut object = Object::new(out);
        for (key, value) in &self.0 {
            object.put(key, |slot| slot.written(value));
        }
    }

    /// As many bytes as the field of a `Struct` takes that holds it.
    pub fn size(&self) -> usize {
        let entry = |(key, value): (&Cow<'static, str>, &Vec<u8>)| text_len(key) + 1 + field_len(value.len());
        1 + field_len(self.0.iter().map(|one| 1 + field_len(entry(one))).sum())
    }
}

impl From<Struct> for Metadata {
    fn from(tree: Struct) -> Self {
        let written = |(key, value): (String, Value)| (Cow::Owned(key), value.encode_to_vec());
        Self(tree.fields.into_iter().map(written).collect())
    }
}

impl From<&Metadata> for Struct {
    fn from(written: &Metadata) -> Self {
        let read = |value: &Vec<u8>| Value::decode(&value[..]).unwrap_or_default();
        Self { fields: written.0.iter().map(|(key, value)| (key.to_string(), read(value))).collect() }
    }
}
