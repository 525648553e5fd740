//! The whole run: every case, every server, interleaved, each server fresh for each measurement.

use std::fmt;
use std::path::Path;
use std::time::Duration;

use clap::ValueEnum;

use crate::args::{Placement, RunArgs, Work};
use crate::child::{self, Server};
use crate::disk;
use crate::error::Error;
use crate::load::{self, Case};
use crate::report;
use crate::stats::{Sample, Spread};

/// What is compared. The first of a run is what the others are measured against.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Subject {
    /// Bare tonic.
    Raw,
    /// The kit over the in-memory store.
    Memory,
    /// The kit over the embedded store, every answer after its fsync.
    Strict,
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let value = self.to_possible_value();
        f.write_str(value.as_ref().map_or("", |value| value.get_name()))
    }
}

impl Subject {
    pub(crate) const ALL: [Self; 3] = [Self::Raw, Self::Memory, Self::Strict];

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Raw => "bare tonic",
            Self::Memory => "kit, in memory",
            Self::Strict => "kit, strict",
        }
    }

    const fn program(self) -> &'static str {
        match self {
            Self::Raw => "bench",
            Self::Memory | Self::Strict => "echo",
        }
    }

    fn arguments(self, dir: &Path) -> Vec<String> {
        let kit = |store: &[&str]| {
            let ports = ["--listen", "127.0.0.1:0", "--admin-listen", "127.0.0.1:0", "--log", "warn"];
            // Nobody listens there: looking for a registry is part of every service's life.
            let registry = ["--registry", "http://127.0.0.1:9"];
            [&ports, &registry[..], store].concat().into_iter().map(str::to_owned).collect()
        };
        match self {
            Self::Raw => vec!["raw".to_owned()],
            Self::Memory => kit(&["--in-memory"]),
            Self::Strict => kit(&["--data-dir", &dir.join("data").to_string_lossy()]),
        }
    }
}

/// All repeats of one case.
#[derive(Debug)]
pub(crate) struct Row {
    pub(crate) placement: Placement,
    pub(crate) work: Work,
    pub(crate) in_flight: usize,
    /// In the order of the command line: the samples, and their ratios to the baseline of the same round.
    pub(crate) columns: Vec<Column>,
}

/// One server's part of a case.
#[derive(Debug)]
pub(crate) struct Column {
    pub(crate) subject: Subject,
    pub(crate) samples: Vec<Sample>,
    pub(crate) ratio: Spread,
}

/// Everything that a run found out.
#[derive(Debug)]
pub(crate) struct Results {
    pub(crate) rows: Vec<Row>,
    /// p50 of an append with fdatasync, before and after.
    pub(crate) fdatasync: Vec<Duration>,
    pub(crate) started_in: Vec<(Subject, Spread)>,
}

/// Measures everything and prints it.
pub(crate) fn run(args: &RunArgs) -> Result<(), Error> {
    std::fs::create_dir_all(&args.dir).map_err(Error::io("create", &args.dir))?;
    let mut fdatasync = vec![disk::fdatasync_p50(&args.dir)?];
    let mut starts = Vec::new();
    let mut rows = Vec::new();
    for &placement in &args.placement {
        child::place_load(placement)?;
        for &work in &args.work {
            for &in_flight in &args.in_flight {
                let connections = args.connections;
                let case = Case { work, in_flight, connections, placement, window: args.window() };
                rows.push(row(args, case, &mut starts)?);
            }
        }
    }
    child::place_load(Placement::Unpinned)?;
    fdatasync.push(disk::fdatasync_p50(&args.dir)?);
    let started_in = args.server.iter().map(|&subject| (subject, start_times(&starts, subject))).collect();
    report::print(&Results { rows, fdatasync, started_in })
}

fn start_times(starts: &[(Subject, Duration)], subject: Subject) -> Spread {
    Spread::of(starts.iter().filter(|(of, _)| *of == subject).map(|(_, time)| time.as_secs_f64()))
}

fn row(args: &RunArgs, case: Case, starts: &mut Vec<(Subject, Duration)>) -> Result<Row, Error> {
    let mut samples = vec![Vec::new(); args.server.len()];
    for _ in 0..args.repeats {
        for (index, subject) in args.server.iter().copied().enumerate() {
            let scratch = tempfile::tempdir_in(&args.dir).map_err(Error::io("create a directory in", &args.dir))?;
            let server =
                Server::start(subject.program(), &subject.arguments(scratch.path()), case.placement, scratch.path())?;
            starts.push((subject, server.started_in()));
            let sample = load::measure(&server, case)?;
            report::progress(format_args!(
                "{} {} at {}: {} {:.0}/s",
                case.placement,
                case.work,
                case.in_flight,
                subject.name(),
                sample.rate
            ));
            samples[index].push(sample);
        }
    }
    let base = samples[0].clone();
    let columns = args.server.iter().copied().zip(samples).map(|(subject, samples)| {
        let ratio = Spread::of(samples.iter().zip(&base).map(|(own, raw)| own.rate / raw.rate));
        Column { subject, samples, ratio }
    });
    Ok(Row { placement: case.placement, work: case.work, in_flight: case.in_flight, columns: columns.collect() })
}
