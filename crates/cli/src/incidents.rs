//! `incidents`: what has happened, who was sent, and how far they are, as the operator keeps it.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::io::Write;

use futures::StreamExt as _;
use proto::watchroom::emergency::v1::watch_incidents_response::Event;
use proto::watchroom::emergency::v1::{
    GetIncidentRequest, Incident, IncidentFilter, ListIncidentsRequest, ListIncidentsResponse, WatchIncidentsRequest,
    WatchIncidentsResponse,
};

use crate::args::{Common, Incidents};
use crate::call::Caller;
use crate::endpoints::Endpoint;
use crate::failure::Failure;
use crate::interrupt::Interrupt;
use crate::live::{self, Item, News, Patience, Position};
use crate::outcome::Outcome;
use crate::screen::{Mark, Screen, note, proto_json};
use crate::show;

const LIST: &str = "/watchroom.emergency.v1.Incidents/ListIncidents";
const GET: &str = "/watchroom.emergency.v1.Incidents/GetIncident";
const WATCH: &str = "/watchroom.emergency.v1.Incidents/WatchIncidents";

impl Item for WatchIncidentsResponse {
    fn version(&self) -> u64 {
        self.version
    }

    fn synced(&self) -> Option<&str> {
        match &self.event {
            Some(Event::Synced(synced)) => Some(&synced.store_id),
            Some(Event::Upsert(_)) | None => None,
        }
    }
}

/// Lists incidents, shows one, or watches either.
pub(crate) async fn run<W: Write>(
    args: &Incidents,
    common: &Common,
    screen: &mut Screen<W>,
) -> Result<Outcome, Failure> {
    let endpoint = Endpoint::operator(common)?;
    match (&args.id, args.watch) {
        (_, true) => {
            let none = endpoint.none_begun("incidents");
            Board { args, screen, none, incidents: BTreeMap::new(), synced: false }.watch(endpoint).await
        }
        (Some(id), false) => one(&endpoint, id, screen).await,
        (None, false) => list(&endpoint, args, screen).await,
    }
}

async fn one<W: Write>(endpoint: &Endpoint, id: &str, screen: &mut Screen<W>) -> Result<Outcome, Failure> {
    let incident: Incident = Caller::new(endpoint)?.unary(GET, GetIncidentRequest { id: id.to_owned() }).await?;
    if screen.is_for_script() {
        screen.json(&proto_json(&incident)?)?;
    } else {
        screen.say(Mark::None, &show::incident(&incident))?;
    }
    Ok(Outcome::Done)
}

async fn list<W: Write>(endpoint: &Endpoint, args: &Incidents, screen: &mut Screen<W>) -> Result<Outcome, Failure> {
    let ask = |page_token| ListIncidentsRequest { filter: Some(filter(args)), page_size: Some(100), page_token };
    let read = |page: ListIncidentsResponse| (page.incidents, page.next_page_token);
    let incidents = Caller::new(endpoint)?.pages(LIST, ask, read).await?;
    if screen.is_for_script() {
        for incident in &incidents {
            screen.json(&proto_json(incident)?)?;
        }
        return Ok(Outcome::Done);
    }
    screen.say(Mark::None, &table(incidents.iter(), &endpoint.none_begun("incidents")))?;
    Ok(Outcome::Done)
}

fn filter(args: &Incidents) -> IncidentFilter {
    IncidentFilter {
        statuses: args.status.iter().map(|status| (*status).into()).collect(),
        services: args.service.iter().map(|service| service.name().to_owned()).collect(),
        ids: args.id.iter().cloned().collect(),
        ..IncidentFilter::default()
    }
}

/// The incidents in columns; `none` where there are none.
fn table<'i>(incidents: impl Iterator<Item = &'i Incident>, none: &str) -> String {
    let rows: Vec<_> = incidents.map(show::incident_row).collect();
    if rows.is_empty() {
        return none.to_owned();
    }
    show::table(["INCIDENT", "STATUS", "TYPE", "PRIORITY", "PLACE", "SENT", "OPENED", "CHANGED"], rows)
}

/// What is shown of a watch.
struct Board<'a, W: Write> {
    args: &'a Incidents,
    screen: &'a mut Screen<W>,
    /// What is said where there are no incidents.
    none: String,
    /// Newest first.
    incidents: BTreeMap<(Reverse<(i64, i32)>, String), Incident>,
    synced: bool,
}

impl<W: Write> Board<'_, W> {
    async fn watch(mut self, operator: Endpoint) -> Result<Outcome, Failure> {
        let mut interrupt = Interrupt::watch()?;
        let filter = filter(self.args);
        let request = move |from: Position| WatchIncidentsRequest {
            filter: Some(filter.clone()),
            from_version: from.version,
            store_id: from.store,
        };
        let mut followed = live::follow(operator, WATCH, Position::default(), Patience::Bounded, request);
        loop {
            let news = tokio::select! {
                news = followed.next() => news,
                () = interrupt.pressed() => return Ok(Outcome::Interrupted),
            };
            match news {
                None => return Ok(Outcome::Done),
                Some(News::Item(item)) => self.item(item)?,
                Some(News::Anew) => self.incidents.clear(),
                Some(News::Lost { why, since }) if since.is_zero() => note(&format!("{why}; trying again")),
                Some(News::Lost { .. }) => {}
                Some(News::Failed(failure)) => return Err(failure),
            }
        }
    }

    fn item(&mut self, item: WatchIncidentsResponse) -> Result<(), Failure> {
        if self.screen.is_for_script() {
            return Ok(self.screen.json(&proto_json(&item)?)?);
        }
        match item.event {
            Some(Event::Upsert(incident)) => {
                if self.synced && !self.screen.is_terminal() {
                    self.screen.say(Mark::None, &show::incident_line(&incident))?;
                }
                self.put(incident);
            }
            Some(Event::Synced(_)) if !self.synced => {
                self.synced = true;
                if !self.screen.is_terminal() {
                    let text = self.text();
                    self.screen.say(Mark::None, &text)?;
                }
            }
            Some(Event::Synced(_)) | None => {}
        }
        if self.synced && self.screen.is_terminal() {
            let text = self.text();
            self.screen.board(&text)?;
        }
        Ok(())
    }

    fn put(&mut self, incident: Incident) {
        let opened = incident.opened_at.unwrap_or_default();
        let key = (Reverse((opened.seconds, opened.nanos)), incident.id.clone());
        if self.args.status.is_empty() || self.args.status.contains(&incident.status()) {
            self.incidents.insert(key, incident);
        } else {
            self.incidents.remove(&key);
        }
    }

    fn text(&self) -> String {
        match (&self.args.id, self.incidents.values().next()) {
            (Some(_), Some(incident)) => show::incident(incident),
            (Some(id), None) => format!("no incident {id} yet"),
            (None, _) => table(self.incidents.values(), &self.none),
        }
    }
}
