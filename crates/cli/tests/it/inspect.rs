//! `tasks`, `task`, `cancel`, `plan`, `agents` and `log`.

use std::process::Stdio;
use std::time::Duration;

use axum::Router;
use axum::routing::MethodRouter;
use futures::StreamExt as _;
use futures::stream;
use proto::a2a::{AgentCard, AgentInterface, AgentSkill, ListTasksRequest, ListTasksResponse, TaskState};
use proto::watchroom::admin::v1::{Frame, Private, Record, RecordsRequest, record};
use proto::watchroom::orchestrator::v1::{
    Duty, ListDutiesRequest, ListDutiesResponse, Mode, Plan, PlanOnlyRequest, PlanOnlyResponse, Step, Triage,
};
use proto::watchroom::registry::v1::watch_agents_response::Event;
use proto::watchroom::registry::v1::{
    Agent, Health, Policy, QueryAgentsRequest, QueryAgentsResponse, Registration, RemoveReason, Removed,
    ResolveRequest, ResolveResponse, ResolvedEndpoint, Synced, WatchAgentsRequest, WatchAgentsResponse,
};
use tokio::io::AsyncWriteExt as _;
use tonic::{Request, Status};

use crate::answers;
use crate::frames::{CONTEXT, TASK, status};
use crate::support::{end, run, serve, streaming, unary, watchroom};

#[tokio::test]
async fn tasks_are_listed_page_by_page_up_to_the_limit() {
    let (agent, url) = answers::Agent::start([]).await;
    let ended = run(&["tasks", "--agent", &url, "--limit", "3", "--state", "input-required", "--context", "c"]).await;
    assert_eq!(ended.code, Some(0), "{ended:?}");
    let lines: Vec<&str> = ended.out.lines().collect();
    assert_eq!(lines.len(), 4, "{ended:?}");
    assert!(lines[0].trim_start().starts_with("TASK"), "{ended:?}");
    assert!(lines[1].contains(TASK) && lines[1].contains("working") && lines[1].contains("2023-11-14T22:13:20Z"));
    let [first, second] = &agent.lists()[..] else { panic!("{:?}", agent.lists()) };
    assert_eq!((first.page_size, second.page_size), (Some(3), Some(1)));
    assert_eq!((first.status(), first.context_id.as_str()), (TaskState::InputRequired, "c"));
    assert_eq!(second.page_token, "second");
    assert_eq!(ended.err, "", "there is no other page");
    let cut = run(&["tasks", "--agent", &url, "--limit", "2"]).await;
    assert_eq!(cut.err, "2 of 4 tasks are shown; all of them with --limit 4\n");
}

#[tokio::test]
async fn tasks_for_scripts_are_one_per_line() {
    let (_agent, url) = answers::Agent::start([]).await;
    let ended = run(&["tasks", "--agent", &url, "--json"]).await;
    let ids: Vec<String> = ended.json().iter().map(|task| task["id"].as_str().unwrap().to_owned()).collect();
    assert_eq!(ids, [TASK; 4]);
}

#[tokio::test]
async fn a_list_that_names_a_page_again_is_not_asked_for_ever() {
    let endless = |method: &str, answer: MethodRouter| serve(Router::new().route(method, answer));
    let duties = unary(|_: Request<ListDutiesRequest>| {
        Ok::<_, Status>(ListDutiesResponse { next_page_token: "same".to_owned(), ..ListDutiesResponse::default() })
    });
    let duties = endless("/watchroom.orchestrator.v1.Orchestrator/ListDuties", duties).await;
    let tasks = unary(|_: Request<ListTasksRequest>| {
        Ok::<_, Status>(ListTasksResponse { next_page_token: "same".to_owned(), ..ListTasksResponse::default() })
    });
    let tasks = endless("/lf.a2a.v1.A2AService/ListTasks", tasks).await;
    for args in [["duties", "--operator", &duties], ["tasks", "--operator", &tasks]] {
        let ended = run(&args).await;
        let why = "its list has no end: it names the page \"same\" again";
        assert!(ended.code == Some(70) && ended.err.contains(why), "{ended:?}");
    }
}

#[tokio::test]
async fn a_task_is_shown_and_an_unknown_one_refused() {
    let (agent, url) = answers::Agent::start([]).await;
    let ended = run(&["task", TASK, "--agent", &url]).await;
    assert_eq!(ended.code, Some(0), "{ended:?}");
    for word in [TASK, CONTEXT, "completed", "2/2 dispatched"] {
        assert!(ended.out.contains(word), "{word}: {ended:?}");
    }
    let ended = run(&["task", TASK, "--agent", &url, "--json"]).await;
    assert_eq!(ended.json()[0]["status"]["state"], "TASK_STATE_COMPLETED");
    let ended = run(&["task", "unknown", "--agent", &url]).await;
    assert_eq!(ended.code, Some(1), "{ended:?}");
    assert!(ended.err.contains("NOT_FOUND") && !ended.err.contains("--agent ADDRESS"), "{ended:?}");
    let ended = run(&["task", "unknown", "--operator", &url]).await;
    assert!(ended.err.contains("--agent ADDRESS"), "{ended:?}");
    assert!(agent.metadata("a2a-version").iter().all(|version| version.as_deref() == Some("1.0")));
}

#[tokio::test]
async fn cancel_shows_the_task_or_why_not() {
    let (_agent, url) = answers::Agent::start([]).await;
    let ended = run(&["cancel", TASK, "--agent", &url]).await;
    assert_eq!(ended.code, Some(0), "{ended:?}");
    assert!(ended.out.contains("canceled"), "{ended:?}");
    let ended = run(&["cancel", "ended", "--agent", &url]).await;
    assert_eq!(ended.code, Some(1), "{ended:?}");
    assert!(ended.err.contains("TASK_NOT_CANCELABLE"), "{ended:?}");
    assert!(ended.err.contains(&format!("`watchroom task ended --agent {url}` shows how")), "{ended:?}");
}

fn plan_only(request: &PlanOnlyRequest) -> PlanOnlyResponse {
    let step = |id: &str, title: &str, after: &[&str]| Step {
        id: id.to_owned(),
        title: title.to_owned(),
        agent: "Fire Agent".to_owned(),
        skill: "dispatch".to_owned(),
        depends_on: after.iter().map(|&id| id.to_owned()).collect(),
        ..Step::default()
    };
    let steps = vec![step("fire", "Dispatching Fire Brigade Agent", &[]), step("more", "More of them", &["fire"])];
    let plan = Plan { title: "Dispatch".to_owned(), mode: request.mode, steps, timeout: None };
    PlanOnlyResponse {
        plan: Some(plan),
        location: "12 Mill Lane".to_owned(),
        confidence: 0.9,
        triage: Some(Triage { r#type: request.text.clone(), priority: 2, ..Triage::default() }),
        ..PlanOnlyResponse::default()
    }
}

#[tokio::test]
async fn a_plan_is_shown_with_place_and_confidence() {
    let method = unary(|request: Request<PlanOnlyRequest>| Ok::<_, Status>(plan_only(request.get_ref())));
    let url = serve(Router::new().route("/watchroom.orchestrator.v1.Orchestrator/PlanOnly", method)).await;
    let ended = run(&["plan", "smoke", "--operator", &url, "--mode", "parallel"]).await;
    let expected = "Dispatch: 2 steps, parallel\n  1. Dispatching Fire Brigade Agent (Fire Agent, dispatch)\n  \
                    2. More of them (Fire Agent, dispatch) after fire\n  \
                    type: smoke, priority 2\n  place: 12 Mill Lane\n  confidence: 90 % sure of who is needed\n";
    assert_eq!((ended.code, ended.out.as_str()), (Some(0), expected), "{ended:?}");
    let mut child = watchroom(&["plan", "-", "--operator", &url]).stdin(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(b"fire, as read\n").await.unwrap();
    let read = end(child).await;
    assert!(read.out.contains("type: fire, as read, priority 2\n"), "{read:?}");
    let ended = run(&["plan", "smoke", "--operator", &url, "--mode", "sequential", "--json"]).await;
    assert_eq!(ended.json()[0]["plan"]["mode"], Mode::Sequential.as_str_name());
}

/// An operator that refuses every plan like this.
async fn refusing(status: Status) -> String {
    let method = unary(move |_: Request<PlanOnlyRequest>| Err::<PlanOnlyResponse, _>(status.clone()));
    serve(Router::new().route("/watchroom.orchestrator.v1.Orchestrator/PlanOnly", method)).await
}

#[tokio::test]
async fn what_is_too_large_is_for_its_caller_to_change_and_what_is_too_much_just_now_to_be_tried_again() {
    let large = a2a::Error::TooLarge { field: "text".to_owned(), size: 84_000, limit: 65_536 };
    let ended = run(&["plan", "smoke", "--operator", &refusing(large.into()).await]).await;
    assert!(ended.code == Some(1) && ended.err.contains("84000 bytes"), "{ended:?}");
    assert!(ended.err.contains("next: send less") && !ended.err.contains("URL part"), "{ended:?}");
    let busy = a2a::Error::Overloaded { retry_after: Duration::from_secs(1) };
    let ended = run(&["plan", "smoke", "--operator", &refusing(busy.into()).await]).await;
    assert!(ended.code == Some(69) && ended.err.contains("next: try again in a moment"), "{ended:?}");
}

#[tokio::test]
async fn whoever_has_brought_a_token_is_not_told_to_bring_one() {
    let url = refusing(Status::unauthenticated("who is calling?")).await;
    let plan = ["plan", "smoke", "--operator", &url];
    let without = run(&plan).await;
    assert!(without.code == Some(1) && without.err.contains("next: bring a token: --token-file"), "{without:?}");
    let token = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(token.path(), "token-of-anna-0123456").unwrap();
    let with = run(&[&plan[..], &["--token-file", token.path().to_str().unwrap()]].concat()).await;
    let next = "next: bring a token that is known there and has not expired: --token-file";
    assert!(with.code == Some(1) && with.err.contains(next), "{with:?}");
}

fn duty(request: &ListDutiesRequest) -> ListDutiesResponse {
    let duty = |attempt: u32| Duty {
        run_id: "run-1".to_owned(),
        step_id: "fire".to_owned(),
        attempt,
        agent: "Fire Agent".to_owned(),
        endpoint: "127.0.0.1:7411".to_owned(),
        since: Some(prost_types::Timestamp { seconds: 0, nanos: 5 }),
        ..Duty::default()
    };
    match (request.run_id.as_str(), request.page_token.as_str()) {
        ("run-2", _) => ListDutiesResponse::default(),
        (_, "") => ListDutiesResponse { duties: vec![duty(1)], next_page_token: "more".to_owned() },
        (_, _) => ListDutiesResponse { duties: vec![duty(2)], next_page_token: String::new() },
    }
}

#[tokio::test]
async fn duties_are_listed_page_by_page_with_what_is_known_of_them() {
    let method = unary(|request: Request<ListDutiesRequest>| Ok::<_, Status>(duty(request.get_ref())));
    let url = serve(Router::new().route("/watchroom.orchestrator.v1.Orchestrator/ListDuties", method)).await;
    let ended = run(&["duties", "--operator", &url]).await;
    assert_eq!((ended.code, ended.out.lines().count()), (Some(0), 3), "{ended:?}");
    for word in ["run-1", "fire", "2", "Fire Agent", "127.0.0.1:7411", "not known", "1970-01-01T00:00:00Z"] {
        assert!(ended.out.lines().nth(2).unwrap().contains(word), "{word}: {ended:?}");
    }
    assert_eq!(run(&["duties", "--operator", &url, "--json"]).await.json()[1]["attempt"], 2);
    let none = run(&["duties", "--operator", &url, "--run", "run-2"]).await;
    assert_eq!((none.code, none.out.as_str()), (Some(0), "no duties: every attempt is accounted for\n"));
}

fn agent() -> Agent {
    let card = AgentCard {
        name: "Fire Agent".to_owned(),
        version: "0.1.0".to_owned(),
        supported_interfaces: vec![AgentInterface { url: "127.0.0.1:7411".to_owned(), ..AgentInterface::default() }],
        skills: ["dispatch", "release"].map(|id| AgentSkill { id: id.to_owned(), ..AgentSkill::default() }).into(),
        ..AgentCard::default()
    };
    let registration = Registration { instance_id: "1".to_owned(), card: Some(card), ..Registration::default() };
    Agent {
        registration: Some(registration),
        health: Health::Serving.into(),
        in_flight: 3,
        ttl: Some(prost_types::Duration { seconds: 10, nanos: 0 }),
        ..Agent::default()
    }
}

#[tokio::test]
async fn agents_are_listed_with_address_and_skills() {
    let method = unary(|request: Request<QueryAgentsRequest>| {
        let filter = request.into_inner().filter.unwrap();
        let agents = if filter.skills == ["swim"] { Vec::new() } else { vec![agent()] };
        Ok::<_, Status>(QueryAgentsResponse { agents, ..QueryAgentsResponse::default() })
    });
    let url = serve(Router::new().route("/watchroom.registry.v1.Registry/QueryAgents", method)).await;
    let ended = run(&["agents", "--registry", &url]).await;
    assert_eq!(ended.code, Some(0), "{ended:?}");
    for word in ["Fire Agent", "0.1.0", "serving", "3", "127.0.0.1:7411", "dispatch,release"] {
        assert!(ended.out.lines().nth(1).unwrap().contains(word), "{word}: {ended:?}");
    }
    assert_eq!(run(&["agents", "--registry", &url, "--json"]).await.json()[0]["inFlight"], 3);
    assert_eq!(run(&["agents", "--registry", &url, "--skill", "swim"]).await.out, "no agents\n");
    let dir = tempfile::tempdir().unwrap();
    let token = dir.path().join("token");
    std::fs::write(&token, "token-of-anna-0123456").unwrap();
    let token = token.to_str().unwrap();
    let ended = run(&["agents", "--registry", &url, "--skill", "swim", "--token-file", token]).await;
    assert!(ended.out.starts_with("no agents are visible here: ") && ended.out.contains("its own tenant"), "{ended:?}");
}

/// A registry that shows two agents, ends, and when it is asked to go on tells that one of them has gone.
fn ended_once(request: &WatchAgentsRequest) -> Vec<Result<WatchAgentsResponse, Status>> {
    let item = |version, event| Ok(WatchAgentsResponse { version, event: Some(event) });
    let second = || {
        let mut second = agent();
        second.registration.as_mut().unwrap().instance_id = "2".to_owned();
        second
    };
    let synced = || Event::Synced(Synced { registry_id: "r".to_owned() });
    match (request.from_version, request.registry_id.as_str()) {
        (0, "") => vec![item(0, Event::Upsert(agent())), item(0, Event::Upsert(second())), item(7, synced())],
        (7, "r") => {
            let removed = Removed {
                name: "Fire Agent".to_owned(),
                agent_version: "0.1.0".to_owned(),
                instance_id: "2".to_owned(),
                reason: RemoveReason::Deregistered.into(),
            };
            vec![item(8, Event::Removed(removed)), item(8, synced()), Err(Status::permission_denied("enough"))]
        }
        other => vec![Err(Status::internal(format!("{other:?}")))],
    }
}

#[tokio::test]
async fn a_watch_of_agents_tells_changes_and_goes_on_after_a_lost_connection() {
    let method =
        streaming(|request: Request<WatchAgentsRequest>| Ok(stream::iter(ended_once(request.get_ref())).boxed()));
    let url = serve(Router::new().route("/watchroom.registry.v1.Registry/WatchAgents", method)).await;
    let ended = run(&["agents", "--watch", "--registry", &url]).await;
    assert_eq!(ended.code, Some(1), "{ended:?}");
    let lines: Vec<&str> = ended.out.lines().collect();
    assert_eq!(lines[0], "joined: Fire Agent 0.1.0 (1): serving, 3 under way, lease 10 s");
    assert_eq!((lines.len(), lines[2]), (3, "gone: Fire Agent 0.1.0 (2): deregistered"));
    assert!(ended.err.contains("going on when it is back") && ended.err.contains("enough"), "{ended:?}");
    let ended = run(&["agents", "--watch", "--json", "--registry", &url]).await;
    let items = ended.json();
    assert_eq!(items.len(), 5, "{ended:?}");
    assert_eq!((&items[0]["upsert"]["inFlight"], &items[3]["version"]), (&3.into(), &"8".into()));
}

#[tokio::test]
async fn the_order_of_agents_for_new_work_is_shown_with_reasons() {
    let method = unary(|request: Request<ResolveRequest>| {
        let request = request.into_inner();
        let filter = request.filter.clone().unwrap();
        assert_eq!((filter.roles, filter.domains), (vec!["responder".to_owned()], vec!["emergency".to_owned()]));
        assert_eq!((request.policy(), request.context_id.as_str()), (Policy::Sticky, CONTEXT));
        let interface = Some(AgentInterface { url: "127.0.0.1:7412".to_owned(), ..AgentInterface::default() });
        let endpoint = ResolvedEndpoint {
            name: "Police Agent".to_owned(),
            instance_id: "p-2".to_owned(),
            interface,
            explanation: "the context belongs here".to_owned(),
            ..ResolvedEndpoint::default()
        };
        let endpoints = if filter.skills == ["swim"] { Vec::new() } else { vec![endpoint] };
        Ok::<_, Status>(ResolveResponse { endpoints, draining: 2, ..ResolveResponse::default() })
    });
    let url = serve(Router::new().route("/watchroom.registry.v1.Registry/Resolve", method)).await;
    let sticky = ["--policy", "sticky", "--context", CONTEXT, "--role", "responder", "--domain", "emergency"];
    let asked = |skill: &'static str| {
        let url = url.clone();
        async move { run(&[&["resolve", "--registry", &url, "--skill", skill][..], &sticky].concat()).await }
    };
    let ended = asked("dispatch").await;
    assert_eq!(ended.code, Some(0), "{ended:?}");
    for word in ["Police Agent", "p-2", "127.0.0.1:7412", "the context belongs here"] {
        assert!(ended.out.lines().nth(1).unwrap().contains(word), "{word}: {ended:?}");
    }
    assert!(ended.out.ends_with("left out: 2 draining, 0 not serving\n"), "{ended:?}");
    assert!(asked("swim").await.out.starts_with("nobody takes work\n"));
    let ended = run(&["resolve", "--registry", &url]).await;
    assert_eq!((ended.code, ended.err.contains("--skill")), (Some(64), true), "{ended:?}");
    let ended = run(&["resolve", "--registry", &url, "--skill", "x", "--policy", "sticky"]).await;
    assert_eq!((ended.code, ended.err.contains("--context")), (Some(64), true), "{ended:?}");
}

#[tokio::test]
async fn a_log_shows_frames_and_private_records() {
    let method = streaming(|request: Request<RecordsRequest>| {
        if request.get_ref().task_id == "unknown" {
            return Err(Status::not_found("task not found"));
        }
        let time = Some(prost_types::Timestamp { seconds: 1_700_000_000, nanos: 0 });
        let frame = Frame { seq: 2, update: Some(status(2, TaskState::Working, "[1/2] Dispatching")) };
        let private = Private { kind: "StepReady".to_owned(), text: "fire is ready".to_owned(), bytes: vec![1].into() };
        let bodies = [record::Body::Frame(frame), record::Body::Private(private)];
        let records = bodies.map(|body| Ok(Record { head: request.get_ref().after_head + 1, time, body: Some(body) }));
        Ok(stream::iter(records).boxed())
    });
    let url = serve(Router::new().route("/watchroom.admin.v1.Admin/Records", method)).await;
    let ended = run(&["log", TASK, "--operator", &url, "--after", "4"]).await;
    let expected = "   5  2023-11-14T22:13:20Z  frame 2    status working: [1/2] Dispatching\n   \
                    5  2023-11-14T22:13:20Z  StepReady  fire is ready\n";
    assert_eq!((ended.code, ended.out.as_str()), (Some(0), expected), "{ended:?}");
    assert_eq!(run(&["log", TASK, "--agent", &url, "--json"]).await.json()[1]["private"]["kind"], "StepReady");
    assert_eq!(run(&["log", "unknown", "--agent", &url]).await.code, Some(1));
}

#[tokio::test]
async fn records_larger_than_any_request_are_shown_and_larger_answers_explained() {
    let method = streaming(|request: Request<RecordsRequest>| {
        let megabytes = request.get_ref().task_id.parse::<usize>().unwrap();
        let private =
            Private { kind: "Sent".to_owned(), text: "to fire".to_owned(), bytes: vec![0; megabytes << 20].into() };
        let record = Record { head: 1, time: None, body: Some(record::Body::Private(private)) };
        Ok::<_, Status>(stream::iter([Ok(record)]).boxed())
    });
    let url = serve(Router::new().route("/watchroom.admin.v1.Admin/Records", method)).await;
    let ended = run(&["log", "12", "--operator", &url]).await;
    assert_eq!((ended.code, ended.out.contains("to fire")), (Some(0), true), "{ended:?}");
    let ended = run(&["log", "65", "--operator", &url]).await;
    assert_eq!(ended.code, Some(70), "{ended:?}");
    assert!(ended.err.contains("it is larger than the 64 MiB that are read"), "{ended:?}");
    assert!(!ended.err.contains("OUT_OF_RANGE") && !ended.err.contains("moment"), "{ended:?}");
}

#[tokio::test]
async fn a_service_without_the_api_is_told_from_the_one_that_was_looked_for() {
    let url = serve(Router::new()).await;
    for (args, flag) in
        [(["plan", "smoke", "--operator", &url], "--operator"), (["send", "smoke", "--operator", &url], "--operator")]
    {
        let ended = run(&args).await;
        assert_eq!(ended.code, Some(69), "{ended:?}");
        let said = "something else answers in place of the operator";
        assert!(ended.err.contains(said) && ended.err.contains(flag), "{ended:?}");
    }
    let ended = run(&["tasks", "--agent", &url, "--binding", "grpc"]).await;
    assert_eq!(ended.code, Some(70), "{ended:?}");
    assert!(ended.err.contains("UNIMPLEMENTED") && ended.err.contains("right address"), "{ended:?}");
}
