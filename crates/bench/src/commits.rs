//! The commit loop alone: new tasks with one frame each, as many callers waiting as there are requests in flight.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use hdrhistogram::Histogram;
use store::{
    Commit, Created, EmbeddedStore, Entry, Frame, FrameKind, Lane, MemoryStore, Options, Ready, Store, TaskChange,
    Timer,
};
use tokio::task::JoinSet;
use types::{ContextId, Epoch, Head, Owner, Seq, TaskId, TaskState};

use crate::error::Error;
use crate::stats::Sample;

/// Bytes of one frame, about what a small event takes.
const FRAME: usize = 256;
const WARM_UP: Duration = Duration::from_millis(300);

/// Which store is loaded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Nothing reaches the disk.
    Memory,
    /// Every commit is synced before its caller hears of it.
    Strict,
}

impl Kind {
    pub(crate) const ALL: [Self; 2] = [Self::Memory, Self::Strict];

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Memory => "in memory",
            Self::Strict => "strict",
        }
    }

    fn open(self, dir: &Path) -> Result<Arc<dyn Store>, Error> {
        match self {
            Self::Memory => Ok(Arc::new(MemoryStore::new())),
            Self::Strict => {
                let store = EmbeddedStore::open(Options::at(dir)).map_err(|error| Error::Store(Box::new(error)))?;
                Ok(Arc::new(store))
            }
        }
    }
}

/// Commits as fast as `in_flight` callers can for `window`. Each commit writes one row of `task` and one of `log`.
pub(crate) fn measure(kind: Kind, dir: &Path, in_flight: usize, window: Duration) -> Result<Sample, Error> {
    let runtime = tokio::runtime::Runtime::new().map_err(Error::io("start", "a runtime"))?;
    let store = kind.open(dir)?;
    runtime.block_on(async {
        let epoch = store.own().await.map_err(|error| Error::Store(Box::new(error)))?.epoch;
        let begin = Instant::now() + WARM_UP;
        let mut callers = JoinSet::new();
        for _ in 0..in_flight {
            callers.spawn(caller(Arc::clone(&store), epoch, begin, begin + window));
        }
        let mut latencies = crate::load::new_histogram();
        while let Some(done) = callers.join_next().await {
            latencies += done.expect("a caller only returns")?;
        }
        store.close().await.map_err(|error| Error::Store(Box::new(error)))?;
        Ok(Sample::new(&latencies, window, Duration::ZERO))
    })
}

async fn caller(store: Arc<dyn Store>, epoch: Epoch, begin: Instant, end: Instant) -> Result<Histogram<u64>, Error> {
    let mut latencies = crate::load::new_histogram();
    loop {
        let sent = Instant::now();
        if sent >= end {
            return Ok(latencies);
        }
        store.commit(new_task(&*store, epoch)).await.map_err(|refusal| Error::Store(Box::new(refusal)))?;
        let done = Instant::now();
        if done >= begin && done < end {
            latencies.saturating_record(u64::try_from((done - sent).as_nanos()).unwrap_or(u64::MAX));
        }
    }
}

fn new_task(store: &dyn Store, epoch: Epoch) -> Commit {
    let at = store.now();
    let frame = Frame { seq: Seq(1), time: at, kind: FrameKind::Task, bytes: Bytes::from_static(&[7; FRAME]) };
    let task = TaskChange {
        id: TaskId::fresh(),
        generation: 0,
        expected: Head(0),
        created: Some(Created { owner: Owner::anonymous(), context: ContextId::fresh() }),
        state: TaskState::Completed,
        seq: Seq(1),
        entries: vec![Entry::Frame(frame)],
        snapshot: None,
        ready: Ready::Keep,
        timer: Timer::Keep,
    };
    Commit { epoch, lane: Lane::Continue, at, task: Some(task), accept: None, rows: Vec::new() }
}
