//! The table of lists, and the plans behind them.

use std::io::{self, Write};

use store::QueryPlan;

use super::{LITTLE, Row};
use crate::sections::Findings;
use crate::stats::{Sample, Spread};
use crate::targets::Target;

/// How much longer a list may take with many tasks stored, where it shows and counts as much as with few: an index has a
/// level or two more, and its pages are not all in the cache of the connection.
const RATIO: f64 = 2.0;

/// Everything that was measured.
#[derive(Debug)]
pub(crate) struct Lists {
    /// Stored in the larger store.
    pub(super) many: usize,
    pub(super) rows: Vec<Row>,
    pub(super) plans: Vec<QueryPlan>,
}

impl Row {
    /// The large store's to the small one's in the same round.
    fn ratio(&self, value: fn(&Sample) -> f64) -> Spread {
        let [little, much] = &self.parts;
        Spread::of(much.samples.iter().zip(&little.samples).map(|(much, little)| value(much) / value(little)))
    }

    fn target(&self, many: usize) -> Target {
        let Spread { median, min, max } = self.ratio(|sample| sample.p50.as_secs_f64());
        Target {
            what: format!("p50 of a list with {many} tasks stored: {}", self.name),
            wanted: format!("≤ {RATIO} of that with {LITTLE}"),
            measured: format!("{median:.2} ({min:.2}–{max:.2})"),
            met: median <= RATIO,
        }
    }
}

impl Findings for Lists {
    fn targets(&self) -> Vec<Target> {
        self.rows.iter().filter(|row| !row.counts_many).map(|row| row.target(self.many)).collect()
    }

    fn write(&self, out: &mut dyn Write) -> io::Result<()> {
        let many = self.many;
        writeln!(out, "\n## Lists of 50, with {LITTLE} and with {many} tasks stored\n")?;
        writeln!(
            out,
            "| list | total | p50 | p99 | CPU each | total of {many} | p50 | p99 | CPU each | ratio of p50 | of p99 |"
        )?;
        writeln!(out, "|---|--:|--:|--:|--:|--:|--:|--:|--:|---|---|")?;
        self.rows.iter().try_for_each(|row| line(out, row))?;
        writeln!(out, "\nHow the larger store goes about it:\n\n```text")?;
        self.plans.iter().try_for_each(|plan| writeln!(out, "{}: {}", plan.what, plan.steps.join("; ")))?;
        writeln!(out, "```")
    }
}

fn line(out: &mut dyn Write, row: &Row) -> io::Result<()> {
    write!(out, "| {} ", row.name)?;
    for part in &row.parts {
        let micros = |value: fn(&Sample) -> f64| part.figure(value) * 1e6;
        let (p50, p99) = (micros(|sample| sample.p50.as_secs_f64()), micros(|sample| sample.p99.as_secs_f64()));
        let cpu = micros(|sample| sample.cpu.as_secs_f64());
        write!(out, "| {} | {p50:.0} µs | {p99:.0} µs | {cpu:.0} µs ", part.total)?;
    }
    let p50 = row.ratio(|sample| sample.p50.as_secs_f64());
    let p99 = row.ratio(|sample| sample.p99.as_secs_f64());
    writeln!(out, "| {:.2} ({:.2}–{:.2}) | {:.2} |", p50.median, p50.min, p50.max, p99.median)
}
