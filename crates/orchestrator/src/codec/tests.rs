//! Every event survives the way through the log, and the bytes of released versions stay what they are.

use std::sync::Arc;
use std::time::Duration;

use engine::{
    Cause, ChildEnd, Code, Done, Event, Fact, Fate, Finding, FollowUp, Held, Launch, Mode, OnFailure, OnUnknown,
    Origin, Outcome, Payload, Plan, Question, Reason, Reply, Route, Step, StepFact, StopReason, WaitsOn,
};
use types::{Owner, Seq, StoreId, TaskId, Timestamp};

use super::{
    decode, decode_duty, decode_finding, encode, encode_duty, encode_finding, number::Numbered, plan as plans,
};
use crate::duty::Duty;

fn step() -> Step {
    let (id, agent) = ("fire".parse().unwrap(), "Fire Agent".parse().unwrap());
    Step {
        skill: Some("dispatch".parse().unwrap()),
        depends_on: vec!["police".parse().unwrap()],
        on_failure: OnFailure::Continue,
        title: "Dispatching Fire Brigade Agent".into(),
        ..Step::new(id, agent, Payload::from(vec![1, 2, 3]))
    }
}

fn plan() -> Plan {
    let question = Some(Question { reason: Reason::Clarification, text: "What happened?".into() });
    let about = Payload::from(vec![9]);
    Plan { mode: Mode::Parallel, question, about, ..Plan::new("a plan", Origin::Text, vec![step()]) }
}

fn launch() -> Launch {
    Launch {
        attempt: 2,
        turn: 1,
        since: Timestamp::from_millis(1_000),
        not_after: Timestamp::from_millis(31_000),
        route: Route { endpoint: "127.0.0.1:7411".into(), store_id: Some(StoreId::from_bytes([5; 16])) },
        at_most_once: true,
        input: None,
    }
}

fn facts() -> Vec<Fact> {
    let note = || Payload::from(b"on the way".to_vec());
    let cause = |code| Cause::new(code, "no hose");
    let child = || "child".parse().unwrap();
    let of_step = [
        StepFact::Dispatched(launch()),
        StepFact::Parked { before: Duration::from_millis(1_500) },
        StepFact::ChildKnown { attempt: 1, child: child() },
        StepFact::ChildProgressed { attempt: 1, cursor: Seq(7), note: note() },
        StepFact::ChildWaiting { attempt: 1, on: WaitsOn::Queue, note: note() },
        StepFact::Stopping(StopReason::RunTimeout),
        StepFact::AttemptFailed { cause: cause(Code::AgentFailed), retry_at: Some(Timestamp::from_millis(5)) },
        StepFact::AttemptFailed { cause: cause(Code::Timeout), retry_at: None },
        StepFact::Completed { answer: note() },
        StepFact::Failed(cause(Code::NoEndpoint)),
        StepFact::Skipped(cause(Code::DependencyFailed)),
        StepFact::Canceled,
        StepFact::LateAnswer { attempt: 1, end: ChildEnd::NotAccepted },
    ];
    let of_run = [
        Fact::Accepted(Arc::new(plan())),
        Fact::CancelRequested,
        Fact::TimedOut,
        Fact::DeadlineMoved(Timestamp::from_millis(77)),
        Fact::Asked,
        Fact::Answered(Reply { title: None, question: None, renewed: Vec::new(), steps: vec![step()], about: note() }),
        Fact::Ended(Outcome::Canceled),
        Fact::Compensating(vec![Step {
            undo: Some("release".parse().unwrap()),
            follow_up: Some(FollowUp::Undo("police".parse().unwrap())),
            ..step()
        }]),
    ];
    of_run.into_iter().chain(of_step.map(|fact| Fact::Step("fire".parse().unwrap(), fact))).collect()
}

#[test]
fn every_event_survives_the_log() {
    let title = Some("another".into());
    let renamed = Reply { title, question: None, renewed: Vec::new(), steps: Vec::new(), about: Payload::default() };
    for fact in facts().into_iter().chain(added_facts()).chain(told_facts()).chain([Fact::Answered(renamed)]) {
        let event = Event { at: Timestamp::from_millis(1_234), fact };
        assert_eq!(decode(&encode(&event)), Ok(event));
    }
}

/// What the second version added, in the order of `golden_v2.txt`.
fn added_facts() -> Vec<Fact> {
    let foreign = Launch { route: Route { endpoint: "127.0.0.1:9000".into(), store_id: None }, ..launch() };
    let done = Done {
        run: TaskId::from_bytes([3; 16]),
        launch: launch(),
        child: Some("child".parse().unwrap()),
        at: Timestamp::from_millis(9_000),
        answer: Payload::from(vec![4, 2]),
    };
    let strict = Step { at_most_once: true, on_unknown: OnUnknown::Fail, ..step() };
    let of_step = [
        StepFact::Strayed { attempt: 2, held: Held::Reaper },
        StepFact::Strayed { attempt: 1, held: Held::Nobody },
        StepFact::LateAnswer { attempt: 1, end: ChildEnd::Unknown },
        StepFact::Dispatched(foreign),
        StepFact::Carried(Box::new(done.clone())),
        StepFact::Carried(Box::new(Done { child: None, ..done })),
    ];
    let of_step = of_step.map(|fact| Fact::Step("fire".parse().unwrap(), fact));
    let resumed = Plan { resumes: Some(TaskId::from_bytes([3; 16])), ..Plan::new("again", Origin::Text, Vec::new()) };
    of_step.into_iter().chain([Fact::Compensating(vec![strict]), Fact::Accepted(Arc::new(resumed))]).collect()
}

/// What the third version added, in the order of `golden_v3.txt`.
fn told_facts() -> Vec<Fact> {
    let telling = Step { follow_up: Some(FollowUp::Tell("fire".parse().unwrap())), ..step() };
    let (renewed, about) = (vec!["fire".parse().unwrap(), "police".parse().unwrap()], Payload::from(vec![7]));
    let as_it_was = Launch { input: Some(Payload::default()), ..launch() };
    vec![
        Fact::Answered(Reply { title: None, question: plan().question, renewed, steps: vec![telling], about }),
        Fact::Step("fire".parse().unwrap(), StepFact::Dispatched(as_it_was)),
    ]
}

#[test]
fn a_step_is_about_one_other_step() {
    let about = |undoes: Option<&str>, tells: Option<&str>| {
        let (undoes, tells) = (undoes.map(str::to_owned), tells.map(str::to_owned));
        let wire = plans::written(&[step()], &Payload::default()).remove(0);
        Step::try_from(super::wire::Step { undoes, tells, ..wire })
    };
    let police = "police".parse().unwrap();
    assert_eq!(about(None, Some("police")).unwrap().follow_up, Some(FollowUp::Tell(police)));
    assert!(about(Some("police"), Some("police")).is_err());
}

/// Bytes of the first released version, in the order of [`facts`]. A change here breaks logs that exist.
const GOLDEN: &str = include_str!("golden_v1.txt");

/// Bytes of what the second version added.
const GOLDEN_2: &str = include_str!("golden_v2.txt");

/// Bytes of what the third version added.
const GOLDEN_3: &str = include_str!("golden_v3.txt");

#[test]
fn the_bytes_of_released_versions_stay() {
    let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    for (facts, golden) in [(facts(), GOLDEN), (added_facts(), GOLDEN_2), (told_facts(), GOLDEN_3)] {
        let encoded = |fact| hex(&encode(&Event { at: Timestamp::from_millis(1_234), fact }).bytes);
        let now: Vec<String> = facts.into_iter().map(encoded).collect();
        assert_eq!(now, golden.lines().collect::<Vec<_>>(), "{}", now.join("\n"));
    }
}

#[test]
fn what_the_steps_of_a_call_are_told_is_written_once() {
    let words = b"the words of a call, and its incident".repeat(10);
    let about = Payload::from(words.clone());
    let told = || Step { input: about.clone(), ..step() };
    let steps = vec![told(), step(), told()];
    let accepted = Fact::Accepted(Arc::new(Plan { about: about.clone(), steps: steps.clone(), ..plan() }));
    for fact in [accepted, Fact::Answered(Reply { title: None, question: None, renewed: Vec::new(), steps, about })] {
        let event = Event { at: Timestamp::from_millis(1_234), fact };
        let record = encode(&event);
        let times = record.bytes.windows(words.len()).filter(|window| *window == words).count();
        assert_eq!((times, decode(&record)), (1, Ok(event)));
    }
}

#[test]
fn a_duty_survives_its_row() {
    let duty = Duty {
        owner: Owner::anonymous(),
        run: TaskId::from_bytes([3; 16]),
        context: "talk".parse().unwrap(),
        step: "fire".parse().unwrap(),
        agent: "Fire Agent".parse().unwrap(),
        launch: launch(),
        sent: Timestamp::from_millis(7),
        child: None,
        since: Timestamp::from_millis(8),
    };
    assert_eq!(decode_duty(&encode_duty(&duty)), Ok(duty));
    assert!(decode_duty(b"\xff").is_err());
}

#[test]
fn a_finding_survives_its_row() {
    let run = TaskId::from_bytes([3; 16]);
    let (at, answer) = (Timestamp::from_millis(9), Payload::from(vec![4, 2]));
    let done = Done { run, launch: launch(), child: None, at, answer };
    for fate in [Fate::Open, Fate::NeverAccepted, Fate::Done(Box::new(done)), Fate::Over] {
        let finding = Finding { step: "fire".parse().unwrap(), fate };
        assert_eq!(decode_finding(&encode_finding(&finding)), Ok(finding));
    }
    assert!(decode_finding(b"").is_err());
}

#[test]
fn what_people_read_has_readable_times_and_no_empty_titles() {
    let told = |fact| super::describe(&Event { at: Timestamp::from_millis(0), fact }).1;
    assert_eq!(told(Fact::DeadlineMoved(Timestamp::from_millis(1_500))), "moved to 1970-01-01T00:00:01.500Z");
    let untitled = Plan { title: "".into(), ..plan() };
    assert_eq!(told(Fact::Accepted(Arc::new(untitled))), "a plan without title: 1 step, parallel");
}

#[test]
fn every_code_has_a_number() {
    assert_eq!(<Code as Numbered>::ALL, Code::ALL);
    for code in Code::ALL {
        assert_eq!(Code::of(code.number()), Ok(code));
    }
}

#[test]
fn what_is_no_event_does_not_decode() {
    let record = encode(&Event { at: Timestamp::from_millis(1), fact: Fact::Asked });
    assert!(decode(&store::Record { kind: 2, ..record.clone() }).is_err());
    for bytes in [&b"\xff"[..], b"", b"\x08\x01", b"\x08\x01\x48\x63"] {
        assert!(decode(&store::Record { kind: 1, bytes: bytes.to_vec().into() }).is_err(), "{bytes:?}");
    }
}
