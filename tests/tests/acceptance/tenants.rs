//! Two tenants at one operator and the same agents: what the operator does for one of them is that one's, at the agents
//! too and whatever crashes, and the other sees that units are busy.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use a2a::{Client, History};
use prost::Message;
use proto::a2a::{ListTasksRequest, Part, Task, TaskState, part};
use proto::watchroom::emergency::v1::{
    GetIncidentRequest, Incident, ListIncidentsRequest, ListIncidentsResponse, ListUnitsRequest, ListUnitsResponse,
    LogEntry, Unit, UnitFilter, UnitStatus, log_entry,
};
use proto::watchroom::orchestrator::v1::start_run_request::Source;
use proto::watchroom::orchestrator::v1::{
    GetRunRequest, ListDutiesRequest, ListDutiesResponse, Plan, Run, RunState, StartRunRequest, Step, StepState,
};
use service::client::{Credential, Peer};
use tests::{Node, Problem, binary, call, eventually, raw, state};
use tonic::Code;
use tonic::transport::Channel;

const TOKENS: &str = r#"
[[token]]
principal = "services"
roles = ["caller", "agent", "delegate"]
secret = "token-of-the-services"
[[token]]
principal = "anna"
tenant = "north"
roles = ["caller"]
secret = "token-of-anna-of-north"
[[token]]
principal = "carl"
tenant = "south"
roles = ["caller"]
secret = "token-of-carl-of-south"
"#;
const SERVICES: &str = "token-of-the-services";
const ANNA: &str = "token-of-anna-of-north";
const CARL: &str = "token-of-carl-of-south";

/// A cluster in which everybody says who they are.
struct Scene {
    // Before the directory, so that the processes end first.
    nodes: BTreeMap<&'static str, Node>,
    dir: tempfile::TempDir,
}

impl Scene {
    async fn start(agents: &[&'static str], operator: &[&str]) -> Self {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join("tokens.toml"), TOKENS).unwrap();
        fs::write(dir.path().join("services.token"), SERVICES).unwrap();
        fs::write(dir.path().join("anna.token"), ANNA).unwrap();
        let mut scene = Self { nodes: BTreeMap::new(), dir };
        scene.add("registry", &[]).await;
        for agent in agents {
            // So slow that no unit arrives while it is looked at.
            let flags: &[&str] = if *agent == "echo" { &[] } else { &["--clock-speed", "1"] };
            scene.add(agent, flags).await;
        }
        scene.add("operator", operator).await;
        scene
    }

    async fn add(&mut self, name: &'static str, flags: &[&str]) {
        self.add_knowing("tokens.toml", name, flags).await;
    }

    async fn add_knowing(&mut self, tokens: &str, name: &'static str, flags: &[&str]) {
        let path = |file: &str| self.dir.path().join(file).to_str().unwrap().to_owned();
        let mut args = vec!["--tokens".to_owned(), path(tokens)];
        if let Some(registry) = self.nodes.get("registry") {
            let registry = format!("http://{}", registry.address());
            args.extend(["--registry".to_owned(), registry, "--token-file".to_owned(), path("services.token")]);
        }
        args.extend(flags.iter().map(|&flag| flag.to_owned()));
        let mut node = Node::new(name, self.dir.path(), args);
        node.start().await;
        self.nodes.insert(name, node);
    }

    /// Kills a service as a power cut would, and starts it again on the same data and ports.
    async fn crash(&mut self, name: &str) {
        let node = self.nodes.get_mut(name).unwrap();
        node.kill();
        node.start().await;
    }

    fn client(&self, name: &str, token: &str) -> Client {
        let credential = Credential::token(token).unwrap();
        Client::connect(Peer::new(&self.nodes[name].address().to_string(), Some(credential))).unwrap()
    }

    /// Calls one of a service's own APIs, which is not there while that is down.
    async fn ask<A: Message + Default>(&self, at: &str, token: &str, of: &str, q: &impl Message) -> Result<A, Problem> {
        let channel = Channel::from_shared(format!("http://{}", self.nodes[at].address())).unwrap().connect_lazy();
        let bearer = format!("Bearer {token}");
        let metadata = [("authorization", bearer.as_str())];
        let answer = raw(&channel, &format!("watchroom.{of}"), q.encode_to_vec().into(), &metadata).await?;
        Ok(A::decode(answer).unwrap())
    }

    async fn begin(&self, token: &str, source: Source) -> Run {
        let (request_id, source) = (types::TaskId::fresh().to_string(), Some(source));
        let request = StartRunRequest { request_id, source, ..StartRunRequest::default() };
        self.ask("operator", token, "orchestrator.v1.Orchestrator/StartRun", &request).await.unwrap()
    }

    async fn run(&self, token: &str, id: &str) -> Result<Run, Problem> {
        let request = GetRunRequest { id: id.to_owned() };
        self.ask("operator", token, "orchestrator.v1.Orchestrator/GetRun", &request).await
    }

    async fn ended(&self, token: &str, id: &str) -> Run {
        eventually("the run ends", async || {
            let run = self.run(token, id).await.ok()?;
            matches!(run.state(), RunState::Completed | RunState::Failed | RunState::Canceled).then_some(run)
        })
        .await
    }

    async fn units(&self, token: &str, filter: UnitFilter) -> Vec<Unit> {
        let request = ListUnitsRequest { filter: Some(filter), page_size: Some(100), ..ListUnitsRequest::default() };
        let answer: Result<ListUnitsResponse, _> =
            self.ask("fire", token, "emergency.v1.Units/ListUnits", &request).await;
        answer.unwrap().units
    }

    async fn incidents(&self, token: &str) -> Vec<Incident> {
        let request = ListIncidentsRequest::default();
        let answer: Result<ListIncidentsResponse, _> =
            self.ask("operator", token, "emergency.v1.Incidents/ListIncidents", &request).await;
        answer.unwrap().incidents
    }

    async fn duties(&self, token: &str) -> usize {
        let request = ListDutiesRequest::default();
        let answer: Result<ListDutiesResponse, _> =
            self.ask("operator", token, "orchestrator.v1.Orchestrator/ListDuties", &request).await;
        answer.unwrap().duties.len()
    }

    /// What a caller has at an agent; `None` while that does not answer.
    async fn tasks(&self, at: &str, token: &str) -> Option<Vec<Task>> {
        Some(self.client(at, token).list(ListTasksRequest::default()).await.ok()?.tasks)
    }

    async fn works(&self, at: &str, token: &str) {
        eventually("the child works", async || {
            self.tasks(at, token).await?.iter().any(|task| state(task) == TaskState::Working).then_some(())
        })
        .await;
    }
}

fn step(agent: &str, content: part::Content) -> Step {
    let input = vec![Part { content: Some(content), ..Part::default() }];
    Step { id: "one".to_owned(), agent: agent.to_owned(), input, ..Step::default() }
}

fn plan(steps: Vec<Step>) -> Source {
    Source::Plan(Plan { title: "A plan".to_owned(), steps, ..Plan::default() })
}

/// A plan that calls a dispatch of the fire brigade back.
fn release(dispatch: &str) -> Source {
    let named = ("dispatch".to_owned(), a2a::metadata::text(dispatch));
    let data = part::Content::Data(a2a::metadata::object([named].into()));
    plan(vec![Step { skill: "release".to_owned(), ..step("Fire Agent", data) }])
}

fn sleeping(millis: u32) -> Source {
    plan(vec![Step { at_most_once: true, ..step("Echo Agent", part::Content::Text(format!("sleep {millis}"))) }])
}

fn working(units: &[Unit]) -> Vec<&Unit> {
    units.iter().filter(|unit| unit.assignment.is_some()).collect()
}

/// The call of Anna's, once everybody is on the way.
async fn sent_for_anna(scene: &Scene) -> Run {
    let run = scene.begin(ANNA, Source::Text(call().to_owned())).await;
    let run = scene.ended(ANNA, &run.id).await;
    assert_eq!(run.state(), RunState::Completed, "{run:?}");
    run
}

#[tokio::test(flavor = "multi_thread")]
async fn what_an_agent_does_for_one_tenant_is_not_there_for_another_nor_for_the_operator() {
    let scene = Scene::start(&["fire", "police", "ambulance"], &[]).await;
    let run = sent_for_anna(&scene).await;
    let fire = run.steps.iter().find(|step| step.id == "fire").unwrap();
    let (child, unknown) = (fire.child_task_id.parse().unwrap(), types::TaskId::fresh().to_string().parse().unwrap());
    scene.client("fire", ANNA).get(&child, History::All).await.unwrap();
    for token in [CARL, SERVICES] {
        let client = scene.client("fire", token);
        for history in [History::All, History::None] {
            let told = client.get(&child, history).await.unwrap_err().to_string();
            assert_eq!(told, client.get(&unknown, history).await.unwrap_err().to_string());
        }
        let followed = client.subscribe(&child, None).await.err().unwrap().to_string();
        assert_eq!(followed, client.subscribe(&unknown, None).await.err().unwrap().to_string());
    }

    // Another's plan that names her dispatch is answered as one that names none, and nothing has happened.
    let at_work = async || working(&scene.units(ANNA, UnitFilter::default()).await).len();
    let before = at_work().await;
    let mut answers = Vec::new();
    for dispatch in [format!("{}/fire", run.id), format!("{unknown}/fire")] {
        let theirs = scene.begin(CARL, release(&dispatch)).await;
        let theirs = scene.ended(CARL, &theirs.id).await;
        answers.push((theirs.state(), theirs.steps[0].response.clone()));
    }
    assert_eq!(answers[0], answers[1]);
    assert_eq!((at_work().await, before > 0), (before, true), "they work on");
    // A plan of her own calls them back.
    let back = scene.begin(ANNA, release(&format!("{}/fire", run.id))).await;
    assert_eq!(scene.ended(ANNA, &back.id).await.state(), RunState::Completed);
    assert_eq!(at_work().await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn units_and_incidents_of_one_tenant_are_busy_and_unknown_to_another() {
    let scene = Scene::start(&["fire", "police", "ambulance"], &[]).await;
    let run = sent_for_anna(&scene).await;
    let hers = scene.units(ANNA, UnitFilter::default()).await;
    let sent = working(&hers);
    assert!(!sent.is_empty(), "{hers:?}");
    assert!(sent.iter().all(|unit| unit.assignment.as_ref().unwrap().incident == run.context_id));
    let seen = scene.units(CARL, UnitFilter::default()).await;
    let busy: Vec<&Unit> = seen.iter().filter(|unit| unit.status() == UnitStatus::Busy).collect();
    assert!(working(&seen).is_empty() && seen.len() == hers.len(), "{seen:?}");
    let ids = |units: &[&Unit]| units.iter().map(|unit| unit.id.clone()).collect::<Vec<_>>();
    assert_eq!(ids(&busy), ids(&sent));
    assert!(busy.iter().all(|unit| unit.position.is_none() && unit.since.is_none() && unit.station.is_some()));
    let incident = UnitFilter { incidents: vec![run.context_id.clone()], ..UnitFilter::default() };
    assert!(scene.units(CARL, incident).await.is_empty());
    assert_eq!(ids(&working(&scene.units(SERVICES, UnitFilter::default()).await)), ids(&sent));

    // The operator is told all that units do for the incident, and tells nobody but her.
    let units = eventually("the incident has its units", async || {
        let incidents = scene.incidents(ANNA).await;
        let fire = incidents.first()?.dispatches.iter().find(|dispatch| dispatch.service == "fire")?;
        (!fire.assigned.is_empty()).then(|| fire.assigned.clone())
    })
    .await;
    assert_eq!(units.len(), sent.len());
    assert_eq!(scene.incidents(CARL).await, []);
    let get = async |token: &str, id: &str| {
        let request = GetIncidentRequest { id: id.to_owned() };
        scene.ask::<Incident>("operator", token, "emergency.v1.Incidents/GetIncident", &request).await
    };
    let step_of_a_unit = |entry: &LogEntry| matches!(entry.what, Some(log_entry::What::Unit(_)));
    eventually("the steps of units are told", async || {
        get(ANNA, &run.context_id).await.unwrap().log.iter().any(step_of_a_unit).then_some(())
    })
    .await;
    assert_eq!(get(CARL, &run.context_id).await.unwrap_err(), get(CARL, "no-such-incident").await.unwrap_err());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_operator_that_was_killed_adopts_in_the_name_of_whose_run_it_is() {
    let mut scene = Scene::start(&["echo"], &[]).await;
    let run = scene.begin(ANNA, sleeping(3_000)).await;
    scene.works("echo", ANNA).await;
    scene.crash("operator").await;
    let run = scene.ended(ANNA, &run.id).await;
    assert_eq!((run.state(), run.steps[0].attempts), (RunState::Completed, 1), "{run:?}");
    let tasks = scene.tasks("echo", ANNA).await.unwrap();
    assert_eq!(tasks.iter().map(|task| &task.id).collect::<Vec<_>>(), [&run.steps[0].child_task_id]);
    for token in [CARL, SERVICES] {
        assert_eq!(scene.tasks("echo", token).await.unwrap(), []);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_reaper_asks_in_the_name_of_whose_run_it_was_also_after_a_crash() {
    let impatient = ["--attempt-timeout", "1s", "--stop-wait", "500ms", "--step-backoff", "100ms"];
    let mut scene = Scene::start(&["echo"], &impatient).await;
    let run = scene.begin(ANNA, sleeping(600_000)).await;
    scene.works("echo", ANNA).await;
    scene.nodes["echo"].signal("STOP");
    let run = scene.ended(ANNA, &run.id).await;
    assert_eq!((run.steps[0].state(), run.steps[0].error_code.as_str()), (StepState::Failed, "OUTCOME_UNKNOWN"));
    scene.crash("operator").await;
    assert_eq!((scene.duties(ANNA).await, scene.duties(CARL).await), (1, 0));
    assert_eq!(scene.run(CARL, &run.id).await.unwrap_err().code, Code::NotFound);
    scene.nodes["echo"].signal("CONT");
    eventually("the duty is done", async || (scene.duties(ANNA).await == 0).then_some(())).await;
    let tasks = scene.tasks("echo", ANNA).await.unwrap();
    assert_eq!(tasks.iter().map(state).collect::<Vec<_>>(), [TaskState::Canceled], "{tasks:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_operator_without_the_role_is_told_so_and_nothing_is_begun() {
    let mut scene = Scene::start(&[], &[]).await;
    fs::write(scene.dir.path().join("few.toml"), TOKENS.replace(", \"delegate\"", "")).unwrap();
    scene.add_knowing("few.toml", "police", &[]).await;
    let run = scene.begin(ANNA, plan(vec![step("Police Agent", part::Content::Text("A fight".to_owned()))])).await;
    let run = scene.ended(ANNA, &run.id).await;
    assert_eq!(run.steps[0].state(), StepState::Failed, "{run:?}");
    // The caller lacks nothing, and could mend nothing.
    let told = &run.steps[0].error;
    assert!(told.contains("does not accept the operator's token") && !told.contains("lacks the role"), "{run:?}");
    let log = scene.nodes["operator"].log();
    assert!(
        log.contains("an agent refuses the operator's own token") && log.contains("lacks the role delegate"),
        "{log}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tenant_without_agents_of_its_own_is_told_why_it_sees_none() {
    let scene = Scene::start(&["fire"], &[]).await;
    let registry = format!("http://{}", scene.nodes["registry"].address());
    let shown = async |command: &str, token: &Path| {
        let args = [command, "--registry", &registry, "--token-file", token.to_str().unwrap()];
        tests::Run::of(&binary("watchroom"), &args).await.expect_ok(command)
    };
    let (anna, services) = (scene.dir.path().join("anna.token"), scene.dir.path().join("services.token"));
    for (command, what) in [("agents", "Fire Agent"), ("units", "engine")] {
        let told = shown(command, &anna).await;
        assert!(told.contains("are visible here") && told.contains("of its own tenant only"), "{told}");
        eventually("the agent is registered", async || shown(command, &services).await.contains(what).then_some(()))
            .await;
    }
    let resolved = async |token: &Path| {
        let token = token.to_str().unwrap();
        let args = ["resolve", "--skill", "dispatch", "--registry", &registry, "--token-file", token];
        tests::Run::of(&binary("watchroom"), &args).await.expect_ok("resolve")
    };
    let told = resolved(&anna).await;
    assert!(told.starts_with("nobody takes work as far as is visible here: ") && told.contains("own tenant"), "{told}");
    assert!(resolved(&services).await.contains("Fire Agent"));
}
