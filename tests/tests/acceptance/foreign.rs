//! Steps at agents of others, made with the official Python SDK: adopted or told about, never sent twice for nothing.

use proto::a2a::part::Content;
use proto::a2a::{Part, TaskState};
use proto::watchroom::orchestrator::v1::start_run_request::Source;
use proto::watchroom::orchestrator::v1::{
    GetRunRequest, Plan, Retry, Run, RunState, StartRunRequest, Step, StepState, StepStatus, WatchRunRequest,
};
use tests::{Cluster, Foreign, Proxy, Service, Traffic, eventually, state, text};

/// An operator, and a foreign agent behind a proxy.
struct Scene {
    cluster: Cluster,
    proxy: Proxy,
    foreign: Foreign,
}

impl Scene {
    async fn open() -> Self {
        let mut cluster = Cluster::empty();
        let foreign = Foreign::start(cluster.dir()).await;
        let proxy = Proxy::bind().await;
        proxy.point_to(foreign.address().parse().unwrap());
        let plumber = format!("Plumber=grpc://{}", proxy.address());
        cluster.add(Service::Registry, Vec::new()).await;
        let args = ["--foreign-agent", &plumber, "--stop-wait", "10s", "--step-backoff", "10ms"];
        cluster.add(Service::Operator, args.map(str::to_owned).to_vec()).await;
        Self { cluster, proxy, foreign }
    }

    /// Starts a run of one step there, of so many attempts of so many seconds.
    async fn start(&self, words: &str, attempts: u32, seconds: i64) -> String {
        self.start_step(words, attempts, seconds, Step::default()).await
    }

    /// As `start`, of a step that may be done once at most.
    async fn start_once(&self, words: &str, attempts: u32, seconds: i64) -> String {
        self.start_step(words, attempts, seconds, Step { at_most_once: true, ..Step::default() }).await
    }

    async fn start_step(&self, words: &str, attempts: u32, seconds: i64, step: Step) -> String {
        let part = Part { content: Some(Content::Text(words.to_owned())), ..Part::default() };
        let step = Step {
            id: "pipes".into(),
            agent: "Plumber".into(),
            input: vec![part],
            retry: Some(Retry { attempts: Some(attempts), ..Retry::default() }),
            attempt_timeout: Some(prost_types::Duration { seconds, nanos: 0 }),
            ..step
        };
        let source = Some(Source::Plan(Plan { title: "Pipes".into(), steps: vec![step], ..Plan::default() }));
        let request = StartRunRequest { request_id: words.into(), source, ..StartRunRequest::default() };
        self.cluster.orchestrator().start_run(request).await.unwrap().into_inner().id
    }

    async fn ended(&self, id: &str) -> (Run, StepStatus) {
        let mut client = self.cluster.orchestrator();
        let watch = WatchRunRequest { id: id.to_owned(), after_seq: 0 };
        let mut events = client.watch_run(watch).await.unwrap().into_inner();
        while events.message().await.unwrap().is_some() {}
        let mut run = client.get_run(GetRunRequest { id: id.to_owned() }).await.unwrap().into_inner();
        let step = run.steps.remove(0);
        (run, step)
    }

    /// Waits until the step's task is known.
    async fn adopted(&self, id: &str) {
        let mut client = self.cluster.orchestrator();
        eventually("the task is known", async || {
            let run = client.get_run(GetRunRequest { id: id.to_owned() }).await.ok()?.into_inner();
            (!run.steps[0].child_task_id.is_empty()).then_some(())
        })
        .await;
    }

    async fn report(&self, id: &str) -> String {
        let run = self.cluster.a2a(Service::Operator).get(&id.parse().unwrap(), a2a::History::None).await.unwrap();
        let report = run.task.artifacts.into_iter().find(|artifact| artifact.name == "report").unwrap();
        text(&report.parts)
    }

    async fn begun(&self, times: usize) {
        eventually("it has begun", async || (self.foreign.begun().len() >= times).then_some(())).await;
    }

    /// States of the agent's own tasks.
    async fn children(&self) -> Vec<TaskState> {
        let client = a2a::Client::connect(self.foreign.address()).unwrap();
        client.list(Default::default()).await.unwrap().tasks.iter().map(state).collect()
    }

    async fn child(&self, wanted: TaskState) {
        eventually("the agent's task is there", async || self.children().await.contains(&wanted).then_some(())).await;
    }

    /// Kills the operator while no answer reaches it, and starts it with everything flowing again.
    async fn crash_operator(&mut self) {
        self.cluster.node_mut(Service::Operator).kill();
        self.proxy.cut();
        self.proxy.set(Traffic::Flows);
        self.cluster.node_mut(Service::Operator).start().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_step_is_done_by_a_task_by_a_message_and_by_one_that_ends_twice() {
    let scene = Scene::open().await;
    for (words, child, answer) in
        [("work here", true, "result of work"), ("reply", false, "replied at once"), ("twice", true, "result of twice")]
    {
        let id = scene.start(words, 1, 20).await;
        let (run, step) = scene.ended(&id).await;
        assert_eq!((run.state(), step.state()), (RunState::Completed, StepState::Completed), "{words}: {run:?}");
        assert_eq!(!step.child_task_id.is_empty(), child, "{words}: {step:?}");
        assert!(text(&step.response).contains(answer), "{words}: {step:?}");
    }
    assert_eq!(scene.foreign.begun().len(), 3, "each begins once");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_operator_killed_between_send_and_answer_adopts_the_task_and_does_not_send_again() {
    let mut scene = Scene::open().await;
    scene.proxy.set(Traffic::NoAnswers);
    let id = scene.start("work here", 3, 60).await;
    scene.child(TaskState::Completed).await;
    scene.crash_operator().await;
    let (run, step) = scene.ended(&id).await;
    assert_eq!((run.state(), step.attempts), (RunState::Completed, 1), "{run:?}");
    assert!(!step.child_task_id.is_empty() && text(&step.response).contains("result of work"), "{step:?}");
    assert_eq!(scene.foreign.begun().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_task_that_shows_only_after_the_operator_is_back_is_adopted_and_followed_to_its_end() {
    let mut scene = Scene::open().await;
    let id = scene.start("late", 3, 60).await;
    scene.begun(1).await;
    scene.crash_operator().await;
    scene.foreign.open();
    let (run, step) = scene.ended(&id).await;
    assert_eq!((run.state(), step.attempts), (RunState::Completed, 1), "{run:?}");
    assert_eq!(scene.foreign.begun().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_task_that_has_no_time_yet_is_adopted() {
    let mut scene = Scene::open().await;
    scene.proxy.set(Traffic::NoAnswers);
    let id = scene.start("quiet", 3, 60).await;
    scene.child(TaskState::Submitted).await;
    scene.crash_operator().await;
    scene.adopted(&id).await;
    scene.foreign.open();
    let (run, step) = scene.ended(&id).await;
    assert_eq!((run.state(), step.attempts), (RunState::Completed, 1), "{run:?}");
    assert_eq!(scene.foreign.begun().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_that_nobody_heard_is_asked_for_again_once_the_first_attempt_is_over() {
    let mut scene = Scene::open().await;
    scene.proxy.set(Traffic::NoAnswers);
    let id = scene.start("reply", 2, 2).await;
    scene.begun(1).await;
    scene.crash_operator().await;
    let (run, step) = scene.ended(&id).await;
    assert_eq!((run.state(), step.attempts), (RunState::Completed, 2), "{run:?}");
    assert!(run.summary.ends_with("; 1 attempt possibly still at work"), "{run:?}");
    assert_eq!(scene.foreign.begun().len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_that_breaks_costs_nothing() {
    let scene = Scene::open().await;
    let id = scene.start("slow", 3, 60).await;
    scene.child(TaskState::Working).await;
    scene.proxy.cut();
    scene.foreign.open();
    let (run, step) = scene.ended(&id).await;
    assert_eq!((run.state(), step.attempts), (RunState::Completed, 1), "{run:?}");
    assert_eq!(scene.foreign.begun().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_that_hangs_is_canceled_by_its_id() {
    let scene = Scene::open().await;
    let id = scene.start("hang", 1, 1).await;
    let (run, step) = scene.ended(&id).await;
    assert_eq!((run.state(), step.error_code.as_str()), (RunState::Failed, "TIMEOUT"), "{run:?}");
    assert_eq!(scene.children().await, [TaskState::Canceled]);
    assert!(!scene.report(&id).await.contains("Not accounted for"));
}

#[tokio::test(flavor = "multi_thread")]
async fn one_that_never_answers_is_waited_out_sent_again_by_the_policy_and_told_about() {
    let scene = Scene::open().await;
    let id = scene.start("mute", 2, 1).await;
    let (run, step) = scene.ended(&id).await;
    assert_eq!((run.state(), step.error_code.as_str()), (RunState::Failed, "OUTCOME_UNKNOWN"), "{run:?}");
    let begun = scene.foreign.begun();
    assert!(begun.len() == 2 && begun[0] != begun[1], "each attempt once, under an id of its own: {begun:?}");
    assert!(run.summary.ends_with("; 2 attempts possibly still at work"), "{run:?}");
    let report = scene.report(&id).await;
    assert!(report.contains("attempt 2 at Plumber") && report.contains("may be at work there"), "{report}");
}

#[tokio::test(flavor = "multi_thread")]
async fn one_that_forgets_its_task_has_not_said_how_it_ended() {
    let mut scene = Scene::open().await;
    let id = scene.start("slow", 1, 60).await;
    scene.child(TaskState::Working).await;
    scene.foreign.crash().await;
    scene.proxy.cut();
    let (run, step) = scene.ended(&id).await;
    assert_eq!((run.state(), step.error_code.as_str()), (RunState::Failed, "OUTCOME_UNKNOWN"), "{run:?}");
    assert_eq!(scene.foreign.begun().len(), 1);
    let report = scene.report(&id).await;
    assert!(report.contains(&format!("task {}", step.child_task_id)), "{report}");
}

#[tokio::test(flavor = "multi_thread")]
async fn one_that_does_not_stop_is_asked_until_it_does_and_listed_meanwhile() {
    let scene = Scene::open().await;
    let id = scene.start("deaf", 1, 1).await;
    let (run, step) = scene.ended(&id).await;
    assert_eq!((run.state(), step.error_code.as_str()), (RunState::Failed, "OUTCOME_UNKNOWN"), "{run:?}");
    assert!(run.summary.ends_with("; 1 attempt still being stopped"), "{run:?}");
    assert_eq!(scene.children().await, [TaskState::Working]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_may_be_done_once_is_not_sent_again_when_nobody_knows_whether_it_was_done() {
    let mut scene = Scene::open().await;
    // It begins and says nothing; it answers, and nobody hears it; it is known, and forgotten.
    let mute = scene.start_once("mute", 3, 1).await;
    let (run, step) = scene.ended(&mute).await;
    assert_eq!(
        (run.state(), step.error_code.as_str(), step.attempts),
        (RunState::Failed, "OUTCOME_UNKNOWN", 1),
        "{run:?}"
    );
    scene.proxy.set(Traffic::NoAnswers);
    let unheard = scene.start_once("reply", 3, 2).await;
    scene.begun(2).await;
    scene.crash_operator().await;
    let (run, step) = scene.ended(&unheard).await;
    assert_eq!(
        (run.state(), step.error_code.as_str(), step.attempts),
        (RunState::Failed, "OUTCOME_UNKNOWN", 1),
        "{run:?}"
    );
    let forgotten = scene.start_once("slow", 3, 60).await;
    scene.child(TaskState::Working).await;
    scene.foreign.crash().await;
    scene.proxy.cut();
    let (run, step) = scene.ended(&forgotten).await;
    assert_eq!(
        (run.state(), step.error_code.as_str(), step.attempts),
        (RunState::Failed, "OUTCOME_UNKNOWN", 1),
        "{run:?}"
    );
    assert_eq!(scene.foreign.begun().len(), 3, "each is begun once: {:?}", scene.foreign.begun());
    assert!(run.summary.ends_with("; 1 attempt possibly still at work"), "{run:?}");
}
