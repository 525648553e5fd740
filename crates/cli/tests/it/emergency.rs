//! `units` and `incidents`: lists, and watches that go on over lost connections.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use axum::Router;
use futures::StreamExt as _;
use futures::stream::{self, BoxStream};
use proto::a2a::{AgentCard, AgentInterface};
use proto::watchroom::emergency::v1::watch_units_response::Event;
use proto::watchroom::emergency::v1::{
    Assignment, Call, Dispatch, GetIncidentRequest, Incident, IncidentStatus, ListIncidentsRequest,
    ListIncidentsResponse, ListUnitsRequest, ListUnitsResponse, Location, LogEntry, Unit, UnitChange, UnitStatus,
    UnitsSynced, WatchUnitsRequest, WatchUnitsResponse,
};
use proto::watchroom::registry::v1::{Agent, QueryAgentsRequest, QueryAgentsResponse, Registration};
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::time::timeout;
use tonic::{Code, Request, Status};
use tonic_types::{ErrorDetails, StatusExt as _};

use crate::support::{PATIENCE, end, run, serve, signal, streaming, unary, watchroom};

fn unit(id: &str, status: UnitStatus) -> Unit {
    let assignment =
        Assignment { incident: "c-1".to_owned(), place: "12 Mill Lane".to_owned(), ..Assignment::default() };
    Unit {
        id: id.to_owned(),
        service: "fire".to_owned(),
        r#type: "engine".to_owned(),
        status: status.into(),
        assignment: (status != UnitStatus::Available).then_some(assignment),
        ..Unit::default()
    }
}

fn change(version: u64, from: UnitStatus, to: UnitStatus) -> WatchUnitsResponse {
    let (from, to, after) = (from.into(), to.into(), Some(unit("E1", to)));
    let change = UnitChange { seq: version, unit: "E1".to_owned(), from, to, after, ..UnitChange::default() };
    WatchUnitsResponse { version, event: Some(Event::Change(change)) }
}

/// The items of a watch: the first one breaks, the next goes on.
fn items(request: &WatchUnitsRequest) -> BoxStream<'static, Result<WatchUnitsResponse, Status>> {
    let item = |version, event| Ok(WatchUnitsResponse { version, event: Some(event) });
    let synced = UnitsSynced { store_id: "s-1".to_owned(), ..UnitsSynced::default() };
    match request.from_version {
        0 => {
            let first = [item(0, Event::Unit(unit("E1", UnitStatus::Available))), item(5, Event::Synced(synced))];
            let then =
                [Ok(change(6, UnitStatus::Available, UnitStatus::Assigned)), Err(Status::unavailable("stopping"))];
            stream::iter(first.into_iter().chain(then)).boxed()
        }
        6 => {
            let later = [item(6, Event::Synced(synced)), Ok(change(7, UnitStatus::Assigned, UnitStatus::EnRoute))];
            stream::iter(later).chain(stream::pending()).boxed()
        }
        other => stream::iter([Err(Status::invalid_argument(format!("from {other}")))]).boxed(),
    }
}

/// A registry with one agent, which serves units beside it.
async fn agents() -> (String, Arc<Mutex<Vec<WatchUnitsRequest>>>) {
    let watched = Arc::new(Mutex::new(Vec::new()));
    let seen = watched.clone();
    let watch = streaming(move |request: Request<WatchUnitsRequest>| {
        let items = items(request.get_ref());
        seen.lock().unwrap().push(request.into_inner());
        Ok(items)
    });
    let list = unary(|request: Request<ListUnitsRequest>| {
        let all = [unit("E1", UnitStatus::EnRoute), unit("E2", UnitStatus::Available)];
        let statuses = request.into_inner().filter.unwrap_or_default().statuses;
        let units = all.into_iter().filter(|unit| statuses.is_empty() || statuses.contains(&unit.status)).collect();
        Ok::<_, Status>(ListUnitsResponse { units, ..ListUnitsResponse::default() })
    });
    let units = Router::new()
        .route("/watchroom.emergency.v1.Units/ListUnits", list)
        .route("/watchroom.emergency.v1.Units/WatchUnits", watch);
    let address = serve(units).await;
    let query = unary(move |_: Request<QueryAgentsRequest>| {
        let interface = AgentInterface { url: address.clone(), ..AgentInterface::default() };
        let card = Some(AgentCard { supported_interfaces: vec![interface], ..AgentCard::default() });
        let registration = Some(Registration { card, store_id: "s-1".to_owned(), ..Registration::default() });
        let agent = Agent { registration, ..Agent::default() };
        Ok::<_, Status>(QueryAgentsResponse { agents: vec![agent.clone(), agent], ..QueryAgentsResponse::default() })
    });
    (serve(Router::new().route("/watchroom.registry.v1.Registry/QueryAgents", query)).await, watched)
}

#[tokio::test]
async fn units_are_listed_once_for_each_store_and_can_be_filtered() {
    let (registry, _) = agents().await;
    let ended = run(&["units", "--registry", &registry]).await;
    let lines: Vec<&str> = ended.out.lines().collect();
    assert_eq!((ended.code, lines.len()), (Some(0), 3), "{ended:?}");
    assert!(lines[1].contains("E1") && lines[1].contains("en route") && lines[1].contains("12 Mill Lane"), "{ended:?}");
    let ended = run(&["units", "--registry", &registry, "--status", "en-route", "--json"]).await;
    assert_eq!((ended.json().len(), &ended.json()[0]["id"]), (1, &"E1".into()));
    assert_eq!(run(&["units", "--registry", &registry, "--service", "police"]).await.out, "no units\n");
    let ended = run(&["units", "--registry", &registry, "--status", "asleep"]).await;
    assert_eq!((ended.code, ended.err.contains("en-route")), (Some(64), true), "{ended:?}");
}

#[tokio::test]
async fn a_watch_of_units_goes_on_from_the_last_version_until_it_is_interrupted() {
    let (registry, watched) = agents().await;
    let mut child = watchroom(&["units", "--registry", &registry, "--watch"]).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut shown = Vec::new();
    while !shown.last().is_some_and(|line: &String| line.contains("assigned -> en route")) {
        shown.push(timeout(PATIENCE, lines.next_line()).await.unwrap().unwrap().unwrap());
    }
    assert!(shown[0].contains("UNIT") && shown[1].contains("available"), "{shown:?}");
    assert!(shown[2].contains("E1: available -> assigned"), "{shown:?}");
    assert_eq!(shown.len(), 4, "what was shown is not shown again: {shown:?}");
    signal(child.id().unwrap(), "INT");
    let ended = end(child).await;
    assert_eq!(ended.code, Some(130), "{ended:?}");
    assert!(ended.err.contains("stopping; trying again"), "{ended:?}");
    let watched = watched.lock().unwrap();
    assert_eq!((watched[1].from_version, watched[1].store_id.as_str()), (6, "s-1"));
}

fn incident() -> Incident {
    let sent = |service: &str, units: &[&str]| {
        let assigned = units.iter().map(|unit| (*unit).to_owned()).collect();
        Dispatch { service: service.to_owned(), assigned, ..Dispatch::default() }
    };
    Incident {
        id: "c-1".to_owned(),
        r#type: "fire".to_owned(),
        priority: 2,
        status: IncidentStatus::ResourcesEnroute.into(),
        location: Some(Location {
            text: "12 Mill Lane".to_owned(),
            postcode: "SM6 7AN".to_owned(),
            ..Location::default()
        }),
        casualties: Some(5),
        major: true,
        calls: vec![Call { task_id: "t-51".to_owned(), received_at: None }],
        earlier_calls: 50,
        dispatches: vec![sent("fire", &["E1", "E2"]), sent("police", &["P1"]), sent("fire", &["E3"])],
        earlier_dispatches: 3,
        log: vec![LogEntry { text: "E1: en route".to_owned(), ..LogEntry::default() }],
        ..Incident::default()
    }
}

#[tokio::test]
async fn incidents_are_listed_and_one_is_shown_with_its_log() {
    let list = unary(|request: Request<ListIncidentsRequest>| {
        let filter = request.into_inner().filter.unwrap_or_default();
        let wanted = filter.services.is_empty() || filter.services.contains(&"fire".to_owned());
        let incidents = if wanted { vec![incident()] } else { Vec::new() };
        Ok::<_, Status>(ListIncidentsResponse { incidents, ..ListIncidentsResponse::default() })
    });
    let get = unary(|request: Request<GetIncidentRequest>| match request.get_ref().id.as_str() {
        "c-1" => Ok(incident()),
        _ => {
            let why = ErrorDetails::with_error_info("INCIDENT_NOT_FOUND", "emergency.watchroom", HashMap::new());
            Err(Status::with_error_details(Code::NotFound, "incident not found", why))
        }
    });
    let router = Router::new()
        .route("/watchroom.emergency.v1.Incidents/ListIncidents", list)
        .route("/watchroom.emergency.v1.Incidents/GetIncident", get);
    let url = serve(router).await;
    let ended = run(&["incidents", "--operator", &url]).await;
    for words in ["c-1", "resources enroute", "fire 3, police 1"] {
        assert!(ended.out.contains(words), "{words:?}: {ended:?}");
    }
    assert_eq!(run(&["incidents", "--operator", &url, "--service", "police"]).await.out, "no incidents\n");
    let ended = run(&["incidents", "c-1", "--operator", &url]).await;
    for words in [
        "priority: 2, major",
        "place: 12 Mill Lane",
        "postcode: SM6 7AN",
        "casualties: 5",
        "earlier calls: 50",
        "earlier dispatches: 3",
        "E1: en route",
    ] {
        assert!(ended.out.contains(words), "{words:?}: {ended:?}");
    }
    let ended = run(&["incidents", "c-2", "--operator", &url]).await;
    assert_eq!((ended.code, ended.err.contains("incident not found")), (Some(1), true), "{ended:?}");
    assert!(ended.err.contains("next: `watchroom incidents` lists the incidents"), "{ended:?}");
}
