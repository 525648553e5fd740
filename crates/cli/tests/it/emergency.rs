//! `units` and `incidents`: lists, and watches that go on over lost connections.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use axum::Router;
use futures::StreamExt as _;
use futures::stream::{self, BoxStream};
use proto::a2a::{AgentCard, AgentInterface, AgentSkill};
use proto::watchroom::emergency::v1::watch_units_response::Event;
use proto::watchroom::emergency::v1::{
    Assignment, Call, Dispatch, GetIncidentRequest, Incident, IncidentStatus, ListIncidentsRequest,
    ListIncidentsResponse, ListUnitsRequest, ListUnitsResponse, Location, LogEntry, Unit, UnitChange, UnitStatus,
    UnitsSynced, WatchUnitsRequest, WatchUnitsResponse,
};
use proto::watchroom::registry::v1::watch_agents_response::Event as Registry;
use proto::watchroom::registry::v1::{
    Agent, QueryAgentsRequest, QueryAgentsResponse, Registration, Synced, WatchAgentsRequest, WatchAgentsResponse,
};
use tokio::io::{AsyncBufReadExt as _, BufReader, Lines};
use tokio::process::{Child, ChildStdout};
use tokio::sync::mpsc;
use tokio::time::timeout;
use tonic::{Code, Request, Status};
use tonic_types::{ErrorDetails, StatusExt as _};

use crate::strangers::pages;
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

type Watched = Arc<Mutex<Vec<WatchUnitsRequest>>>;

/// An agent's units on a port of its own: a list, and a watch that answers with `items`.
async fn served(
    items: fn(&WatchUnitsRequest) -> BoxStream<'static, Result<WatchUnitsResponse, Status>>,
) -> (String, Watched) {
    let watched = Watched::default();
    let seen = watched.clone();
    let watch = streaming(move |request: Request<WatchUnitsRequest>| {
        let items = items(request.get_ref());
        seen.lock().unwrap().push(request.into_inner());
        Ok(items)
    });
    let list = unary(|request: Request<ListUnitsRequest>| {
        let all =
            [unit("E10", UnitStatus::Available), unit("E1", UnitStatus::EnRoute), unit("E2", UnitStatus::Available)];
        let statuses = request.into_inner().filter.unwrap_or_default().statuses;
        let units = all.into_iter().filter(|unit| statuses.is_empty() || statuses.contains(&unit.status)).collect();
        Ok::<_, Status>(ListUnitsResponse { units, ..ListUnitsResponse::default() })
    });
    let units = Router::new()
        .route("/watchroom.emergency.v1.Units/ListUnits", list)
        .route("/watchroom.emergency.v1.Units/WatchUnits", watch);
    (serve(units).await, watched)
}

fn agent(store: &str, url: &str) -> Agent {
    let interface = AgentInterface { url: url.to_owned(), ..AgentInterface::default() };
    let card =
        AgentCard { name: format!("Agent of {store}"), supported_interfaces: vec![interface], ..AgentCard::default() };
    let registration = Registration { card: Some(card), store_id: store.to_owned(), ..Registration::default() };
    Agent { registration: Some(registration), ..Agent::default() }
}

fn told(event: Registry) -> WatchAgentsResponse {
    WatchAgentsResponse { version: 0, event: Some(event) }
}

/// A registry with these agents, which goes on telling what comes through the channel.
async fn registry(agents: Vec<Agent>) -> (String, mpsc::Sender<WatchAgentsResponse>) {
    let (tx, rx) = mpsc::channel(8);
    let (listed, rx) = (agents.clone(), Arc::new(Mutex::new(Some(rx))));
    let query = unary(move |_: Request<QueryAgentsRequest>| {
        Ok::<_, Status>(QueryAgentsResponse { agents: listed.clone(), ..QueryAgentsResponse::default() })
    });
    let watch = streaming(move |_: Request<WatchAgentsRequest>| {
        let first: Vec<_> =
            agents.iter().cloned().map(Registry::Upsert).chain([Registry::Synced(Synced::default())]).collect();
        let rx = rx.lock().unwrap().take().expect("one watch of the registry");
        let later = stream::unfold(rx, async |mut rx: mpsc::Receiver<_>| rx.recv().await.map(|item| (item, rx)));
        Ok(stream::iter(first.into_iter().map(told)).chain(later).map(Ok).boxed())
    });
    let router = Router::new()
        .route("/watchroom.registry.v1.Registry/QueryAgents", query)
        .route("/watchroom.registry.v1.Registry/WatchAgents", watch);
    (serve(router).await, tx)
}

/// A registry with one agent, which serves units beside it.
async fn agents() -> (String, mpsc::Sender<WatchAgentsResponse>, Watched) {
    let (address, watched) = served(items).await;
    let (registry, tx) = registry(vec![agent("s-1", &address), agent("s-1", &address)]).await;
    (registry, tx, watched)
}

/// `units --watch`, and its lines.
fn watching(registry: &str) -> (Child, Lines<BufReader<ChildStdout>>) {
    let mut child = watchroom(&["units", "--registry", registry, "--watch"]).spawn().unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    (child, lines)
}

/// Reads until a line has `words`.
async fn until(lines: &mut Lines<BufReader<ChildStdout>>, words: &str) -> Vec<String> {
    let mut shown = Vec::new();
    while !shown.last().is_some_and(|line: &String| line.contains(words)) {
        let line = timeout(PATIENCE, lines.next_line()).await;
        shown.push(line.unwrap_or_else(|_| panic!("no {words} after {shown:?}")).unwrap().unwrap());
    }
    shown
}

#[tokio::test]
async fn an_agent_without_units_is_told_of_and_the_others_are_shown() {
    let (with, _) = served(items).await;
    let without = serve(Router::new()).await;
    let (registry, _tx) = registry(vec![agent("s-0", &without), agent("s-1", &with)]).await;
    let ended = run(&["units", "--registry", &registry]).await;
    assert_eq!(ended.code, Some(0), "{ended:?}");
    let told = format!("the agent at {without} tells of no units: it lacks the service watchroom.emergency.v1.Units");
    assert!(ended.out.contains("E10") && ended.err.contains(&told), "{ended:?}");
}

#[tokio::test]
async fn an_agent_that_speaks_something_else_is_told_of_and_the_others_are_shown() {
    let (with, _) = served(quiet).await;
    let others = [format!("http://{}", pages().await), "http://127.0.0.1:9/rpc".to_owned()];
    for (place, other) in others.iter().enumerate() {
        let (registry, _tx) = registry(vec![agent("s-0", other), agent("s-1", &with)]).await;
        let ended = run(&["units", "--registry", &registry]).await;
        let told = format!("the agent at {other} tells of no units");
        assert!(ended.code == Some(0) && ended.out.contains("E10") && ended.err.contains(&told), "{ended:?}");
        // Where nobody answers by gRPC now, somebody may later.
        if place == 1 {
            let (child, mut lines) = watching(&registry);
            until(&mut lines, "P1").await;
            signal(child.id().unwrap(), "INT");
            let ended = end(child).await;
            assert!(ended.code == Some(130) && ended.err.contains(&told), "{ended:?}");
        }
    }
}

#[tokio::test]
async fn units_are_listed_once_for_each_store_and_can_be_filtered() {
    let (registry, _registry, _) = agents().await;
    let ended = run(&["units", "--registry", &registry]).await;
    let lines: Vec<&str> = ended.out.lines().collect();
    assert_eq!((ended.code, lines.len()), (Some(0), 4), "{ended:?}");
    assert!(lines[2].contains("E2") && lines[3].contains("E10"), "in natural order: {ended:?}");
    assert!(lines[1].contains("E1") && lines[1].contains("en route") && lines[1].contains("12 Mill Lane"), "{ended:?}");
    let ended = run(&["units", "--registry", &registry, "--status", "en-route", "--json"]).await;
    assert_eq!((ended.json().len(), &ended.json()[0]["id"]), (1, &"E1".into()));
    let ended = run(&["units", "--registry", &registry, "--service", "fire", "--status", "en-route", "--json"]).await;
    assert_eq!((ended.code, ended.json().len(), &ended.json()[0]["id"]), (Some(0), 1, &"E1".into()));
    let ended = run(&["units", "--registry", &registry, "--service", "fire", "--status", "on-scene"]).await;
    assert_eq!((ended.code, ended.out.as_str()), (Some(0), "no units\n"), "fire was asked, and has none there");
    let ended = run(&["units", "--registry", &registry, "--status", "asleep"]).await;
    assert_eq!((ended.code, ended.err.contains("en-route")), (Some(64), true), "{ended:?}");
}

#[tokio::test]
async fn a_service_that_nobody_tells_of_cannot_be_asked() {
    let (registry, _registry, _) = agents().await;
    let ended = run(&["units", "--registry", &registry, "--service", "police"]).await;
    assert_eq!((ended.code, ended.out.as_str()), (Some(1), ""), "{ended:?}");
    let wanted =
        "error: police cannot be asked: no agents of police\n  next: see who is registered with `watchroom agents`\n";
    assert_eq!(ended.err, wanted);
    let both = run(&["units", "--registry", &registry, "--service", "police", "--service", "fire"]).await;
    assert_eq!((both.code, both.out.lines().count()), (Some(1), 4), "{both:?}");
    assert!(both.err.contains("police cannot be asked") && !both.err.contains("fire cannot"), "{both:?}");
}

#[tokio::test]
async fn a_service_whose_agent_has_no_units_has_been_asked() {
    let list = unary(|_: Request<ListUnitsRequest>| Ok::<_, Status>(ListUnitsResponse::default()));
    let fire = serve(Router::new().route("/watchroom.emergency.v1.Units/ListUnits", list)).await;
    let (registry, _tx) = registry(vec![agent_of("fire", "s-1", &fire)]).await;
    let ended = run(&["units", "--registry", &registry, "--service", "fire"]).await;
    assert_eq!((ended.code, ended.out.as_str(), ended.err.as_str()), (Some(0), "no units\n", ""), "{ended:?}");
    let ended = run(&["units", "--registry", &registry, "--service", "fire", "--service", "police"]).await;
    assert!(ended.code == Some(1) && ended.err.starts_with("error: police cannot be asked"), "{ended:?}");
}

/// The agent of a service, by the tags of its skill.
fn agent_of(service: &str, store: &str, url: &str) -> Agent {
    let mut agent = agent(store, url);
    let tags = ["emergency", service].map(str::to_owned).into();
    let skill = AgentSkill { id: "dispatch".to_owned(), tags, ..AgentSkill::default() };
    agent.registration.as_mut().unwrap().card.as_mut().unwrap().skills.push(skill);
    agent
}

#[tokio::test]
async fn a_service_of_the_cluster_that_is_not_among_them_is_named() {
    let (fire, _) = served(items).await;
    let bare = |url: &str| url.trim_start_matches("http://").to_owned();
    let (registry, _tx) = registry(vec![agent_of("fire", "s-1", &bare(&fire))]).await;
    let at = |name: &str, url: &str, down: bool| serde_json::json!({"name": name, "pid": 1, "protocol": url, "admin": "-", "stays_down": down});
    let services =
        [at("registry", &bare(&registry), false), at("fire", &bare(&fire), false), at("police", "127.0.0.1:9", true)];
    let dir = tempfile::tempdir().unwrap();
    let cluster = serde_json::json!({"pid": 1, "services": services}).to_string();
    std::fs::write(dir.path().join("endpoints.json"), cluster).unwrap();
    let ended = run(&["units", "--data-dir", dir.path().to_str().unwrap()]).await;
    let told = "police is not among them: it was asked to stop, and `watchroom up` leaves it down\n";
    assert_eq!((ended.code, ended.out.lines().count(), ended.err.as_str()), (Some(0), 4, told), "{ended:?}");
}

#[tokio::test]
async fn a_service_is_told_of_though_another_does_not_answer() {
    let (fire, _) = served(items).await;
    let nobody = "127.0.0.1:9";
    let (registry, _tx) = registry(vec![agent_of("police", "s-0", nobody), agent_of("fire", "s-1", &fire)]).await;
    let ended = run(&["units", "--registry", &registry, "--service", "fire"]).await;
    assert_eq!((ended.code, ended.out.lines().count(), ended.err.as_str()), (Some(0), 4, ""), "{ended:?}");
    let ended = run(&["units", "--registry", &registry, "--service", "police"]).await;
    assert_eq!(ended.code, run(&["units", "--registry", &registry]).await.code, "{ended:?}");
    assert!(ended.code != Some(0) && ended.err.contains("does not answer"), "{ended:?}");
}

#[tokio::test]
async fn a_watch_of_units_goes_on_from_the_last_version_until_it_is_interrupted() {
    let (registry, _registry, watched) = agents().await;
    let (child, mut lines) = watching(&registry);
    let shown = until(&mut lines, "assigned -> en route").await;
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

/// A snapshot of one unit; every other version is forgotten.
fn forgetful(request: &WatchUnitsRequest) -> BoxStream<'static, Result<WatchUnitsResponse, Status>> {
    let item = |version, event| Ok(WatchUnitsResponse { version, event: Some(event) });
    let synced = UnitsSynced { store_id: "s-1".to_owned(), ..UnitsSynced::default() };
    match request.from_version {
        0 => {
            let all = [item(0, Event::Unit(unit("E3", UnitStatus::Available))), item(9, Event::Synced(synced))];
            stream::iter(all).chain(stream::pending()).boxed()
        }
        _ => stream::iter([Err(Status::out_of_range("forgotten"))]).boxed(),
    }
}

/// One unit, for ever.
fn quiet(_: &WatchUnitsRequest) -> BoxStream<'static, Result<WatchUnitsResponse, Status>> {
    let item = |version, event| Ok(WatchUnitsResponse { version, event: Some(event) });
    let synced = UnitsSynced { store_id: "s".to_owned(), ..UnitsSynced::default() };
    let all = [item(0, Event::Unit(unit("P1", UnitStatus::Available))), item(5, Event::Synced(synced))];
    stream::iter(all).chain(stream::pending()).boxed()
}

#[tokio::test]
async fn a_watch_of_units_follows_agents_that_come_later_move_and_begin_anew() {
    let ((first, _first), (later, _later)) = (served(quiet).await, served(quiet).await);
    let (moved, requests) = served(forgetful).await;
    let (registry, tx) = registry(vec![agent("s-1", &first)]).await;
    let (child, mut lines) = watching(&registry);
    assert_eq!(until(&mut lines, "P1").await.len(), 2, "a head and a unit");
    tx.send(told(Registry::Upsert(agent("s-2", &later)))).await.unwrap();
    assert_eq!(until(&mut lines, "P1").await.len(), 2, "the units of the agent that came");
    tx.send(told(Registry::Upsert(agent("s-1", &moved)))).await.unwrap();
    assert_eq!(until(&mut lines, "E3").await.len(), 2, "what there is where it has moved to");
    signal(child.id().unwrap(), "INT");
    assert_eq!(end(child).await.code, Some(130));
    let asked: Vec<u64> = requests.lock().unwrap().iter().map(|request| request.from_version).collect();
    assert_eq!(asked, [5, 0], "from where it was, then from the beginning");
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
    for words in ["c-1", "resources en route", "fire 3, police 1"] {
        assert!(ended.out.contains(words), "{words:?}: {ended:?}");
    }
    for spelling in ["resources-en-route", "resources-enroute"] {
        assert_eq!(run(&["incidents", "--operator", &url, "--status", spelling]).await.code, Some(0));
    }
    let none = ["incidents", "--operator", &url, "--service", "police"];
    assert_eq!(run(&none).await.out, "no incidents\n");
    let token = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(token.path(), "token-of-root-0123456").unwrap();
    let with = run(&[&none[..], &["--token-file", token.path().to_str().unwrap()]].concat()).await;
    assert!(with.out.contains("its own principal has begun, whatever its roles"), "{with:?}");
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
