//! What has happened and who was sent: the operator's incidents and the agents' units, over `kill -9` and from the
//! command line.

use std::fs;

use a2a::frame::Update;
use futures::StreamExt as _;
use proto::a2a::{Part, TaskState, part};
use proto::watchroom::emergency::v1::incidents_client::IncidentsClient;
use proto::watchroom::emergency::v1::watch_incidents_response::Event;
use proto::watchroom::emergency::v1::{
    DispatchStatus, GetIncidentRequest, Incident, IncidentStatus, ListIncidentsRequest, WatchIncidentsRequest,
};
use serde_json::Value;
use tests::{Cluster, Run, Service, binary, call, eventually, request, state};

/// Sends the demo's call and returns the conversation once the run has ended.
async fn dispatched(cluster: &Cluster) -> String {
    let mut events = cluster.a2a(Service::Operator).stream(request("call-1", call()), None).await.unwrap();
    while events.next().await.is_some() {}
    let tasks = cluster.a2a(Service::Operator).list(Default::default()).await.unwrap().tasks;
    assert_eq!(state(&tasks[0]), TaskState::Completed);
    tasks[0].context_id.clone()
}

/// The incident once it is as it should be.
pub(crate) async fn incident(cluster: &Cluster, id: &str, what: &str, holds: impl Fn(&Incident) -> bool) -> Incident {
    let mut client = IncidentsClient::new(cluster.channel(Service::Operator));
    eventually(what, async || {
        let found = client.get_incident(GetIncidentRequest { id: id.to_owned() }).await;
        found.ok().map(tonic::Response::into_inner).filter(|incident| holds(incident))
    })
    .await
}

fn has_everybody(incident: &Incident) -> bool {
    let assigned = |dispatch: &&proto::watchroom::emergency::v1::Dispatch| {
        dispatch.status() == DispatchStatus::Assigned && !dispatch.assigned.is_empty()
    };
    incident.dispatches.iter().filter(assigned).count() == 3
}

#[tokio::test(flavor = "multi_thread")]
async fn an_incident_says_who_was_sent_and_survives_its_operator() {
    let mut cluster = Cluster::start().await;
    let id = dispatched(&cluster).await;
    let before = incident(&cluster, &id, "everybody is sent", has_everybody).await;
    assert_eq!((before.priority, before.calls.len()), (2, 1), "{before:#?}");
    let location = before.location.as_ref().unwrap();
    assert_eq!((location.text.as_str(), location.postcode.as_str()), ("170 London road SM6 7AN", "SM6 7AN"));
    assert!(before.log.iter().any(|entry| entry.text.contains("send police")), "{:#?}", before.log);
    cluster.crash(Service::Operator).await;
    let after = incident(&cluster, &id, "it is kept", has_everybody).await;
    assert_eq!(after.calls, before.calls);
    let mut client = IncidentsClient::new(cluster.channel(Service::Operator));
    let page = client.list_incidents(ListIncidentsRequest::default()).await.unwrap().into_inner();
    assert_eq!((page.total_size, page.incidents[0].log.len()), (1, 0), "lists come without logs");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_released_at_its_agent_is_called_off_in_the_incident_and_watched() {
    let cluster = Cluster::start().await;
    let id = dispatched(&cluster).await;
    let sent = incident(&cluster, &id, "everybody is sent", has_everybody).await;
    let mut client = IncidentsClient::new(cluster.channel(Service::Operator));
    let from = WatchIncidentsRequest { from_version: sent.version, ..WatchIncidentsRequest::default() };
    let mut watch = client.watch_incidents(from).await.unwrap().into_inner();
    for (service, name) in [(Service::Fire, "fire"), (Service::Police, "police"), (Service::Ambulance, "ambulance")] {
        let dispatch = sent.dispatches.iter().find(|dispatch| dispatch.service == name).unwrap();
        release(&cluster, service, &dispatch.id).await;
    }
    let off = incident(&cluster, &id, "all is called off", |it| it.status() == IncidentStatus::Cancelled).await;
    assert!(off.dispatches.iter().all(|dispatch| dispatch.status() == DispatchStatus::Cancelled), "{off:#?}");
    let mut last = sent.version;
    let shown = loop {
        let item = watch.message().await.unwrap().unwrap();
        assert!(item.version >= last, "versions rise");
        last = item.version;
        match item.event {
            Some(Event::Upsert(shown)) if shown.status() == IncidentStatus::Cancelled => break shown,
            Some(Event::Upsert(_) | Event::Synced(_)) | None => {}
        }
    };
    assert_eq!(shown.id, id);
}

pub(crate) async fn release(cluster: &Cluster, service: Service, dispatch: &str) {
    let data = serde_json::json!({"data": {"skill": "release", "dispatch": dispatch}});
    let part: Part = proto::from_json(&data.to_string()).unwrap();
    assert!(matches!(part.content, Some(part::Content::Data(_))));
    let mut release = request(&format!("release-{dispatch}"), "");
    release.message.as_mut().unwrap().parts = vec![part];
    let mut events = cluster.a2a(service).stream(release, None).await.unwrap();
    while events.next().await.is_some() {}
}

/// A town with a single engine and a word of its own.
const ONE_ENGINE: &str = r#"
version = 1
name = "One engine"
area = { south = 51.0, west = -1.0, north = 52.0, east = 0.0 }
station = [{ id = "S1", name = "Mill", service = "fire", lat = 51.5, lon = -0.4 }]
unit = [{ id = "E1", type = "engine", station = "S1" }]
incident = [{ type = "bin-fire", words = ["a bin"], priority = 1 }]
run_card = [{ incident = "*", service = "fire", units = [{ type = "engine", count = 1 }] }]
"#;

/// A cluster whose fire brigade has a single engine, and the directory of its scenario.
pub(crate) async fn one_engine() -> (tempfile::TempDir, Cluster) {
    let dir = tempfile::tempdir().unwrap();
    let town = dir.path().join("town.toml");
    fs::write(&town, ONE_ENGINE).unwrap();
    let cluster = Cluster::start_with(|service| match service {
        Service::Fire => vec!["--scenario".to_owned(), town.display().to_string()],
        Service::Registry | Service::Police | Service::Ambulance | Service::Operator => Vec::new(),
    })
    .await;
    (dir, cluster)
}

/// Sends a call that stays under way and returns the conversation.
pub(crate) async fn begun(cluster: &Cluster, message_id: &str) -> String {
    let words = "A bin is on fire in Mill Road, nobody is hurt";
    let mut events = cluster.a2a(Service::Operator).stream(request(message_id, words), None).await.unwrap();
    let first = events.next().await.unwrap().unwrap();
    let Update::Task(task) = first.update else { panic!("a stream begins with its task: {first:?}") };
    task.context_id
}

pub(crate) fn fire(incident: &Incident) -> Option<&proto::watchroom::emergency::v1::Dispatch> {
    incident.dispatches.iter().find(|dispatch| dispatch.service == "fire")
}

pub(crate) fn sent(incident: &Incident) -> bool {
    fire(incident).is_some_and(|dispatch| dispatch.status() == DispatchStatus::Assigned)
}

/// The incident once its fire brigade waits at this place of the queue.
pub(crate) async fn queued(cluster: &Cluster, id: &str, place: u32) -> Incident {
    let waits = |incident: &Incident| {
        fire(incident).is_some_and(|it| it.status() == DispatchStatus::Queued && it.queue_position == place)
    };
    incident(cluster, id, &format!("it waits at place {place}"), waits).await
}

fn times(incident: &Incident, words: &str) -> usize {
    incident.log.iter().filter(|entry| entry.text == words).count()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_towns_own_words_name_the_incident_and_its_priority_stands() {
    let (_dir, cluster) = one_engine().await;
    let id = begun(&cluster, "call-1").await;
    let incident = incident(&cluster, &id, "the engine is sent", sent).await;
    assert_eq!((incident.r#type.as_str(), incident.priority), ("bin-fire", 1), "{incident:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dispatch_that_waits_shows_its_place_and_what_it_lacks_until_it_is_sent() {
    let (_dir, cluster) = one_engine().await;
    let first = begun(&cluster, "call-1").await;
    let first = incident(&cluster, &first, "the engine is sent", sent).await;
    let second = begun(&cluster, "call-2").await;
    let second = queued(&cluster, &second, 1).await;
    let third = begun(&cluster, "call-3").await;
    let waits = queued(&cluster, &third, 2).await;
    let lacks: Vec<_> = fire(&waits).unwrap().shortfall.iter().map(|it| (it.unit_type.as_str(), it.count)).collect();
    assert_eq!(lacks, [("engine", 1)]);
    let operator = format!("http://{}", cluster.node(Service::Operator).address());
    let shown = Run::of(&binary("watchroom"), &["incidents", &third, "--operator", &operator]).await;
    let shown = shown.expect_ok("incidents");
    assert!(shown.contains("fire: queued; short of 1 x engine; number 2 in the queue"), "{shown}");
    release(&cluster, Service::Fire, &fire(&first).unwrap().id).await;
    let nearer = queued(&cluster, &third, 1).await;
    assert_eq!(times(&nearer, "fire waits for a free unit"), 1, "{:#?}", nearer.log);
    release(&cluster, Service::Fire, &fire(&second).unwrap().id).await;
    let met = incident(&cluster, &third, "the engine is sent at last", sent).await;
    let fire = fire(&met).unwrap();
    assert_eq!((fire.queue_position, fire.shortfall.len(), &fire.assigned[..]), (0, 0, &["E1".to_owned()][..]));
}

#[tokio::test(flavor = "multi_thread")]
async fn units_and_incidents_are_shown_on_the_command_line() {
    // In real time, so that units stay where they are while they are looked at.
    let cluster = Cluster::start_with(|service| match Service::AGENTS.contains(&service) {
        true => vec!["--clock-speed".to_owned(), "1".to_owned()],
        false => Vec::new(),
    })
    .await;
    let id = dispatched(&cluster).await;
    incident(&cluster, &id, "everybody is sent", has_everybody).await;
    let operator = format!("http://{}", cluster.node(Service::Operator).address());
    let registry = format!("http://{}", cluster.node(Service::Registry).address());
    let watchroom = async |arguments: &[&str]| {
        let addresses = ["--operator", &operator, "--registry", &registry];
        Run::of(&binary("watchroom"), &[arguments, &addresses].concat()).await.expect_ok(arguments[0])
    };
    let shown = watchroom(&["incidents"]).await;
    for words in [&id, "resources assigned", "170 London road SM6 7AN", "police 1"] {
        assert!(shown.contains(words), "{words:?} is not in\n{shown}");
    }
    let shown = watchroom(&["incidents", &id]).await;
    assert!(shown.contains("triage: ") && shown.contains("fire: assigned: "), "{shown}");
    assert_eq!(watchroom(&["incidents", "--status", "closed"]).await, "no incidents\n");
    let units = watchroom(&["units", "--service", "police", "--json"]).await;
    let units: Vec<Value> = units.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert!(units.iter().all(|unit| unit["service"] == "police"), "{units:#?}");
    let sent = units.iter().filter(|unit| unit["assignment"]["incident"] == id.as_str()).count();
    assert_eq!(sent, 1, "{units:#?}");
    assert!(watchroom(&["units"]).await.lines().count() > 50, "all units of the town");
}
