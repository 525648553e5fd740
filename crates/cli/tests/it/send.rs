//! `send` and `watch`: what is sent, what is shown, how it ends.

use std::process::Stdio;

use proto::a2a::stream_response::Payload;
use proto::a2a::{StreamResponse, TaskState};
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tonic::{Code, Status};

use crate::answers::{Agent, Answer, all};
use crate::frames::{CONTEXT, TASK, begun, dispatch, plain, plan, resumed, said, status, step};
use crate::support::{end, run, signal, watchroom};

const CALL: &str = "Fire and an intruder at 12 Mill Lane";

#[tokio::test]
async fn a_dispatch_is_told_step_by_step_and_ends_0() {
    let (agent, url) = Agent::start([Answer::Frames(all(dispatch("completed")))]).await;
    let ended = run(&["send", CALL, "--agent", &url]).await;
    assert_eq!(ended.code, Some(0), "{ended:?}");
    let expected = format!(
        "task {TASK} in conversation {CONTEXT}\n1. Fire\n2. Police\n\
         [1/2] Dispatching Fire Brigade Agent\n[1/2] Fire Brigade Agent dispatched successfully\n\
         [2/2] Dispatching Police Agent\n[2/2] Police Agent completed\n\
         \n# Report\nall said\n\ncompleted: 2/2 dispatched\n"
    );
    assert_eq!(ended.out, expected);
    assert_eq!(agent.metadata("a2a-version"), [Some("1.0".to_owned())]);
    let message = agent.sends()[0].message.clone().unwrap();
    assert!(!message.message_id.is_empty());
    assert_eq!(message.parts[0], proto::a2a::Part { media_type: "text/plain".to_owned(), ..crate::frames::text(CALL) });
}

#[tokio::test]
async fn a_dash_sends_what_is_on_standard_input() {
    let (agent, url) = Agent::start([Answer::Frames(all(dispatch("completed")))]).await;
    let mut child = watchroom(&["send", "-", "--agent", &url]).stdin(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(format!("{CALL}\nhurry\n").as_bytes()).await.unwrap();
    assert_eq!(end(child).await.code, Some(0));
    let sent = agent.sends()[0].message.clone().unwrap().parts.remove(0);
    assert_eq!(sent.content, crate::frames::text(&format!("{CALL}\nhurry")).content);
}

#[tokio::test]
async fn a_resume_refers_to_its_task_and_is_followed_like_any_other() {
    let (agent, url) = Agent::start([Answer::Frames(all(dispatch("completed")))]).await;
    let ended = run(&["resume", TASK, "--operator", &url, "--message-id", "again"]).await;
    assert_eq!(ended.code, Some(0), "{ended:?}");
    assert!(ended.out.ends_with("\ncompleted: 2/2 dispatched\n"), "{ended:?}");
    let message = agent.sends()[0].message.clone().unwrap();
    assert_eq!((message.message_id.as_str(), &message.reference_task_ids[..]), ("again", &[TASK.to_owned()][..]));
    let json = proto::to_json(&message.parts[0]).unwrap();
    assert!(json.contains(r#""urn:watchroom:ext:plan:v1":{"resume":true}"#), "{json}");
}

#[tokio::test]
async fn a_resume_that_is_refused_says_how_to_look_at_its_task() {
    let (reason, message) = (Some("RUN_NOT_RESUMABLE".to_owned()), "nothing is left to do".to_owned());
    let done = a2a::Error::Other { code: Code::FailedPrecondition, reason, message };
    let (_agent, url) = Agent::start([Answer::Refuse(done.into())]).await;
    let ended = run(&["resume", TASK, "--operator", &url]).await;
    assert_eq!(ended.code, Some(1), "{ended:?}");
    assert!(
        ended.err.contains(&format!("next: `watchroom task {TASK} --operator {url}` shows how it stands")),
        "{ended:?}"
    );
}

#[tokio::test]
async fn a_message_that_is_too_large_there_goes_out_once() {
    let refusals = [
        (
            Status::out_of_range("Error, decoded message length too large: found 9 bytes, the limit is: 8 bytes"),
            "9 bytes",
        ),
        (Status::resource_exhausted("the request is too large"), "next: send less"),
    ];
    for (refusal, said) in refusals {
        let (agent, url) = Agent::start([Answer::Refuse(refusal)]).await;
        let ended = run(&["send", CALL, "--agent", &url]).await;
        assert!(ended.code == Some(1) && ended.err.contains(said), "{ended:?}");
        assert_eq!(agent.sends().len(), 1);
    }
}

#[tokio::test]
async fn a_plan_is_sent_from_its_file_and_a_slip_in_it_refused() {
    let (agent, url) = Agent::start([Answer::Frames(all(dispatch("completed")))]).await;
    let file = tempfile::NamedTempFile::new().unwrap();
    let send = async |plan: &str| {
        std::fs::write(file.path(), plan).unwrap();
        run(&["send", "--plan", file.path().to_str().unwrap(), "--agent", &url]).await
    };
    let plan =
        r#"{"title": "one", "steps": [{"id": "a", "agent": "A", "atMostOnce": true, "onUnknown": "ON_UNKNOWN_FAIL"}]}"#;
    assert_eq!(send(plan).await.code, Some(0));
    let sent = agent.sends()[0].message.clone().unwrap().parts.remove(0);
    assert!(sent.metadata.as_ref().unwrap().fields.contains_key(a2a::metadata::PLAN));
    let json: serde_json::Value = serde_json::from_str(&proto::to_json(&sent).unwrap()).unwrap();
    assert_eq!(json["data"]["steps"][0]["onUnknown"], "ON_UNKNOWN_FAIL");
    for (slip, word) in [(r#"{"stepps": []}"#, "stepps"), ("smoke", "line 1 column 1"), ("", "holds no plan")] {
        let ended = send(slip).await;
        assert_eq!(ended.code, Some(64), "{ended:?}");
        assert!(ended.err.contains(word), "{ended:?}");
    }
    assert_eq!(run(&["send", "--plan", "/nowhere", "--agent", &url]).await.code, Some(74));
    assert_eq!(agent.sends().len(), 1, "what is no plan is not sent");
}

#[tokio::test]
async fn a_partial_success_ends_1() {
    let (_agent, url) = Agent::start([Answer::Frames(all(dispatch("failed")))]).await;
    let ended = run(&["send", CALL, "--operator", &url]).await;
    assert_eq!(ended.code, Some(1), "{ended:?}");
    assert!(ended.out.contains("completed: 1 successful, 1 failed"), "{ended:?}");
    assert!(ended.err.contains(&format!("watchroom resume {TASK} --operator {url}")), "{ended:?}");
}

#[tokio::test]
async fn a_step_that_succeeds_in_the_end_is_no_failure() {
    let frames = [
        begun(1),
        step(2, "fire", "failed", "[1/1] attempt 1 failed"),
        step(3, "fire", "completed", "[1/1] dispatched"),
        status(4, TaskState::Completed, "1/1"),
    ];
    let (_agent, url) = Agent::start([Answer::Frames(all(frames))]).await;
    assert_eq!(run(&["send", CALL, "--agent", &url]).await.code, Some(0));
}

#[tokio::test]
async fn a_failed_task_ends_1() {
    for state in [TaskState::Failed, TaskState::Rejected, TaskState::Canceled] {
        let (_agent, url) = Agent::start([Answer::Frames(all([begun(1), status(2, state, "no")]))]).await;
        let ended = run(&["send", CALL, "--agent", &url]).await;
        assert_eq!(ended.code, Some(1), "{state:?}");
        assert!(!ended.err.contains("resume"), "only the operator can go on from a task: {ended:?}");
    }
}

#[tokio::test]
async fn a_question_ends_2_and_says_how_to_answer() {
    let frames = all([begun(1), status(2, TaskState::InputRequired, "Where is it?")]);
    let (_agent, url) = Agent::start([Answer::Hang(frames)]).await;
    let ended = run(&["send", "help", "--agent", &url]).await;
    assert_eq!(ended.code, Some(2), "{ended:?}");
    assert!(ended.out.contains("input required: Where is it?"), "{ended:?}");
    assert!(ended.err.contains(&format!("watchroom send --task {TASK} --agent {url}")), "{ended:?}");
}

#[tokio::test]
async fn a_question_that_is_open_from_the_start_can_be_answered_at_once() {
    let open = || [begun(1), plan(2, Some("location")), status(3, TaskState::Working, "Dispatching...")];
    let ends = || [status(4, TaskState::Completed, "1/1")];
    let how =
        |flag: &str, url: &str| format!("answer at any time with: watchroom send --task {TASK} {flag} {url} \"...\"");
    let answers = || [Answer::Frames(all(open().into_iter().chain(ends())))];
    let (_agent, url) = Agent::start(answers()).await;
    let ended = run(&["send", "help", "--operator", &url]).await;
    assert_eq!(ended.err.matches(&how("--operator", &url)).count(), 1, "{ended:?}");
    let (_agent, url) = Agent::start(answers()).await;
    let ended = run(&["watch", TASK, "--agent", &url]).await;
    assert!(ended.err.contains(&how("--agent", &url)), "{ended:?}");
    let closed = [begun(1), plan(2, None), status(3, TaskState::Completed, "1/1")];
    let (_agent, url) = Agent::start([Answer::Frames(all(closed))]).await;
    let ended = run(&["send", "help", "--agent", &url]).await;
    assert!(!ended.err.contains("answer"), "{ended:?}");
}

#[tokio::test]
async fn what_follows_an_answer_is_told_from_its_first_frame_on_and_nothing_from_before() {
    let rest = [
        resumed(4, TaskState::InputRequired),
        status(5, TaskState::Working, "Answer received"),
        step(6, "fire", "working", "[3/4] Telling Fire"),
        step(7, "fire", "completed", "[4/4] Fire knows the place"),
        status(8, TaskState::Completed, "4/4"),
    ];
    let (agent, url) = Agent::start([Answer::Frames(all(rest))]).await;
    let ended = run(&["send", "12 Mill Lane", "--task", "answered", "--agent", &url]).await;
    let expected = "Answer received\n[3/4] Telling Fire\n[4/4] Fire knows the place\ncompleted: 4/4\n";
    assert_eq!((ended.code, ended.out.as_str()), (Some(0), expected), "{ended:?}");
    let sends = agent.sends();
    assert_eq!((sends.len(), sends[0].message.as_ref().unwrap().task_id.as_str()), (1, "answered"));
    assert!(agent.metadata("watchroom-cursor").contains(&Some("4".to_owned())));
}

#[tokio::test]
async fn what_keeps_an_answer_away_is_said_once_and_again_when_it_changes() {
    let refuse = |why: &str| Answer::Refuse(Status::unavailable(why));
    let answers =
        [refuse("starting"), refuse("starting"), refuse("stopping"), Answer::Frames(all(dispatch("completed")))];
    let (_agent, url) = Agent::start(answers).await;
    let ended = run(&["send", CALL, "--agent", &url]).await;
    assert_eq!((ended.code, ended.err.matches("no answer yet").count()), (Some(0), 2), "{ended:?}");
}

#[tokio::test]
async fn what_a_task_does_not_take_can_be_said_in_its_conversation() {
    let refusal = || Answer::Refuse(a2a::Error::UnsupportedOperation("it has no open question".to_owned()).into());
    let (agent, url) = Agent::start([refusal()]).await;
    agent.refuse(a2a::Error::UnsupportedOperation("it has no open question".to_owned()));
    let ended = run(&["send", "12 Mill Lane", "--task", TASK, "--agent", &url]).await;
    assert_eq!(ended.code, Some(1), "{ended:?}");
    let next =
        format!("next: `watchroom send --context {CONTEXT} --agent {url} \"...\"` says it in the same conversation");
    assert!(ended.err.contains("no open question") && ended.err.contains(&next), "{ended:?}");
}

#[tokio::test]
async fn json_is_one_frame_per_line_with_its_cursor() {
    let (_agent, url) = Agent::start([Answer::Frames(all(dispatch("completed")))]).await;
    let ended = run(&["send", CALL, "--agent", &url, "--json"]).await;
    let frames = ended.json();
    assert_eq!(frames.len(), 8);
    assert_eq!(frames[0]["task"]["id"], TASK);
    let cursor = &frames[5]["statusUpdate"]["metadata"]["urn:watchroom:ext:cursor:v1"];
    assert_eq!((&cursor["seq"], &cursor["prev"]), (&6.into(), &5.into()));
    assert_eq!(frames[7]["statusUpdate"]["status"]["state"], "TASK_STATE_COMPLETED");
}

#[tokio::test]
async fn a_cut_stream_goes_on_from_its_cursor() {
    let whole = dispatch("completed");
    let mut cut = all(whole[..4].iter().cloned());
    cut.push(Err(Status::unavailable("going down")));
    let mut rest = vec![resumed(4, TaskState::Working)];
    rest.extend(whole[4..].iter().cloned());
    let (agent, url) = Agent::start([Answer::Frames(cut), Answer::Frames(all(rest))]).await;
    let ended = run(&["send", CALL, "--agent", &url, "--json"]).await;
    assert_eq!(ended.code, Some(0), "{ended:?}");
    let seqs: Vec<u64> = ended.json().iter().map(seq).collect();
    assert_eq!(seqs, [1, 2, 3, 4, 5, 6, 7, 8]);
    assert_eq!(agent.metadata("watchroom-cursor"), [None, Some("4".to_owned())]);
    assert!(ended.err.contains("lost") && ended.err.contains("connected again"), "{ended:?}");
}

fn seq(frame: &serde_json::Value) -> u64 {
    let body = frame.as_object().unwrap().values().next().unwrap();
    body["metadata"]["urn:watchroom:ext:cursor:v1"]["seq"].as_u64().unwrap()
}

#[tokio::test]
async fn an_unanswered_message_is_sent_again_under_its_id() {
    let busy = Answer::Refuse(Status::unavailable("starting"));
    let (agent, url) = Agent::start([busy, Answer::Frames(all(dispatch("completed")))]).await;
    let ended = run(&["send", CALL, "--agent", &url]).await;
    assert_eq!(ended.code, Some(0), "{ended:?}");
    let sends = agent.sends();
    assert_eq!(sends.len(), 2);
    assert_eq!(sends[0], sends[1]);
}

#[tokio::test]
async fn nobody_there_ends_69_at_once_and_says_what_to_do() {
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let url = format!("http://{free}");
    let ended = run(&["send", CALL, "--operator", &url]).await;
    assert_eq!(ended.code, Some(69), "{ended:?}");
    for word in ["the operator", &url, "refused", "watchroom up", "WATCHROOM_OPERATOR"] {
        assert!(ended.err.contains(word), "{word}: {ended:?}");
    }
}

#[tokio::test]
async fn a_refusal_is_shown_with_its_fields_and_ends_64() {
    let refusal = a2a::Error::invalid("message.parts", "must not be empty");
    let (_agent, url) = Agent::start([Answer::Refuse(refusal.into())]).await;
    let ended = run(&["send", CALL, "--agent", &url]).await;
    assert_eq!(ended.code, Some(64), "{ended:?}");
    assert!(ended.err.contains("field message.parts: must not be empty"), "{ended:?}");
    assert!(ended.err.contains("INVALID_ARGUMENT"), "{ended:?}");
}

#[tokio::test]
async fn a_reused_message_id_is_explained() {
    let refusal = a2a::Error::MessageIdReused("twice".to_owned());
    let (agent, url) = Agent::start([Answer::Refuse(refusal.into())]).await;
    let ended = run(&["send", CALL, "--agent", &url, "--message-id", "twice"]).await;
    assert_eq!(ended.code, Some(1), "{ended:?}");
    assert!(ended.err.contains("MESSAGE_ID_REUSED") && ended.err.contains("--message-id"), "{ended:?}");
    assert_eq!(agent.sends()[0].message.clone().unwrap().message_id, "twice");
}

#[tokio::test]
async fn a_direct_reply_is_the_whole_answer() {
    let reply = StreamResponse { payload: Some(Payload::Message(said("no task needed"))) };
    let (_agent, url) = Agent::start([Answer::Frames(all([reply]))]).await;
    let ended = run(&["send", "hello", "--agent", &url]).await;
    assert_eq!((ended.code, ended.out.as_str()), (Some(0), "no task needed\n"));
}

#[tokio::test]
async fn agents_without_cursors_are_followed_too() {
    let frames: Vec<StreamResponse> = dispatch("completed").into_iter().map(plain).collect();
    let (_agent, url) = Agent::start([Answer::Frames(all(frames))]).await;
    let ended = run(&["send", CALL, "--agent", &url]).await;
    assert_eq!(ended.code, Some(0), "{ended:?}");
    assert!(ended.out.ends_with("completed: 2/2 dispatched\n"), "{ended:?}");
}

#[tokio::test]
async fn agents_that_do_not_stream_are_asked_from_time_to_time() {
    let refusal = || Answer::Refuse(a2a::Error::UnsupportedOperation("no streaming".to_owned()).into());
    let (agent, url) = Agent::start([refusal(), refusal()]).await;
    let ended = run(&["send", CALL, "--agent", &url]).await;
    assert_eq!(ended.code, Some(0), "{ended:?}");
    assert!(ended.out.ends_with("completed: 2/2 dispatched\n"), "{ended:?}");
    let [streamed, sent] = &agent.sends()[..] else { panic!("{:?}", agent.sends()) };
    assert_eq!(streamed.message, sent.message);
}

#[tokio::test]
async fn return_immediately_shows_the_task_and_how_to_follow_it() {
    let (agent, url) = Agent::start([]).await;
    let args =
        ["send", CALL, "--agent", &url, "--return-immediately", "--context", "c", "--task", "t", "--mode", "parallel"];
    let ended = run(&args).await;
    assert_eq!(ended.code, Some(0), "{ended:?}");
    assert!(ended.out.contains(TASK), "{ended:?}");
    assert!(ended.err.contains(&format!("watchroom watch {TASK} --agent {url}")), "{ended:?}");
    let request = agent.sends().remove(0);
    assert!(request.configuration.unwrap().return_immediately);
    let message = request.message.unwrap();
    assert_eq!((message.context_id.as_str(), message.task_id.as_str()), ("c", "t"));
    assert!(format!("{:?}", message.metadata).contains("parallel"));
}

#[tokio::test]
async fn ctrl_c_leaves_the_task_and_says_how_to_watch_it() {
    let frames = all(dispatch("completed").into_iter().take(3));
    let (_agent, url) = Agent::start([Answer::Hang(frames)]).await;
    let mut child = watchroom(&["send", CALL, "--agent", &url]).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    while !lines.next_line().await.unwrap().unwrap().starts_with("[1/2]") {}
    signal(child.id().unwrap(), "INT");
    let ended = end(child).await;
    assert_eq!(ended.code, Some(130), "{ended:?}");
    assert!(ended.err.contains(&format!("watchroom watch {TASK} --from 3 --agent {url}")), "{ended:?}");
}

#[tokio::test]
async fn watch_tells_the_rest_and_ends_as_the_task_did() {
    let whole = dispatch("completed");
    let mut rest = vec![resumed(6, TaskState::Working)];
    rest.extend(whole[6..].iter().cloned());
    let (agent, url) = Agent::start([Answer::Frames(all(rest))]).await;
    let ended = run(&["watch", TASK, "--from", "6", "--agent", &url]).await;
    assert_eq!(ended.code, Some(0), "{ended:?}");
    assert_eq!(ended.out, "\n# Report\nall said\n\ncompleted: 2/2 dispatched\n");
    assert_eq!(agent.metadata("watchroom-cursor")[1], Some("6".to_owned()));
}

#[tokio::test]
async fn watching_an_unknown_task_ends_1() {
    let (_agent, url) = Agent::start([Answer::Refuse(a2a::Error::TaskNotFound.into())]).await;
    let ended = run(&["watch", "unknown", "--agent", &url]).await;
    assert_eq!(ended.code, Some(1), "{ended:?}");
    assert!(ended.err.contains("TASK_NOT_FOUND") && ended.err.contains("watchroom tasks"), "{ended:?}");
}

#[tokio::test]
async fn control_characters_of_others_are_not_written() {
    let frames = all([begun(1), status(2, TaskState::Completed, "done\u{1b}[2J\u{7} at last")]);
    let (_agent, url) = Agent::start([Answer::Frames(frames)]).await;
    let ended = run(&["send", CALL, "--agent", &url]).await;
    assert!(ended.out.ends_with("completed: done[2J at last\n"), "{ended:?}");
}
