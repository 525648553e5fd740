//! What an agent gets of a step, by what the step is for.

use engine::{Dispatch, FollowUp, Launch, Route, Sent};
use proto::a2a::part::Content;
use types::{StepId, TaskId, Timestamp};

use super::parts;
use crate::call::Call;
use crate::plan;
use crate::settings::Settings;

const RUN: TaskId = TaskId::from_bytes([1; 16]);

/// A step of a call at Mill Lane that is about the fire brigade's, which `done_by` may have sent.
fn dispatch(follow_up: Option<fn(StepId) -> FollowUp>, done_by: Option<TaskId>) -> Dispatch {
    let plan = Call::new("A fire at 12 Mill Lane".to_owned()).plan(None, &Settings::default());
    let (since, not_after) = (Timestamp::from_millis(1), Timestamp::from_millis(2));
    let route = Route { endpoint: "http://127.0.0.1:7411".into(), store_id: None };
    Dispatch {
        step: "fire.more".parse().unwrap(),
        agent: plan.steps[0].agent.clone(),
        skill: None,
        input: plan.about,
        follow_up: follow_up.map(|about| about("fire".parse().unwrap())),
        done_by,
        launch: Launch { attempt: 1, turn: 1, since, not_after, route, at_most_once: false, input: None },
        sent: Sent::Never,
    }
}

/// The words, and the data as JSON.
fn told(dispatch: &Dispatch) -> (Vec<String>, serde_json::Value) {
    let (mut words, mut data) = (Vec::new(), serde_json::Value::Null);
    for part in plan::parts(&parts(RUN, dispatch)) {
        match &part.content {
            Some(Content::Text(text)) => words.push(text.clone()),
            Some(Content::Data(_)) => {
                let part: serde_json::Value = serde_json::from_str(&proto::to_json(&part).unwrap()).unwrap();
                data = part["data"].clone();
            }
            other => panic!("{other:?}"),
        }
    }
    (words, data)
}

#[test]
fn who_is_told_something_hears_the_call_its_place_and_which_dispatch_is_meant() {
    let (words, data) = told(&dispatch(Some(FollowUp::Tell), None));
    assert_eq!(words, ["A fire at 12 Mill Lane"]);
    assert_eq!(data["location"]["text"], "12 Mill Lane");
    assert_eq!(data["dispatch"], format!("{RUN}/fire"));
    let earlier = TaskId::from_bytes([2; 16]);
    assert_eq!(told(&dispatch(Some(FollowUp::Tell), Some(earlier))).1["dispatch"], format!("{earlier}/fire"));
}

#[test]
fn what_is_taken_back_is_only_named_and_what_is_about_nothing_else_names_nothing() {
    let (words, data) = told(&dispatch(Some(FollowUp::Undo), None));
    assert_eq!((words.len(), data), (0, serde_json::json!({"dispatch": format!("{RUN}/fire")})));
    let (words, data) = told(&dispatch(None, None));
    assert_eq!((words.len(), data.get("dispatch")), (1, None));
}
