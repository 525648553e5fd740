//! The API of runs, over the operator's own port.

use futures::StreamExt as _;
use proto::a2a::part::Content;
use proto::a2a::{Part, StreamResponse};
use proto::watchroom::orchestrator::v1::orchestrator_client::OrchestratorClient;
use proto::watchroom::orchestrator::v1::start_run_request::Source;
use proto::watchroom::orchestrator::v1::{
    CancelRunRequest, GetRunRequest, ListDutiesRequest, ListRunsRequest, Mode, Plan, PlanOnlyRequest, ResumeRunRequest,
    Run, RunEvent, RunState, StartRunRequest, Step, StepState, WatchRunRequest,
};
use service::Process;
use tonic::Code;
use tonic::transport::Channel;
use tonic_types::StatusExt as _;

use crate::stage::{Act, CALL, Script, Stage, eventually, services, within};

type Client = OrchestratorClient<Channel>;

/// The whole operator, as its binary runs it.
async fn serve(stage: &Stage) -> Client {
    serve_with(stage, &[]).await
}

async fn serve_with(stage: &Stage, further: &[&str]) -> Client {
    let words = ["operator", "--in-memory", "--listen", "127.0.0.1:0", "--admin-listen", "127.0.0.1:0"];
    let registry = ["--registry".to_owned(), stage.registry(), "--endpoint-wait".into(), "500ms".into()];
    let words = words.iter().chain(further).map(ToString::to_string).chain(registry);
    let args = service::parse::<operator::Args, _>(words).unwrap();
    let process = Process::new(&args).unwrap();
    tokio::spawn(operator::run(args, process.clone()));
    let address = within("the operator is ready", process.serving()).await.protocol;
    OrchestratorClient::connect(format!("http://{address}")).await.unwrap()
}

fn from_text(request_id: &str, text: &str) -> StartRunRequest {
    let source = Some(Source::Text(text.into()));
    StartRunRequest { request_id: request_id.into(), source, ..StartRunRequest::default() }
}

fn from_plan(request_id: &str, plan: Plan) -> StartRunRequest {
    let source = Some(Source::Plan(plan));
    StartRunRequest { request_id: request_id.into(), source, ..StartRunRequest::default() }
}

fn step(id: &str, agent: &str, depends_on: &[&str]) -> Step {
    let part = Part { content: Some(Content::Text(format!("do {id}"))), ..Part::default() };
    Step {
        id: id.into(),
        title: format!("Do {id}"),
        agent: agent.into(),
        input: vec![part],
        depends_on: depends_on.iter().map(ToString::to_string).collect(),
        ..Step::default()
    }
}

async fn watch(client: &mut Client, id: &str, after_seq: u64) -> Vec<RunEvent> {
    let stream = client.watch_run(WatchRunRequest { id: id.into(), after_seq }).await.unwrap().into_inner();
    within("the run ends", stream.map(Result::unwrap).collect()).await
}

async fn ended(client: &mut Client, id: &str) -> Run {
    watch(client, id, 0).await;
    client.get_run(GetRunRequest { id: id.into() }).await.unwrap().into_inner()
}

#[tokio::test]
async fn a_plan_can_be_seen_without_being_run() {
    let fire = Script::new("Fire Agent", []);
    let stage = Stage::new(&[&fire]).await;
    let mut client = serve(&stage).await;
    let request = PlanOnlyRequest { text: CALL.into(), mode: Mode::Parallel.into() };
    let answer = client.plan_only(request).await.unwrap().into_inner();
    let plan = answer.plan.unwrap();
    assert_eq!(plan.steps.iter().map(|step| step.id.as_str()).collect::<Vec<_>>(), ["fire", "police", "ambulance"]);
    assert_eq!((plan.mode(), answer.location.as_str()), (Mode::Parallel, "170 London road SM6 7AN"));
    let trace = answer.triage.unwrap();
    assert_eq!((trace.services, trace.priority), (["fire", "police", "ambulance"].map(str::to_owned).to_vec(), 2));
    let sent = trace.decisions.iter().filter(|decision| decision.effect == "sends");
    assert!(sent.clone().all(|it| !it.words.is_empty() && it.confidence.is_some()), "{:#?}", trace.decisions);
    assert_eq!(sent.count(), 3);
    let runs = client.list_runs(ListRunsRequest::default()).await.unwrap().into_inner();
    assert_eq!((runs.total_size, fire.heard()), (0, 0));
}

#[tokio::test]
async fn a_run_from_text_can_be_started_once_watched_and_read() {
    let [fire, police, ambulance] = services(&[], &[], &[]);
    let stage = Stage::new(&[&fire, &police, &ambulance]).await;
    let mut client = serve(&stage).await;
    let run = client.start_run(from_text("one", CALL)).await.unwrap().into_inner();
    let same = client.start_run(from_text("one", CALL)).await.unwrap().into_inner();
    assert_eq!(run.id, same.id);
    let other = client.start_run(from_text("one", "another call")).await.unwrap_err();
    assert_eq!(other.code(), Code::AlreadyExists);
    assert_eq!(other.get_details_error_info().unwrap().reason, "MESSAGE_ID_REUSED");
    assert_eq!(other.message(), "request_id one was used before for another run");

    let events = watch(&mut client, &run.id, 0).await;
    let seqs: Vec<u64> = events.iter().map(|event| event.seq).collect();
    assert_eq!(seqs, (1..=events.len() as u64).collect::<Vec<_>>());
    assert!(events.iter().all(|event| event.prev + 1 == event.seq && event.time.is_some()));
    assert!(matches!(&events[0].update, Some(StreamResponse { payload: Some(_) })));
    assert_eq!(watch(&mut client, &run.id, 5).await, events[5..]);

    let run = client.get_run(GetRunRequest { id: run.id }).await.unwrap().into_inner();
    assert_eq!(
        (run.state(), run.summary.as_str()),
        (RunState::Completed, "All emergency services dispatched successfully (3/3)")
    );
    assert!(run.steps.iter().all(|step| step.state() == StepState::Completed && !step.child_task_id.is_empty()));
    assert!(run.steps.iter().all(|step| !step.response.is_empty() && step.ended_at.is_some()));
    assert_eq!((fire.heard(), police.heard(), ambulance.heard()), (1, 1, 1));
}

#[tokio::test]
async fn a_run_is_resumed_as_a_new_one() {
    let [fire, police, ambulance] = services(&[], &[Act::Reject], &[]);
    let stage = Stage::new(&[&fire, &police, &ambulance]).await;
    let mut client = serve(&stage).await;
    let run = client.start_run(from_text("one", CALL)).await.unwrap().into_inner();
    let resume = |request_id: &str, id: &str| ResumeRunRequest { request_id: request_id.into(), id: id.into() };
    ended(&mut client, &run.id).await;
    // A request id of a start is not one of a resume.
    let newer = client.resume_run(resume("one", &run.id)).await.unwrap().into_inner();
    assert_eq!((newer.context_id, newer.resumes), (run.context_id, run.id.clone()));
    assert_eq!(client.resume_run(resume("one", &run.id)).await.unwrap().into_inner().id, newer.id);
    let newer = ended(&mut client, &newer.id).await;
    let done_by: Vec<_> = newer.steps.iter().map(|step| (step.state(), step.done_by.as_str())).collect();
    let completed = StepState::Completed;
    assert_eq!(done_by, [(completed, &*run.id), (completed, ""), (completed, &*run.id)]);
    assert_eq!((fire.heard(), police.heard(), ambulance.heard()), (1, 2, 1));
    for (request_id, id, code, reason) in [
        ("one", &newer.id, Code::AlreadyExists, "MESSAGE_ID_REUSED"),
        ("two", &run.id, Code::FailedPrecondition, "RUN_NOT_RESUMABLE"),
        ("two", &newer.id, Code::FailedPrecondition, "RUN_NOT_RESUMABLE"),
        ("two", &"no-such-run".to_owned(), Code::NotFound, "TASK_NOT_FOUND"),
        ("", &run.id, Code::InvalidArgument, "INVALID_PARAMS"),
    ] {
        let refusal = client.resume_run(resume(request_id, id)).await.unwrap_err();
        let told = refusal.get_details_error_info().unwrap().reason;
        assert_eq!((refusal.code(), told.as_str()), (code, reason), "{refusal:?}");
    }
}

#[tokio::test]
async fn an_explicit_plan_runs_in_the_order_of_its_dependencies() {
    let agent = Script::new("Worker", []);
    let stage = Stage::new(&[&agent]).await;
    let mut client = serve(&stage).await;
    let steps = vec![step("last", "Worker", &["first"]), step("first", "Worker", &[])];
    let plan = Plan { title: "two things".into(), mode: Mode::Parallel.into(), steps, ..Plan::default() };
    let run = client.start_run(from_plan("plan", plan)).await.unwrap().into_inner();
    let run = ended(&mut client, &run.id).await;
    assert_eq!((run.state(), run.summary.as_str()), (RunState::Completed, "All steps completed (2/2)"));
    let heard: Vec<String> = agent.heard.lock().iter().map(agent::words::text_of).collect();
    assert_eq!(heard, ["do first", "do last"]);
}

#[tokio::test]
async fn dependents_of_a_failed_step_are_skipped() {
    let agent = Script::new("Worker", [Act::Reject]);
    let stage = Stage::new(&[&agent]).await;
    let mut client = serve(&stage).await;
    let steps = vec![step("first", "Worker", &[]), step("last", "Worker", &["first"])];
    let plan = Plan { steps, ..Plan::default() };
    let run = client.start_run(from_plan("plan", plan)).await.unwrap().into_inner();
    let run = ended(&mut client, &run.id).await;
    let states: Vec<StepState> = run.steps.iter().map(|step| step.state()).collect();
    assert_eq!((run.state(), states), (RunState::Failed, vec![StepState::Failed, StepState::Skipped]));
    assert_eq!(run.steps[1].error_code, "DEPENDENCY_FAILED");
    let summary = "Failed: 0 successful, 1 failed, 1 skipped (Do first: not our area; Do last: first did not complete)";
    assert_eq!(run.summary, summary);
}

#[tokio::test]
async fn a_run_can_be_canceled_once() {
    let agent = Script::new("Worker", [Act::Hang]);
    let stage = Stage::new(&[&agent]).await;
    let mut client = serve(&stage).await;
    let plan = Plan { steps: vec![step("only", "Worker", &[])], ..Plan::default() };
    let run = client.start_run(from_plan("plan", plan)).await.unwrap().into_inner();
    crate::stage::eventually("the agent has it", async || agent.heard() == 1).await;
    client.cancel_run(CancelRunRequest { id: run.id.clone() }).await.unwrap();
    assert_eq!(ended(&mut client, &run.id).await.state(), RunState::Canceled);
    let again = client.cancel_run(CancelRunRequest { id: run.id }).await.unwrap_err();
    assert_eq!(again.code(), Code::FailedPrecondition);
}

#[tokio::test]
async fn runs_are_listed_newest_first_in_pages() {
    let agent = Script::new("Worker", []);
    let stage = Stage::new(&[&agent]).await;
    let mut client = serve(&stage).await;
    for name in ["a", "b", "c"] {
        let plan = Plan { title: name.into(), steps: vec![step("only", "Worker", &[])], ..Plan::default() };
        let run = client.start_run(from_plan(name, plan)).await.unwrap().into_inner();
        ended(&mut client, &run.id).await;
    }
    let mut titles = Vec::new();
    let mut request = ListRunsRequest { page_size: Some(2), state: RunState::Completed.into(), ..Default::default() };
    loop {
        let page = client.list_runs(request.clone()).await.unwrap().into_inner();
        assert_eq!(page.total_size, 3);
        titles.extend(page.runs.into_iter().filter_map(|run| run.plan).map(|plan| plan.title));
        if page.next_page_token.is_empty() {
            break;
        }
        request.page_token = page.next_page_token;
    }
    assert_eq!(titles, ["c", "b", "a"]);
    let elsewhere = ListRunsRequest { state: RunState::Failed.into(), ..request };
    let refused = client.list_runs(elsewhere).await.unwrap_err();
    assert_eq!(refused.get_details_bad_request().unwrap().field_violations[0].field, "page_token");
}

#[tokio::test]
async fn what_is_wrong_is_named_by_its_field() {
    let stage = Stage::new(&[]).await;
    let mut client = serve(&stage).await;
    let plan = |change: fn(&mut Plan)| {
        let mut plan = Plan { steps: vec![step("a", "Worker", &[]), step("b", "Worker", &["a"])], ..Plan::default() };
        change(&mut plan);
        from_plan("wrong", plan)
    };
    let cases = [
        (StartRunRequest::default(), "request_id"),
        (StartRunRequest { request_id: "x".into(), ..StartRunRequest::default() }, "source"),
        (from_text("x", "  "), "text"),
        (StartRunRequest { mode: 9, ..from_text("x", "a fire") }, "mode"),
        (StartRunRequest { context_id: "a\nb".into(), ..from_text("x", "a fire") }, "context_id"),
        (StartRunRequest { mode: Mode::Parallel.into(), ..plan(|_| ()) }, "mode"),
        (plan(|plan| plan.steps.clear()), "plan.steps"),
        (plan(|plan| plan.steps[1].id = "a".into()), "plan.steps[1].id"),
        (plan(|plan| plan.steps[0].agent.clear()), "plan.steps[0].agent"),
        (plan(|plan| plan.steps[0].input.clear()), "plan.steps[0].input"),
        (plan(|plan| plan.steps[0].depends_on = vec!["b".into()]), "plan.steps[0].depends_on"),
        (plan(|plan| plan.steps[1].depends_on = vec!["c".into()]), "plan.steps[1].depends_on"),
        (plan(|plan| plan.timeout = Some(prost_types::Duration { seconds: -1, nanos: 0 })), "plan.timeout"),
    ];
    for (request, field) in cases {
        let status = client.start_run(request).await.unwrap_err();
        assert_eq!(status.code(), Code::InvalidArgument, "{field}: {status:?}");
        assert_eq!(violated(&status), [field], "{status:?}");
    }
    let unknown = "019b0000-0000-7000-8000-00000000dead".to_owned();
    let missing = client.get_run(GetRunRequest { id: unknown.clone() }).await.unwrap_err();
    assert_eq!((missing.code(), missing.message()), (Code::NotFound, "run not found"));
    let missing = client.watch_run(WatchRunRequest { id: unknown, after_seq: 0 }).await.unwrap_err();
    assert_eq!(missing.code(), Code::NotFound);
    let token = ListRunsRequest { page_token: "made up".into(), ..ListRunsRequest::default() };
    assert_eq!(client.list_runs(token).await.unwrap_err().code(), Code::InvalidArgument);
    assert_eq!(client.list_runs(ListRunsRequest::default()).await.unwrap().into_inner().total_size, 0);
}

/// The fields that a refusal names.
fn violated(status: &tonic::Status) -> Vec<String> {
    status.get_details_bad_request().unwrap().field_violations.into_iter().map(|it| it.field).collect()
}

async fn duties(client: &mut Client, request: ListDutiesRequest) -> (Vec<String>, String) {
    let page = client.list_duties(request).await.unwrap().into_inner();
    (page.duties.into_iter().map(|duty| duty.step_id).collect(), page.next_page_token)
}

#[tokio::test]
async fn duties_are_listed_page_by_page_until_their_agent_answers() {
    let deaf = Script::new("Worker", [Act::Deaf, Act::Deaf, Act::Deaf]);
    let stage = Stage::new(&[&deaf]).await;
    let impatient = ["--attempt-timeout", "300ms", "--stop-wait", "100ms", "--step-attempts", "1"];
    let mut client = serve_with(&stage, &impatient).await;
    let steps = ["c", "a", "b"].map(|id| step(id, "Worker", &[])).into();
    let plan = Plan { steps, mode: Mode::Parallel.into(), ..Plan::default() };
    let run = client.start_run(from_plan("deaf", plan)).await.unwrap().into_inner();
    let run = ended(&mut client, &run.id).await;
    assert_eq!(run.duties.iter().map(|duty| duty.step_id.as_str()).collect::<Vec<_>>(), ["a", "b", "c"]);
    let of =
        |run: &str, token: &str| ListDutiesRequest { run_id: run.into(), page_size: Some(2), page_token: token.into() };
    let (first, token) = duties(&mut client, of(&run.id, "")).await;
    assert_eq!(first, ["a", "b"]);
    assert_eq!(duties(&mut client, of("", &token)).await, (vec!["c".to_owned()], String::new()));
    let other = "019b0000-0000-7000-8000-00000000dead";
    assert_eq!(duties(&mut client, of(other, "")).await, (Vec::new(), String::new()));
    for (request, field) in [
        (of("no id", ""), "run_id"),
        (of("", "made up"), "page_token"),
        (ListDutiesRequest { page_size: Some(0), ..of("", "") }, "page_size"),
    ] {
        let status = client.list_duties(request).await.unwrap_err();
        assert_eq!((status.code(), violated(&status)), (Code::InvalidArgument, vec![field.to_owned()]));
    }
    deaf.open();
    let mut asked = client.clone();
    eventually("the duties are done", async || duties(&mut asked, of("", "")).await.0.is_empty()).await;
    let after = client.get_run(GetRunRequest { id: run.id.clone() }).await.unwrap().into_inner();
    assert_eq!((after.duties, after.summary), (Vec::new(), run.summary), "what was told stays");
}

#[tokio::test]
async fn a_cursor_beyond_the_log_is_out_of_range() {
    let agent = Script::new("Worker", []);
    let stage = Stage::new(&[&agent]).await;
    let mut client = serve(&stage).await;
    let plan = Plan { steps: vec![step("only", "Worker", &[])], ..Plan::default() };
    let run = client.start_run(from_plan("plan", plan)).await.unwrap().into_inner();
    ended(&mut client, &run.id).await;
    let mut stream = client.watch_run(WatchRunRequest { id: run.id, after_seq: 10_000 }).await.unwrap().into_inner();
    let status = stream.message().await.unwrap_err();
    assert_eq!(status.code(), Code::OutOfRange);
    assert_eq!(status.get_details_bad_request().unwrap().field_violations[0].field, "after_seq");
    assert_eq!(status.get_details_error_info().unwrap().reason, "CURSOR_OUT_OF_RANGE");
}

#[tokio::test]
async fn what_is_too_large_is_refused_before_anything_happens() {
    let stage = Stage::new(&[]).await;
    let mut client = serve(&stage).await;
    let long = "a fire ".repeat(10_000);
    let mut large = step("only", "Worker", &[]);
    large.input[0].content = Some(Content::Text("x".repeat(600_000)));
    let tiny = Part { content: Some(Content::Text("x".into())), ..Part::default() };
    let odd = Step { input: vec![tiny; 70_000], ..step("only", "Worker", &[]) };
    let plan = |step| from_plan("large", Plan { steps: vec![step], ..Plan::default() });
    for (request, field) in [(from_text("long", &long), "text"), (plan(large), "plan"), (plan(odd), "plan")] {
        let status = client.start_run(request).await.unwrap_err();
        let info = status.get_details_error_info().unwrap();
        assert_eq!((info.reason.as_str(), info.metadata["field"].as_str()), ("TOO_LARGE", field));
    }
    let asked = PlanOnlyRequest { text: long, ..PlanOnlyRequest::default() };
    assert_eq!(client.plan_only(asked).await.unwrap_err().code(), Code::ResourceExhausted);
    assert_eq!(client.list_runs(ListRunsRequest::default()).await.unwrap().into_inner().total_size, 0);
}

#[tokio::test]
async fn runs_of_large_plans_are_read_and_listed() {
    let agent = Script::new("Worker", []);
    let stage = Stage::new(&[&agent]).await;
    let mut client = serve(&stage).await;
    let mut large = step("only", "Worker", &[]);
    large.input[0].content = Some(Content::Text("x".repeat(500_000)));
    for name in 0..9 {
        let plan = Plan { steps: vec![large.clone()], ..Plan::default() };
        let run = client.start_run(from_plan(&name.to_string(), plan)).await.unwrap().into_inner();
        assert_eq!(ended(&mut client, &run.id).await.state(), RunState::Completed);
    }
    let (mut request, mut sizes) = (ListRunsRequest::default(), Vec::new());
    while sizes.is_empty() || !request.page_token.is_empty() {
        let page = client.list_runs(request.clone()).await.unwrap().into_inner();
        sizes.push(page.runs.len());
        request.page_token = page.next_page_token;
    }
    assert_eq!((sizes.iter().sum::<usize>(), sizes.len() > 1), (9, true), "{sizes:?}");
}

#[tokio::test]
async fn a_plan_that_triage_is_not_sure_of_says_why_and_what_will_be_asked() {
    let stage = Stage::new(&[]).await;
    let mut client = serve(&stage).await;
    let request = PlanOnlyRequest { text: "Please help, come quickly".into(), ..PlanOnlyRequest::default() };
    let answer = client.plan_only(request).await.unwrap().into_inner();
    assert_eq!(answer.question, "What has happened, where, and is anybody hurt?");
    assert!(answer.confidence < 0.6 && !answer.reasons.is_empty(), "{answer:?}");
    let sure =
        client.plan_only(PlanOnlyRequest { text: CALL.into(), ..Default::default() }).await.unwrap().into_inner();
    assert_eq!((sure.question.as_str(), sure.reasons.len()), ("", 0));
}

#[tokio::test]
async fn an_agent_without_the_skill_is_not_called_absent() {
    let agent = Script::new("Worker", []);
    let stage = Stage::new(&[&agent]).await;
    let mut client = serve(&stage).await;
    let steps = vec![Step { skill: "juggle".into(), ..step("only", "Worker", &[]) }, step("other", "Nobody", &[])];
    let plan = Plan { steps, mode: Mode::Parallel.into(), ..Plan::default() };
    let run = client.start_run(from_plan("plan", plan)).await.unwrap().into_inner();
    let run = ended(&mut client, &run.id).await;
    let errors: Vec<&str> = run.steps.iter().map(|step| step.error.as_str()).collect();
    let nobody = "no Nobody is registered within 0.5 s; see `watchroom agents`";
    assert_eq!(errors, ["Worker offers no skill juggle; see `watchroom agents`", nobody]);
}
