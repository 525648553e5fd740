//! The call that needs everybody, and what its answer must hold.

use bytes::Bytes;
use prost::Message as _;
use proto::a2a::{SendMessageResponse, TaskState, send_message_response};

use crate::error::Error;
use crate::wire;

/// Fire, police and ambulance, at a place, beyond doubt.
const CALL: &str = "A man set fire to the house at 170 London Road and attacked his neighbour, two people are hurt.";

/// Every so many answers are read in full; of the others only the state.
pub(super) const CHECKED: u64 = 64;

pub(super) fn request(message_id: &str) -> Bytes {
    wire::message(message_id.to_owned(), CALL).encode_to_vec().into()
}

const fn wrong(what: &'static str) -> Error {
    Error::Answer { work: "a dispatch", what }
}

/// A completed task that holds what each of three agents echoed.
pub(super) fn check(answer: Bytes) -> Result<(), Error> {
    let answer = SendMessageResponse::decode(answer).map_err(|_| wrong("it does not decode"))?;
    let Some(send_message_response::Payload::Task(task)) = answer.payload else { return Err(wrong("it is no task")) };
    if task.status.as_ref().map(|status| status.state()) != Some(TaskState::Completed) {
        return Err(wrong("the task is not completed"));
    }
    let answers = task.artifacts.iter().filter(|artifact| !matches!(artifact.artifact_id.as_str(), "plan" | "report"));
    if answers.count() == 3 { Ok(()) } else { Err(wrong("it does not hold the answers of three agents")) }
}

/// A completed task; everything else is skipped over.
pub(super) fn check_state(answer: Bytes) -> Result<(), Error> {
    let answer = Answered::decode(answer).map_err(|_| wrong("it does not decode"))?;
    let state = answer.task.and_then(|task| task.status).map(|status| status.state);
    if state == Some(TaskState::Completed as i32) { Ok(()) } else { Err(wrong("the task is not completed")) }
}

/// As much of a `SendMessageResponse` as says how the task ended.
#[derive(prost::Message)]
struct Answered {
    #[prost(message, optional, tag = "1")]
    task: Option<Task>,
}

#[derive(prost::Message)]
struct Task {
    #[prost(message, optional, tag = "3")]
    status: Option<Status>,
}

#[derive(prost::Message)]
struct Status {
    #[prost(int32, tag = "1")]
    state: i32,
}

#[cfg(test)]
mod tests {
    use proto::a2a::Artifact;

    use super::*;
    use crate::raw::prepared_task;

    fn answer(state: TaskState, artifacts: &[&str]) -> Bytes {
        let artifact = |id: &&str| Artifact { artifact_id: (*id).to_owned(), ..Artifact::default() };
        let task = prepared_task(state, artifacts.iter().map(artifact).collect());
        let payload = Some(send_message_response::Payload::Task(task));
        SendMessageResponse { payload }.encode_to_vec().into()
    }

    #[test]
    fn an_answer_counts_when_three_agents_are_in_it() {
        check(answer(TaskState::Completed, &["plan", "a", "b", "c", "report"])).unwrap();
        check(answer(TaskState::Completed, &["plan", "a", "b", "report"])).unwrap_err();
        check(answer(TaskState::Working, &["a", "b", "c"])).unwrap_err();
    }

    #[test]
    fn the_state_is_found_without_reading_the_rest() {
        check_state(answer(TaskState::Completed, &["a"])).unwrap();
        check_state(answer(TaskState::Failed, &["a"])).unwrap_err();
    }
}
