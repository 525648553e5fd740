//! Which units go: the right type, nearest by time, tie by id; ours that are free first, then ours that a less urgent
//! dispatch can spare, then a neighbour's. Pure and deterministic.

use std::sync::Arc;
use std::time::Duration;

use super::scenario::{Need, Unit};

/// What it takes to send a unit; the order is that of choice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Source {
    /// It is free.
    Free,
    /// It works for a dispatch of lower priority, the lowest first, and has not arrived there.
    Preempted { spare: u8 },
    /// It is free and a neighbour's.
    Partner,
}

/// A unit that could go, and when it would arrive.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Candidate {
    pub(crate) unit: Arc<Unit>,
    pub(crate) source: Source,
    pub(crate) eta: Duration,
}

/// Who goes, and who is missing.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Choice {
    pub(crate) picks: Vec<Candidate>,
    pub(crate) shortfall: Vec<Need>,
}

impl Source {
    /// Of a unit that a dispatch of priority `of` gives up; the larger the number the sooner.
    pub(crate) fn preempted(of: u8) -> Self {
        Self::Preempted { spare: u8::MAX - of }
    }
}

/// Chooses among `candidates` for `needs`, in their order.
pub(crate) fn choose(needs: &[Need], mut candidates: Vec<Candidate>) -> Choice {
    candidates.sort_by(|a, b| (a.source, a.eta, &a.unit.id).cmp(&(b.source, b.eta, &b.unit.id)));
    let mut choice = Choice { picks: Vec::new(), shortfall: Vec::new() };
    for need in needs {
        let (wanted, before) = (usize::from(need.count), choice.picks.len());
        let mut left = Vec::with_capacity(candidates.len());
        for candidate in candidates {
            let goes = candidate.unit.kind == need.kind && choice.picks.len() - before < wanted;
            if goes { choice.picks.push(candidate) } else { left.push(candidate) }
        }
        candidates = left;
        let missing = wanted - (choice.picks.len() - before);
        if missing > 0 {
            let count = u16::try_from(missing).unwrap_or(u16::MAX);
            choice.shortfall.push(Need { kind: need.kind.clone(), count });
        }
    }
    choice
}
