//! A dispatch to three agents: one message at the front door, one to each of three services, all of them processes of
//! their own on one machine. By hand with nothing stored, by hand with plain syncs, and ours with every commit synced at
//! all four services.

mod cluster;
mod commits;
mod fanout;
mod figures;
mod journal;
mod wire;

use std::fmt;
use std::time::Duration;

use clap::ValueEnum;

use crate::args::RunArgs;
use crate::disk;
use crate::error::Error;
use crate::load::{self, Grpc};
use crate::report;
use crate::sections::scratch;
use crate::stats::Sample;
use cluster::Cluster;

pub(crate) use fanout::{Args as FanoutArgs, serve};
pub(crate) use figures::Dispatches;

/// Whether the agents are asked one after the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Mode {
    /// One after the other.
    Sequential,
    /// All at once.
    Parallel,
}

impl Mode {
    const ALL: [Self; 2] = [Self::Parallel, Self::Sequential];
}

impl fmt::Display for Mode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Sequential => "sequential",
            Self::Parallel => "parallel",
        })
    }
}

/// Who dispatches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Subject {
    /// By hand, nothing stored: what the others are measured against.
    Bare,
    /// By hand, a row with a sync at each point that matters.
    Synced,
    /// Operator, agents and registry.
    Watchroom,
}

impl Subject {
    const ALL: [Self; 3] = [Self::Bare, Self::Synced, Self::Watchroom];

    const fn title(self, mode: Mode) -> &'static str {
        match (self, mode) {
            (Self::Bare, _) => "by hand, nothing stored",
            (Self::Synced, Mode::Parallel) => "by hand, 2 syncs",
            (Self::Synced, Mode::Sequential) => "by hand, 5 syncs",
            (Self::Watchroom, _) => "Watchroom, strict",
        }
    }
}

/// One measurement.
#[derive(Debug)]
struct Taken {
    sample: Sample,
    /// Per dispatch, in the order of [`cluster::Part::ALL`].
    cpu: Vec<Duration>,
    /// At the front, per dispatch.
    commits: Option<f64>,
}

/// All repeats of one case.
#[derive(Debug)]
struct Row {
    mode: Mode,
    in_flight: usize,
    /// In the order of [`Subject::ALL`]: the repeats of each.
    taken: Vec<Vec<Taken>>,
}

/// Measures every case, the subjects in turn within each round.
pub(crate) fn measure(args: &RunArgs) -> Result<Dispatches, Error> {
    let mut found = Dispatches::default();
    found.fdatasync.push(disk::fdatasync_p50(&args.dir)?);
    for mode in Mode::ALL {
        for &in_flight in &args.in_flight {
            let mut taken: Vec<Vec<Taken>> = Subject::ALL.iter().map(|_| Vec::new()).collect();
            for _ in 0..args.repeats {
                for (subject, taken) in Subject::ALL.into_iter().zip(&mut taken) {
                    taken.push(one(args, subject, mode, in_flight)?);
                }
                found.fdatasync.push(disk::fdatasync_p50(&args.dir)?);
            }
            found.rows.push(Row { mode, in_flight, taken });
        }
    }
    Ok(found)
}

fn one(args: &RunArgs, subject: Subject, mode: Mode, in_flight: usize) -> Result<Taken, Error> {
    let scratch = scratch(args)?;
    let cluster = Cluster::start(subject, mode, scratch.path())?;
    let runtime = tokio::runtime::Runtime::new().map_err(Error::io("start", "a runtime"))?;
    let mut taken = runtime.block_on(drive(args, &cluster, in_flight))?;
    if let Some(store) = cluster.end() {
        taken.commits = Some(runtime.block_on(commits::per_run(&store))?);
    }
    let (title, rate) = (subject.title(mode), taken.sample.rate);
    report::progress(format_args!("dispatch, {mode}, at {in_flight}: {title} {rate:.0}/s"));
    Ok(taken)
}

async fn drive(args: &RunArgs, cluster: &Cluster, in_flight: usize) -> Result<Taken, Error> {
    let mut clients = load::connect(cluster.address(), args.connections.min(in_flight)).await?;
    // The first dispatch also waits until everybody has found everybody.
    wire::check(clients[0].send(wire::request("first")).await?)?;
    let flood = load::flood(&clients, in_flight, args.window(), once, || cluster.cpu()).await?;
    let ended = u32::try_from(flood.latencies.len()).unwrap_or(u32::MAX).max(1);
    let cpu: Vec<Duration> = flood.cpu.iter().map(|spent| *spent / ended).collect();
    // The load's own is not the servers'.
    let servers = flood.cpu.iter().take(cpu.len() - 1).sum();
    let sample = Sample::new(&flood.latencies, args.window(), servers);
    Ok(Taken { sample: Sample { peak_kib: cluster.front_peak_kib()?, sent: flood.sent, ..sample }, cpu, commits: None })
}

async fn once(mut client: Grpc, number: u64) -> Result<(), Error> {
    let answer = client.send(wire::request(&format!("call-{number}"))).await?;
    if number.is_multiple_of(wire::CHECKED) { wire::check(answer) } else { wire::check_state(answer) }
}
