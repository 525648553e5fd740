//! The table of starts and how far they are from what is wanted.

use std::io::{self, Write};

use super::{Row, Start};
use crate::sections::Findings;
use crate::stats::Spread;
use crate::targets::Target;

/// How much longer than an empty store a full one may take to be ready: a start reads what is due, not what is stored.
const RATIO: f64 = 1.5;

/// Every case.
#[derive(Debug)]
pub(crate) struct Recoveries(pub(super) Vec<Row>);

impl Recoveries {
    /// The smallest store with as much under way.
    fn base(&self, row: &Row) -> Option<&Row> {
        self.0.iter().filter(|other| other.running == row.running).min_by_key(|other| other.stored)
    }

    /// Against the smallest store in the same round.
    fn ratio(&self, row: &Row, value: impl Fn(&Start) -> f64) -> Spread {
        let base = self.base(row).map_or(&[][..], |base| &base.starts);
        Spread::of(row.starts.iter().zip(base).map(|(own, base)| value(own) / value(base)))
    }

    fn target(&self, row: &Row) -> Option<Target> {
        let base = self.base(row).filter(|base| base.stored < row.stored)?;
        let Spread { median, min, max } = self.ratio(row, |start| start.ready.as_secs_f64());
        Some(Target {
            what: format!("ready after kill -9 with {} tasks stored, {} to take up", row.stored, row.running),
            wanted: format!("≤ {RATIO} of that with {}", base.stored),
            measured: format!("{median:.2} ({min:.2}–{max:.2})"),
            met: median <= RATIO,
        })
    }
}

impl Findings for Recoveries {
    fn targets(&self) -> Vec<Target> {
        self.0.iter().filter_map(|row| self.target(row)).collect()
    }

    fn write(&self, out: &mut dyn Write) -> io::Result<()> {
        writeln!(out, "\n## From kill -9 to the first answer, strict\n")?;
        writeln!(
            out,
            "| stored | to take up | on disk | ready | to the smallest | answered | to the smallest | an old task, cold | memory |"
        )?;
        writeln!(out, "|--:|--:|--:|--:|---|--:|---|--:|--:|")?;
        self.0.iter().try_for_each(|row| self.line(out, row))?;
        writeln!(out, "\nThe files are in the page cache: a start after a power cut also reads them from the disk.")
    }
}

impl Recoveries {
    fn line(&self, out: &mut dyn Write, row: &Row) -> io::Result<()> {
        let of = |value: fn(&Start) -> f64| Spread::of(row.starts.iter().map(value));
        let ratio = |value: fn(&Start) -> f64| {
            let Spread { median, min, max } = self.ratio(row, value);
            format!("{median:.2} ({min:.2}–{max:.2})")
        };
        let ready = |start: &Start| start.ready.as_secs_f64() * 1e3;
        let answered = |start: &Start| start.answered.as_secs_f64() * 1e3;
        let read = Spread::of(row.starts.iter().filter_map(|start| start.read).map(|read| read.as_secs_f64() * 1e3));
        let read = if read.median.is_nan() { "–".to_owned() } else { format!("{:.1} ms", read.median) };
        writeln!(
            out,
            "| {} | {} | {:.0} MiB | {:.0} ms | {} | {:.0} ms | {} | {read} | {:.0} MiB |",
            row.stored,
            row.running,
            row.bytes as f64 / f64::from(1 << 20),
            of(ready).median,
            ratio(ready),
            of(answered).median,
            ratio(answered),
            of(|start| start.resident_kib as f64).median / 1024.0,
        )
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn row(stored: usize, running: usize, ready: u64) -> Row {
        let ready = Duration::from_millis(ready);
        let start = Start { ready, answered: ready, read: None, resident_kib: 0 };
        Row { stored, running, bytes: 0, starts: vec![start] }
    }

    #[test]
    fn a_start_is_held_against_that_of_the_smallest_store_with_as_much_to_do() {
        let found = Recoveries(vec![row(0, 0, 40), row(1_000, 0, 59), row(0, 100, 80), row(1_000, 100, 121)]);
        let met: Vec<bool> = found.targets().iter().map(|target| target.met).collect();
        assert_eq!(met, [true, false]);
    }
}
