//! The log in one SQLite file: a thread that writes, a few that read, and a lock that keeps others out.
//!
//! What SQLite cannot do: damage inside the write-ahead log's own tail looks like a crash.

mod backup;
mod batch;
mod list;
mod lock;
mod open;
mod options;
mod queue;
mod read;
mod readers;
mod restore;
mod retain;
mod row;
mod schema;
mod seal;
mod seen;
mod space;
mod sql;
mod state;
mod tally;
#[cfg(test)]
mod tests;
mod upkeep;
mod writer;

use std::sync::Arc;
use std::thread::{self, JoinHandle};

use parking_lot::{Mutex, RwLock};
use types::{Head, Scope, Seq, TaskId, Timestamp};

use crate::clock::Monotone;
use crate::commit::{Commit, Refusal};
use crate::log::{Frame, LogRow};
use crate::read::{Due, Listing, Loaded, Query, QueryPlan, Row};
use crate::seen::{Seen, SeenKey};
use crate::{Backup, Ownership, Pending, Settle, Store};
use lock::LockedDir;
use queue::{Item, Queue};
use readers::Readers;
use seen::SeenIndex;
use space::Space;
use state::State;
use writer::Writer;

pub use open::OpenError;
pub use options::{CrashPoint, Durability, Fatal, Faults, Options};
pub use restore::restore;

/// A store in a directory of its own. Dropping it writes what is queued.
#[derive(Debug)]
pub struct EmbeddedStore {
    // Before what is shared: the directory is unlocked only when nobody reads in it.
    readers: Readers,
    shared: Arc<Shared>,
    writer: Mutex<Option<JoinHandle<()>>>,
}

/// What the writer and the callers share.
#[derive(Debug)]
struct Shared {
    own: Ownership,
    queue: Queue,
    seen: RwLock<SeenIndex>,
    clock: Monotone,
    // Held until the last user of the files is gone.
    dir: LockedDir,
}

impl EmbeddedStore {
    /// Opens the store in `options.dir`, which it has for itself from then on, and begins a new epoch.
    /// Waits for the disk: not for an async thread that others need.
    pub fn open(options: Options) -> Result<Self, OpenError> {
        let dir = LockedDir::take(&options.dir)?;
        backup::remove_stale(&options.dir);
        let opened = open::open(&dir, &options)?;
        let conn = opened.conn;
        let storage = |source| OpenError::Storage { file: dir.database(), source };
        let state = State::read(&conn).map_err(storage)?;
        let space = Space::new(&conn, dir.ballast(), options.ballast_bytes, options.max_bytes).map_err(storage)?;
        let conns = (0..options.readers.max(1)).map(|_| open::connect_reader(&dir)).collect::<Result<Vec<_>, _>>()?;
        let readers = Readers::start(conns).map_err(OpenError::Thread)?;
        let shared = Arc::new(Shared {
            own: opened.own,
            queue: Queue::new(options.accept_lane),
            seen: RwLock::new(opened.seen),
            clock: Monotone::new(options.clock.clone(), opened.clock),
            dir,
        });
        let writer = {
            let shared = Arc::clone(&shared);
            let write = move || write(&conn, state, space, shared, options);
            thread::Builder::new().name("store-write".into()).spawn(write).map_err(OpenError::Thread)?
        };
        Ok(Self { shared, readers, writer: Mutex::new(Some(writer)) })
    }

    /// How the database goes about each statement of a list: by which index, and whether it has to sort or to search.
    pub fn list_plans(&self) -> Pending<Vec<QueryPlan>> {
        self.readers.read(list::plans)
    }
}

fn write(conn: &rusqlite::Connection, state: State, space: Space, shared: Arc<Shared>, options: Options) {
    let watch = Watch { shared: Arc::clone(&shared), fatal: options.fatal.clone() };
    match Writer::new(conn, state, space, shared, options) {
        Ok(writer) => writer.run(),
        Err(error) => watch.give_up(&error.to_string()),
    }
}

/// Sees to it that nobody waits for a writer that is gone.
struct Watch {
    shared: Arc<Shared>,
    fatal: Fatal,
}

impl Watch {
    fn give_up(&self, reason: &str) {
        self.shared.queue.abandon().into_iter().for_each(|item| item.settle.settle(Err(Refusal::Closed)));
        self.fatal.tell(reason);
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        if thread::panicking() {
            self.give_up("the writer panicked");
        }
    }
}

impl Drop for EmbeddedStore {
    fn drop(&mut self) {
        self.shared.queue.close(None);
        join(self.writer.lock().take());
    }
}

/// Waits for threads of ours, unless this is one of them: the last handle may go in an answer.
fn join(threads: impl IntoIterator<Item = JoinHandle<()>>) {
    for thread in threads {
        if thread.thread().id() != thread::current().id() && thread.join().is_err() {
            tracing::error!("a thread of the store panicked");
        }
    }
}

impl Store for EmbeddedStore {
    fn submit(&self, commit: Commit, settle: Settle) {
        self.shared.queue.push(Item { commit, settle });
    }

    fn load(&self, scope: Scope, task: TaskId) -> Pending<Option<Loaded>> {
        self.readers.read(move |conn| read::load(conn, &scope, task))
    }

    fn frames(&self, scope: Scope, task: TaskId, after: Seq, limit: usize) -> Pending<Vec<Frame>> {
        self.readers.read(move |conn| read::frames(conn, &scope, task, after, limit))
    }

    fn log(&self, scope: Scope, task: TaskId, after: Head, limit: usize) -> Pending<Vec<LogRow>> {
        self.readers.read(move |conn| read::log(conn, &scope, task, after, limit))
    }

    fn list(&self, scope: Scope, query: Query) -> Pending<Listing> {
        self.readers.read(move |conn| list::list(conn, &scope, &query))
    }

    fn rows(&self, kind: &'static str, prefix: &[u8]) -> Pending<Vec<Row>> {
        let prefix = prefix.to_vec();
        self.readers.read(move |conn| read::rows(conn, kind, &prefix))
    }

    fn seen(&self, key: SeenKey) -> Pending<Option<Seen>> {
        let shared = Arc::clone(&self.shared);
        self.readers.read(move |conn| Ok(seen::find(conn, &shared.seen, &key)?))
    }

    fn due(&self, now: Timestamp, after: Option<Due>, limit: usize) -> Pending<Vec<Due>> {
        self.readers.read(move |conn| read::due(conn, now, after, limit))
    }

    fn own(&self) -> Pending<Ownership> {
        Pending::ready(Ok(self.shared.own))
    }

    fn now(&self) -> Timestamp {
        self.shared.clock.now()
    }

    fn backup(&self) -> Option<Pending<Backup>> {
        Some(backup::start(&self.shared))
    }

    fn close(&self) -> Pending<()> {
        let (tx, pending) = Pending::pair();
        self.shared.queue.close(Some(tx));
        pending
    }
}
