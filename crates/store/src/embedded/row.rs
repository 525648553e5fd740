//! The bytes of a log row and of a snapshot, schema 1. Pinned by golden bytes: a change is a new version.
//!
//! `row      = crc32 (4, little endian) · version (1) · entries (see `entries.rs`)`
//! `snapshot = crc32 · version · length · task · count · (kind · length · bytes)*`
//! Numbers are LEB128. The checksum also covers the task and the position, so a row in a wrong place is damaged too.

use bytes::{Buf, Bytes};
use types::{Head, Seq, TaskId, Timestamp};

use crate::entries::{Damage, get, get_bytes, get_entries, get_record, put, put_bytes, put_entries, put_record};
use crate::log::{Entry, LogRow, Snapshot};

/// The version byte of both.
const VERSION: u8 = 1;
const CHECKSUM: usize = 4;

/// Where a row belongs.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place {
    pub(super) task: TaskId,
    pub(super) head: Head,
    pub(super) seq: Seq,
}

pub(super) fn encode_row(out: &mut Vec<u8>, place: Place, at: Timestamp, entries: &[Entry]) {
    begin(out);
    put_entries(out, at, entries);
    seal(out, place);
}

pub(super) fn decode_row(row: Vec<u8>, place: Place) -> Result<LogRow, Damage> {
    let mut body = open(row, place)?;
    let (at, entries) = get_entries(&mut body)?;
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
