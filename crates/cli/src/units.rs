//! `units`: the vehicles of every emergency service, as its agent tells it.

use std::collections::BTreeMap;
use std::io::Write;

use futures::StreamExt as _;
use futures::stream::{self, SelectAll};
use proto::watchroom::emergency::v1::watch_units_response::Event;
use proto::watchroom::emergency::v1::{
    ListUnitsRequest, ListUnitsResponse, Unit, UnitChange, UnitFilter, WatchUnitsRequest, WatchUnitsResponse,
};
use proto::watchroom::registry::v1::Filter;

use crate::agents;
use crate::args::{Common, Units, Which};
use crate::call::Caller;
use crate::endpoints::Endpoint;
use crate::failure::Failure;
use crate::interrupt::Interrupt;
use crate::live::{self, Item, News};
use crate::outcome::Outcome;
use crate::screen::{Mark, Screen, note, proto_json};
use crate::show;

const LIST: &str = "/watchroom.emergency.v1.Units/ListUnits";
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

/// Lists the units of all agents that can dispatch, or watches them.
pub(crate) async fn run<W: Write>(args: &Units, common: &Common, screen: &mut Screen<W>) -> Result<Outcome, Failure> {
    let agents = agents(common).await?;
    if args.watch {
        return Board::new(args, screen).watch(agents).await;
    }
    let mut units = Vec::new();
    for agent in &agents {
        units.extend(list(agent, args).await?);
    }
    units.retain(|unit| wanted(args, unit));
    units.sort_by(|a, b| place(a).cmp(&place(b)));
    if screen.is_for_script() {
        for unit in &units {
            screen.json(&proto_json(unit)?)?;
        }
        return Ok(Outcome::Done);
    }
    screen.say(Mark::None, &table(units.iter()))?;
    Ok(Outcome::Done)
}

/// One address for each store of an agent that can dispatch.
async fn agents(common: &Common) -> Result<Vec<Endpoint>, Failure> {
    let filter = Filter { skills: vec!["dispatch".to_owned()], ..Filter::default() };
    let registered = agents::query(&Endpoint::registry(common)?, filter).await?;
    let mut stores: BTreeMap<String, String> = BTreeMap::new();
    for registration in registered.into_iter().filter_map(|agent| agent.registration) {
        let card = registration.card.unwrap_or_default();
        if let Some(interface) = card.supported_interfaces.into_iter().next() {
            stores.entry(registration.store_id).or_insert(interface.url);
        }
    }
    stores.into_values().map(|url| Endpoint::of_service(common, &Which::At(url))).collect()
}

async fn list(agent: &Endpoint, args: &Units) -> Result<Vec<Unit>, Failure> {
    let ask = |page_token| ListUnitsRequest { filter: Some(filter(args)), page_size: Some(100), page_token };
    let read = |page: ListUnitsResponse| (page.units, page.next_page_token);
    Caller::new(agent)?.pages(LIST, ask, read).await
}

fn filter(args: &Units) -> UnitFilter {
    UnitFilter { statuses: args.status.iter().map(|status| (*status).into()).collect(), ..UnitFilter::default() }
}

fn wanted(args: &Units, unit: &Unit) -> bool {
    args.service.is_empty() || args.service.iter().any(|service| service.name() == unit.service)
}

/// By service, then by name.
fn place(unit: &Unit) -> (&str, &str) {
    (&unit.service, &unit.id)
}

fn table<'u>(units: impl Iterator<Item = &'u Unit>) -> String {
    let rows: Vec<_> = units.map(show::unit).collect();
    if rows.is_empty() {
        return "no units".to_owned();
    }
    show::table(["UNIT", "SERVICE", "TYPE", "STATUS", "SINCE", "STATION", "PLACE", "INCIDENT"], rows)
}

/// What is shown of a watch.
struct Board<'a, W: Write> {
    args: &'a Units,
    screen: &'a mut Screen<W>,
    units: BTreeMap<(String, String), Unit>,
    /// Agents whose snapshot is still to come.
    missing: usize,
}

impl<'a, W: Write> Board<'a, W> {
    fn new(args: &'a Units, screen: &'a mut Screen<W>) -> Self {
        Self { args, screen, units: BTreeMap::new(), missing: 0 }
    }

    async fn watch(mut self, agents: Vec<Endpoint>) -> Result<Outcome, Failure> {
        let mut interrupt = Interrupt::watch()?;
        self.missing = agents.len();
        let mut news = SelectAll::new();
        for agent in agents {
            let filter = filter(self.args);
            let request = move |from_version, store_id| WatchUnitsRequest {
                filter: Some(filter.clone()),
                from_version,
                store_id,
            };
            let followed = live::follow::<_, WatchUnitsResponse>(agent, WATCH, request);
            news.push(stream::unfold(followed, async |mut rx| rx.recv().await.map(|news| (news, rx))).boxed());
        }
        loop {
            let news = tokio::select! {
                Some(news) = news.next() => news,
                () = interrupt.pressed() => return Ok(Outcome::Interrupted),
                else => return Ok(Outcome::Done),
            };
            self.take(news)?;
        }
    }

    fn take(&mut self, news: News<WatchUnitsResponse>) -> Result<(), Failure> {
        match news {
            News::Item(item) => self.item(item),
            News::Anew => Ok(()),
            News::Lost(why) => {
                note(&format!("{why}; trying again"));
                Ok(())
            }
            News::Failed(failure) => Err(failure),
        }
    }

    fn item(&mut self, item: WatchUnitsResponse) -> Result<(), Failure> {
        let about = match &item.event {
            Some(Event::Unit(unit)) => Some(unit),
            Some(Event::Change(change)) => change.after.as_ref(),
            Some(Event::Synced(_)) | None => None,
        };
        if about.is_some_and(|unit| !wanted(self.args, unit)) {
            return Ok(());
        }
        if self.screen.is_for_script() {
            return Ok(self.screen.json(&proto_json(&item)?)?);
        }
        match item.event {
            Some(Event::Unit(unit)) => self.put(unit),
            Some(Event::Synced(_)) if self.missing > 0 => {
                self.missing -= 1;
                self.show(true)?;
            }
            Some(Event::Synced(_)) => {}
            Some(Event::Change(change)) => self.change(change)?,
            None => {}
        }
        Ok(())
    }

    fn change(&mut self, change: UnitChange) -> Result<(), Failure> {
        if !self.screen.is_terminal() {
            self.screen.say(Mark::None, &show::unit_change(&change))?;
        }
        if let Some(unit) = change.after {
            self.put(unit);
        }
        self.show(false)
    }

    /// Shows all units once they are known; a pipe gets them once.
    fn show(&mut self, first: bool) -> Result<(), Failure> {
        if self.missing > 0 {
            return Ok(());
        }
        let table = table(self.units.values());
        match (self.screen.is_terminal(), first) {
            (true, _) => Ok(self.screen.board(&table)?),
            (false, true) => Ok(self.screen.say(Mark::None, &table)?),
            (false, false) => Ok(()),
        }
    }

    /// A unit that has left the statuses that are asked for is no longer shown.
    fn put(&mut self, unit: Unit) {
        let key = (unit.service.clone(), unit.id.clone());
        if self.args.status.is_empty() || self.args.status.contains(&unit.status()) {
            self.units.insert(key, unit);
        } else {
            self.units.remove(&key);
        }
    }
}
