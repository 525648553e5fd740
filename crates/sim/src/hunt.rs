//! The command: simulates many seeds at once, and tells the first that breaks an invariant in full.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::process::ExitCode;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Instant;

use clap::Parser;
use parking_lot::Mutex;

use crate::coverage::Coverage;
use crate::invariants::{Invariant, Violation};
use crate::simulate::{Report, Setting, shrink, simulate};

/// Lines told of the beginning and of the end of a long trace.
const BEGINNING: usize = 400;
const END: usize = 200;

/// Simulates runs under faults and checks what the documentation promises.
#[derive(Debug, Parser)]
struct Args {
    /// How many seeds.
    #[arg(long, env = "N", default_value_t = 10_000)]
    seeds: u64,
    /// The first of them.
    #[arg(long, env = "SEED", default_value_t = 0)]
    seed: u64,
}

/// What many simulations came to.
#[derive(Debug, Default)]
pub struct Found {
    /// What was exercised.
    pub coverage: Coverage,
    /// Virtual time, in milliseconds.
    pub lasted: u64,
    /// The first setting found that broke each invariant.
    pub broken: BTreeMap<Invariant, (Setting, Violation)>,
}

/// Simulates these settings on all processors, the lowest numbers first, until one breaks an invariant that is `wanted`.
pub fn hunt(count: u64, wanted: impl Fn(Invariant) -> bool + Sync, setting: impl Fn(u64) -> Setting + Sync) -> Found {
    let (next, stop, found) = (AtomicU64::new(0), AtomicBool::new(false), Mutex::new(Found::default()));
    let work = || {
        while !stop.load(Ordering::Relaxed) {
            let number = next.fetch_add(1, Ordering::Relaxed);
            if number >= count {
                return;
            }
            let setting = setting(number);
            let report = simulate(&setting);
            let caught = report.violation.as_ref().is_some_and(|violation| wanted(violation.invariant));
            stop.fetch_or(caught, Ordering::Relaxed);
            found.lock().take(setting, report);
        }
    };
    std::thread::scope(|scope| {
        for _ in 0..std::thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(work);
        }
    });
    found.into_inner()
}

impl Found {
    fn take(&mut self, setting: Setting, report: Report) {
        self.coverage.absorb(&report.coverage);
        self.lasted += report.lasted;
        let Some(violation) = report.violation else { return };
        let before = self.broken.get(&violation.invariant).map(|(before, _)| before.seed);
        if before.is_none_or(|before| setting.seed < before) {
            self.broken.insert(violation.invariant, (setting, violation));
        }
    }

    /// The setting of the lowest seed that broke an invariant.
    pub fn first(&self) -> Option<&(Setting, Violation)> {
        self.broken.values().min_by_key(|(setting, _)| setting.seed)
    }
}

/// Runs the command.
pub fn main() -> ExitCode {
    let args = Args::parse();
    let begun = Instant::now();
    let found = hunt(args.seeds, |_| true, |number| Setting::of(args.seed + number));
    match tell(&args, &found, begun) {
        Ok(()) if found.broken.is_empty() => ExitCode::SUCCESS,
        Ok(()) | Err(_) => ExitCode::FAILURE,
    }
}

fn tell(args: &Args, found: &Found, begun: Instant) -> std::io::Result<()> {
    let mut out = std::io::stdout().lock();
    if let Some((setting, _)) = found.first() {
        return told(&mut out, setting);
    }
    let (first, last) = (args.seed, args.seed + args.seeds.saturating_sub(1));
    write!(out, "{}", found.coverage)?;
    let hours = found.lasted / 3_600_000;
    writeln!(
        out,
        "seeds {first} to {last}: every invariant holds; {hours} h of virtual time in {:.1?}",
        begun.elapsed()
    )
}

/// Tells a seed that breaks an invariant: under the mildest faults that still break it, step by step.
fn told(out: &mut impl std::io::Write, setting: &Setting) -> std::io::Result<()> {
    let Some(violation) = simulate(setting).violation else {
        return writeln!(out, "seed {} broke an invariant once and does not again: that is a defect too", setting.seed);
    };
    let mildest = Setting { traced: true, ..shrink(setting, violation.invariant) };
    let report = simulate(&mildest);
    let skipped = report.trace.len().saturating_sub(BEGINNING + END);
    for line in report.trace.iter().take(BEGINNING) {
        writeln!(out, "{line}")?;
    }
    if skipped > 0 {
        writeln!(out, "        ... {skipped} lines ...")?;
    }
    for line in report.trace.iter().skip(BEGINNING + skipped) {
        writeln!(out, "{line}")?;
    }
    writeln!(out, "faults: {:?}", mildest.faults)?;
    if let Some(milder) = &report.violation {
        writeln!(out, "the same seed with milder faults, as told above: {milder}")?;
    }
    writeln!(out, "seed {}: {violation}", setting.seed)?;
    writeln!(out, "SEED={} N=1 make sim   repeats it", setting.seed)
}
