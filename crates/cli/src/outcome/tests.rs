//! Which ends are good ones.

use std::collections::BTreeMap;

use a2a::frame::Update;
use a2a::metadata::{list, object, text};
use proto::a2a::{Artifact, Part, Task, TaskState, TaskStatus, part};

use super::{Outcome, Tally};

fn ended(state: TaskState) -> Task {
    Task { status: Some(TaskStatus { state: state.into(), ..TaskStatus::default() }), ..Task::default() }
}

fn outcome(task: Task) -> Outcome {
    let mut tally = Tally::default();
    tally.see(&Update::Task(task));
    tally.outcome()
}

/// A report of one step in this state.
fn report(state: &str) -> Artifact {
    let step = BTreeMap::from([("id".to_owned(), text("fire")), ("state".to_owned(), text(state))]);
    let data = object(BTreeMap::from([("steps".to_owned(), list([object(step)]))]));
    let part = Part { content: Some(part::Content::Data(data)), ..Part::default() };
    Artifact { artifact_id: "report".to_owned(), parts: vec![part], ..Artifact::default() }
}

#[test]
fn each_state_has_its_outcome() {
    for (state, expected) in [
        (TaskState::Submitted, Outcome::Done),
        (TaskState::Working, Outcome::Done),
        (TaskState::Completed, Outcome::Done),
        (TaskState::Failed, Outcome::Failed),
        (TaskState::Canceled, Outcome::Failed),
        (TaskState::Rejected, Outcome::Failed),
        (TaskState::InputRequired, Outcome::InputNeeded),
        (TaskState::AuthRequired, Outcome::InputNeeded),
    ] {
        assert_eq!(outcome(ended(state)), expected, "{state:?}");
    }
}

#[test]
fn a_report_with_a_failed_step_is_a_partial_success() {
    for (state, expected) in [("completed", Outcome::Done), ("failed", Outcome::Failed), ("skipped", Outcome::Failed)] {
        let task = Task { artifacts: vec![report(state)], ..ended(TaskState::Completed) };
        assert_eq!(outcome(task), expected, "{state}");
    }
}
