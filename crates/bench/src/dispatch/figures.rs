//! The tables of dispatches and how far they are from what is wanted.

use std::io::{self, Write};
use std::time::Duration;

use super::cluster::Part;
use super::{Row, Subject, Taken};
use crate::sections::Findings;
use crate::stats::{Sample, Spread};
use crate::targets::Target;

/// Of the rate by hand with nothing stored, with enough in flight.
const RATIO: f64 = 0.4;
const BUSY: [usize; 2] = [16, 128];
/// Syncs that a lone dispatch may take beyond what it takes by hand.
const SYNCS: f64 = 5.0;

/// Every case.
#[derive(Debug, Default)]
pub(crate) struct Dispatches {
    pub(super) rows: Vec<Row>,
    /// p50 of an append with fdatasync, before, between and after.
    pub(super) fdatasync: Vec<Duration>,
}

impl Row {
    fn of(&self, subject: Subject) -> &[Taken] {
        let place = Subject::ALL.iter().position(|known| *known == subject);
        place.map_or(&[], |place| &self.taken[place])
    }

    /// To the rate of `base` in the same round.
    fn ratio(&self, subject: Subject, base: Subject) -> Spread {
        let rounds = self.of(subject).iter().zip(self.of(base));
        Spread::of(rounds.map(|(own, base)| own.sample.rate / base.sample.rate))
    }

    fn spread(&self, subject: Subject, value: impl Fn(&Sample) -> f64) -> Spread {
        Spread::of(self.of(subject).iter().map(|taken| value(&taken.sample)))
    }
}

impl Dispatches {
    fn fdatasync_ms(&self) -> f64 {
        Spread::of(self.fdatasync.iter().map(Duration::as_secs_f64)).median * 1e3
    }

    fn rate(row: &Row) -> Option<Target> {
        let Spread { median, min, max } = row.ratio(Subject::Watchroom, Subject::Bare);
        BUSY.contains(&row.in_flight).then(|| Target {
            what: format!("dispatch to three agents, strict everywhere, {}, {} in flight", row.mode, row.in_flight),
            wanted: format!("≥ {RATIO:.2} of by hand with nothing stored"),
            measured: format!("{median:.3} ({min:.3}–{max:.3})"),
            met: median >= RATIO,
        })
    }

    fn lone(&self, row: &Row) -> Option<Target> {
        let p50 = |subject| row.spread(subject, |sample| sample.p50.as_secs_f64()).median * 1e3;
        let (hand, own, fsync) = (p50(Subject::Bare), p50(Subject::Watchroom), self.fdatasync_ms());
        let wanted = SYNCS.mul_add(fsync, hand);
        (row.in_flight == 1).then(|| Target {
            what: format!("dispatch to three agents, strict everywhere, {}, alone: p50", row.mode),
            wanted: format!("≤ {wanted:.2} ms = {hand:.2} by hand + {SYNCS} × fdatasync of {fsync:.2}"),
            measured: format!("{own:.2} ms"),
            met: own <= wanted,
        })
    }
}

impl Findings for Dispatches {
    fn targets(&self) -> Vec<Target> {
        self.rows.iter().flat_map(|row| [Self::rate(row), self.lone(row)]).flatten().collect()
    }

    fn write(&self, out: &mut dyn Write) -> io::Result<()> {
        writeln!(out, "\n## A dispatch to three agents, every service a process of its own\n")?;
        writeln!(
            out,
            "| mode | in flight | by | to nothing stored | to plain syncs | per second | p50 | p99 | worst |"
        )?;
        writeln!(out, "|---|--:|---|---|---|--:|--:|--:|--:|")?;
        self.each(|row, subject| speed(out, row, subject))?;
        writeln!(out, "\nCPU per dispatch, medians; the load's own is in no ratio:\n")?;
        writeln!(
            out,
            "| mode | in flight | by | front | three agents | registry | load | cores busy | front's peak |"
        )?;
        writeln!(out, "|---|--:|---|--:|--:|--:|--:|--:|--:|")?;
        self.each(|row, subject| cpu(out, row, subject))?;
        let fsync = Spread::of(self.fdatasync.iter().map(Duration::as_secs_f64));
        let (median, min, max) = (fsync.median * 1e3, fsync.min * 1e3, fsync.max * 1e3);
        writeln!(
            out,
            "\np50 of a 256-byte append with fdatasync between the rounds: {median:.3} ms ({min:.3}–{max:.3})."
        )
    }
}

impl Dispatches {
    fn each(&self, mut write: impl FnMut(&Row, Subject) -> io::Result<()>) -> io::Result<()> {
        self.rows.iter().try_for_each(|row| Subject::ALL.into_iter().try_for_each(|subject| write(row, subject)))
    }
}

fn speed(out: &mut dyn Write, row: &Row, subject: Subject) -> io::Result<()> {
    let ratio = |base| {
        let Spread { median, min, max } = row.ratio(subject, base);
        format!("{median:.3} ({min:.3}–{max:.3})")
    };
    let millis = |value: fn(&Sample) -> Duration| row.spread(subject, |sample| value(sample).as_secs_f64() * 1e3);
    writeln!(
        out,
        "| {} | {} | {} | {} | {} | {:.0} | {:.2} ms | {:.2} ms | {:.1} ms |",
        row.mode,
        row.in_flight,
        subject.title(row.mode),
        ratio(Subject::Bare),
        ratio(Subject::Synced),
        row.spread(subject, |sample| sample.rate).median,
        millis(|sample| sample.p50).median,
        millis(|sample| sample.p99).median,
        millis(|sample| sample.worst).max,
    )
}

fn cpu(out: &mut dyn Write, row: &Row, subject: Subject) -> io::Result<()> {
    let of = |part: usize| {
        Spread::of(row.of(subject).iter().map(|taken| taken.cpu.get(part).map_or(0.0, Duration::as_secs_f64))).median
    };
    let each: Vec<f64> = (0..Part::ALL.len()).map(of).collect();
    let rate = row.spread(subject, |sample| sample.rate).median;
    let micros: Vec<String> = each.iter().map(|cpu| format!("{:.0} µs", cpu * 1e6)).collect();
    let busy = each.iter().sum::<f64>() * rate;
    let peak = row.spread(subject, |sample| sample.peak_kib as f64).max / 1024.0;
    let commits = Spread::of(row.of(subject).iter().filter_map(|taken| taken.commits)).median;
    let commits = if commits.is_nan() { "–".to_owned() } else { format!("{commits:.1}") };
    let (title, micros) = (subject.title(row.mode), micros.join(" | "));
    writeln!(out, "| {} | {} | {title} | {micros} | {busy:.2} | {peak:.0} MiB | {commits} |", row.mode, row.in_flight)
}

#[cfg(test)]
mod tests {
    use hdrhistogram::Histogram;

    use super::super::Mode;
    use super::*;

    fn taken(rate: u64, p50: Duration) -> Taken {
        let mut latencies = Histogram::new_with_bounds(1, 60_000_000_000, 3).unwrap();
        latencies.record_n(p50.as_nanos() as u64, rate).unwrap();
        Taken {
            sample: Sample::new(&latencies, Duration::from_secs(1), Duration::ZERO),
            cpu: Vec::new(),
            commits: None,
        }
    }

    fn row(in_flight: usize, bare: Taken, own: Taken) -> Dispatches {
        let taken = vec![vec![bare], vec![taken(1, Duration::from_secs(1))], vec![own]];
        let rows = vec![Row { mode: Mode::Parallel, in_flight, taken }];
        Dispatches { rows, fdatasync: vec![Duration::from_millis(1)] }
    }

    fn met(found: &Dispatches) -> Vec<bool> {
        found.targets().iter().map(|target| target.met).collect()
    }

    #[test]
    fn a_rate_is_held_against_that_of_the_same_round() {
        let second = Duration::from_secs(1);
        assert_eq!(met(&row(16, taken(100, second), taken(40, second))), [true]);
        assert_eq!(met(&row(16, taken(100, second), taken(39, second))), [false]);
    }

    #[test]
    fn a_lone_dispatch_may_take_five_syncs_longer_than_by_hand() {
        let by_hand = || taken(10, Duration::from_micros(500));
        assert_eq!(met(&row(1, by_hand(), taken(10, Duration::from_micros(5_400)))), [true]);
        assert_eq!(met(&row(1, by_hand(), taken(10, Duration::from_micros(5_600)))), [false]);
    }
}
