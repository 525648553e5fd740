//! A place that is learnt from the answer to a question reaches those who were sent before, and goes with the others.

use a2a::metadata::{as_text, member};
use a2a::{Backend as _, SendRequest};
use agent::words::text_of;
use proto::a2a::Message;
use types::{TaskId, TaskState};

use crate::stage::{Act, Operator, Script, Stage, eventually, request, services};

const SKILLS: &[&str] = &["dispatch", "redirect", "release"];

/// A fire somewhere.
const PLACELESS: &str = "There is a fire, come quickly!";

fn answer(run: TaskId, words: &str) -> SendRequest {
    let mut answer = request(words);
    (answer.task, answer.message.task_id) = (Some(run), run.to_string());
    answer
}

fn skill(message: &Message) -> &str {
    as_text(member(message.metadata.as_ref(), "skill")).unwrap()
}

/// The data of a message.
fn data(message: &Message) -> serde_json::Value {
    let part = message.parts.iter().find(|part| matches!(part.content, Some(proto::a2a::part::Content::Data(_))));
    serde_json::from_str::<serde_json::Value>(&proto::to_json(part.unwrap()).unwrap()).unwrap()["data"].clone()
}

fn fire(acts: &[Act]) -> Script {
    let [fire, _, _] = services(acts, &[], &[]);
    fire.offering(SKILLS)
}

#[tokio::test]
async fn who_was_sent_is_told_the_place_and_the_report_names_it() {
    let fire = fire(&[]);
    let stage = Stage::new(&[&fire]).await;
    let operator = stage.operator().await;
    let run = asked(&operator).await;
    operator.send(answer(run, "12 Mill Lane")).await.end().await;
    let told = [
        "Where is help needed?",
        "<plan>",
        "Answer received. The place is 12 Mill Lane. Nobody else is needed. To be told the place: Fire Brigade Agent.",
        "[2/2] Telling Fire Brigade Agent the place...",
        "<answer-fire.redirect>",
        "[2/2] Fire Brigade Agent knows the place",
        "<report>",
        "All emergency services dispatched successfully (1/1)",
    ];
    let lines = operator.follow(run, 1).await.end().await.lines();
    assert_eq!(lines[lines.len().saturating_sub(told.len())..], told);
    let heard = fire.heard.lock().clone();
    let [dispatch, redirect] = &heard[..] else { panic!("{heard:?}") };
    assert_eq!((skill(dispatch), skill(redirect)), ("dispatch", "redirect"));
    assert_eq!(dispatch.context_id, redirect.context_id);
    let told = data(redirect);
    assert_eq!((&told["location"]["text"], &told["dispatch"]), (&"12 Mill Lane".into(), &format!("{run}/fire").into()));
    assert_eq!(text_of(redirect), format!("{PLACELESS}\n12 Mill Lane"));
    let task = operator.get(run).await;
    let report = task.artifacts.iter().find(|artifact| artifact.name == "report").unwrap();
    let words = format!("{:?}", report.parts[0]);
    assert!(words.contains("# Emergency dispatch to 12 Mill Lane") && words.contains("## Telling"), "{words}");
}

/// A run that waits for the answer to its question.
async fn asked(operator: &Operator) -> TaskId {
    let story = operator.call(PLACELESS).await.end().await;
    assert_eq!(story.state(), TaskState::InputRequired, "{:#?}", story.lines());
    story.run()
}

#[tokio::test]
async fn a_question_is_answered_while_a_dispatch_waits_in_a_queue_and_over_a_crash() {
    let fire = fire(&[Act::Queue]);
    let stage = Stage::new(&[&fire]).await;
    let operator = stage.operator().await;
    let mut story = operator.call(PLACELESS).await;
    story.until("Fire Brigade Agent waits: nobody is free").await;
    let open = "Dispatch plan created: Fire Brigade Agent. Open question: Where is help needed?";
    assert!(story.lines().iter().any(|line| line == open), "{:#?}", story.lines());
    let run = story.run();
    let mut answered = operator.send(answer(run, "12 Mill Lane")).await;
    answered.until("Fire Brigade Agent knows the place").await;
    assert_eq!(fire.heard.lock().iter().map(skill).collect::<Vec<_>>(), ["dispatch", "redirect"]);
    operator.die();
    let operator = stage.operator().await;
    let refused = operator.kit.stream(crate::stage::call(), answer(run, "14 Mill Lane")).await;
    let refused = refused.err().expect("nothing is asked any more").to_string();
    assert!(refused.contains("no open question"), "{refused}");
    fire.open();
    eventually("the run ends", async || {
        operator.get(run).await.status.unwrap().state() == proto::a2a::TaskState::Completed
    })
    .await;
    assert_eq!(fire.heard(), 2, "told once, and nothing is asked in the end");
}

/// What a run has said last.
async fn last_words(operator: &Operator, run: TaskId) -> String {
    operator.get(run).await.status.unwrap().message.as_ref().map(text_of).unwrap_or_default()
}

#[tokio::test]
async fn who_says_what_has_happened_is_asked_where_and_then_all_are_told() {
    let [fire, police, ambulance] = services(&[], &[], &[]).map(|it| it.offering(SKILLS));
    let stage = Stage::new(&[&fire, &police, &ambulance]).await;
    let operator = stage.operator().await;
    let run = operator.call("help").await.end().await.run();
    operator.send(answer(run, "There is a fire, nobody is hurt")).await.end().await;
    assert_eq!(last_words(&operator, run).await, "Where is help needed?");
    operator.send(answer(run, "12 Mill Lane")).await.end().await;
    assert_eq!(last_words(&operator, run).await, "All emergency services dispatched successfully (3/3)");
    for agent in [fire, police, ambulance] {
        let heard = agent.heard.lock();
        assert_eq!(heard.iter().map(skill).collect::<Vec<_>>(), ["dispatch", "redirect"], "what was sent stays sent");
        assert_eq!(data(&heard[1])["location"]["text"], "12 Mill Lane");
    }
}

#[tokio::test]
async fn an_agent_that_cannot_be_told_is_not_asked_and_the_run_is_no_success() {
    let [fire, _, _] = services(&[], &[], &[]);
    let stage = Stage::new(&[&fire]).await;
    let operator = stage.operator().await;
    let run = asked(&operator).await;
    operator.send(answer(run, "12 Mill Lane")).await.end().await;
    let last = last_words(&operator, run).await;
    let why = "Fire Agent offers no skill redirect; see `watchroom agents`";
    let expected =
        format!("Dispatch completed with issues: 1 successful, 1 failed (Telling Fire Brigade Agent the place: {why})");
    assert_eq!(last, expected);
    assert_eq!(fire.heard(), 1, "it might take that for another dispatch");
}

#[tokio::test]
async fn a_stranger_is_not_told_what_it_might_take_for_another_dispatch() {
    let fire = fire(&[]);
    let mut stage = Stage::new(&[]).await;
    stage.stranger(&fire).await;
    let operator = stage.operator().await;
    let run = asked(&operator).await;
    operator.send(answer(run, "12 Mill Lane")).await.end().await;
    let last = last_words(&operator, run).await;
    assert!(last.contains("offers no skill redirect"), "{last}");
    assert_eq!(fire.heard(), 1);
}

#[tokio::test]
async fn only_the_store_that_has_the_dispatch_is_told() {
    let (one, other) = (fire(&[]), fire(&[]));
    let mut stage = Stage::new(&[]).await;
    stage.add_instance(&one, "one").await;
    stage.add_instance(&other, "other").await;
    let operator = stage.operator().await;
    for _ in 0..4 {
        let run = asked(&operator).await;
        let before = (one.heard(), other.heard());
        operator.send(answer(run, "12 Mill Lane")).await.end().await;
        let last = [&one, &other].map(|fire| fire.heard.lock().last().cloned());
        let told = last.iter().flatten().filter(|message| skill(message) == "redirect" && of(message, run)).count();
        assert_eq!((one.heard() + other.heard(), told), (before.0 + before.1 + 1, 1));
        for fire in [&one, &other] {
            let heard = fire.heard.lock();
            let dispatched = heard.iter().any(|it| skill(it) == "dispatch" && mark(it) == run.to_string());
            let told = heard.iter().any(|it| skill(it) == "redirect" && of(it, run));
            assert_eq!(dispatched, told, "whoever has it is told");
        }
    }
}

/// Whether a redirect is about a dispatch of this run.
fn of(message: &Message, run: TaskId) -> bool {
    data(message)["dispatch"] == format!("{run}/fire")
}

/// The run that a message comes from.
fn mark(message: &Message) -> String {
    let dispatch = a2a::metadata::Dispatch::from_metadata(message.metadata.as_ref()).unwrap().unwrap();
    dispatch.run.to_string()
}

#[tokio::test]
async fn a_cancel_releases_whoever_was_told_once() {
    let fire = fire(&[]);
    let stage = Stage::new(&[&fire, &Script::new("Ambulance Agent", [Act::Queue]).offering(SKILLS)]).await;
    let operator = stage.operator().await;
    let mut story = operator.call("There is a fire, come quickly, my wife is hurt!").await;
    story.until("Ambulance Agent waits").await;
    let run = story.run();
    operator.send(answer(run, "12 Mill Lane")).await.until("Fire Brigade Agent knows the place").await;
    operator.cancel(run).await;
    eventually("the run ends", async || {
        operator.get(run).await.status.unwrap().state() == proto::a2a::TaskState::Canceled
    })
    .await;
    assert_eq!(fire.heard.lock().iter().map(skill).collect::<Vec<_>>(), ["dispatch", "redirect", "release"]);
}
