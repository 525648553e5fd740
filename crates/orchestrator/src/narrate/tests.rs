//! What is written without a tree is what generated code writes of what it says: read and written again, it is the same.

use a2a::frame::{self, Update, Written};
use agent::Change;
use engine::{Answer, Cause, ChildNews, Code, Event, Input, Mode, News, Plan, Route, Routes, Run};
use prost::Message as _;
use proto::Struct;
use proto::a2a::part::Content;
use proto::a2a::{Artifact, Message, Part};
use proto::value::Kind;
use types::{Seq, StoreId, Timestamp};

use super::narrate;
use crate::call::Call;
use crate::plan::payload;
use crate::settings::Settings;

const WORDS: &str = "A man set fire to the house at 170 London Road and attacked his neighbour, two people are hurt.";

/// Decides and applies, and gives what clients see.
fn tell(run: &mut Run, at: u64, news: News, call: Option<&Call>) -> Vec<Change> {
    let route = Route { endpoint: "http://127.0.0.1:7411".into(), store_id: Some(StoreId::from_bytes([7; 16])) };
    let open = ["fire", "police", "ambulance"].map(|id| (id.parse().unwrap(), route.clone())).to_vec();
    let input = Input { routes: Routes { open, ..Routes::default() }, ..Input::of(news) };
    let events: Vec<Event> = run.decide(Timestamp::from_millis(at), input).unwrap();
    let told = |(place, event): (usize, &Event)| {
        run.apply(event);
        narrate(run, event, &events[place + 1..], call)
    };
    events.iter().enumerate().flat_map(told).collect()
}

fn child(step: &str, news: ChildNews) -> News {
    News::Child { step: step.parse().unwrap(), attempt: 1, news }
}

/// An answer with a part of each kind.
fn answer() -> ChildNews {
    let data = a2a::metadata::object([("units".to_owned(), a2a::metadata::list([a2a::metadata::text("E1")]))].into());
    let metadata = Some(a2a::metadata::structure([("m", a2a::metadata::truth(true))]));
    let contents = [
        Content::Text("on our way".into()),
        Content::Raw(vec![0xfb, 7].into()),
        Content::Url("http://x".into()),
        Content::Data(data),
    ];
    let part = |content| Part {
        content: Some(content),
        metadata: metadata.clone(),
        filename: "f".into(),
        media_type: "m".into(),
    };
    let answer = payload(contents.map(part).to_vec());
    ChildNews::Ended { child: Some("child-1".parse().unwrap()), answer: Answer::Completed(answer) }
}

/// A note with metadata of its own beside its progress.
fn note() -> ChildNews {
    let metadata = Some(a2a::metadata::structure([("urn:own", a2a::metadata::text("x"))]));
    let parts = vec![agent::words::text_part("hm")];
    let note = Message { parts, metadata, ..Message::default() }.encode_to_vec().into();
    ChildNews::Progress { child: "child-2".parse().unwrap(), cursor: Seq(3), note }
}

/// Every change of a run of three steps: one completes, one is declined, one strays.
fn story() -> Vec<Change> {
    let (mut run, call) = (Run::default(), Call::new(WORDS.to_owned()));
    let plan: Plan = call.plan(Some(Mode::Parallel), &Settings::default());
    let mut seen = tell(&mut run, 1_000, News::Accept(plan), Some(&call));
    let declined = ChildNews::NotAccepted(Cause::new(Code::Refused, "not our area"));
    for news in [child("fire", answer()), child("police", declined), child("ambulance", note())] {
        seen.extend(tell(&mut run, 2_000, news, None));
    }
    seen.extend(tell(&mut run, 3_000, child("ambulance", ChildNews::NotFound), None));
    for at in [1_000_000, 2_000_000, 3_000_000] {
        if run.outcome().is_none() {
            seen.extend(tell(&mut run, at, News::Tick, None));
        }
    }
    assert!(run.outcome().is_some(), "{run:?}");
    seen
}

#[test]
fn each_frame_of_a_run_is_what_generated_code_writes_of_it() {
    let mut written = Written::new("task".to_owned(), "context".to_owned());
    let mut ids = Vec::new();
    for (seq, change) in (1..).map(Seq).zip(story()) {
        let frame = match change {
            Change::Status { state, message, metadata } => {
                written.tell(state, message.as_ref(), prost_types::Timestamp::default(), metadata, seq)
            }
            Change::Artifact { artifact, chunk } => written.make(artifact, chunk, seq),
        };
        let again = match frame::open(frame.clone()).unwrap().update {
            Update::Status(update) => {
                let ids = frame::Ids { task: &update.task_id, context: &update.context_id };
                frame::status(ids, update.status.as_ref().unwrap(), update.metadata.as_ref(), seq)
            }
            Update::Artifact(update) => {
                let artifact = update.artifact.as_ref().unwrap();
                ids.push(artifact.artifact_id.clone());
                let told = frame::Ids { task: &update.task_id, context: &update.context_id };
                let chunk = frame::Chunk::from_flags(update.append, update.last_chunk);
                frame::artifact(told, artifact, chunk, update.metadata.as_ref(), seq)
            }
            other => panic!("{other:?}"),
        };
        assert_eq!(again, frame, "frame {seq}");
    }
    assert_eq!(ids, ["plan", "answer-fire", "report"]);
}

/// The data of the part of an artifact.
fn data(artifact: &Artifact, place: usize) -> &Struct {
    match &artifact.parts[place].content {
        Some(Content::Data(value)) => match &value.kind {
            Some(Kind::StructValue(fields)) => fields,
            other => panic!("{other:?}"),
        },
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_plan_and_a_report_hold_their_parts_as_protojson() {
    let mut written = Written::new("task".to_owned(), "context".to_owned());
    for (seq, change) in (1..).map(Seq).zip(story()) {
        if let Change::Artifact { artifact, chunk } = change {
            written.make(artifact, chunk, seq);
        }
    }
    let task = proto::a2a::Task::decode(written.bytes()).unwrap();
    let [plan, answer, report] = &task.artifacts[..] else { panic!("{task:?}") };
    let plan: proto::watchroom::orchestrator::v1::Plan = crate::json::message(
        plan.parts[1]
            .content
            .as_ref()
            .map(|it| match it {
                Content::Data(value) => value,
                other => panic!("{other:?}"),
            })
            .unwrap(),
    )
    .unwrap();
    assert_eq!(plan.steps.len(), 3);
    assert!(plan.steps.iter().all(|step| step.input == plan.steps[0].input && step.input.len() == 2), "{plan:?}");
    assert_eq!(answer.parts.len(), 4);
    let report = data(report, 1);
    let names: Vec<&str> = report.fields.keys().map(String::as_str).collect();
    let known = ["about", "canceled", "completed", "failed", "open", "outcome", "skipped", "steps", "summary"];
    assert_eq!(names, known);
}

#[test]
fn who_was_not_reached_is_not_told_as_sent() {
    let (mut run, call) = (Run::default(), Call::new("help".to_owned()));
    let plan = call.plan(Some(Mode::Parallel), &Settings::default());
    tell(&mut run, 1_000, News::Accept(plan), Some(&call));
    let declined = ChildNews::NotAccepted(Cause::new(Code::Refused, "not our area"));
    tell(&mut run, 2_000, child("police", declined), None);
    let parts = vec![agent::words::text_part("A fire at 12 Mill Lane, nobody is hurt")];
    let answer = Message { parts, ..Message::default() };
    let (reply, whole) = crate::request::reply(&run, &answer, &Settings::default()).unwrap();
    let mut written = Written::new("task".to_owned(), "context".to_owned());
    for change in tell(&mut run, 3_000, News::Reply(reply), Some(&whole)) {
        if let Change::Artifact { artifact, chunk } = change {
            written.make(artifact, chunk, Seq(1));
        }
    }
    let task = proto::a2a::Task::decode(written.bytes()).unwrap();
    let Some(Content::Text(plan)) = &task.artifacts[0].parts[0].content else { panic!("{task:?}") };
    assert!(plan.contains("sent on what was known before, and not called off: Ambulance Agent"), "{plan}");
}
