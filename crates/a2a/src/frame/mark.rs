//! The cursor as metadata, written without building a Struct: the last entry of the event's own.

use bytes::BufMut;
use proto::value::nested;
use types::Seq;

use super::Metadata;
use crate::metadata::CURSOR;

/// The encoded map entry `CURSOR: {seq, prev}` of a Struct.
pub(super) struct Mark {
    bytes: [u8; Mark::MOST],
    len: usize,
}

impl Mark {
    /// Key and tags, and two numbers of nine bytes with their names.
    const MOST: usize = 80;

    pub(super) fn frame(seq: Seq) -> Self {
        Self::new(seq, Some(Seq(seq.0.saturating_sub(1))))
    }

    pub(super) fn snapshot(seq: Seq) -> Self {
        Self::new(seq, None)
    }

    fn new(seq: Seq, prev: Option<Seq>) -> Self {
        const SEQ: usize = 18;
        const PREV: usize = 19;
        let inner = if prev.is_some() { PREV + SEQ } else { SEQ };
        let mut bytes = [0; Self::MOST];
        let mut out = &mut bytes[..];
        // Struct.fields entry { key, Value { struct_value: Struct } }; every length fits one byte.
        out.put_slice(&[0x0a, byte(2 + CURSOR.len() + 4 + inner), 0x0a, byte(CURSOR.len())]);
        out.put_slice(CURSOR.as_bytes());
        out.put_slice(&[0x12, byte(2 + inner), 0x2a, byte(inner)]);
        if let Some(prev) = prev {
            put_member(&mut out, "prev", prev);
        }
        put_member(&mut out, "seq", seq);
        let len = Self::MOST - out.len();
        Self { bytes, len }
    }
}

fn put_member(out: &mut &mut [u8], name: &str, value: Seq) {
    out.put_slice(&[0x0a, byte(2 + name.len() + 11), 0x0a, byte(name.len())]);
    out.put_slice(name.as_bytes());
    out.put_slice(&[0x12, 9, 0x11]);
    #[allow(clippy::cast_precision_loss)] // A task has far fewer than 2^53 frames.
    out.put_f64_le(value.0 as f64);
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
        out.put_slice(&mark.bytes[..mark.len]);
    });
}
