//! An agent that does not answer: its runs end, what may live there is listed, and it is seen to once it is back.

use a2a::History;
use proto::a2a::{ListTasksRequest, Part, Task, TaskState, part};
use proto::watchroom::orchestrator::v1::start_run_request::Source;
use proto::watchroom::orchestrator::v1::{
    Duty, GetRunRequest, ListDutiesRequest, Plan, Run, RunState, StartRunRequest, Step, StepState,
};
use tests::{Cluster, Node, Service, binary, eventually, state};

/// An operator that is not patient, a registry and an agent.
pub(crate) async fn scene(attempt: &str) -> (Cluster, Node) {
    let mut cluster = Cluster::empty();
    let impatient = ["--attempt-timeout", attempt, "--stop-wait", "500ms", "--step-backoff", "100ms"];
    cluster.add(Service::Registry, Vec::new()).await;
    cluster.add(Service::Operator, impatient.map(str::to_owned).into()).await;
    let echo = agent(&cluster, "first").await;
    (cluster, echo)
}

async fn agent(cluster: &Cluster, home: &str) -> Node {
    let registry = format!("http://{}", cluster.node(Service::Registry).address());
    let mut echo = Node::new("echo", &cluster.dir().join(home), vec!["--registry".to_owned(), registry]);
    echo.start().await;
    echo
}

/// Starts a run of one step that takes so long, and waits until the agent works at it.
pub(crate) async fn start(cluster: &Cluster, echo: &Node, millis: u32, change: impl FnOnce(&mut Step)) -> Run {
    let text = part::Content::Text(format!("sleep {millis}"));
    let mut step = Step {
        id: "one".to_owned(),
        agent: "Echo Agent".to_owned(),
        input: vec![Part { content: Some(text), ..Part::default() }],
        ..Step::default()
    };
    change(&mut step);
    let plan = Plan { title: "One step".to_owned(), steps: vec![step], ..Plan::default() };
    let source = Some(Source::Plan(plan));
    let request = StartRunRequest { request_id: "one".to_owned(), source, ..StartRunRequest::default() };
    let run = cluster.orchestrator().start_run(request).await.unwrap().into_inner();
    eventually("the child works", async || {
        let tasks = children(echo).await?;
        tasks.iter().any(|task| state(task) == TaskState::Working).then_some(())
    })
    .await;
    run
}

/// What the agent has.
pub(crate) async fn children(echo: &Node) -> Option<Vec<Task>> {
    let client = a2a::Client::connect(&echo.address().to_string()).unwrap();
    Some(client.list(ListTasksRequest::default()).await.ok()?.tasks)
}

async fn get(cluster: &Cluster, id: &str) -> Run {
    cluster.orchestrator().get_run(GetRunRequest { id: id.to_owned() }).await.unwrap().into_inner()
}

/// The run, once it has ended.
pub(crate) async fn ended(cluster: &Cluster, id: &str) -> Run {
    eventually("the run ends although its agent does not answer", async || {
        let run = get(cluster, id).await;
        matches!(run.state(), RunState::Completed | RunState::Failed | RunState::Canceled).then_some(run)
    })
    .await
}

async fn duties(cluster: &Cluster) -> Vec<Duty> {
    cluster.orchestrator().list_duties(ListDutiesRequest::default()).await.unwrap().into_inner().duties
}

/// The agent is back: nothing is left to do, and nothing lives there.
async fn settled(cluster: &Cluster, echo: &Node) {
    eventually("the duty is done", async || duties(cluster).await.is_empty().then_some(())).await;
    let live = children(echo).await.unwrap().into_iter().filter(|task| !tests::is_terminal(state(task)));
    assert_eq!(live.map(|task| task.id).collect::<Vec<_>>(), [""; 0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_ends_without_its_agent_and_the_duty_outlives_run_and_operator() {
    let (mut cluster, echo) = scene("1s").await;
    let run = start(&cluster, &echo, 600_000, |step| step.at_most_once = true).await;
    echo.signal("STOP");
    let run = ended(&cluster, &run.id).await;
    assert_eq!((run.state(), run.steps[0].state()), (RunState::Failed, StepState::Failed), "{run:?}");
    assert_eq!((run.steps[0].error_code.as_str(), run.steps[0].attempts), ("OUTCOME_UNKNOWN", 1));
    assert!(run.summary.ends_with("; 1 attempt still being stopped"), "{}", run.summary);
    let [duty] = &run.duties[..] else { panic!("{:?}", run.duties) };
    assert_eq!((&duty.run_id, duty.step_id.as_str(), duty.attempt), (&run.id, "one", 1));
    assert_eq!(duty.child_task_id, run.steps[0].child_task_id);
    let report = cluster.a2a(Service::Operator).get(&run.id.parse().unwrap(), History::None).await.unwrap();
    let report = format!("{:?}", report.task.artifacts);
    assert!(report.contains("Not accounted for") && report.contains("asked to stop until it does"), "{report}");
    cluster.crash(Service::Operator).await;
    assert_eq!(duties(&cluster).await, run.duties, "the reaper has it from the store");
    let operator = cluster.node(Service::Operator).address().to_string();
    let listed = tests::Run::of(&binary("watchroom"), &["duties", "--operator", &operator]).await;
    assert!(listed.ok && listed.out.contains(&run.id) && listed.out.contains(&duty.child_task_id), "{listed:?}");
    echo.signal("CONT");
    settled(&cluster, &echo).await;
    let after = get(&cluster, &run.id).await;
    assert_eq!((after.state(), after.duties, children(&echo).await.unwrap().len()), (RunState::Failed, Vec::new(), 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_step_goes_on_at_another_store_while_the_first_is_silent() {
    let (cluster, mut first) = scene("3s").await;
    let run = start(&cluster, &first, 2_000, |_| {}).await;
    first.signal("STOP");
    let second = agent(&cluster, "second").await;
    let run = ended(&cluster, &run.id).await;
    assert_eq!((run.state(), run.steps[0].attempts), (RunState::Completed, 2), "{run:?}");
    assert_eq!((run.duties.len(), run.duties[0].attempt), (1, 1));
    let other = children(&second).await.unwrap();
    assert_eq!(other.iter().map(|task| &task.id).collect::<Vec<_>>(), [&run.steps[0].child_task_id]);
    // A crash on top: its store comes back under another process.
    first.kill();
    first.start().await;
    settled(&cluster, &first).await;
}
