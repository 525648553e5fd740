//! What came of it, in figures that a README can quote.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use super::{Blow, Chaos};
use crate::audit::Audit;
use crate::cluster::Service;
use crate::crowd::Told;

/// Violations that are printed; more are counted.
const SHOWN: usize = 20;

/// One process that was struck and came back.
#[derive(Debug, Clone, Copy)]
pub struct Struck {
    /// Which.
    pub service: Service,
    /// How.
    pub blow: Blow,
    /// From its start until it said that it was ready; next to nothing for one that was frozen.
    pub ready: Duration,
}

/// All that is known at the end.
#[derive(Debug)]
pub struct Report {
    /// What was asked for.
    pub chaos: Chaos,
    /// In all.
    pub took: Duration,
    /// From the last restart until no task was under way; `None` when some still were.
    pub settled: Option<Duration>,
    /// In order.
    pub struck: Vec<Struck>,
    /// By message.
    pub told: Vec<Told>,
    /// What the services have.
    pub audit: Audit,
    /// What must not be.
    pub violations: Vec<String>,
}

impl Report {
    /// Panics with what must not be.
    pub fn check(&self) {
        assert!(self.violations.is_empty() && self.settled.is_some(), "{self}");
    }

    fn ready(&self, only: Option<Service>) -> Vec<Duration> {
        let killed = self.struck.iter().filter(|it| it.blow == Blow::Kill);
        let mut times: Vec<Duration> =
            killed.filter(|it| only.is_none_or(|only| only == it.service)).map(|it| it.ready).collect();
        times.sort();
        times
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Chaos { seed, kills } = self.chaos;
        writeln!(f, "SEED={seed} KILLS={kills}: {:.0} s", self.took.as_secs_f64())?;
        let frames: usize = self.told.iter().flat_map(|told| &told.frames).map(Vec::len).sum();
        let lost: usize = self.told.iter().map(|told| told.lost).sum();
        let sent = self.told.iter().map(|told| told.frames.len()).sum::<usize>();
        writeln!(
            f,
            "messages          {} accepted, each once; {sent} tries, {lost} connections lost",
            self.told.len()
        )?;
        writeln!(f, "frames seen       {frames}, {} states in place of frames", gaps(&self.told))?;
        writeln!(f, "runs              {}", counts(&self.audit.states()))?;
        let children: usize = self.audit.children.values().map(Vec::len).sum();
        writeln!(f, "children          {children}, {} units sent", self.audit.units())?;
        for service in Service::ALL {
            let times = self.ready(Some(service));
            writeln!(f, "killed {:<10} {:>3}, ready again: {}", service.name(), times.len(), spread(&times))?;
        }
        let all = self.ready(None);
        writeln!(f, "killed            {:>3}, ready again: {}", all.len(), spread(&all))?;
        for (word, blow) in [("frozen", Blow::Freeze), ("drained", Blow::Drain)] {
            writeln!(f, "{word:<17} {:>3}", self.struck.iter().filter(|it| it.blow == blow).count())?;
        }
        let mut took: Vec<Duration> = self.told.iter().map(|told| told.took).collect();
        took.sort();
        writeln!(f, "calls to the end  {}", spread(&took))?;
        match self.settled {
            Some(settled) => writeln!(f, "settled           {:.1} s after the last restart", settled.as_secs_f64())?,
            None => writeln!(f, "settled           not in time")?,
        }
        writeln!(f, "violations        {}", self.violations.len())?;
        self.violations.iter().take(SHOWN).try_for_each(|violation| writeln!(f, "  {violation}"))
    }
}

fn gaps(told: &[Told]) -> usize {
    told.iter().map(|told| told.gaps).sum()
}

fn counts(states: &BTreeMap<&'static str, usize>) -> String {
    let word = |(state, count): (&&str, &usize)| {
        format!("{count} {}", state.trim_start_matches("TASK_STATE_").to_lowercase().replace('_', " "))
    };
    states.iter().map(word).collect::<Vec<_>>().join(", ")
}

/// Of sorted times.
fn spread(times: &[Duration]) -> String {
    let at = |share: f64| {
        let place = (times.len() as f64 * share).ceil() as usize;
        times.get(place.clamp(1, times.len().max(1)) - 1).map_or(0.0, |time| time.as_secs_f64() * 1000.0)
    };
    format!("p50 {:.0} ms, p99 {:.0} ms, longest {:.0} ms", at(0.5), at(0.99), at(1.0))
}
