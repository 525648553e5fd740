//! Threads that read: a view of the database never lives across an await.

use std::collections::VecDeque;
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::thread::{self, JoinHandle};

use parking_lot::{Condvar, Mutex};
use rusqlite::Connection;

use crate::{Error, Pending};

type Job = Box<dyn FnOnce(&Connection) + Send>;

/// The reading threads and what waits for them. As many reads wait as callers await them, each its own.
#[derive(Debug)]
pub(super) struct Readers {
    queue: Arc<Jobs>,
    threads: Vec<JoinHandle<()>>,
}

#[derive(Default)]
struct Jobs {
    inner: Mutex<Inner>,
    wake: Condvar,
}

#[derive(Default)]
struct Inner {
    jobs: VecDeque<Job>,
    closed: bool,
}

impl fmt::Debug for Jobs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Jobs").field("waiting", &self.inner.lock().jobs.len()).finish()
    }
}

impl Readers {
    pub(super) fn start(conns: Vec<Connection>) -> std::io::Result<Self> {
        let mut readers = Self { queue: Arc::default(), threads: Vec::with_capacity(conns.len()) };
        for (at, conn) in conns.into_iter().enumerate() {
            let queue = Arc::clone(&readers.queue);
            let thread = thread::Builder::new().name(format!("store-read-{at}"));
            readers.threads.push(thread.spawn(move || queue.run(&conn))?);
        }
        Ok(readers)
    }

    /// Runs `read` on one of the threads.
    pub(super) fn read<T, F>(&self, read: F) -> Pending<T>
    where
        T: Send + 'static,
        F: FnOnce(&Connection) -> Result<T, Error> + Send + 'static,
    {
        let (tx, pending) = Pending::pair();
        let mut inner = self.queue.inner.lock();
        if !inner.closed {
            inner.jobs.push_back(Box::new(move |conn| {
                // Whoever asked may have gone: callers that give up and ask again must not pile up work.
                if !tx.is_closed() {
                    drop(tx.send(read(conn)));
                }
            }));
            drop(inner);
            self.queue.wake.notify_one();
        }
        pending
    }
}

impl Drop for Readers {
    fn drop(&mut self) {
        self.queue.inner.lock().closed = true;
        self.queue.wake.notify_all();
        super::join(self.threads.drain(..));
    }
}

impl Jobs {
    fn run(&self, conn: &Connection) {
        while let Some(job) = self.next() {
            // A read that panics answers that the store is closed, and the thread goes on.
            if catch_unwind(AssertUnwindSafe(|| job(conn))).is_err() {
                tracing::error!("a read panicked");
            }
        }
    }

    fn next(&self) -> Option<Job> {
        let mut inner = self.inner.lock();
        loop {
            if inner.closed {
                return None;
            }
            if let Some(job) = inner.jobs.pop_front() {
                return Some(job);
            }
            self.wake.wait(&mut inner);
        }
    }
}
