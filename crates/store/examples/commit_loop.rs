//! Measures the commit loop: tasks per second, time to settle, CPU per task and the longest stall, by commits in flight.
//! Each task is created and finished in one commit: a task row, a log row of about 600 bytes, a seen row.
//!
//! `cargo run -p store --example commit_loop -- [memory|strict|relaxed] [IN_FLIGHT] [SECONDS] [DIR]`

#![allow(clippy::print_stdout, reason = "a report is what it is for")]

use std::error::Error;
use std::sync::Arc;
use std::sync::mpsc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use store::{
    Accept, BodyDigest, Commit, Created, Durability, EmbeddedStore, Entry, Frame, FrameKind, Lane, MemoryStore,
    Options, Ready, SeenKey, SeenReply, Settle, Store, TaskChange, Timer,
};
use types::{ContextId, Epoch, Head, MessageId, Owner, Seq, TaskId, TaskState, Timestamp};

/// Five frames of this size are the log row.
const FRAME: usize = 110;

struct Report {
    settled: Vec<Duration>,
    took: Duration,
    longest_pause: Duration,
    cpu: Duration,
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut args = std::env::args().skip(1);
    let mode = args.next().unwrap_or_else(|| "strict".into());
    let in_flight: usize = args.next().map_or(Ok(128), |text| text.parse())?;
    let seconds: u64 = args.next().map_or(Ok(5), |text| text.parse())?;
    let scratch = tempfile::tempdir()?;
    let dir = args.next().map_or_else(|| scratch.path().to_owned(), Into::into);
    let store = open(&mode, dir)?;
    let mut report = drive(&*store, in_flight, Duration::from_secs(seconds))?;
    report.settled.sort_unstable();
    let tasks = report.settled.len();
    let at = |share: f64| report.settled[((tasks - 1) as f64 * share) as usize];
    println!(
        "{mode}, {in_flight} in flight: {:.0} tasks/s, {:.1} µs CPU per task, settled p50 {:?} p99 {:?} p99.9 {:?}, longest pause {:?}",
        tasks as f64 / report.took.as_secs_f64(),
        report.cpu.as_secs_f64() * 1e6 / tasks as f64,
        at(0.5),
        at(0.99),
        at(0.999),
        report.longest_pause,
    );
    Ok(())
}

fn open(mode: &str, dir: std::path::PathBuf) -> Result<Arc<dyn Store>, Box<dyn Error>> {
    let durability = match mode {
        "memory" => return Ok(Arc::new(MemoryStore::new())),
        "strict" => Durability::Strict,
        "relaxed" => Durability::Relaxed,
        _ => return Err("the mode is memory, strict or relaxed".into()),
    };
    Ok(Arc::new(EmbeddedStore::open(Options { durability, ..Options::at(dir) })?))
}

/// Keeps `in_flight` commits under way; each that settles is followed by the next.
fn drive(store: &dyn Store, in_flight: usize, span: Duration) -> Result<Report, Box<dyn Error>> {
    // As many answers wait as commits are under way.
    let (tx, rx) = mpsc::sync_channel(in_flight + 1);
    let send = || {
        let (tx, since) = (tx.clone(), Instant::now());
        let settle = Settle::new(move |outcome| drop(tx.send(outcome.map(|_| since.elapsed()))));
        store.submit(task(store.now()), settle);
    };
    let (begin, cpu) = (Instant::now(), cpu_time()?);
    (0..in_flight).for_each(|_| send());
    let mut report = Report { settled: Vec::new(), took: span, longest_pause: Duration::ZERO, cpu };
    let mut last = Instant::now();
    while begin.elapsed() < span {
        report.settled.push(rx.recv()??);
        report.longest_pause = report.longest_pause.max(last.elapsed());
        last = Instant::now();
        send();
    }
    report.took = begin.elapsed();
    report.cpu = cpu_time()?.saturating_sub(cpu);
    Ok(report)
}

fn task(at: Timestamp) -> Commit {
    let id = TaskId::fresh();
    let owner = Owner::anonymous();
    let frames = (1..=5).map(|seq| {
        Entry::Frame(Frame { seq: Seq(seq), time: at, kind: FrameKind::Status, bytes: Bytes::from_static(&[7; FRAME]) })
    });
    let change = TaskChange {
        id,
        generation: 0,
        expected: Head::ZERO,
        created: Some(Created { owner: owner.clone(), context: ContextId::fresh() }),
        state: TaskState::Completed,
        seq: Seq(5),
        entries: frames.collect(),
        snapshot: None,
        ready: Ready::Keep,
        timer: Timer::Keep,
    };
    let accept = Accept {
        key: SeenKey::new(&owner, None, &MessageId::fresh()),
        digest: BodyDigest::of([id.as_bytes().as_slice()]),
        reply: SeenReply::Task(id),
        keep_until: at.after(Duration::from_hours(24)),
        not_after: None,
        older: Vec::new(),
    };
    Commit { epoch: Epoch(1), lane: Lane::Accept, at, task: Some(change), accept: Some(accept), rows: Vec::new() }
}

/// User and system time of this process; field 14 and 15 of its statistics, in hundredths of a second.
fn cpu_time() -> Result<Duration, Box<dyn Error>> {
    let stat = std::fs::read_to_string("/proc/self/stat")?;
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
    let ticks: u64 = fields[11].parse::<u64>()? + fields[12].parse::<u64>()?;
    Ok(Duration::from_millis(ticks * 10))
}
