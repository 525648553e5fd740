//! One watch: a snapshot or what was missed, then changes as they become visible.

use std::collections::VecDeque;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use futures::Stream;
use proto::watchroom::emergency::v1 as wire;
use proto::watchroom::emergency::v1::watch_units_response::Event;
use service::Listening;

use super::error::Error;
use super::filter::Filter;
use super::present::Present;
use super::request::Start;
use super::sight::Sight;
use crate::dispatch::board::{Inner, News};
use crate::dispatch::history::OutOfRange;
use crate::dispatch::scenario::Unit;
use crate::dispatch::town::Town;
use crate::dispatch::unit::{Change, Record};

/// What is to be told, presented only when it is read.
#[derive(Debug)]
enum Item {
    Unit(Arc<Unit>, Record),
    Change(Arc<Change>),
    Synced(u64),
}

/// The reader's end; ends with an error when it is cut.
#[derive(Debug)]
pub(crate) struct Watch {
    town: Arc<Town>,
    sight: Sight,
    filter: Filter,
    ready: VecDeque<Item>,
    listening: Listening<News>,
    ended: bool,
}

impl Watch {
    /// Begins with what `start` asks for.
    pub(crate) fn start(town: Arc<Town>, sight: Sight, start: Start) -> Result<Self, Error> {
        let Start { filter, version } = start;
        let (mut ready, listening, current) = town.board.look(|inner| {
            let ready = match version {
                0 => Ok(snapshot(inner, &sight, &filter)),
                version => missed(inner, version),
            };
            ready.map(|ready| (ready, inner.listeners.join(()), inner.history.current()))
        })?;
        ready.push_back(Item::Synced(current));
        Ok(Self { town, sight, filter, ready, listening, ended: false })
    }

    fn present(&self, item: Item) -> Option<wire::WatchUnitsResponse> {
        let present = Present { town: &self.town, sight: &self.sight, now: self.town.now() };
        let (version, event) = match item {
            Item::Unit(unit, record) => (0, Event::Unit(present.unit(&unit, &record))),
            Item::Change(change) => {
                let unit = self.town.scenario.unit(&change.unit)?;
                let wanted = self.filter.admits_change(&self.sight, unit, &change);
                (change.seq, Event::Change(present.change(&change).filter(|_| wanted)?))
            }
            Item::Synced(version) => {
                let store_id = self.town.own.store_id.to_string();
                (version, Event::Synced(wire::UnitsSynced { store_id, clock: Some(present.clock()) }))
            }
        };
        Some(wire::WatchUnitsResponse { version, event: Some(event) })
    }
}

fn snapshot(inner: &Inner, sight: &Sight, filter: &Filter) -> VecDeque<Item> {
    let units = inner.in_order("").filter(|held| filter.admits(sight, &held.unit, &held.record));
    units.map(|held| Item::Unit(held.unit.clone(), held.record.clone())).collect()
}

fn missed(inner: &Inner, version: u64) -> Result<VecDeque<Item>, OutOfRange> {
    Ok(inner.history.since(version)?.map(|change| Item::Change(change.clone())).collect())
}

impl Stream for Watch {
    type Item = Result<wire::WatchUnitsResponse, Error>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        loop {
            while let Some(item) = self.ready.pop_front() {
                if let Some(shown) = self.present(item) {
                    return Poll::Ready(Some(Ok(shown)));
                }
            }
            match self.listening.rx.poll_recv(cx) {
                Poll::Ready(Some(news)) => self.ready.extend(news.iter().cloned().map(Item::Change)),
                Poll::Ready(None) if self.ended => return Poll::Ready(None),
                Poll::Ready(None) => {
                    self.ended = true;
                    let why = if self.listening.is_slow() { Error::Slow } else { Error::Stopped };
                    return Poll::Ready(Some(Err(why)));
                }
                Poll::Pending => return Poll::Pending,
            }
        }
    }
}
