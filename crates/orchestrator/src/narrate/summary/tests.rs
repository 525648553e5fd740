//! A run that goes on is not spoken of as one that has ended.

use engine::{Cause, ChildNews, Code, Input, Mode, News, Origin, Payload, Plan, Route, Routes, Run, Step};
use types::{StoreId, Timestamp};

use super::summary;

const NOW: Timestamp = Timestamp::from_millis(1_000);

fn step(id: &str) -> Step {
    Step { title: id.into(), ..Step::new(id.parse().unwrap(), "Worker".parse().unwrap(), Payload::default()) }
}

fn tell(run: &mut Run, news: News) {
    let route = Route { endpoint: "http://127.0.0.1:7411".into(), store_id: Some(StoreId::from_bytes([7; 16])) };
    let open = ["a", "b"].map(|id| (id.parse().unwrap(), route.clone())).to_vec();
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
