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
        let names = ["Operator", "North", "North", "South", "South"];
        let nodes = (0..).zip(names).map(|(place, name)| Node::new(place, name, begun)).collect();
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

    /// Ends a process.
    pub(crate) fn kill(&self, life: &Life) {
        if let Some(node) = self.nodes.lock().get_mut(life.node.0) {
            node.up = None;
        }
        life.death.cancel();
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
    fn new(place: u8, name: &str, begun: Instant) -> Self {
        let now = move || {
            let elapsed = u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX);
            Timestamp::from_millis(BEGINNING.saturating_add(elapsed))
        };
        let store_id = StoreId::from_bytes([place + 1; 16]);
        let options = MemoryOptions {
            store_id: Some(store_id),
            epoch: Epoch(1),
            clock: Clock::new(now),
            ..MemoryOptions::default()
        };
        let store = Arc::new(MemoryStore::with(options));
        Self { name: plans::name(name), store_id, store, up: None, registered: false, gone: false }
    }
}

impl Life {
    pub(crate) fn is_over(&self) -> bool {
        self.death.is_cancelled()
    }
}

impl fmt::Debug for World {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("World").field("seed", &self.seed).field("defect", &self.defect).finish_non_exhaustive()
    }
}

/// Lets virtual time pass.
pub(crate) async fn pause(span: Duration) {
    tokio::time::sleep(span).await;
}
