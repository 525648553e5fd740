//! How large what is stored of a task is, as far as it decides when a snapshot is taken.

use store::{Entry, Snapshot};

/// Bytes of a snapshot.
pub(crate) fn whole(snapshot: &Snapshot) -> usize {
    snapshot.task.len() + snapshot.records.iter().map(|record| record.bytes.len()).sum::<usize>()
}

/// Bytes of an entry as the snapshot rule counts them.
pub(crate) fn size(entry: &Entry) -> usize {
    match entry {
        Entry::Frame(frame) => frame.bytes.len(),
        Entry::Record(record) => record.bytes.len(),
    }
}
