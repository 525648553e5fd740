//! How plans of nothing, and of a call that is not clear, read.

use proto::watchroom::orchestrator::v1::{Plan, PlanOnlyResponse, Step};

use super::plan;

#[test]
fn that_nobody_is_needed_is_said_once() {
    let nobody = Plan { title: "Nobody is needed".into(), ..Plan::default() };
    for case in [nobody, Plan::default()] {
        let answer = PlanOnlyResponse { plan: Some(case), ..PlanOnlyResponse::default() };
        assert_eq!(plan(&answer).lines().next(), Some("Nobody is needed"));
    }
}

#[test]
fn a_doubt_comes_with_its_reasons_and_its_question() {
    let untitled =
        Plan { steps: vec![Step { id: "a".into(), agent: "A".into(), ..Step::default() }], ..Plan::default() };
    let answer = PlanOnlyResponse {
        plan: Some(untitled),
        question: "What has happened?".into(),
        reasons: vec!["no words".into()],
        ..PlanOnlyResponse::default()
    };
    let expected = "1 step, sequential\n  1. a (A)\n  place: not named\n  confidence: 1 % sure of who is needed\n    no words\n  \
                    you will be asked: What has happened?";
    assert_eq!(plan(&answer), expected);
}
