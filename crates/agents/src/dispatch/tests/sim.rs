//! A town without a process: its board over rows in memory, with time in the test's hand.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use store::{Row, RowChange};
use triage::Service;
use types::Timestamp;

use crate::dispatch::board::{Board, Stored};
use crate::dispatch::orders::{Order, Released, Sent};
use crate::dispatch::redirect::Redirected;
use crate::dispatch::row;
use crate::dispatch::scenario::{Need, Scenario};
use crate::dispatch::unit::{Change, DispatchKey, Record, Spot};
use crate::dispatch::wait;

/// When every simulated town begins.
pub(crate) const START: Timestamp = Timestamp::from_millis(1_700_000_000_000);

/// What the store would have: by kind and key the version and the body.
type Rows = BTreeMap<(&'static str, Bytes), (u64, Bytes)>;

pub(crate) struct Sim {
    scenario: Arc<Scenario>,
    service: Service,
    board: Board,
    rows: Rows,
    pub(crate) now: Timestamp,
}

impl Sim {
    pub(crate) fn new(scenario: &str, service: Service) -> Self {
        Self::of(Scenario::parse(scenario).unwrap(), service)
    }

    pub(crate) fn of(scenario: Scenario, service: Service) -> Self {
        let scenario = Arc::new(scenario);
        let board = Board::new(scenario.clone(), service, &Stored::default());
        Self { scenario, service, board, rows: BTreeMap::new(), now: START }
    }

    /// The process dies and another one reads its rows.
    pub(crate) fn restart(&mut self) {
        self.board = Board::new(self.scenario.clone(), self.service, &self.stored());
    }

    fn stored(&self) -> Stored {
        let of = |wanted: &str| {
            let rows = self.rows.iter().filter(|((kind, _), _)| *kind == wanted);
            rows.map(|((_, key), (version, body))| Row { key: key.clone(), version: *version, body: body.clone() })
                .collect()
        };
        Stored { units: of(row::UNIT), changes: of(row::CHANGES), waits: of(wait::WAIT) }
    }

    fn decide<T>(&mut self, decide: impl FnOnce(&mut crate::dispatch::draft::Draft<'_>) -> T) -> (T, bool) {
        let (decision, pending) = self.board.decide(self.now, decide);
        let Some(pending) = pending else { return (decision, false) };
        let rows = pending.rows();
        pending.settle(true);
        write(&mut self.rows, rows);
        (decision, true)
    }

    /// Changes the board where no row matters: listeners borrow it.
    pub(crate) fn apply(&self, decide: impl FnOnce(&mut crate::dispatch::draft::Draft<'_>)) {
        let ((), pending) = self.board.decide(self.now, decide);
        pending.into_iter().for_each(|pending| pending.settle(true));
    }

    /// Lets time pass, and everything happen that is due meanwhile.
    pub(crate) fn pass(&mut self, span: Duration) {
        self.now = self.now.after(span);
        let until = self.now;
        loop {
            let ((), pending) = self.board.decide(Timestamp::default(), |draft| draft.pass(until));
            let Some(pending) = pending else { return };
            let rows = pending.rows();
            pending.settle(true);
            write(&mut self.rows, rows);
        }
    }

    pub(crate) fn secs(&mut self, seconds: u64) {
        self.pass(Duration::from_secs(seconds));
    }

    pub(crate) fn dispatch(&mut self, id: &str, priority: u8, place: &str, needs: &[(&str, u16)]) -> Sent {
        let scene = self.scenario.locate(place).position;
        let order = Order {
            priority,
            scene,
            needs: needs.iter().map(|(kind, count)| Need { kind: (*kind).to_owned(), count: *count }).collect(),
            ..order(id, place)
        };
        self.decide(|draft| draft.dispatch(&order)).0
    }

    pub(crate) fn release(&mut self, id: &str) -> Released {
        let own = key(id);
        self.decide(|draft| draft.release(|it| *it == own)).0
    }

    pub(crate) fn redirect(&mut self, id: &str, place: &str) -> Redirected {
        let (own, to) = (key(id), Spot { place: place.to_owned(), scene: self.scenario.locate(place).position });
        self.decide(|draft| draft.redirect(|it| *it == own, &to)).0
    }

    pub(crate) fn sent(&self, id: &str) -> Sent {
        self.board.look(|inner| inner.draft().sent(&key(id)))
    }

    pub(crate) fn record(&self, id: &str) -> Record {
        self.board.look(|inner| inner.units[id].record.clone())
    }

    pub(crate) fn records(&self) -> BTreeMap<String, Record> {
        self.board.look(|inner| inner.units.iter().map(|(id, held)| (id.clone(), held.record.clone())).collect())
    }

    pub(crate) fn board(&self) -> &Board {
        &self.board
    }

    /// The dispatches that wait, in order.
    pub(crate) fn queue(&self) -> Vec<String> {
        self.board.look(|inner| inner.draft().queue().into_iter().map(|wait| wait.dispatch.id.clone()).collect())
    }

    pub(crate) fn changes(&self) -> Vec<Change> {
        self.board.look(|inner| inner.history.after(0).map(|change| Change::clone(change)).collect())
    }
}

/// Compare-and-set, as the store does it.
fn write(stored: &mut Rows, rows: Vec<RowChange>) {
    for RowChange { kind, key, expected, body } in rows {
        let found = stored.get(&(kind, key.clone())).map_or(0, |(version, _)| *version);
        assert_eq!(found, expected, "{kind} {key:?}");
        match body {
            Some(body) => drop(stored.insert((kind, key), (expected + 1, body))),
            None => drop(stored.remove(&(kind, key))),
        }
    }
}

/// One engine, in the built-in town.
pub(crate) fn order(id: &str, place: &str) -> Order {
    let scene = Scenario::sample().locate(place).position;
    let needs = vec![Need { kind: "engine".to_owned(), count: 1 }];
    Order { dispatch: key(id), priority: 2, place: place.to_owned(), scene, needs }
}

pub(crate) fn key(id: &str) -> DispatchKey {
    DispatchKey { owner: "/anonymous".to_owned(), context: "incident".to_owned(), id: id.to_owned() }
}

/// The ids of the units that were sent.
pub(crate) fn ids(sent: &Sent) -> Vec<&str> {
    sent.units.iter().map(|(id, _)| id.as_str()).collect()
}
