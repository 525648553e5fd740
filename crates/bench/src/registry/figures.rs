//! The tables of the registry.

use std::io::{self, Write};
use std::time::Duration;

use super::{AGENTS, CHANGES, Crowd, Memory, Subject, WATCHERS};
use crate::sections::Findings;
use crate::stats::{Sample, Spread};
use crate::targets::Target;

/// Everything that was measured.
#[derive(Debug, Default)]
pub(crate) struct Registry {
    /// Renewals in flight, and the repeats of each subject.
    pub(super) renewals: Vec<(usize, Vec<Vec<Sample>>)>,
    pub(super) crowds: Vec<Crowd>,
    /// p50 of an append with fdatasync, before and after.
    pub(super) fdatasync: Vec<Duration>,
}

/// When memory was looked at, and how much it was.
type Stage = (&'static str, fn(Memory) -> u64);

impl Findings for Registry {
    /// None are set.
    fn targets(&self) -> Vec<Target> {
        Vec::new()
    }

    fn write(&self, out: &mut dyn Write) -> io::Result<()> {
        writeln!(out, "\n## The registry: {AGENTS} agents, {WATCHERS} watchers\n")?;
        self.renewals(out)?;
        self.crowds(out)
    }
}

impl Registry {
    fn renewals(&self, out: &mut dyn Write) -> io::Result<()> {
        writeln!(out, "Renewals as fast as they are answered, as ratios to bare tonic calls in the same round:\n")?;
        writeln!(out, "| in flight | server | ratio | per second | p50 | p99 | CPU each | peak |")?;
        writeln!(out, "|--:|---|---|--:|--:|--:|--:|--:|")?;
        for (in_flight, samples) in &self.renewals {
            for (subject, own) in Subject::ALL.iter().zip(samples) {
                let ratio = Spread::of(own.iter().zip(&samples[0]).map(|(own, base)| own.rate / base.rate));
                let of = |value: fn(&Sample) -> f64| Spread::of(own.iter().map(value)).median;
                writeln!(
                    out,
                    "| {in_flight} | {} | {:.2} ({:.2}–{:.2}) | {:.0} | {:.2} ms | {:.2} ms | {:.1} µs | {:.0} MiB |",
                    subject.title(),
                    ratio.median,
                    ratio.min,
                    ratio.max,
                    of(|sample| sample.rate),
                    of(|sample| sample.p50.as_secs_f64() * 1e3),
                    of(|sample| sample.p99.as_secs_f64() * 1e3),
                    of(|sample| sample.cpu.as_secs_f64() * 1e6),
                    of(|sample| sample.peak_kib as f64) / 1024.0,
                )?;
            }
        }
        Ok(())
    }

    fn crowds(&self, out: &mut dyn Write) -> io::Result<()> {
        let sync = Spread::of(self.fdatasync.iter().map(|took| took.as_secs_f64() * 1e3)).median;
        writeln!(
            out,
            "\nThe way of {CHANGES} changes, one after the other, from the call to each watcher; each is synced"
        )?;
        writeln!(out, "first (an append with fdatasync takes {sync:.2} ms here at the median):\n")?;
        writeln!(out, "| meanwhile | p50 | p99 | worst |\n|---|--:|--:|--:|")?;
        self.way(out, "nothing", |crowd| crowd.quiet)?;
        self.way(out, "every agent renews each 3.3 s with another load", |crowd| crowd.renewing)?;
        let of = |value: fn(&Crowd) -> f64| Spread::of(self.crowds.iter().map(value)).median;
        writeln!(out, "\n| what | median |\n|---|--:|")?;
        let (rate, took) = (of(|crowd| crowd.registered.rate), of(|crowd| crowd.registered.p50.as_secs_f64() * 1e3));
        writeln!(out, "| registrations, 16 at a time | {rate:.0}/s, p50 {took:.2} ms |")?;
        let snapshot = of(|crowd| crowd.snapshot.as_secs_f64() * 1e3);
        writeln!(out, "| a snapshot to all watchers, who start at once | {snapshot:.0} ms |")?;
        self.memory(out)
    }

    fn way(&self, out: &mut dyn Write, meanwhile: &str, which: fn(&Crowd) -> Sample) -> io::Result<()> {
        let of = |value: fn(Sample) -> Duration| {
            Spread::of(self.crowds.iter().map(|crowd| value(which(crowd)).as_secs_f64() * 1e3))
        };
        let (p50, p99) = (of(|sample| sample.p50).median, of(|sample| sample.p99).median);
        let worst = of(|sample| sample.worst).max;
        writeln!(out, "| {meanwhile} | {p50:.2} ms | {p99:.2} ms | {worst:.1} ms |")
    }

    fn memory(&self, out: &mut dyn Write) -> io::Result<()> {
        let stages: [Stage; 4] = [
            ("an empty registry", |memory| memory.empty),
            ("with all agents", |memory| memory.agents),
            ("with all watchers", |memory| memory.watchers),
            ("after all changes, with one more watcher that reads nothing", |memory| memory.end),
        ];
        for (stage, value) in stages {
            let resident = Spread::of(self.crowds.iter().map(|crowd| value(crowd.memory) as f64 / 1024.0)).median;
            writeln!(out, "| resident memory, {stage} | {resident:.1} MiB |")?;
        }
        Ok(())
    }
}
