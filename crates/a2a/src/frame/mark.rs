//! The cursor as metadata, written without building a Struct: the last entry of the event's own.

use proto::value::nested;
use types::Seq;

use super::Metadata;
use crate::metadata::CURSOR;

/// The encoded map entry `CURSOR: {seq, prev}` of a Struct.
pub(super) struct Mark {
    bytes: [u8; Mark::MOST],
    len: usize,
}

/// A mark, to be filled with numbers.
struct Form {
    bytes: [u8; Mark::MOST],
    len: usize,
}

impl Mark {
    /// Key and tags, and two numbers of nine bytes with their names.
    pub(super) const MOST: usize = 80;

    pub(super) fn frame(seq: Seq) -> Self {
        const FORM: Form = Form::new(&["prev", "seq"]);
        let mut mark = Self { bytes: FORM.bytes, len: FORM.len };
        mark.put(FORM.len - member_len("seq") - NUMBER, Seq(seq.0.saturating_sub(1)));
        mark.put(FORM.len - NUMBER, seq);
        mark
    }

    pub(super) fn snapshot(seq: Seq) -> Self {
        const FORM: Form = Form::new(&["seq"]);
        let mut mark = Self { bytes: FORM.bytes, len: FORM.len };
        mark.put(FORM.len - NUMBER, seq);
        mark
    }

    fn put(&mut self, at: usize, value: Seq) {
        #[allow(clippy::cast_precision_loss)] // A task has far fewer than 2^53 frames.
        self.bytes[at..at + NUMBER].copy_from_slice(&(value.0 as f64).to_le_bytes());
    }
}

/// Bytes of a double.
const NUMBER: usize = 8;

/// Bytes of a member that is a number: the entry, its name, its value.
const fn member_len(name: &str) -> usize {
    4 + name.len() + 3 + NUMBER
}

impl Form {
    /// Struct.fields entry { key, Value { struct_value: Struct } }; every length fits one byte.
    const fn new(names: &[&str]) -> Self {
        let (mut inner, mut next) = (0, 0);
        while next < names.len() {
            inner += member_len(names[next]);
            next += 1;
        }
        let mut form = Self { bytes: [0; Mark::MOST], len: 0 };
        form.put(&[0x0a, byte(2 + CURSOR.len() + 4 + inner), 0x0a, byte(CURSOR.len())]);
        form.put(CURSOR.as_bytes());
        form.put(&[0x12, byte(2 + inner), 0x2a, byte(inner)]);
        next = 0;
        while next < names.len() {
            let name = names[next].as_bytes();
            form.put(&[0x0a, byte(member_len(names[next]) - 2), 0x0a, byte(name.len())]);
            form.put(name);
            form.put(&[0x12, 9, 0x11]);
            form.put(&[0; NUMBER]);
            next += 1;
        }
        form
    }

    const fn put(&mut self, bytes: &[u8]) {
        let mut next = 0;
        while next < bytes.len() {
            self.bytes[self.len] = bytes[next];
            self.len += 1;
            next += 1;
        }
    }
}

#[allow(clippy::cast_possible_truncation)]
const fn byte(length: usize) -> u8 {
    assert!(length < 0x80, "lengths inside a mark fit one byte");
    length as u8
}

/// Writes the metadata of an event: its own, then the mark. Of two entries with one key the later counts.
pub(super) fn put_metadata(out: &mut Vec<u8>, tag: u8, own: Option<&Metadata>, mark: &Mark) {
    nested(out, tag, |out| {
        if let Some(own) = own {
            own.append(out);
        }
        out.extend_from_slice(&mark.bytes[..mark.len]);
    });
}
