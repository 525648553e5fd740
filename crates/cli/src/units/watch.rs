//! `units --watch`: follows the units of every agent that can dispatch, of those too that come, move or come back.

use std::collections::BTreeMap;
use std::io::Write;

use futures::StreamExt as _;
use futures::stream::{BoxStream, SelectAll};
use proto::watchroom::emergency::v1::watch_units_response::Event;
use proto::watchroom::emergency::v1::{WatchUnitsRequest, WatchUnitsResponse};
use proto::watchroom::registry::v1::WatchAgentsResponse;
use tokio_util::sync::{CancellationToken, DropGuard};

use super::board::Board;
use super::{able, filter, lacking, stores, tells_none};
use crate::args::{Common, Units, Which};
use crate::endpoints::Endpoint;
use crate::failure::Failure;
use crate::interrupt::Interrupt;
use crate::live::{self, Item, News, Patience, Position};
use crate::outcome::Outcome;
use crate::roster::{self, Roster};
use crate::screen::{Screen, note};

const WATCH: &str = "/watchroom.emergency.v1.Units/WatchUnits";

impl Item for WatchUnitsResponse {
    fn version(&self) -> u64 {
        self.version
    }

    fn synced(&self) -> Option<&str> {
        match &self.event {
            Some(Event::Synced(synced)) => Some(&synced.store_id),
            Some(Event::Unit(_) | Event::Change(_)) | None => None,
        }
    }
}

/// News of a store's units.
type OfStore = (String, News<WatchUnitsResponse>);

/// Who is followed, and what is shown of it.
struct Watch<'a, W: Write> {
    args: &'a Units,
    common: &'a Common,
    board: Board<'a, W>,
    roster: Roster,
    /// Whether the registry has told who there is.
    told: bool,
    followed: BTreeMap<String, Followed>,
    news: SelectAll<BoxStream<'static, OfStore>>,
}

/// A store that is followed until this is dropped.
struct Followed {
    url: String,
    _stop: DropGuard,
}

/// Shows units and their changes until Ctrl-C.
pub(super) async fn watch<W: Write>(args: &Units, common: &Common, screen: &mut Screen<W>) -> Result<Outcome, Failure> {
    let mut interrupt = Interrupt::watch()?;
    let registry = Endpoint::registry(common)?;
    let none = registry.none("units");
    let mut registry = roster::follow(registry, able(), Patience::Endless);
    let mut watch = Watch {
        args,
        common,
        board: Board::new(args, none, screen),
        roster: Roster::default(),
        told: false,
        followed: BTreeMap::new(),
        news: SelectAll::new(),
    };
    loop {
        tokio::select! {
            Some(news) = registry.next() => watch.registered(news)?,
            Some((store, news)) = watch.news.next(), if !watch.news.is_empty() => watch.take(&store, news)?,
            () = interrupt.pressed() => return Ok(Outcome::Interrupted),
        }
    }
}

impl<W: Write> Watch<'_, W> {
    fn registered(&mut self, news: News<WatchAgentsResponse>) -> Result<(), Failure> {
        match news {
            News::Item(item) => {
                item.event.map(|event| self.roster.take(event));
                if self.roster.is_whole() {
                    self.told = true;
                    self.keep_up()?;
                }
                Ok(())
            }
            News::Anew => {
                self.roster.begin_anew();
                Ok(())
            }
            News::Lost { why, .. } if !self.told => Err(why),
            // Whoever is known is followed on without it.
            News::Lost { why, since } => {
                tell(&why, since.is_zero());
                Ok(())
            }
            News::Failed(failure) => Err(failure),
        }
    }

    /// Follows every store at the address that it has now, and no other.
    fn keep_up(&mut self) -> Result<(), Failure> {
        let stores = stores(self.roster.agents());
        self.followed.retain(|store, followed| stores.get(store) == Some(&followed.url));
        for (store, url) in &stores {
            if !self.followed.contains_key(store) {
                self.follow(store, url)?;
            }
        }
        self.board.keep(stores.keys())
    }

    fn follow(&mut self, store: &str, url: &str) -> Result<(), Failure> {
        let agent = Endpoint::of_service(self.common, &Which::At(url.to_owned()))?;
        let filter = filter(self.args);
        let request = move |from: Position| WatchUnitsRequest {
            filter: Some(filter.clone()),
            from_version: from.version,
            store_id: from.store,
        };
        let (of, stop) = (store.to_owned(), CancellationToken::new());
        let news = live::follow(agent, WATCH, self.board.position(store), Patience::Endless, request);
        let news = news.map(move |news| (of.clone(), news)).take_until(stop.clone().cancelled_owned());
        self.news.push(news.boxed());
        self.followed.insert(store.to_owned(), Followed { url: url.to_owned(), _stop: stop.drop_guard() });
        Ok(())
    }

    fn take(&mut self, store: &str, news: News<WatchUnitsResponse>) -> Result<(), Failure> {
        match news {
            News::Item(item) => self.board.item(store, item),
            News::Anew => {
                self.board.begin_anew(store);
                Ok(())
            }
            News::Lost { why, since } => {
                tell(&why, since.is_zero());
                self.board.lost(store)
            }
            // The others are shown without it; its watch has ended.
            News::Failed(failure) if tells_none(&failure) => {
                note(&lacking(self.followed.get(store).map_or("", |followed| &followed.url)));
                self.board.lost(store)
            }
            News::Failed(failure) => Err(failure),
        }
    }
}

fn tell(why: &Failure, first: bool) {
    if first {
        note(&format!("{why}; trying again"));
    }
}
