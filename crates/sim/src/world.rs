//! The shared state of one simulation: its clock, its chance, who is up, what was seen.
//! Everything runs on one thread under paused time, so a lock is never contended and the order of draws is the seed's.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use parking_lot::Mutex;
use store::{Clock, MemoryOptions, MemoryStore};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use types::{AgentName, Epoch, StoreId, Timestamp};

use crate::chance::Chance;
use crate::coverage::Coverage;
use crate::defects::Defect;
use crate::faults::{Boundary, Faults};
use crate::invariants::{Invariant, Violation};
use crate::ledger::{Key, Ledger};
use crate::node::Desk;
use crate::plans::{self, Call};

/// When every simulation begins.
const BEGINNING: u64 = 1_800_000_000_000;
/// By how many milliseconds clocks differ at most: less than the protocol allows for.
const SKEW_MAX: u64 = 4_500;
/// By how much they differ when that is more than the protocol allows for.
const SKEW_TOO_MUCH: u64 = 60_000;

/// The agent that is somebody else's.
pub(crate) const FOREIGN: &str = "West";

/// A place in the list of nodes; the operator is the first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct NodeId(pub(crate) usize);

pub(crate) const OPERATOR: NodeId = NodeId(0);
/// Where callers are: no process of ours, and nothing that crashes.
pub(crate) const OUTSIDE: NodeId = NodeId(usize::MAX);

/// What is known of a node beside its processes.
#[derive(Debug)]
pub(crate) struct Node {
    pub(crate) name: AgentName,
    pub(crate) store_id: StoreId,
    /// Whether it is an agent of somebody else.
    pub(crate) foreign: bool,
    clock: Clock,
    /// Until when a proxy before it turns dispatches away.
    closed: Option<Instant>,
    pub(crate) store: Arc<MemoryStore>,
    pub(crate) up: Option<Running>,
    /// Whether the registry would send work there.
    pub(crate) registered: bool,
    /// Whether it will never be up again.
    pub(crate) gone: bool,
}

/// A process that runs.
#[derive(Debug, Clone)]
pub(crate) struct Running {
    pub(crate) life: Life,
    pub(crate) desk: Arc<dyn Desk>,
}

/// One process of a node, from its start to its crash.
#[derive(Debug, Clone)]
pub(crate) struct Life {
    pub(crate) node: NodeId,
    /// How many processes the node had before it.
    pub(crate) number: u64,
    /// Fires when the process is asked to stop.
    pub(crate) closing: CancellationToken,
    /// Fires when the process dies.
    pub(crate) death: CancellationToken,
}

/// One simulation.
pub(crate) struct World {
    pub(crate) seed: u64,
    pub(crate) defect: Option<Defect>,
    pub(crate) faults: Faults,
    pub(crate) calls: Vec<Call>,
    begun: Instant,
    chance: Mutex<Chance>,
    crashes_left: Mutex<u32>,
    pub(crate) nodes: Mutex<Vec<Node>>,
    pub(crate) ledger: Mutex<Ledger>,
    pub(crate) coverage: Mutex<Coverage>,
    trace: Option<Mutex<Vec<String>>>,
    violation: Mutex<Option<Violation>>,
    /// Fires with the first violation.
    pub(crate) over: CancellationToken,
}

impl World {
    pub(crate) fn new(seed: u64, defect: Option<Defect>, faults: Faults, traced: bool) -> Arc<Self> {
        let begun = Instant::now();
        let names = ["Operator", "North", "North", "South", "South", FOREIGN];
        let (mut skew, apart) = (Chance::of(seed, "clocks"), defect == Some(Defect::ClocksTooFarApart));
        let mut ahead = || skew.below(if apart { SKEW_TOO_MUCH } else { SKEW_MAX });
        let nodes = (0..).zip(names).map(|(place, name)| Node::new(place, name, begun, ahead())).collect();
        Arc::new(Self {
            seed,
            defect,
            calls: plans::calls(seed),
            begun,
            chance: Mutex::new(Chance::of(seed, "world")),
            crashes_left: Mutex::new(faults.crashes),
            faults,
            nodes: Mutex::new(nodes),
            ledger: Mutex::default(),
            coverage: Mutex::default(),
            trace: traced.then(Mutex::default),
            violation: Mutex::default(),
            over: CancellationToken::new(),
        })
    }

    /// Milliseconds since the beginning.
    pub(crate) fn elapsed(&self) -> u64 {
        u64::try_from(self.begun.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    pub(crate) fn has(&self, defect: Defect) -> bool {
        self.defect == Some(defect)
    }

    /// A draw.
    pub(crate) fn draw<T>(&self, draw: impl FnOnce(&mut Chance) -> T) -> T {
        draw(&mut self.chance.lock())
    }

    /// Whether things still go wrong.
    pub(crate) fn stormy(&self) -> bool {
        self.begun.elapsed() < self.faults.storm
    }

    /// Draws whether a fault of this share happens now.
    pub(crate) fn strikes(&self, kind: &'static str, per_mille: u64) -> bool {
        let struck = self.stormy() && self.draw(|chance| chance.hit(per_mille));
        if struck {
            self.count("fault", kind);
        }
        struck
    }

    /// A moment at which `life` may die; true when it has, now or before.
    pub(crate) fn boundary(&self, life: &Life, boundary: Boundary, about: &[&str]) -> bool {
        if life.node == OUTSIDE {
            return false;
        }
        if life.is_over() {
            return true;
        }
        if *self.crashes_left.lock() == 0 || !self.strikes("crash", self.faults.crash) {
            return false;
        }
        *self.crashes_left.lock() -= 1;
        let who = if life.node == OPERATOR { "operator" } else { "agent" };
        self.count("crash", format!("{who} {boundary:?}"));
        for what in about {
            self.count("crash around an event", format!("{boundary:?} {what}"));
        }
        self.say(|| format!("{} crashes: {boundary:?} {about:?}", self.name_of(life.node)));
        self.kill(life);
        true
    }

    pub(crate) fn is_foreign(&self, node: NodeId) -> bool {
        self.nodes.lock().get(node.0).is_some_and(|node| node.foreign)
    }

    /// Whether a proxy before the node turns a dispatch away that arrives now.
    pub(crate) fn turns_away(&self, id: NodeId) -> bool {
        let now = Instant::now();
        let closed = self.nodes.lock().get(id.0).and_then(|node| node.closed);
        if closed.is_some_and(|until| until > now) {
            return true;
        }
        // What a foreign agent's proxy says is all that there is to know.
        if self.is_foreign(id) || !self.strikes("dispatches turned away", self.faults.turn_away) {
            return false;
        }
        let span = self.draw(|chance| chance.millis(1_000, 12_000));
        if let Some(node) = self.nodes.lock().get_mut(id.0) {
            node.closed = Some(now + span);
        }
        true
    }

    /// A node loses all that it had.
    pub(crate) fn forget(&self, id: NodeId) {
        if let Some(node) = self.nodes.lock().get_mut(id.0) {
            node.store = empty(node.store_id, &node.clock);
        }
        self.ledger.lock().forget(id);
    }

    /// Ends a process.
    pub(crate) fn kill(&self, life: &Life) {
        if let Some(node) = self.nodes.lock().get_mut(life.node.0) {
            node.up = None;
        }
        life.death.cancel();
        life.closing.cancel();
    }

    /// Whether the plan says that the step's effect may happen at most once.
    pub(crate) fn at_most_once(&self, key: &Key) -> bool {
        let ledger = self.ledger.lock();
        let run = ledger.runs.get(&key.run).map(|replayed| &replayed.run);
        run.and_then(|run| run.step(&key.step)).is_some_and(|(_, step, _)| step.at_most_once)
    }

    pub(crate) fn running(&self, node: NodeId) -> Option<Running> {
        self.nodes.lock().get(node.0)?.up.clone()
    }

    pub(crate) fn name_of(&self, node: NodeId) -> String {
        self.nodes.lock().get(node.0).map_or_else(|| "a caller".to_owned(), |it| format!("{}-{}", it.name, node.0))
    }

    pub(crate) fn count(&self, kind: &'static str, name: impl Into<String>) {
        self.coverage.lock().count(kind, name);
    }

    /// A line of the trace, if there is one.
    pub(crate) fn say(&self, line: impl FnOnce() -> String) {
        if let Some(trace) = &self.trace {
            let line = format!("{:>7} {}", self.elapsed(), line());
            trace.lock().push(line);
        }
    }

    pub(crate) fn trace(&self) -> Vec<String> {
        self.trace.as_ref().map(|trace| trace.lock().clone()).unwrap_or_default()
    }

    /// An invariant does not hold. The first one counts.
    pub(crate) fn violate(&self, invariant: Invariant, text: impl Into<String>) {
        let violation = Violation { invariant, at: self.elapsed(), text: text.into() };
        self.say(|| format!("VIOLATION {violation}"));
        self.violation.lock().get_or_insert(violation);
        self.over.cancel();
    }

    pub(crate) fn violation(&self) -> Option<Violation> {
        self.violation.lock().clone()
    }
}

impl Node {
    fn new(place: u8, name: &str, begun: Instant, ahead: u64) -> Self {
        let now = move || {
            let elapsed = u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX);
            Timestamp::from_millis(BEGINNING.saturating_add(elapsed + ahead))
        };
        let (store_id, clock) = (StoreId::from_bytes([place + 1; 16]), Clock::new(now));
        let (store, foreign) = (empty(store_id, &clock), name == FOREIGN);
        let (name, closed, up) = (plans::name(name), None, None);
        Self { name, store_id, foreign, clock, closed, store, up, registered: false, gone: false }
    }
}

impl Life {
    pub(crate) fn new(node: NodeId, number: u64) -> Self {
        Self { node, number, closing: CancellationToken::new(), death: CancellationToken::new() }
    }

    pub(crate) fn is_over(&self) -> bool {
        self.death.is_cancelled()
    }
}

impl fmt::Debug for World {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("World").field("seed", &self.seed).field("defect", &self.defect).finish_non_exhaustive()
    }
}

fn empty(store_id: StoreId, clock: &Clock) -> Arc<MemoryStore> {
    let (store_id, clock) = (Some(store_id), clock.clone());
    Arc::new(MemoryStore::with(MemoryOptions { store_id, epoch: Epoch(1), clock, ..MemoryOptions::default() }))
}

/// Lets virtual time pass.
pub(crate) async fn pause(span: Duration) {
    tokio::time::sleep(span).await;
}
