//! Where every unit of the service stands and who waits for one, kept beside the store's rows.
//!
//! The rows are the truth and their versions guard every change; the board saves reading them for each decision,
//! keeps decisions made at the same time from choosing the same unit, numbers the changes, and shows them in the
//! order of their numbers: a change is seen once it and all before it are durable, or known never to be.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use parking_lot::Mutex;
use service::Fanout;
use store::{Row, RowChange};
use tokio::sync::watch;
use triage::Service;
use types::{Timestamp, natural};

use super::draft::Draft;
use super::ears::Ears;
use super::flight::{Flight, Move, Outcome};
use super::history::History;
use super::life::Crew;
use super::row;
use super::scenario::{Scenario, Unit};
use super::unit::{Change, DispatchKey, Record, State};
use super::wait::{self, Wait};

/// What one commit changed, as all who watch share it.
pub(crate) type News = Arc<[Arc<Change>]>;

/// The units of one service.
#[derive(Debug)]
pub(crate) struct Board {
    inner: Mutex<Inner>,
    /// Rises each time that something becomes visible or known.
    pulse: watch::Sender<u64>,
}

/// What the board knows.
#[derive(Debug)]
pub(crate) struct Inner {
    pub(super) scenario: Arc<Scenario>,
    pub(super) units: BTreeMap<String, Held>,
    pub(super) waits: BTreeMap<DispatchKey, HeldWait>,
    /// What happens by itself, and to which unit.
    pub(super) due: BTreeSet<(Timestamp, String)>,
    pub(super) history: History,
    pub(super) listeners: Fanout<News>,
    pub(super) ears: Ears,
    /// The ids of all units, in natural order.
    order: Vec<String>,
    /// The newest number that was given to a change.
    seq: u64,
    /// The newest time of a change.
    latest: Timestamp,
    /// Moves that are not visible yet, by the number of their first change.
    flights: BTreeMap<u64, Flight>,
}

/// One unit.
#[derive(Debug)]
pub(crate) struct Held {
    pub(super) unit: Arc<Unit>,
    pub(super) version: u64,
    pub(super) record: Record,
    /// Whether a change of it is on its way.
    pub(super) held: bool,
}

/// What one dispatch waits for.
#[derive(Debug, Default)]
pub(crate) struct HeldWait {
    pub(super) version: u64,
    /// Unset while the first is on its way.
    pub(super) wait: Option<Wait>,
    pub(super) held: bool,
}

/// A move on its way to the store. Dropped without a word, its outcome counts as unknown.
#[derive(Debug)]
pub(crate) struct Pending<'b> {
    board: &'b Board,
    first: u64,
    rows: Vec<RowChange>,
    told: bool,
}

/// Everything that the store has of the units.
#[derive(Debug, Clone, Default)]
pub(crate) struct Stored {
    pub(crate) units: Vec<Row>,
    pub(crate) changes: Vec<Row>,
    pub(crate) waits: Vec<Row>,
}

impl Inner {
    /// A unit, unless a change of it is on its way.
    pub(super) fn settled(&self, id: &str) -> Option<&Held> {
        self.units.get(id).filter(|held| !held.held)
    }

    /// The units in natural order, from after the id `after`.
    pub(super) fn in_order(&self, after: &str) -> impl Iterator<Item = &Held> {
        let skip = self.order.partition_point(|id| natural(id, after).is_le());
        self.order.iter().skip(skip).filter_map(|id| self.units.get(id))
    }

    /// What is visible, as a decision would see it.
    pub(super) fn draft(&self) -> Draft<'_> {
        Draft::new(self, self.latest, self.seq)
    }

    /// How many dispatches wait.
    pub(super) fn queued(&self) -> usize {
        self.waits.values().filter(|held| held.wait.is_some()).count()
    }

    /// Whether units are being sent, by a decision that is on its way, to a dispatch that `meant` picks.
    pub(super) fn sends(&self, meant: impl Fn(&DispatchKey) -> bool) -> bool {
        let mut units = self.flights.values().flat_map(|flight| flight.change.units.values());
        units.any(|(_, record)| record.is_for(&meant))
    }

    /// Nobody else decides about what `change` changes until it is settled.
    fn hold(&mut self, first: u64, change: Move) {
        for step in &change.changes {
            self.latest = self.latest.max(step.after.since);
        }
        for id in change.units.keys() {
            self.units.entry(id.clone()).and_modify(|held| held.held = true);
        }
        for key in change.waits.keys() {
            self.waits.entry(key.clone()).or_default().held = true;
        }
        self.flights.insert(first, Flight { change, outcome: Outcome::UnderWay });
    }

    /// Makes visible what is known and has nothing unknown before it.
    fn show(&mut self) {
        while let Some((first, Flight { change, outcome })) = self.flights.pop_first() {
            match outcome {
                Outcome::UnderWay | Outcome::Unknown => {
                    self.flights.insert(first, Flight { change, outcome });
                    return;
                }
                Outcome::Void => self.let_go(change),
                Outcome::Made => self.take(first, change),
            }
        }
    }

    fn let_go(&mut self, change: Move) {
        for id in change.units.into_keys() {
            self.units.entry(id).and_modify(|held| held.held = false);
        }
        for key in change.waits.into_keys() {
            self.waits.entry(key.clone()).and_modify(|held| held.held = false);
            self.forget(&key);
        }
    }

    fn take(&mut self, first: u64, change: Move) {
        for (id, (version, record)) in change.units {
            let Some(held) = self.units.get_mut(&id) else { continue };
            let before = std::mem::replace(&mut held.record, record);
            (held.version, held.held) = (version + 1, false);
            before.next.map(|next| self.due.remove(&(next.at, id.clone())));
            self.due.extend(held.record.next.map(|next| (next.at, id)));
        }
        let mut queue_moved = false;
        for (key, (version, wait)) in change.waits {
            let version = if wait.is_some() { version + 1 } else { 0 };
            self.ears.wake(&key);
            let waits = wait.is_some();
            let before = self.waits.insert(key.clone(), HeldWait { version, wait, held: false });
            queue_moved |= before.is_some_and(|held| held.wait.is_some()) != waits;
            self.forget(&key);
        }
        let changes: News = change.changes.into_iter().map(Arc::new).collect();
        self.history.push(first, changes.iter().cloned());
        self.listeners.tell(&changes);
        self.ears.tell(&changes);
        if queue_moved && !self.ears.is_empty() {
            self.place();
        }
    }

    /// Tells those who wait of their places, where it is worth it.
    fn place(&mut self) {
        let mut queue: Vec<&Wait> = self.waits.values().filter_map(|held| held.wait.as_ref()).collect();
        queue.sort_by(|a, b| a.rank().cmp(&b.rank()));
        self.ears.place(queue.into_iter().map(|wait| &wait.dispatch));
    }

    /// Drops a place in the queue that nobody has.
    fn forget(&mut self, key: &DispatchKey) {
        if self.waits.get(key).is_some_and(|held| held.wait.is_none()) {
            self.waits.remove(key);
        }
    }
}

impl Board {
    /// A board of the service's units as the store has them. A row that cannot be read takes its unit out of service.
    pub(crate) fn new(scenario: Arc<Scenario>, service: Service, stored: &Stored) -> Self {
        let mut history = History::from_row(stored.changes.first().map(first_of));
        stored.changes.iter().for_each(|row| history.push(first_of(row), read_changes(row).into_iter().map(Arc::new)));
        let units = read_units(&scenario, service, &stored.units);
        let due = units.iter().filter_map(|(id, held)| Some((held.record.next?.at, id.clone())));
        let told = history.after(0).map(|change| change.after.since);
        let mut order: Vec<String> = units.keys().cloned().collect();
        order.sort_by(|a, b| natural(a, b));
        let mut inner = Inner {
            latest: told.chain(units.values().map(|held| held.record.since)).max().unwrap_or_default(),
            seq: units.values().map(|held| held.record.seq).max().unwrap_or_default().max(history.numbered()),
            due: due.collect(),
            scenario,
            units,
            waits: BTreeMap::new(),
            history,
            listeners: Fanout::new("units"),
            ears: Ears::default(),
            order,
            flights: BTreeMap::new(),
        };
        for (version, wait) in stored.waits.iter().filter_map(|row| Some((row.version, read_wait(row)?))) {
            inner.waits.insert(wait.dispatch.clone(), HeldWait { version, wait: Some(wait), held: false });
        }
        Self { inner: Mutex::new(inner), pulse: watch::Sender::new(0) }
    }

    /// Looks at what is visible.
    pub(crate) fn look<T>(&self, look: impl FnOnce(&mut Inner) -> T) -> T {
        look(&mut self.inner.lock())
    }

    /// Decides with all in view that nobody holds, and holds what the decision changes. `None` comes with a decision
    /// that changes nothing. Its time is `now`, or that of the newest change where that is later.
    pub(crate) fn decide<T>(
        &self,
        now: Timestamp,
        decide: impl FnOnce(&mut Draft<'_>) -> T,
    ) -> (T, Option<Pending<'_>>) {
        let mut inner = self.inner.lock();
        // The first number is the move's own, so that each can be found in the store.
        let first = inner.seq + 1;
        let mut draft = Draft::new(&inner, now.max(inner.latest), inner.seq);
        let decision = decide(&mut draft);
        let (seq, change) = (draft.seq().max(first), draft.finish());
        if change.is_empty() {
            return (decision, None);
        }
        let rows = change.rows(first);
        inner.seq = seq;
        inner.hold(first, change);
        drop(inner);
        (decision, Some(Pending { board: self, first, rows, told: false }))
    }

    /// Rises each time that something becomes visible or known.
    pub(crate) fn pulse(&self) -> watch::Receiver<u64> {
        self.pulse.subscribe()
    }

    /// Waits until nothing that is on its way now is.
    pub(crate) async fn caught_up(&self) {
        let mut pulse = self.pulse();
        let last = self.inner.lock().seq;
        let over = |_: &u64| self.inner.lock().flights.first_key_value().is_none_or(|(first, _)| *first > last);
        // The sender lives in `self`, so the wait cannot fail.
        drop(pulse.wait_for(over).await);
    }

    /// The numbers of moves whose outcome is not known.
    pub(crate) fn unknown(&self) -> Vec<u64> {
        let inner = self.inner.lock();
        let unknown = inner.flights.iter().filter(|(_, flight)| flight.outcome == Outcome::Unknown);
        unknown.map(|(first, _)| *first).collect()
    }

    /// When something happens by itself next.
    pub(crate) fn next_due(&self) -> Option<Timestamp> {
        let inner = self.inner.lock();
        inner.due.iter().find(|(_, id)| inner.settled(id).is_some()).map(|(at, _)| *at)
    }

    /// Says what became of a move.
    pub(crate) fn tell(&self, first: u64, outcome: Outcome) {
        let mut inner = self.inner.lock();
        if let Some(flight) = inner.flights.get_mut(&first) {
            flight.outcome = outcome;
        }
        inner.show();
        drop(inner);
        self.pulse.send_modify(|beat| *beat += 1);
    }
}

impl Pending<'_> {
    /// The newest change before its own.
    pub(crate) fn after(&self) -> u64 {
        self.first - 1
    }

    /// The changes as the store takes them.
    pub(crate) fn rows(&self) -> Vec<RowChange> {
        self.rows.clone()
    }

    /// Says whether the store has them: if not, it never will.
    pub(crate) fn settle(mut self, made: bool) {
        self.told = true;
        self.board.tell(self.first, if made { Outcome::Made } else { Outcome::Void });
    }
}

impl Drop for Pending<'_> {
    fn drop(&mut self) {
        if !self.told {
            self.board.tell(self.first, Outcome::Unknown);
        }
    }
}

fn read_units(scenario: &Scenario, service: Service, rows: &[Row]) -> BTreeMap<String, Held> {
    let idle = |unit: &Arc<Unit>| Held { unit: unit.clone(), version: 0, record: Record::IDLE, held: false };
    let mut units: BTreeMap<String, Held> =
        scenario.units_of(service).map(|unit| (unit.id.clone(), idle(unit))).collect();
    for row in rows {
        let Some(held) = std::str::from_utf8(&row.key).ok().and_then(|id| units.get_mut(id)) else { continue };
        let crew = Crew { scenario, unit: &held.unit };
        (held.version, held.record) = (row.version, crew.resumed(read_unit(row)));
    }
    units
}

fn read_unit(row: &Row) -> Record {
    row::decode(&row.body).unwrap_or_else(|error| {
        let unit = String::from_utf8_lossy(&row.key).into_owned();
        tracing::error!(unit, %error, "a unit is out of service: its row cannot be read");
        Record { state: State::OutOfService, ..Record::IDLE }
    })
}

/// The changes of a row; one that cannot be read is a gap in what watches are told.
fn read_changes(row: &Row) -> Vec<Change> {
    row::decode_changes(&row.body).unwrap_or_else(|error| {
        tracing::error!(%error, "changes of units are lost: their row cannot be read");
        Vec::new()
    })
}

fn first_of(row: &Row) -> u64 {
    row.key.as_ref().try_into().map(u64::from_be_bytes).unwrap_or_default()
}

fn read_wait(row: &Row) -> Option<Wait> {
    let read = wait::decode(&row.body);
    read.inspect_err(
        |error| tracing::error!(%error, "a dispatch has lost its place in the queue: its row cannot be read"),
    )
    .ok()
}
