//! The bytes of what one commit logs, the same in memory and on disk. Pinned by golden bytes there: a change is a new
//! version of its rows.
//!
//! `entries  = at · count · entry*`
//! `entry    = 0 · kind · length · bytes (record) | 1..4 · seq · time · length · bytes (frame)`
//! Numbers are LEB128.

use bytes::{Buf, Bytes};
use types::{Seq, Timestamp};

use crate::log::{Entry, Frame, FrameKind, Record};

const RECORD: u8 = 0;

/// What is wrong with bytes.
pub(crate) type Damage = &'static str;

/// Writes the entries of a commit that was decided at `at`.
pub(crate) fn put_entries(out: &mut Vec<u8>, at: Timestamp, entries: &[Entry]) {
    put(out, at.as_millis());
    put(out, entries.len() as u64);
    for entry in entries {
        match entry {
            Entry::Record(record) => {
                out.push(RECORD);
                put_record(out, record);
            }
            Entry::Frame(frame) => {
                out.push(frame.kind as u8);
                put(out, frame.seq.0);
                put(out, frame.time.as_millis());
                put_bytes(out, &frame.bytes);
            }
        }
    }
}

/// Reads when a commit was decided, and its entries, which share the bytes.
pub(crate) fn get_entries(body: &mut Bytes) -> Result<(Timestamp, Vec<Entry>), Damage> {
    let at = Timestamp::from_millis(get(body)?);
    let count = get(body)?;
    // An entry has at least three bytes, so a wild count cannot make us reserve more than the row's own size.
    let mut entries = Vec::with_capacity(usize::try_from(count).unwrap_or(0).min(body.len()));
    for _ in 0..count {
        entries.push(get_entry(body)?);
    }
    Ok((at, entries))
}

pub(crate) fn put(out: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        out.push((number & 0x7f) as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}

pub(crate) fn put_bytes(out: &mut Vec<u8>, bytes: &[u8]) {
    put(out, bytes.len() as u64);
    out.extend_from_slice(bytes);
}

pub(crate) fn put_record(out: &mut Vec<u8>, record: &Record) {
    put(out, u64::from(record.kind));
    put_bytes(out, &record.bytes);
}

pub(crate) fn get(body: &mut Bytes) -> Result<u64, Damage> {
    let mut number = 0;
    for shift in (0..64).step_by(7) {
        let byte = body.try_get_u8().map_err(|_| "a number is cut off")?;
        number |= u64::from(byte & 0x7f) << shift;
        if byte < 0x80 {
            return Ok(number);
        }
    }
    Err("a number is too long")
}

pub(crate) fn get_bytes(body: &mut Bytes) -> Result<Bytes, Damage> {
    let length = usize::try_from(get(body)?).map_err(|_| "a length is too large")?;
    if length > body.len() { Err("a body is cut off") } else { Ok(body.split_to(length)) }
}

pub(crate) fn get_record(body: &mut Bytes) -> Result<Record, Damage> {
    let kind = u16::try_from(get(body)?).map_err(|_| "a record has an unknown kind")?;
    Ok(Record { kind, bytes: get_bytes(body)? })
}

fn get_entry(body: &mut Bytes) -> Result<Entry, Damage> {
    let kind = match body.try_get_u8().map_err(|_| "an entry is cut off")? {
        RECORD => return get_record(body).map(Entry::Record),
        1 => FrameKind::Task,
        2 => FrameKind::Message,
        3 => FrameKind::Status,
        4 => FrameKind::Artifact,
        _ => return Err("an entry has an unknown kind"),
    };
    let seq = Seq(get(body)?);
    let time = Timestamp::from_millis(get(body)?);
    Ok(Entry::Frame(Frame { seq, time, kind, bytes: get_bytes(body)? }))
}
