//! One simulation from its seed to its report.

use std::sync::Arc;
use std::time::Duration;

use engine::Run;
use orchestrator::codec;
use store::{Entry, Store as _};
use tokio::runtime::Builder;
use tokio::task::JoinHandle;
use types::{Scope, StoreId, TaskId};

use crate::chance::Chance;
use crate::coverage::Coverage;
use crate::defects::Defect;
use crate::faults::Faults;
use crate::invariants::{Invariant, Violation};
use crate::world::{NodeId, OPERATOR, World, pause};
use crate::{caller, node};

/// By when everything must have ended once faults stop: longer than any plan's patience with all that it waits for.
const LIMIT: Duration = Duration::from_secs(3600);

/// Longer than anything is under way.
const DELAYED: Duration = Duration::from_secs(30);

/// What is simulated.
#[derive(Debug, Clone)]
pub struct Setting {
    /// Plans, behaviours, faults and the order of everything.
    pub seed: u64,
    /// What goes wrong; drawn from the seed unless given.
    pub faults: Faults,
    /// The rule that is broken on purpose, if one is.
    pub defect: Option<Defect>,
    /// Whether the report tells everything that happened.
    pub traced: bool,
}

/// What came of a simulation.
#[derive(Debug, Clone)]
pub struct Report {
    /// The first invariant that did not hold.
    pub violation: Option<Violation>,
    /// What was exercised.
    pub coverage: Coverage,
    /// What happened, if it was to be told.
    pub trace: Vec<String>,
    /// Milliseconds of virtual time.
    pub lasted: u64,
    /// A number that two simulations share only if the same things happened at the same times.
    pub digest: u64,
}

impl Setting {
    /// The world of a seed, with the faults that it draws.
    pub fn of(seed: u64) -> Self {
        Self { seed, faults: Faults::draw(&mut Chance::of(seed, "faults")), defect: None, traced: false }
    }
}

/// Runs a simulation.
///
/// # Panics
/// The runtime cannot be built.
pub fn simulate(setting: &Setting) -> Report {
    let runtime = Builder::new_current_thread().enable_time().start_paused(true).build();
    runtime.expect("a runtime without I/O needs nothing").block_on(run(setting))
}

/// The mildest faults, by taking kinds of them away, under which the same invariant breaks.
pub fn shrink(setting: &Setting, invariant: Invariant) -> Setting {
    let breaks = |faults: &Faults| {
        let report = simulate(&Setting { faults: faults.clone(), ..setting.clone() });
        report.violation.is_some_and(|violation| violation.invariant == invariant)
    };
    let mut faults = setting.faults.clone();
    while let Some(milder) = faults.simpler().into_iter().find(breaks) {
        faults = milder;
    }
    Setting { faults, ..setting.clone() }
}

async fn run(setting: &Setting) -> Report {
    let Setting { seed, faults, defect, traced } = setting.clone();
    let world = World::new(seed, defect, faults, traced);
    let count = world.nodes.lock().len();
    for place in 0..count {
        tokio::spawn(node::keep(world.clone(), NodeId(place)));
    }
    let callers: Vec<JoinHandle<()>> =
        (0..world.calls.len()).map(|number| tokio::spawn(caller::call(world.clone(), number))).collect();
    tokio::select! {
        biased;
        () = world.over.cancelled() => {}
        () = finished(&world, &callers) => {}
    }
    if world.violation().is_none() {
        last_look(&world).await;
    }
    let coverage = world.coverage.lock().clone();
    Report {
        violation: world.violation(),
        coverage,
        trace: world.trace(),
        lasted: world.elapsed(),
        digest: world.draw(Chance::next) ^ world.elapsed(),
    }
}

/// Waits until everything has ended, or says what has not.
async fn finished(world: &Arc<World>, callers: &[JoinHandle<()>]) {
    let end = tokio::time::Instant::now() + world.faults.storm + LIMIT;
    let mut quiet = false;
    loop {
        // Whatever was delayed comes before the last look, and may begin something: a refusal is not remembered.
        pause(if quiet { DELAYED } else { Duration::from_millis(500) }).await;
        match left(world, callers) {
            None if quiet => return,
            None => quiet = true,
            Some((invariant, text)) if tokio::time::Instant::now() > end => return world.violate(invariant, text),
            Some(_) => quiet = false,
        }
    }
}

fn left(world: &World, callers: &[JoinHandle<()>]) -> Option<(Invariant, String)> {
    let ledger = world.ledger.lock();
    if let Some(open) = ledger.runs.values().find(|replayed| replayed.run.outcome().is_none()) {
        return Some((Invariant::EveryRunEnds, format!("run {} is {:?}", open.number, open.run)));
    }
    if callers.iter().any(|caller| !caller.is_finished()) {
        return Some((Invariant::EveryRunEnds, "a caller has not been told of the end".to_owned()));
    }
    let nodes = world.nodes.lock();
    let up = |store: &StoreId| nodes.iter().any(|node| !node.gone && node.store_id == *store);
    let (duty, _) = ledger.duties.values().find(|(_, store)| store.as_ref().is_none_or(up))?;
    Some((Invariant::DutiesDone, format!("{} is still on the list", ledger.name(duty))))
}

/// What can only be checked at the end.
async fn last_look(world: &World) {
    let (acknowledged, runs): (Vec<TaskId>, Vec<TaskId>) = {
        let ledger = world.ledger.lock();
        (ledger.acknowledged.values().copied().collect(), ledger.runs.keys().copied().collect())
    };
    for task in acknowledged {
        if read(world, task).await.is_none() {
            world.violate(Invariant::NoLostAccept, "what a caller was told of is not in the store");
        }
    }
    for id in runs {
        let stored = read(world, id).await;
        let ledger = world.ledger.lock();
        if stored.as_ref() != ledger.runs.get(&id).map(|replayed| &replayed.run) {
            world.violate(Invariant::ReplayEqualsLive, "what the store has of a run is not what was written");
        }
        if ledger.tasks.get(&id).is_none_or(|kept| kept.ends != 1) {
            world.violate(Invariant::OneEnd, "a run that has ended did not say so once");
        }
    }
}

/// A run as the operator's store has it.
async fn read(world: &World, task: TaskId) -> Option<Run> {
    let store = world.nodes.lock().get(OPERATOR.0)?.store.clone();
    let loaded = store.load(Scope::Service, task).await.ok()??;
    let mut run = Run::default();
    let snapshot = loaded.snapshot.into_iter().flat_map(|snapshot| snapshot.records);
    let tail = loaded.tail.into_iter().flat_map(|row| row.entries).filter_map(|entry| match entry {
        Entry::Record(record) => Some(record),
        Entry::Frame(_) => None,
    });
    for event in snapshot.chain(tail).filter_map(|record| codec::decode(&record).ok()) {
        drop(run.apply(&event));
    }
    Some(run)
}
