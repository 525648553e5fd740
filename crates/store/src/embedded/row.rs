//! The bytes of a log row and of a snapshot, schema 1. Pinned by golden bytes: a change is a new version.
//!
//! `row      = crc32 (4, little endian) · version (1) · at · count · entry*`
//! `entry    = 0 · kind · length · bytes (record) | 1..4 · seq · time · length · bytes (frame)`
//! `snapshot = crc32 · version · length · task · count · (kind · length · bytes)*`
//! Numbers are LEB128. The checksum also covers the task and the position, so a row in a wrong place is damaged too.

use bytes::{Buf, Bytes};
use types::{Head, Seq, TaskId, Timestamp};

use crate::log::{Entry, Frame, FrameKind, LogRow, Record, Snapshot};

/// The version byte of both.
const VERSION: u8 = 1;
const CHECKSUM: usize = 4;
const RECORD: u8 = 0;

/// Where a row belongs.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place {
    pub(super) task: TaskId,
    pub(super) head: Head,
    pub(super) seq: Seq,
}

/// What is wrong with a row.
pub(super) type Damage = &'static str;

pub(super) fn encode_row(out: &mut Vec<u8>, place: Place, at: Timestamp, entries: &[Entry]) {
    begin(out);
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
    seal(out, place);
}

pub(super) fn decode_row(row: Vec<u8>, place: Place) -> Result<LogRow, Damage> {
    let mut body = open(row, place)?;
    let at = Timestamp::from_millis(get(&mut body)?);
    let count = get(&mut body)?;
    // An entry has at least three bytes, so a wild count cannot make us reserve more than the row's own size.
    let mut entries = Vec::with_capacity(usize::try_from(count).unwrap_or(0).min(body.len()));
    for _ in 0..count {
        entries.push(get_entry(&mut body)?);
    }
    if body.is_empty() { Ok(LogRow { head: place.head, at, entries }) } else { Err("bytes are left over") }
}

pub(super) fn encode_snapshot(out: &mut Vec<u8>, place: Place, snapshot: &Snapshot) {
    begin(out);
    put_bytes(out, &snapshot.task);
    put(out, snapshot.records.len() as u64);
    for record in &snapshot.records {
        put_record(out, record);
    }
    seal(out, place);
}

pub(super) fn decode_snapshot(row: Vec<u8>, place: Place) -> Result<Snapshot, Damage> {
    let mut body = open(row, place)?;
    let task = get_bytes(&mut body)?;
    let count = get(&mut body)?;
    let mut records = Vec::with_capacity(usize::try_from(count).unwrap_or(0).min(body.len()));
    for _ in 0..count {
        records.push(get_record(&mut body)?);
    }
    if body.is_empty() { Ok(Snapshot { task, records }) } else { Err("bytes are left over") }
}

fn begin(out: &mut Vec<u8>) {
    out.clear();
    out.extend_from_slice(&[0; CHECKSUM]);
    out.push(VERSION);
}

fn seal(out: &mut [u8], place: Place) {
    let sum = checksum(&out[CHECKSUM..], place);
    out[..CHECKSUM].copy_from_slice(&sum.to_le_bytes());
}

fn open(row: Vec<u8>, place: Place) -> Result<Bytes, Damage> {
    let mut body = Bytes::from(row);
    let stored = body.try_get_u32_le().map_err(|_| "it is too short")?;
    if stored != checksum(&body, place) {
        return Err("its checksum does not match");
    }
    match body.try_get_u8() {
        Ok(VERSION) => Ok(body),
        Ok(_) => Err("its version is unknown"),
        Err(_) => Err("it is too short"),
    }
}

fn checksum(body: &[u8], place: Place) -> u32 {
    let mut hash = crc32fast::Hasher::new();
    hash.update(place.task.as_bytes());
    hash.update(&place.head.0.to_le_bytes());
    hash.update(&place.seq.0.to_le_bytes());
    hash.update(body);
    hash.finalize()
}

fn put(out: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        out.push((number & 0x7f) as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}

fn put_bytes(out: &mut Vec<u8>, bytes: &[u8]) {
    put(out, bytes.len() as u64);
    out.extend_from_slice(bytes);
}

fn put_record(out: &mut Vec<u8>, record: &Record) {
    put(out, u64::from(record.kind));
    put_bytes(out, &record.bytes);
}

fn get(body: &mut Bytes) -> Result<u64, Damage> {
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

fn get_bytes(body: &mut Bytes) -> Result<Bytes, Damage> {
    let length = usize::try_from(get(body)?).map_err(|_| "a length is too large")?;
    if length > body.len() { Err("a body is cut off") } else { Ok(body.split_to(length)) }
}

fn get_record(body: &mut Bytes) -> Result<Record, Damage> {
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
