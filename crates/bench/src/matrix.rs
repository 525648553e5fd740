//! Requests to one service: every case, every server, interleaved, each server fresh for each measurement.

use std::io::{self, Write};
use std::time::Duration;

use crate::args::{Placement, RunArgs, Work};
use crate::child::{self, Server};
use crate::error::Error;
use crate::load::{self, Case};
use crate::sections::{Findings, scratch};
use crate::stats::{Sample, Spread};
use crate::subject::Subject;
use crate::targets::{self, Target};
use crate::{disk, report};

/// All repeats of one case.
#[derive(Debug)]
pub(crate) struct Row {
    pub(crate) placement: Placement,
    pub(crate) work: Work,
    pub(crate) in_flight: usize,
    /// The first is what the others are measured against.
    pub(crate) columns: Vec<Column>,
}

/// One server's part of a case.
#[derive(Debug)]
pub(crate) struct Column {
    pub(crate) subject: Subject,
    pub(crate) samples: Vec<Sample>,
    /// To the first server's sample of the same round.
    pub(crate) ratio: Spread,
}

/// One start of one server on an empty store.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Start {
    pub(crate) subject: Subject,
    pub(crate) took: Duration,
    pub(crate) idle_kib: u64,
}

/// Everything that this section found out.
#[derive(Debug, Default)]
pub(crate) struct Results {
    pub(crate) rows: Vec<Row>,
    /// Tracing against no tracing.
    pub(crate) telemetry: Vec<Row>,
    /// p50 of an append with fdatasync, before, between and after.
    pub(crate) fdatasync: Vec<Duration>,
    pub(crate) starts: Vec<Start>,
}

impl Findings for Results {
    fn targets(&self) -> Vec<Target> {
        targets::all(self)
    }

    fn write(&self, out: &mut dyn Write) -> io::Result<()> {
        report::requests(out, self)
    }
}

/// Measures every case.
pub(crate) fn measure(args: &RunArgs) -> Result<Results, Error> {
    let scratch = scratch(args)?;
    let sink = Server::start("bench", &["sink".to_owned()], Placement::Unpinned, scratch.path())?;
    let mut bench = Bench { args, collector: sink.address().to_owned(), results: Results::default() };
    bench.disk()?;
    for &placement in &args.placement {
        child::place_load(placement)?;
        for &work in &args.work {
            for &in_flight in &args.in_flight {
                let row = bench.row(&args.server, placement, work, in_flight)?;
                bench.results.rows.push(row);
            }
        }
        let most = args.in_flight.iter().copied().max().unwrap_or(1);
        let row = bench.row(&[Subject::Memory, Subject::Traced], placement, Work::Send, most)?;
        bench.results.telemetry.push(row);
        bench.disk()?;
    }
    child::place_load(Placement::Unpinned)?;
    bench.disk()?;
    Ok(bench.results)
}

struct Bench<'a> {
    args: &'a RunArgs,
    collector: String,
    results: Results,
}

impl Bench<'_> {
    fn disk(&mut self) -> Result<(), Error> {
        self.results.fdatasync.push(disk::fdatasync_p50(&self.args.dir)?);
        Ok(())
    }

    fn row(&mut self, subjects: &[Subject], placement: Placement, work: Work, in_flight: usize) -> Result<Row, Error> {
        let (connections, window) = (self.args.connections, self.args.window());
        let case = Case { work, in_flight, connections, placement, window };
        let mut samples = vec![Vec::new(); subjects.len()];
        for _ in 0..self.args.repeats {
            for (subject, samples) in subjects.iter().zip(&mut samples) {
                samples.push(self.sample(*subject, case)?);
            }
        }
        let base = samples.first().cloned().unwrap_or_default();
        let columns = subjects.iter().zip(samples).map(|(&subject, samples)| {
            let ratio = Spread::of(samples.iter().zip(&base).map(|(own, base)| own.rate / base.rate));
            Column { subject, samples, ratio }
        });
        Ok(Row { placement, work, in_flight, columns: columns.collect() })
    }

    fn sample(&mut self, subject: Subject, case: Case) -> Result<Sample, Error> {
        let scratch = scratch(self.args)?;
        let arguments = subject.arguments(scratch.path(), &self.collector);
        let server = Server::start(subject.program(), &arguments, case.placement, scratch.path())?;
        let idle_kib = server.memory_kib("VmRSS")?;
        self.results.starts.push(Start { subject, took: server.started_in(), idle_kib });
        let sample = load::measure(&server, case)?;
        let Case { placement, work, in_flight, .. } = case;
        let (title, rate) = (subject.title(), sample.rate);
        report::progress(format_args!("{placement} {work} at {in_flight}: {title} {rate:.0}/s"));
        Ok(sample)
    }
}
