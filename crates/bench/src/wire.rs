//! The load's side of the wire: requests and answers as bytes, so that the load costs little beside the server.

use bytes::Bytes;
use prost::Message as _;
use proto::a2a::{
    GetTaskRequest, Message, Part, Role, SendMessageRequest, SendMessageResponse, StreamResponse, Task, TaskState,
    part, send_message_response, stream_response,
};

use crate::args::Work;
use crate::error::Error;

/// What the echo agent gets and gives back.
pub(crate) const TEXT: &str = "Smoke from the second floor at 170 London Road, two people still inside.";

/// A new message with an id of its own.
pub(crate) fn send_request(message_id: String) -> Bytes {
    message(message_id, TEXT).encode_to_vec().into()
}

pub(crate) fn message(message_id: String, text: &str) -> SendMessageRequest {
    let text = Part { content: Some(part::Content::Text(text.to_owned())), ..Part::default() };
    let message = Message { message_id, role: Role::User as i32, parts: vec![text], ..Message::default() };
    SendMessageRequest { message: Some(message), ..SendMessageRequest::default() }
}

pub(crate) fn get_request(id: &str) -> Bytes {
    GetTaskRequest { id: id.to_owned(), ..GetTaskRequest::default() }.encode_to_vec().into()
}

/// The id of the completed task that SendMessage answered with.
pub(crate) fn completed(answer: Bytes) -> Result<String, Error> {
    let wrong = |what| Error::Answer { work: Work::Send.name(), what };
    let answer = SendMessageResponse::decode(answer).map_err(|_| wrong("it does not decode"))?;
    let Some(send_message_response::Payload::Task(task)) = answer.payload else { return Err(wrong("it is no task")) };
    check_task(&task, Work::Send)?;
    Ok(task.id)
}

/// A task that is completed and has its artifact.
pub(crate) fn check_got(answer: Bytes) -> Result<(), Error> {
    let what = "it does not decode";
    let task = Task::decode(answer).map_err(|_| Error::Answer { work: Work::Get.name(), what })?;
    check_task(&task, Work::Get)
}

fn check_task(task: &Task, work: Work) -> Result<(), Error> {
    let wrong = |what| Error::Answer { work: work.name(), what };
    let state = task.status.as_ref().map_or(TaskState::Unspecified, |status| status.state());
    match (state, task.artifacts.len()) {
        (TaskState::Completed, 1) => Ok(()),
        (TaskState::Completed, _) => Err(wrong("it does not hold one artifact")),
        _ => Err(wrong("the task is not completed")),
    }
}

/// Five frames: the task, WORKING, the artifact in two chunks, COMPLETED.
pub(crate) fn check_stream(frames: &[Bytes]) -> Result<(), Error> {
    let wrong = |what| Error::Answer { work: Work::Stream.name(), what };
    if frames.len() != EVENTS {
        return Err(wrong("it has not five events"));
    }
    let last = frames.last().cloned().unwrap_or_default();
    match StreamResponse::decode(last).map(|last| last.payload) {
        Ok(Some(stream_response::Payload::StatusUpdate(update)))
            if update.status.as_ref().map(|status| status.state()) == Some(TaskState::Completed) =>
        {
            Ok(())
        }
        Ok(_) => Err(wrong("it does not end with COMPLETED")),
        Err(_) => Err(wrong("it does not decode")),
    }
}

/// Frames of one streamed task.
pub(crate) const EVENTS: usize = 5;
