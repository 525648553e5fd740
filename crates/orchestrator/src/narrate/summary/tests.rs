//! A run that goes on is not spoken of as one that has ended.

use engine::{
    Answer, Cause, ChildNews, Code, FollowUp, Input, Mode, News, Origin, Payload, Plan, Question, Reason, Reply,
};
use engine::{Route, Routes, Run, Step};
use types::{StoreId, Timestamp};

use super::summary;

const NOW: Timestamp = Timestamp::from_millis(1_000);

fn step(id: &str) -> Step {
    Step { title: id.into(), ..Step::new(id.parse().unwrap(), "Worker".parse().unwrap(), Payload::default()) }
}

fn tell(run: &mut Run, news: News) {
    let route = Route { endpoint: "http://127.0.0.1:7411".into(), store_id: Some(StoreId::from_bytes([7; 16])) };
    let open = ["a", "b", "a.redirect"].map(|id| (id.parse().unwrap(), route.clone())).to_vec();
    let routes = Routes { open, ..Routes::default() };
    for event in run.decide(NOW, Input { routes, ..Input::of(news) }).unwrap() {
        run.apply(&event);
    }
}

fn declined(step: &str) -> News {
    let news = ChildNews::NotAccepted(Cause::new(Code::Refused, "not our area"));
    News::Child { step: step.parse().unwrap(), attempt: 1, news }
}

#[test]
fn a_run_has_not_failed_while_steps_are_left() {
    let mut run = Run::default();
    let plan = Plan { mode: Mode::Parallel, ..Plan::new("two", Origin::Explicit, vec![step("a"), step("b")]) };
    tell(&mut run, News::Accept(plan));
    assert_eq!(summary(&run), "0 of 2 done");
    tell(&mut run, declined("a"));
    assert_eq!(summary(&run), "0 of 2 done, 1 failed (a: not our area)");
    tell(&mut run, News::Cancel);
    assert_eq!(summary(&run), "Being canceled: 0 successful, 1 failed (a: not our area), 0 canceled");
    tell(&mut run, declined("b"));
    assert_eq!(summary(&run), "Canceled: 0 successful, 1 failed (a: not our area), 1 canceled");
}

#[test]
fn who_is_told_the_place_is_no_further_success_and_who_is_not_is_a_failure() {
    let question = Some(Question { reason: Reason::Location, text: "where?".into() });
    let telling = Step {
        title: "Telling A the place".into(),
        follow_up: Some(FollowUp::Tell("a".parse().unwrap())),
        ..step("a.redirect")
    };
    let (renewed, steps) = (vec!["a".parse().unwrap()], vec![telling]);
    let answer = Reply { title: None, question: None, renewed, steps, about: Payload::default() };
    let done = |step: &str| News::Child {
        step: step.parse().unwrap(),
        attempt: 1,
        news: ChildNews::Ended { child: None, answer: Answer::Completed(Payload::default()) },
    };
    let mut run = Run::default();
    tell(&mut run, News::Accept(Plan { question, ..Plan::new("one", Origin::Text, vec![step("a")]) }));
    tell(&mut run, done("a"));
    tell(&mut run, News::Reply(answer));
    let all = "All emergency services dispatched successfully (1/1)";
    assert_eq!(summary(&run), format!("{all}; 1 agent is being told the place"));
    let (mut well, mut ill) = (run.clone(), run);
    tell(&mut well, done("a.redirect"));
    assert_eq!(summary(&well), all);
    tell(&mut ill, declined("a.redirect"));
    let why = "1 failed (Telling A the place: not our area)";
    assert_eq!(summary(&ill), format!("Dispatch completed with issues: 1 successful, {why}"));
}
