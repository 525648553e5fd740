//! `agents --watch`: who is registered, as it changes. A terminal shows one table that is drawn anew, a pipe gets a line
//! for every change, a script every item of the registry's watch.

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::io::Write;
use std::time::Duration;

use futures::StreamExt as _;
use futures::stream::BoxStream;
use proto::watchroom::registry::v1::watch_agents_response::Event;
use proto::watchroom::registry::v1::{
    Agent, Filter, RemoveReason, Removed, Report, WatchAgentsRequest, WatchAgentsResponse,
};

use crate::agents::{HEADER, condition, lease, row};
use crate::endpoints::Endpoint;
use crate::failure::Failure;
use crate::interrupt::Interrupt;
use crate::live::{self, Item, News, Patience, Position};
use crate::outcome::Outcome;
use crate::screen::{Mark, Screen, note, proto_json};
use crate::show;

const WATCH: &str = "/watchroom.registry.v1.Registry/WatchAgents";

/// Name, version and instance.
type Key = (String, String, String);

/// All that is registered, as far as it was told.
#[derive(Debug, Default)]
pub(crate) struct Roster {
    agents: BTreeMap<Key, Agent>,
    /// A snapshot that is not complete yet.
    fresh: Option<BTreeMap<Key, Agent>>,
    /// Whether the registry cannot say who is gone.
    doubted: bool,
}

/// What is shown of a watch.
struct Board<'a, W: Write> {
    screen: &'a mut Screen<W>,
    /// What is said where nobody is registered.
    none: String,
    roster: Roster,
}

impl Item for WatchAgentsResponse {
    fn version(&self) -> u64 {
        self.version
    }

    fn synced(&self) -> Option<&str> {
        match &self.event {
            Some(Event::Synced(synced)) => Some(&synced.registry_id),
            Some(Event::Upsert(_) | Event::Removed(_) | Event::Report(_) | Event::Bookmark(_)) | None => None,
        }
    }
}

/// Follows who is registered with a registry.
pub(crate) fn follow(
    registry: Endpoint,
    filter: Filter,
    patience: Patience,
) -> BoxStream<'static, News<WatchAgentsResponse>> {
    live::follow(registry, WATCH, Position::default(), patience, move |from| WatchAgentsRequest {
        filter: Some(filter.clone()),
        from_version: from.version,
        registry_id: from.store,
    })
}

/// Shows who is registered until Ctrl-C.
pub(crate) async fn watch<W: Write>(
    registry: Endpoint,
    filter: Filter,
    screen: &mut Screen<W>,
) -> Result<Outcome, Failure> {
    let mut interrupt = Interrupt::watch()?;
    let none = registry.none("agents");
    let mut followed = follow(registry, filter, Patience::Bounded);
    let mut board = Board { screen, none, roster: Roster::default() };
    loop {
        let news = tokio::select! {
            news = followed.next() => news,
            () = interrupt.pressed() => return Ok(Outcome::Interrupted),
        };
        match news {
            None => return Ok(Outcome::Done),
            Some(News::Item(item)) => board.item(item)?,
            Some(News::Anew) => board.roster.begin_anew(),
            Some(News::Lost { why, since }) => board.away(&why, since)?,
            Some(News::Failed(failure)) => return Err(failure),
        }
    }
}

impl<W: Write> Board<'_, W> {
    fn item(&mut self, item: WatchAgentsResponse) -> Result<(), Failure> {
        if self.screen.is_for_script() {
            self.screen.json(&proto_json(&item)?)?;
        }
        let Some(event) = item.event else { return Ok(()) };
        let begins = matches!(event, Event::Synced(_));
        let mut lines = self.roster.take(event);
        if begins && self.roster.agents.is_empty() {
            lines.push(self.none.clone());
        }
        if !self.screen.is_for_script() {
            self.show(&lines)?;
        }
        Ok(())
    }

    fn show(&mut self, lines: &[String]) -> Result<(), Failure> {
        if self.screen.is_terminal() {
            // Half a snapshot would look like half of everybody.
            if self.roster.is_whole() {
                self.screen.board(&self.roster.table(&self.none, None))?;
            }
        } else {
            for line in lines {
                self.screen.say(Mark::None, line)?;
            }
        }
        Ok(())
    }

    /// Says that what is shown may be old.
    fn away(&mut self, why: &Failure, since: Duration) -> Result<(), Failure> {
        if self.screen.is_terminal() {
            let remark = format!("{why}; this is what was last known, {} s ago", since.as_secs());
            self.screen.board(&self.roster.table(&self.none, Some(&remark)))?;
        } else if since.is_zero() {
            note(&format!("{why}; going on when it is back"));
        }
        Ok(())
    }
}

impl Roster {
    /// A snapshot follows.
    pub(crate) fn begin_anew(&mut self) {
        self.fresh = Some(BTreeMap::new());
    }

    /// Whether no snapshot is under way.
    pub(crate) fn is_whole(&self) -> bool {
        self.fresh.is_none()
    }

    /// Who is registered.
    pub(crate) fn agents(&self) -> impl Iterator<Item = &Agent> {
        self.agents.values()
    }

    /// Applies an event and says it in words, where it is one that people want to read.
    pub(crate) fn take(&mut self, event: Event) -> Vec<String> {
        match event {
            Event::Upsert(agent) => self.upsert(agent).into_iter().collect(),
            Event::Removed(removed) => self.removed(&removed).into_iter().collect(),
            Event::Report(report) => self.report(report).into_iter().collect(),
            Event::Synced(_) => self.synced(),
            Event::Bookmark(mark) => {
                let turned = std::mem::replace(&mut self.doubted, mark.stale) != mark.stale;
                let words = if mark.stale { DOUBT } else { "the registry is sure again" };
                turned.then(|| words.to_owned()).into_iter().collect()
            }
        }
    }

    fn upsert(&mut self, agent: Agent) -> Option<String> {
        let key = key(&agent);
        if let Some(fresh) = &mut self.fresh {
            fresh.insert(key, agent);
            return None;
        }
        let line = describe(&agent);
        let word = if self.agents.insert(key, agent).is_some() { "changed" } else { "joined" };
        Some(format!("{word}: {line}"))
    }

    fn removed(&mut self, removed: &Removed) -> Option<String> {
        let key = (removed.name.clone(), removed.agent_version.clone(), removed.instance_id.clone());
        let why = match removed.reason() {
            RemoveReason::Deregistered => "deregistered",
            RemoveReason::LeaseExpired => "its lease ran out",
            RemoveReason::Filtered => "it does not match any more",
            RemoveReason::Unspecified => "no reason given",
        };
        self.agents.remove(&key).map(|_| format!("gone: {}: {why}", named(&key)))
    }

    fn report(&mut self, report: Report) -> Option<String> {
        let key = (report.name, report.agent_version, report.instance_id);
        let agent = self.fresh.as_mut().unwrap_or(&mut self.agents).get_mut(&key)?;
        let before = agent.clone();
        (agent.health, agent.in_flight, agent.draining) = (report.health, report.in_flight, report.draining);
        (agent.load_percent, agent.callers) = (report.load_percent, report.callers);
        (before != *agent).then(|| format!("now: {}: {}", named(&key), doing(agent)))
    }

    /// What a snapshot has that was not known before it, and the other way round.
    fn synced(&mut self) -> Vec<String> {
        let Some(fresh) = self.fresh.take() else { return Vec::new() };
        let before = std::mem::replace(&mut self.agents, fresh);
        let gone = before.keys().filter(|key| !self.agents.contains_key(*key));
        let gone = gone.map(|key| format!("gone: {}: not known any more", named(key)));
        let joined = self.agents.iter().filter(|(key, _)| !before.contains_key(*key));
        gone.chain(joined.map(|(_, agent)| format!("joined: {}", describe(agent)))).collect()
    }

    /// Everybody, and what there is to say of the whole.
    fn table(&self, none: &str, remark: Option<&str>) -> String {
        let mut text = match self.agents.is_empty() {
            true => none.to_owned(),
            false => show::table(HEADER, self.agents.values().map(row)),
        };
        for line in remark.into_iter().chain(self.doubted.then_some(DOUBT)) {
            text.push('\n');
            text.push_str(line);
        }
        text
    }
}

const DOUBT: &str = "so many renewals are missing that the registry cannot say who is gone";

fn key(agent: &Agent) -> Key {
    let registration = agent.registration.clone().unwrap_or_default();
    let card = registration.card.unwrap_or_default();
    (card.name, card.version, registration.instance_id)
}

fn named((name, version, instance): &Key) -> String {
    format!("{name} {version} ({instance})")
}

fn describe(agent: &Agent) -> String {
    format!("{}: {}, lease {}", named(&key(agent)), doing(agent), lease(agent))
}

fn doing(agent: &Agent) -> String {
    let load = agent.load_percent.map(|load| format!(", {load} % taken")).unwrap_or_default();
    format!("{}, {} under way{load}", condition(agent), agent.in_flight)
}
