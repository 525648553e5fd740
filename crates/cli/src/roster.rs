//! `agents --watch`: who is registered, as it changes. A terminal shows one table that is drawn anew, a pipe gets a line
//! for every change, a script every item of the registry's watch.

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::io::Write;
use std::time::Duration;

use proto::watchroom::registry::v1::watch_agents_response::Event;
use proto::watchroom::registry::v1::{
    Agent, Filter, RemoveReason, Removed, Report, WatchAgentsRequest, WatchAgentsResponse,
};
use tokio::time::{Instant, sleep};
use tonic::Code;

use crate::agents::{HEADER, condition, lease, row};
use crate::call::Caller;
use crate::endpoints::Endpoint;
use crate::failure::Failure;
use crate::follow::PATIENCE;
use crate::interrupt::Interrupt;
use crate::outcome::Outcome;
use crate::screen::{Mark, Screen, note, proto_json};
use crate::show;

/// Between two attempts to reach a registry that was lost.
const PAUSE: Duration = Duration::from_secs(1);

/// Name, version and instance.
type Key = (String, String, String);

/// All that is registered, as far as it was told.
#[derive(Debug, Default)]
struct Roster {
    agents: BTreeMap<Key, Agent>,
    /// A snapshot that is not complete yet.
    fresh: Option<BTreeMap<Key, Agent>>,
    /// Whether the registry cannot say who is gone.
    doubted: bool,
}

/// One watch over all its connections.
struct Watch<'a, W: Write> {
    endpoint: &'a Endpoint,
    filter: Filter,
    screen: &'a mut Screen<W>,
    roster: Roster,
    version: u64,
    registry_id: String,
    /// Since when the registry does not answer, once it has.
    lost: Option<Instant>,
    heard: bool,
}

/// Shows who is registered until Ctrl-C.
pub(crate) async fn watch<W: Write>(
    endpoint: &Endpoint,
    filter: Filter,
    screen: &mut Screen<W>,
) -> Result<Outcome, Failure> {
    let mut interrupt = Interrupt::watch()?;
    let (roster, registry_id) = (Roster::default(), String::new());
    let mut watch = Watch { endpoint, filter, screen, roster, version: 0, registry_id, lost: None, heard: false };
    tokio::select! {
        failure = watch.run() => Err(failure),
        () = interrupt.pressed() => Ok(Outcome::Interrupted),
    }
}

impl<W: Write> Watch<'_, W> {
    /// Ends only when there is nothing more to be had.
    async fn run(&mut self) -> Failure {
        loop {
            let Err(failure) = self.once().await;
            match failure.grpc() {
                // What came after that version is forgotten: a new snapshot.
                Some(Code::OutOfRange) if self.version > 0 => self.version = 0,
                Some(Code::Unavailable) if self.heard => {
                    let since = *self.lost.get_or_insert_with(Instant::now);
                    if since.elapsed() > PATIENCE {
                        return failure;
                    }
                    if let Err(failure) = self.away(&failure) {
                        return failure;
                    }
                    sleep(PAUSE).await;
                }
                _ => return failure,
            }
        }
    }

    /// One connection to its end.
    async fn once(&mut self) -> Result<std::convert::Infallible, Failure> {
        let request = WatchAgentsRequest {
            filter: Some(self.filter.clone()),
            from_version: self.version,
            registry_id: self.registry_id.clone(),
        };
        let mut caller = Caller::new(self.endpoint)?;
        let mut items = caller.streaming("/watchroom.registry.v1.Registry/WatchAgents", request).await?;
        self.roster.fresh = (self.version == 0).then(BTreeMap::new);
        loop {
            let item = items.message().await.map_err(|status| Failure::of_status(self.endpoint, status))?;
            let ended =
                || Failure::of_status(self.endpoint, tonic::Status::unavailable("the registry ended the watch"));
            self.take(item.ok_or_else(ended)?)?;
        }
    }

    fn take(&mut self, item: WatchAgentsResponse) -> Result<(), Failure> {
        (self.heard, self.lost) = (true, None);
        self.version = self.version.max(item.version);
        if self.screen.is_for_script() {
            self.screen.json(&proto_json(&item)?)?;
        }
        let Some(event) = item.event else { return Ok(()) };
        if let Event::Synced(synced) = &event {
            (self.version, self.registry_id) = (item.version, synced.registry_id.clone());
        }
        let lines = self.roster.take(event);
        if !self.screen.is_for_script() {
            self.show(&lines)?;
        }
        Ok(())
    }

    fn show(&mut self, lines: &[String]) -> Result<(), Failure> {
        if self.screen.is_terminal() {
            // Half a snapshot would look like half of everybody.
            if self.roster.fresh.is_none() {
                self.screen.board(&self.roster.table(None))?;
            }
        } else {
            for line in lines {
                self.screen.say(Mark::None, line)?;
            }
        }
        Ok(())
    }

    /// Says that what is shown may be old.
    fn away(&mut self, failure: &Failure) -> Result<(), Failure> {
        let since = self.lost.map_or(0, |since| since.elapsed().as_secs());
        if self.screen.is_terminal() {
            self.screen
                .board(&self.roster.table(Some(&format!("{failure}; this is what was last known, {since} s ago"))))?;
        } else if since == 0 {
            note(&format!("{failure}; going on when it is back"));
        }
        Ok(())
    }
}

impl Roster {
    /// Applies an event and says it in words, where it is one that people want to read.
    fn take(&mut self, event: Event) -> Vec<String> {
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
    fn table(&self, remark: Option<&str>) -> String {
        let mut text = match self.agents.is_empty() {
            true => "no agents".to_owned(),
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
