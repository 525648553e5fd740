//! Where the next piece of work should go. The policies are `discovery`'s, so that a caller who chooses from a watch
//! chooses alike; here is only what they are applied to.

use discovery::choose::{self, Candidate, Occasion, Policy, Why};

use crate::catalog::{Catalog, Standing};
use crate::filter::Filter;
use crate::record::{Entry, Health};

/// What is asked for.
#[derive(Debug, Clone)]
pub(crate) struct Wanted {
    pub(crate) filter: Filter,
    pub(crate) policy: Policy,
    pub(crate) context: String,
    /// Most endpoints of the answer.
    pub(crate) limit: usize,
}

/// Who may get the work, best first, and who may not.
#[derive(Debug, Clone)]
pub(crate) struct Resolution {
    pub(crate) places: Vec<(Entry, Why)>,
    pub(crate) draining: usize,
    pub(crate) not_serving: usize,
    pub(crate) version: u64,
    pub(crate) standing: Standing,
}

/// Orders the instances that match. `turn` and `chance` are those of [`Occasion`].
pub(crate) fn resolve(catalog: &Catalog, standing: Standing, wanted: &Wanted, turn: u64, chance: u64) -> Resolution {
    let matching: Vec<&Entry> = catalog.entries().values().filter(|entry| wanted.filter.admits(entry)).collect();
    let candidates: Vec<Candidate<'_>> = matching.iter().map(|entry| candidate(entry)).collect();
    let occasion = Occasion { turn, chance, context: &wanted.context };
    let places = choose::order(wanted.policy, occasion, &candidates);
    let count = |health| candidates.iter().filter(|one| one.health == health).count();
    Resolution {
        draining: count(discovery::Health::Draining),
        not_serving: count(discovery::Health::NotServing),
        places: places.iter().take(wanted.limit).map(|place| (matching[place.index].clone(), place.why)).collect(),
        version: catalog.version(),
        standing,
    }
}

fn candidate(entry: &Entry) -> Candidate<'_> {
    Candidate {
        store_id: entry.record.store_id,
        instance: &entry.record.identity.instance,
        health: match entry.vitals.health {
            Health::NotServing => discovery::Health::NotServing,
            Health::Serving if entry.is_draining() => discovery::Health::Draining,
            Health::Serving => discovery::Health::Serving,
        },
        in_flight: entry.vitals.in_flight,
        load: entry.vitals.load,
        failing: entry.outcomes.is_failing(),
    }
}
