//! What the suite cannot see from outside: the bytes of schema 1, the index of accepted messages, the plans of queries.

mod plans;

use std::sync::Arc;

use bytes::Bytes;
use types::{Epoch, Head, Seq, TaskId, TaskState, Timestamp};

use super::EmbeddedStore;
use super::options::{Durability, Options};
use super::queue::size;
use super::row::{Place, decode_row, decode_snapshot, encode_row, encode_snapshot};
use super::schema;
use super::seen::{Run, SeenIndex, chunk_entries, chunks};
use crate::Store as _;
use crate::commit::{Accept, Commit, Lane, Ready, RowChange, TaskChange, Timer};
use crate::log::{Entry, Frame, FrameKind, Record, Snapshot};
use crate::seen::{BodyDigest, SeenKey, SeenReply};

const PLACE: Place = Place { task: TaskId::from_bytes([7; 16]), head: Head(3), seq: Seq(300) };

const ROW: &str = "b2ae61e60180a094a58d1d0402ab0280a094a58d1d02686900ffff030004ac02ffffffffffffffffff010200ff00000172";
const SNAPSHOT: &str = "17601c3c01047461736b01c801026162";

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn entries() -> Vec<Entry> {
    let frame = |kind, seq, time, bytes: &'static [u8]| {
        let (seq, time, bytes) = (Seq(seq), Timestamp::from_millis(time), Bytes::from_static(bytes));
        Entry::Frame(Frame { seq, time, kind, bytes })
    };
    vec![
        frame(FrameKind::Message, 299, 1_000_000_000_000, b"hi"),
        Entry::Record(Record { kind: u16::MAX, bytes: Bytes::new() }),
        frame(FrameKind::Artifact, 300, u64::MAX, &[0, 255]),
        Entry::Record(Record { kind: 0, bytes: Bytes::from_static(b"r") }),
    ]
}

fn encoded_row() -> Vec<u8> {
    let mut row = vec![1, 2, 3];
    encode_row(&mut row, PLACE, Timestamp::from_millis(1_000_000_000_000), &entries());
    row
}

fn encoded_snapshot() -> (Vec<u8>, Snapshot) {
    let records = vec![Record { kind: 200, bytes: Bytes::from_static(b"ab") }];
    let snapshot = Snapshot { task: Bytes::from_static(b"task"), records };
    let mut row = Vec::new();
    encode_snapshot(&mut row, PLACE, &snapshot);
    (row, snapshot)
}

#[test]
fn rows_of_schema_1_keep_their_bytes() {
    assert_eq!(hex(&encoded_row()), ROW);
}

#[test]
fn snapshots_of_schema_1_keep_their_bytes() {
    assert_eq!(hex(&encoded_snapshot().0), SNAPSHOT);
}

#[test]
fn what_is_encoded_is_decoded() {
    let row = decode_row(encoded_row(), PLACE).unwrap();
    assert_eq!((row.head, row.at.as_millis(), row.entries), (Head(3), 1_000_000_000_000, entries()));
    let (bytes, snapshot) = encoded_snapshot();
    assert_eq!(decode_snapshot(bytes, PLACE), Ok(snapshot));
}

#[test]
fn every_flipped_bit_and_every_cut_is_found() {
    let row = encoded_row();
    for bit in 0..row.len() * 8 {
        let mut flipped = row.clone();
        flipped[bit / 8] ^= 1 << (bit % 8);
        assert!(decode_row(flipped, PLACE).is_err(), "bit {bit}");
    }
    for length in 0..row.len() {
        assert!(decode_row(row[..length].to_vec(), PLACE).is_err(), "cut at {length}");
        assert!(decode_snapshot(row[..length].to_vec(), PLACE).is_err());
    }
}

#[test]
fn a_row_in_a_wrong_place_is_found() {
    let elsewhere = [
        Place { task: TaskId::from_bytes([8; 16]), ..PLACE },
        Place { head: Head(4), ..PLACE },
        Place { seq: Seq(299), ..PLACE },
    ];
    for place in elsewhere {
        assert!(decode_row(encoded_row(), place).is_err());
    }
}

fn seen_key(number: u64) -> SeenKey {
    let owner = types::Owner::anonymous();
    SeenKey::new(&owner, None, &format!("m{number}").parse().unwrap())
}

#[test]
fn a_chunk_holds_what_was_put_in() {
    let keys: Vec<_> = (0..1000).map(|number| (seen_key(number), 5000 + number as i64)).collect();
    let chunks = chunks(5000, keys.iter().map(|(key, no)| (key, *no)));
    assert_eq!(chunks.len(), 256);
    for (key, no) in keys {
        let found = chunk_entries(&chunks[usize::from(key.0[0])]).find(|(other, _)| *other == key);
        assert_eq!(found, Some((key, no - 5000)));
    }
}

#[test]
fn runs_are_hinted_at_when_they_hold_a_key_and_hardly_ever_else() {
    let mut index = SeenIndex::default();
    let run = |no: i64| Run { no, first: no * 1000, last: no * 1000 + 999, sealed_at: Timestamp::default() };
    for no in 0..70 {
        let keys: Vec<_> = (0..1000).map(|number| seen_key(no as u64 * 1000 + number)).collect();
        index.add_run(run(no), keys.iter());
    }
    index.drop_run(3);
    assert_eq!(index.oldest(), Some(run(0)));
    for number in (0..70_000).step_by(97) {
        let hinted = index.hint(&seen_key(number)).unwrap_err();
        assert_eq!(hinted.contains(&run(number as i64 / 1000)), number / 1000 != 3);
    }
    let strangers: usize = (70_000..80_000).map(|number| index.hint(&seen_key(number)).unwrap_err().len()).sum();
    assert!(strangers < 10, "{strangers} false hints");
    index.extend([(seen_key(1), 42)]);
    assert_eq!(index.hint(&seen_key(1)), Ok(42));
}

#[test]
fn a_run_may_hold_any_key_until_its_filter_is_read() {
    let mut index = SeenIndex::default();
    let run = |no: i64| Run { no, first: no * 1000, last: no * 1000 + 999, sealed_at: Timestamp::default() };
    (0..3).for_each(|no| index.add_unread(run(no)));
    assert_eq!(index.oldest(), Some(run(0)));
    assert_eq!(index.hint(&seen_key(1)), Err(vec![run(0), run(1), run(2)]));
    index.drop_run(0);
    index.read_in(run(2), &[seen_key(1)]);
    assert_eq!(index.unread(), Some(run(1)));
    assert_eq!(index.hint(&seen_key(1)), Err(vec![run(1), run(2)]));
    assert_eq!(index.hint(&seen_key(2)), Err(vec![run(1)]));
    index.read_in(run(1), &[]);
    assert_eq!((index.unread(), index.hint(&seen_key(2))), (None, Err(Vec::new())));
}

#[test]
fn the_greatest_log_keys_keep_task_and_commit_apart() {
    let last = schema::place(schema::LAST_TASK, Head(schema::MOST_COMMITS));
    assert_eq!((schema::task_of(last), schema::head_of(last)), (schema::LAST_TASK, Head(schema::MOST_COMMITS)));
    assert!(last < schema::place(schema::LAST_TASK + 1, Head::ZERO));
}

fn commit(lane: Lane, reply: Option<SeenReply>) -> Commit {
    let digest = BodyDigest::of([]);
    let accept = reply.map(|reply| Accept {
        key: seen_key(1),
        digest,
        reply,
        keep_until: Timestamp::default(),
        not_after: None,
        older: Vec::new(),
    });
    Commit { epoch: Epoch(1), lane, at: Timestamp::default(), task: None, accept, rows: Vec::new() }
}

#[test]
fn relaxed_durability_still_waits_for_accepts_and_fences() {
    let strict = |lane, reply| Durability::Relaxed.is_strict_for(&commit(lane, reply));
    assert!(strict(Lane::Accept, None));
    assert!(strict(Lane::Continue, Some(SeenReply::Fence)));
    assert!(!strict(Lane::Continue, None));
    assert!(Durability::Strict.is_strict_for(&commit(Lane::Continue, None)));
}

#[test]
fn every_body_counts_in_the_size_of_a_commit() {
    let (_, snapshot) = encoded_snapshot();
    let task = TaskChange {
        id: PLACE.task,
        generation: 1,
        expected: Head::ZERO,
        created: None,
        state: TaskState::Working,
        seq: PLACE.seq,
        entries: entries(),
        snapshot: Some(snapshot),
        ready: Ready::Keep,
        timer: Timer::Keep,
    };
    let row = RowChange { kind: "unit", key: Bytes::new(), expected: 0, body: Some(Bytes::from_static(b"1000")) };
    let reply = SeenReply::Message(Bytes::from_static(&[0; 100]));
    let whole = Commit { task: Some(task), rows: vec![row], ..commit(Lane::Continue, Some(reply)) };
    // Entries 2 + 0 + 2 + 1, a snapshot of 4 and a record of 2, a row of 4, a reply of 100.
    assert_eq!(size(&whole), 5 + 6 + 4 + 100);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_copy_that_is_handed_over_keeps_nothing_of_its_store() {
    let dir = tempfile::tempdir().unwrap();
    let store = EmbeddedStore::open(Options::at(dir.path())).unwrap();
    let barrier = Commit::barrier(store.shared.own.epoch, store.now());
    let through: &dyn crate::Store = &store;
    through.commit(barrier).await.unwrap();
    let users = Arc::strong_count(&store.shared);
    for _ in 0..50 {
        drop(store.backup().unwrap().await.unwrap());
        assert_eq!(Arc::strong_count(&store.shared), users);
    }
}
