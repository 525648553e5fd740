//! Plain durability by hand: one writer appends what waits and syncs once for all of it.

use std::fs::{File, OpenOptions};
use std::io::{self, Write as _};
use std::path::Path;
use std::thread;

use tokio::sync::{mpsc, oneshot};
use tonic::Status;

use crate::error::Error;

/// Bytes of one row, about what a small event takes.
const ROW: usize = 256;
/// Rows that wait at most; a load has no more requests in flight than a few hundred.
const WAITING: usize = 4096;

/// A cheap handle to the writer.
#[derive(Debug, Clone)]
pub(super) struct Journal(mpsc::Sender<oneshot::Sender<()>>);

impl Journal {
    /// Begins the file at `path`.
    pub(super) fn open(path: &Path) -> Result<Self, Error> {
        let opened = OpenOptions::new().create(true).append(true).open(path);
        let file = opened.map_err(Error::io("create", path))?;
        let (tx, rows) = mpsc::channel(WAITING);
        thread::Builder::new()
            .name("journal".to_owned())
            .spawn(move || write(file, rows))
            .map_err(Error::io("start", "a thread"))?;
        Ok(Self(tx))
    }

    /// Appends a row; it is on disk when this returns.
    pub(super) async fn append(&self) -> Result<(), Status> {
        let (tx, synced) = oneshot::channel();
        let lost = |()| Status::internal("the journal failed");
        self.0.send(tx).await.map_err(|_| lost(()))?;
        synced.await.map_err(|_| lost(()))
    }
}

/// Ends with its file's first error: who waits then hears that the row is lost.
fn write(mut file: File, mut rows: mpsc::Receiver<oneshot::Sender<()>>) {
    let mut batch = Vec::with_capacity(WAITING);
    let mut sync = |count: usize| -> io::Result<()> {
        file.write_all(&vec![7; ROW * count])?;
        file.sync_data()
    };
    while rows.blocking_recv_many(&mut batch, WAITING) > 0 {
        if sync(batch.len()).is_err() {
            return;
        }
        for waiting in batch.drain(..) {
            // Whoever is gone no longer cares.
            let _ = waiting.send(());
        }
    }
}

#[cfg(test)]
mod tests {
    use futures::future::join_all;

    use super::*;

    #[tokio::test]
    async fn what_was_appended_is_in_the_file() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("journal");
        let journal = Journal::open(&path).unwrap();
        for appended in join_all((0..100).map(|_| journal.append())).await {
            appended.unwrap();
        }
        assert_eq!(std::fs::metadata(path).unwrap().len(), 100 * ROW as u64);
    }
}
