//! The kit's own records in a task's log; drivers number theirs below [`RESERVED`].

use bytes::Bytes;
use prost::Message as _;
use proto::a2a::Message;
use store::Record;

use crate::words::text_of;

/// First number that drivers must not use.
pub(crate) const RESERVED: u16 = 0xFF00;
/// A caller's message of a later turn.
pub(crate) const MESSAGE: u16 = RESERVED;

/// The record of a later turn's message, which is encoded already.
pub(crate) fn message(encoded: Bytes) -> Record {
    Record { kind: MESSAGE, bytes: encoded }
}

/// The message of such a record, if it decodes.
pub(crate) fn read_message(record: &Record) -> Option<Message> {
    Message::decode(record.bytes.clone()).ok()
}

/// A record of the kit's in words; `None` for a driver's.
pub(crate) fn describe(record: &Record) -> Option<(&'static str, String)> {
    (record.kind == MESSAGE).then(|| ("message", read_message(record).map(|it| text_of(&it)).unwrap_or_default()))
}
