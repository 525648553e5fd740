//! One watch: what its filter lets through of the registry's news, in order, never more than a bound behind.

#[cfg(test)]
mod tests;

use std::collections::VecDeque;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use futures::Stream;
use service::{Fanout, Listening};

use crate::catalog::{Catalog, Change, Now, Reason, Renewal, Standing};
use crate::error::Error;
use crate::filter::Filter;
use crate::history::{History, OutOfRange};
use crate::identity::Identity;
use crate::record::Entry;

/// What an owner tells all its watches, in the order in which it happened: a batch is what one commit or one sweep
/// brought, so a slow watch is cut after minutes of a busy registry.
#[derive(Debug, Clone)]
pub(crate) enum News {
    /// Versions.
    Changes(Arc<[Arc<Change>]>),
    /// Renewals that said something new.
    Reports(Arc<[Renewal]>),
    /// All up to a version has been told.
    Bookmark { version: u64, standing: Standing },
}

/// What one watch shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Event {
    /// New or changed; version 0 when no version was made.
    Upsert { version: u64, entry: Entry },
    /// Gone, or out of the filter.
    Removed { version: u64, identity: Identity, why: Removal },
    /// Health and load.
    Report(Entry),
    /// All of it up to that version has been shown.
    Synced { version: u64 },
    /// Nothing else up to that version matches.
    Bookmark { version: u64, standing: Standing },
}

/// Why a watch no longer shows an instance.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Removal {
    Gone(Reason),
    Filtered,
}

/// The owner's end of all watches.
#[derive(Debug)]
pub(crate) struct Hub(Fanout<News>);

impl Default for Hub {
    fn default() -> Self {
        Self(Fanout::new("agents"))
    }
}

/// The reader's end of one watch: events until it is cut.
#[derive(Debug)]
pub(crate) struct Watch {
    filter: Filter,
    ready: VecDeque<Event>,
    /// The newest version and standing among all that was ready so far.
    shown: u64,
    standing: Standing,
    listening: Listening<News>,
    ended: bool,
}

impl Hub {
    /// Starts a watch with what it has to catch up on.
    pub(crate) fn join(&mut self, filter: Filter, ready: Vec<Event>) -> Watch {
        let (shown, standing) = last(&ready);
        Watch { filter, ready: ready.into(), shown, standing, listening: self.0.join(()), ended: false }
    }

    /// Tells every watch; one that has no room left is cut.
    pub(crate) fn tell(&mut self, news: &News) {
        self.0.tell(news);
    }

    /// Forgets watches whose reader has gone, and counts the others.
    pub(crate) fn prune(&mut self) -> usize {
        self.0.prune()
    }
}

/// What a watch from `version` has to catch up on; from 0 everything.
pub(crate) fn backlog(
    catalog: &Catalog,
    history: &History,
    filter: &Filter,
    version: u64,
    standing: Standing,
) -> Result<Vec<Event>, OutOfRange> {
    let mut events = match version {
        0 => snapshot(catalog, filter),
        _ => missed(catalog, history, filter, version)?,
    };
    let version = catalog.version();
    events.push(Event::Synced { version });
    if standing == Standing::MassLoss {
        events.push(Event::Bookmark { version, standing });
    }
    Ok(events)
}

/// Where a watch stands once it has shown `events`.
fn last(events: &[Event]) -> (u64, Standing) {
    match events.last() {
        Some(Event::Bookmark { version, standing }) => (*version, *standing),
        Some(Event::Synced { version }) => (*version, Standing::Sound),
        Some(Event::Upsert { .. } | Event::Removed { .. } | Event::Report(_)) | None => (0, Standing::Sound),
    }
}

fn snapshot(catalog: &Catalog, filter: &Filter) -> Vec<Event> {
    let shown = catalog.entries().values().filter(|entry| filter.admits(entry));
    shown.map(|entry| Event::Upsert { version: 0, entry: entry.clone() }).collect()
}

/// The changes since, then the health and load of all, since nobody counted those.
fn missed(catalog: &Catalog, history: &History, filter: &Filter, version: u64) -> Result<Vec<Event>, OutOfRange> {
    // Which health the reader saw last is not known: it may show whatever the rest of the filter describes.
    let shown = |entry: &Entry| filter.describes(&entry.record);
    let changes = history.since(version)?.filter_map(|change| of_change(filter, change, shown));
    let described = catalog.entries().values().filter(|entry| filter.describes(&entry.record));
    Ok(changes.chain(described.map(|entry| standing(filter, entry))).collect())
}

/// The state of an instance towards a reader that may or may not show it.
fn standing(filter: &Filter, entry: &Entry) -> Event {
    match (filter.asks_health(), filter.admits(entry)) {
        (false, _) => Event::Report(entry.clone()),
        (true, true) => Event::Upsert { version: 0, entry: entry.clone() },
        (true, false) => filtered(0, entry.record.identity.clone()),
    }
}

/// A change as a filter sees it; `shown` says whether its reader showed what was there before.
fn of_change(filter: &Filter, change: &Change, shown: impl Fn(&Entry) -> bool) -> Option<Event> {
    let (version, identity) = (change.version, &change.identity);
    let was = change.before.as_ref().is_some_and(shown);
    match &change.now {
        Now::Held(entry) if filter.admits(entry) => Some(Event::Upsert { version, entry: entry.clone() }),
        Now::Held(_) => was.then(|| filtered(version, identity.clone())),
        Now::Gone(reason) => {
            was.then(|| Event::Removed { version, identity: identity.clone(), why: Removal::Gone(*reason) })
        }
    }
}

fn of_renewal(filter: &Filter, renewal: &Renewal) -> Option<Event> {
    let entry = &renewal.now;
    let described = filter.describes(&entry.record);
    match (filter.healthy(renewal.before.health), filter.healthy(entry.vitals.health)) {
        _ if !described => None,
        (true, true) => Some(Event::Report(entry.clone())),
        (false, true) => Some(Event::Upsert { version: 0, entry: entry.clone() }),
        (true, false) => Some(filtered(0, entry.record.identity.clone())),
        (false, false) => None,
    }
}

fn filtered(version: u64, identity: Identity) -> Event {
    Event::Removed { version, identity, why: Removal::Filtered }
}

impl Watch {
    fn take(&mut self, news: &News) {
        let (filter, ready) = (&self.filter, &mut self.ready);
        match news {
            News::Changes(changes) => {
                let shown = |entry: &Entry| filter.admits(entry);
                for change in changes.iter() {
                    let Some(event) = of_change(filter, change, shown) else { continue };
                    self.shown = change.version;
                    ready.push_back(event);
                }
            }
            News::Bookmark { version, standing } => {
                if *version > self.shown || *standing != self.standing {
                    (self.shown, self.standing) = (*version, *standing);
                    ready.push_back(Event::Bookmark { version: *version, standing: *standing });
                }
            }
            News::Reports(renewals) => ready.extend(renewals.iter().filter_map(|one| of_renewal(filter, one))),
        }
    }

    fn end(&self) -> Error {
        if self.listening.is_slow() { Error::SlowWatch } else { Error::Stopped }
    }
}

impl Stream for Watch {
    type Item = Result<Event, Error>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        loop {
            if let Some(event) = self.ready.pop_front() {
                return Poll::Ready(Some(Ok(event)));
            }
            match self.listening.rx.poll_recv(cx) {
                Poll::Ready(Some(news)) => self.take(&news),
                Poll::Ready(None) if self.ended => return Poll::Ready(None),
                Poll::Ready(None) => {
                    self.ended = true;
                    return Poll::Ready(Some(Err(self.end())));
                }
                Poll::Pending => return Poll::Pending,
            }
        }
    }
}
