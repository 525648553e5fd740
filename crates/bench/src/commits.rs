//! The commit loop alone: new tasks with one frame each, as many callers waiting as there are requests in flight.

use std::io::{self, Write};
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

use crate::args::RunArgs;
use crate::error::Error;
use crate::report;
use crate::sections::{Findings, scratch};
use crate::stats::{Sample, Spread};
use crate::targets::Target;

/// Bytes of one frame, about what a small event takes.
const FRAME: usize = 256;
const WARM_UP: Duration = Duration::from_millis(300);

/// Which store is loaded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// Nothing reaches the disk.
    Memory,
    /// Every commit is synced before its caller hears of it.
    Strict,
}

impl Kind {
    const ALL: [Self; 2] = [Self::Memory, Self::Strict];

    const fn name(self) -> &'static str {
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

/// One store under one load.
#[derive(Debug)]
struct Row {
    kind: Kind,
    in_flight: usize,
    samples: Vec<Sample>,
}

/// Every store under every load.
#[derive(Debug)]
pub(crate) struct Commits(Vec<Row>);

/// Measures every case.
pub(crate) fn measure_all(args: &RunArgs) -> Result<Commits, Error> {
    let mut rows = Vec::new();
    for kind in Kind::ALL {
        for &in_flight in &args.in_flight {
            let mut samples = Vec::new();
            for _ in 0..args.repeats {
                let scratch = scratch(args)?;
                samples.push(measure(kind, scratch.path(), in_flight, args.window())?);
            }
            let rate = Spread::of(samples.iter().map(|sample| sample.rate)).median;
            report::progress(format_args!("commit loop {} at {in_flight}: {rate:.0}/s", kind.name()));
            rows.push(Row { kind, in_flight, samples });
        }
    }
    Ok(Commits(rows))
}

impl Findings for Commits {
    fn targets(&self) -> Vec<Target> {
        Vec::new()
    }

    fn write(&self, out: &mut dyn Write) -> io::Result<()> {
        writeln!(out, "\n## The commit loop: one task row and one log row of 256 bytes per commit\n")?;
        writeln!(out, "| store | callers waiting | commits per second | rows per second | p50 | p99 | worst |")?;
        writeln!(out, "|---|--:|--:|--:|--:|--:|--:|")?;
        self.0.iter().try_for_each(|row| line(out, row))
    }
}

fn line(out: &mut dyn Write, row: &Row) -> io::Result<()> {
    let of = |value: fn(&Sample) -> f64| Spread::of(row.samples.iter().map(value));
    let rate = of(|sample| sample.rate);
    writeln!(
        out,
        "| {} | {} | {:.0} ({:.0}–{:.0}) | {:.0} | {:.2} ms | {:.2} ms | {:.1} ms |",
        row.kind.name(),
        row.in_flight,
        rate.median,
        rate.min,
        rate.max,
        2.0 * rate.median,
        of(|sample| sample.p50.as_secs_f64()).median * 1e3,
        of(|sample| sample.p99.as_secs_f64()).median * 1e3,
        of(|sample| sample.worst.as_secs_f64()).max * 1e3,
    )
}

/// Commits as fast as `in_flight` callers can for `window`. Each commit writes one row of `task` and one of `log`.
fn measure(kind: Kind, dir: &Path, in_flight: usize, window: Duration) -> Result<Sample, Error> {
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
