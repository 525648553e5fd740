//! Which units go: the right type, free, nearest by time, tie by id. Pure and deterministic.

use std::sync::Arc;
use std::time::Duration;

use super::geo::Position;
use super::scenario::{Need, Scenario, Unit};

/// A unit that goes, as what, and when it arrives.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Pick {
    pub(crate) unit: Arc<Unit>,
    pub(crate) eta: Duration,
}

/// Who goes, and who is missing.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Choice {
    pub(crate) picks: Vec<Pick>,
    pub(crate) shortfall: Vec<Need>,
}

/// Chooses among `free` units for `needs`, in their order.
pub(crate) fn choose<'s>(
    scenario: &Scenario,
    needs: &[Need],
    free: impl Iterator<Item = &'s Arc<Unit>>,
    to: Position,
) -> Choice {
    let mut near: Vec<Pick> = free.map(|unit| Pick { unit: unit.clone(), eta: scenario.eta(unit, to) }).collect();
    near.sort_by(|a, b| a.eta.cmp(&b.eta).then_with(|| a.unit.id.cmp(&b.unit.id)));
    let mut choice = Choice { picks: Vec::new(), shortfall: Vec::new() };
    for need in needs {
        let wanted = usize::from(need.count);
        let before = choice.picks.len();
        let right = |pick: &&Pick| pick.unit.kind == need.kind && !taken(&choice.picks, pick);
        let found: Vec<Pick> = near.iter().filter(right).take(wanted).cloned().collect();
        choice.picks.extend(found);
        let missing = wanted - (choice.picks.len() - before);
        if missing > 0 {
            let count = u16::try_from(missing).unwrap_or(u16::MAX);
            choice.shortfall.push(Need { kind: need.kind.clone(), count });
        }
    }
    choice
}

fn taken(picks: &[Pick], pick: &Pick) -> bool {
    picks.iter().any(|taken| taken.unit.id == pick.unit.id)
}
