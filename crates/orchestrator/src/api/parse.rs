//! Requests, checked field by field before anything happens.

use a2a::{Error, History, SendRequest, Wait};
use agent::words::text_part;
use prost::Message as _;
use proto::a2a::{Message, Part, Role};
use proto::watchroom::orchestrator::v1 as wire;
use proto::watchroom::orchestrator::v1::start_run_request::Source;
use store::Query;
use types::{ContextId, MessageId, TaskId, TaskState, limits};

use super::page;
use crate::settings::Settings;
use crate::{bounds, plan, request};

/// Longest request id, in characters.
const REQUEST_ID: usize = 128;

/// Most bytes of a message beside its one part.
const OVERHEAD: usize = 4 << 10;

/// What stands before the request ids of runs that begin, in the table of accepted messages.
const START: &str = "start-run/";

/// What stands before the request ids of runs that go on from others.
const RESUME: &str = "resume-run/";

/// A text with words in it.
pub(super) fn words(field: &str, text: &str) -> Result<String, Error> {
    bounds::within(field, text.len(), bounds::CALL)?;
    if text.trim().is_empty() { Err(Error::invalid(field, "is required")) } else { Ok(text.to_owned()) }
}

/// The id of a run. Any text that is none of our ids names no run.
pub(super) fn run_id(text: &str) -> Result<TaskId, Error> {
    match text {
        "" => Err(Error::invalid("id", "is required")),
        text => text.parse().map_err(|_| Error::TaskNotFound),
    }
}

/// The run that a list is about; `None` when it is about all.
pub(super) fn run_filter(text: &str) -> Result<Option<TaskId>, Error> {
    match text {
        "" => Ok(None),
        text => text.parse().map(Some).map_err(|error: types::IdError| Error::invalid("run_id", error.to_string())),
    }
}

/// The message that starts the run, so that both APIs share one way in and one memory of what was taken.
pub(super) fn start(request: &wire::StartRunRequest, settings: &Settings) -> Result<SendRequest, Error> {
    let message_id = request_id(START, &request.request_id)?;
    let message = Message {
        message_id: message_id.to_string(),
        context_id: request.context_id.clone(),
        role: Role::User.into(),
        parts: vec![source(request, settings)?],
        ..Message::default()
    };
    Ok(immediately(message, message_id, context(&request.context_id)?))
}

/// The message that goes on from a run.
pub(super) fn resume(request: &wire::ResumeRunRequest) -> Result<SendRequest, Error> {
    let (message_id, run) = (request_id(RESUME, &request.request_id)?, run_id(&request.id)?);
    let message = request::resume(message_id.to_string(), run);
    Ok(immediately(message, message_id, None))
}

fn immediately(message: Message, message_id: MessageId, context: Option<ContextId>) -> SendRequest {
    SendRequest {
        message: message.into(),
        message_id,
        task: None,
        context,
        wait: Wait::Immediately,
        history: History::All,
        push: None,
        accepted_output_modes: Vec::new(),
        metadata: None,
    }
}

/// Says a refusal in the words of this API.
pub(super) fn about_request(error: Error, request_id: &str) -> Error {
    match error {
        Error::MessageIdReused(_) => Error::MessageIdReused(request_id.to_owned()),
        error => error,
    }
}

fn source(request: &wire::StartRunRequest, settings: &Settings) -> Result<Part, Error> {
    let mode = plan::mode(request.mode, "mode")?;
    match &request.source {
        None => Err(Error::invalid("source", "one of text and plan is required")),
        // The mode is part of what the request asks for, so it stands where the digest sees it.
        Some(Source::Text(text)) => {
            Ok(Part { metadata: mode.map(request::mode_metadata), ..text_part(words("text", text)?) })
        }
        Some(Source::Plan(_)) if mode.is_some() => Err(Error::invalid("mode", plan::OWN_MODE)),
        Some(Source::Plan(wire)) => {
            plan::explicit(wire, "plan", settings)?;
            let part = request::plan_part(wire);
            bounds::within("plan", part.encoded_len(), bounds::MESSAGE - OVERHEAD)?;
            Ok(part)
        }
    }
}

fn request_id(prefix: &str, text: &str) -> Result<MessageId, Error> {
    let field = "request_id";
    if text.is_empty() {
        return Err(Error::invalid(field, "is required: it makes the call safe to repeat"));
    }
    if text.chars().count() > REQUEST_ID {
        return Err(Error::invalid(field, format!("at most {REQUEST_ID} characters")));
    }
    format!("{prefix}{text}").parse().map_err(|error: types::IdError| Error::invalid(field, error.to_string()))
}

fn context(text: &str) -> Result<Option<ContextId>, Error> {
    match text {
        "" => Ok(None),
        text => text.parse().map(Some).map_err(|error: types::IdError| Error::invalid("context_id", error.to_string())),
    }
}

/// The filter and the place of a page.
pub(super) fn query(request: &wire::ListRunsRequest) -> Result<Query, Error> {
    let limit = page_size(request.page_size)?;
    let after = if request.page_token.is_empty() { None } else { Some(page::place(request)?) };
    Ok(Query {
        context: context(&request.context_id)?,
        state: state(request.state)?,
        changed_since: None,
        after,
        limit,
        total: None,
    })
}

/// How many a page may hold.
pub(super) fn page_size(asked: Option<i32>) -> Result<usize, Error> {
    let Some(asked) = asked else { return Ok(limits::PAGE) };
    let size = usize::try_from(asked).ok().filter(|size| (1..=limits::PAGE_MAX).contains(size));
    size.ok_or_else(|| Error::invalid("page_size", format!("must be from 1 to {}", limits::PAGE_MAX)))
}

fn state(number: i32) -> Result<Option<TaskState>, Error> {
    use wire::RunState;
    match RunState::try_from(number) {
        Ok(RunState::Unspecified) => Ok(None),
        Ok(RunState::Accepted) => Ok(Some(TaskState::Submitted)),
        Ok(RunState::Running) => Ok(Some(TaskState::Working)),
        Ok(RunState::InputRequired) => Ok(Some(TaskState::InputRequired)),
        Ok(RunState::Completed) => Ok(Some(TaskState::Completed)),
        Ok(RunState::Failed) => Ok(Some(TaskState::Failed)),
        Ok(RunState::Canceled) => Ok(Some(TaskState::Canceled)),
        Ok(RunState::Rejected) => Ok(Some(TaskState::Rejected)),
        Err(_) => Err(Error::invalid("state", format!("there is no state {number}"))),
    }
}
