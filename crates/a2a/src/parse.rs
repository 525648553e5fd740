//! Requests as they come, checked and put into our words before anything is done. Every refusal names the field.

use std::fmt::Display;
use std::str::FromStr;

use prost::DecodeError;
use proto::a2a::{AgentCard, ListTasksRequest, Role, SendMessageConfiguration, SendMessageRequest, part::Content};
use proto::{Struct, raw};
use types::{MessageId, TaskId, TaskState, limits};

use crate::backend::{Artifacts, History, ListQuery, SendRequest, Wait};
use crate::error::{Error, Violation, told};
use crate::frame::{Held, Piece};
use crate::heard::{Heard, REFERENCE};
use crate::push;
use crate::time;

/// Collects what is wrong with a request, so that the caller learns all of it at once.
#[derive(Default)]
pub(crate) struct Violations(Vec<Violation>);

/// Violations that are told of one request: whoever mends these learns of the others.
const MOST: usize = 8;

impl Violations {
    pub(crate) fn add(&mut self, field: impl Into<String>, description: impl Into<String>) {
        if self.0.len() < MOST {
            self.0.push(Violation::new(field, description));
        }
    }

    pub(crate) fn take<T, E: Display>(&mut self, field: &str, parsed: Result<T, E>) -> Option<T> {
        parsed.map_err(|error| self.add(field, error.to_string())).ok()
    }

    pub(crate) fn finish(self) -> Result<(), Error> {
        if self.0.is_empty() { Ok(()) } else { Err(Error::Validation(self.0)) }
    }
}

/// A `SendMessageRequest`, whichever binding it came by.
#[derive(Debug)]
pub(crate) struct Sending {
    pub(crate) tenant: String,
    message: Option<Heard>,
    configuration: Option<SendMessageConfiguration>,
    metadata: Option<Struct>,
}

impl From<SendMessageRequest> for Sending {
    fn from(request: SendMessageRequest) -> Self {
        let SendMessageRequest { tenant, message, configuration, metadata } = request;
        Self { tenant, message: message.map(Heard::from), configuration, metadata }
    }
}

impl TryFrom<raw::SendMessageRequest> for Sending {
    type Error = DecodeError;

    fn try_from(request: raw::SendMessageRequest) -> Result<Self, DecodeError> {
        let raw::SendMessageRequest { tenant, message, configuration, metadata } = request;
        Ok(Self { tenant, message: message.map(Heard::read).transpose()?, configuration, metadata })
    }
}

/// A message to the agent with this card.
pub(crate) fn send(request: Sending, card: &AgentCard) -> Result<SendRequest, Error> {
    let Some(message) = request.message else { return Err(Error::invalid("message", "is required")) };
    let configuration = request.configuration.unwrap_or_default();
    let mut violations = Violations::default();
    let message_id = violations.take("message.message_id", message.message_id().parse::<MessageId>());
    let context = optional(message.context_id()).and_then(|id| violations.take("message.context_id", id.parse()));
    let pieces = Piece::all(message.bytes());
    check_message(&message, &pieces, &mut violations);
    check_object("metadata", request.metadata.as_ref(), &mut violations);
    let history = history(configuration.history_length, "configuration.history_length", &mut violations);
    violations.finish()?;
    check_media(&pieces, card)?;
    let push = configuration.task_push_notification_config;
    let push = push.map(|config| push::inline(config, message.task_id(), card)).transpose()?;
    Ok(SendRequest {
        message_id: message_id.expect("an id that does not parse is a violation"),
        task: optional(message.task_id()).map(task_id).transpose()?,
        context,
        wait: if configuration.return_immediately { Wait::Immediately } else { Wait::Blocking },
        history,
        push,
        accepted_output_modes: configuration.accepted_output_modes,
        metadata: request.metadata,
        message,
    })
}

/// The tasks to list.
pub(crate) fn list(request: ListTasksRequest) -> Result<ListQuery, Error> {
    let mut violations = Violations::default();
    let context = optional(&request.context_id).and_then(|id| violations.take("context_id", id.parse()));
    let state = match (request.status, TaskState::from_wire(request.status)) {
        (0, _) => None,
        (number, None) => {
            violations.add("status", format!("{number} is no task state"));
            None
        }
        (_, state) => state,
    };
    let since = request.status_timestamp_after.as_ref().and_then(|wire| {
        let since = time::from_wire(wire).ok_or("must be a time since 1970");
        violations.take("status_timestamp_after", since)
    });
    let page_size = page_size(request.page_size, &mut violations);
    let history = history(request.history_length, "history_length", &mut violations);
    violations.finish()?;
    let artifacts = if request.include_artifacts() { Artifacts::Include } else { Artifacts::Omit };
    let page_token = Some(request.page_token).filter(|token| !token.is_empty());
    Ok(ListQuery { context, state, since, page_size, page_token, history, artifacts })
}

/// A history length on its own.
pub(crate) fn history_length(length: Option<i32>) -> Result<History, Error> {
    let mut violations = Violations::default();
    let history = history(length, "history_length", &mut violations);
    violations.finish().map(|()| history)
}

/// A task id that the client must name. Our ids are UUIDs: any other text names no task.
pub(crate) fn named_task(field: &str, id: &str) -> Result<TaskId, Error> {
    match id {
        "" => Err(Error::invalid(field, "is required")),
        _ => task_id(id),
    }
}

/// A text that the client must give.
pub(crate) fn required(field: &str, text: &str) -> Result<(), Error> {
    if text.is_empty() { Err(Error::invalid(field, "is required")) } else { Ok(()) }
}

fn task_id(id: &str) -> Result<TaskId, Error> {
    TaskId::from_str(id).map_err(|_| Error::TaskNotFound)
}

fn optional(id: &str) -> Option<&str> {
    Some(id).filter(|id| !id.is_empty())
}

fn check_message(message: &Heard, pieces: &[Piece<'_>], violations: &mut Violations) {
    if message.role_number() != i32::from(Role::User) {
        violations.add("message.role", "must be ROLE_USER");
    }
    if pieces.is_empty() {
        violations.add("message.parts", "must have at least one part");
    }
    check_values(message, violations);
    for (index, piece) in pieces.iter().enumerate() {
        match piece.content {
            None => violations.add(format!("message.parts[{index}]"), "must have one of text, raw, url, data"),
            Some(Held::Url("")) => violations.add(format!("message.parts[{index}].url"), "is empty"),
            Some(Held::Text(_) | Held::Raw(_) | Held::Url(_) | Held::Data(_)) => {}
        }
    }
    let mut index = 0;
    message.each_field(REFERENCE, |reference| {
        if reference.is_empty() {
            violations.add(format!("message.reference_task_ids[{index}]"), "is empty");
        }
        index += 1;
    });
}

/// The values of a message that came as a tree, or became one; in one that is kept as it came they have been looked at.
fn check_values(message: &Heard, violations: &mut Violations) {
    let Some(tree) = message.tree() else { return };
    check_object("message.metadata", tree.metadata.as_ref(), violations);
    for (index, part) in tree.parts.iter().enumerate() {
        if let Some(Content::Data(value)) = &part.content {
            violations.take(&format!("message.parts[{index}].data"), value.check());
        }
        check_object(&format!("message.parts[{index}].metadata"), part.metadata.as_ref(), violations);
    }
}

/// Protobuf can say what JSON cannot, and a task must be readable by both.
fn check_object(field: &str, object: Option<&Struct>, violations: &mut Violations) {
    if let Some(object) = object {
        violations.take(field, object.check());
    }
}

fn check_media(pieces: &[Piece<'_>], card: &AgentCard) -> Result<(), Error> {
    let takes = |media: &str| card.default_input_modes.iter().any(|mode| accepts(mode, media));
    let foreign = |(_, piece): &(usize, &Piece<'_>)| !piece.media_type.is_empty() && !takes(piece.media_type);
    let Some((index, piece)) = pieces.iter().enumerate().find(foreign) else { return Ok(()) };
    let (media, modes) = (told(piece.media_type.to_owned()), card.default_input_modes.join(", "));
    Err(Error::ContentTypeNotSupported(format!(
        "message.parts[{index}].media_type: {media} is not supported; this agent takes {modes}"
    )))
}

/// Whether a mode of the card covers a media type; parameters such as the charset do not count.
fn accepts(mode: &str, media: &str) -> bool {
    let essence = |text: &str| text.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    let (mode, media) = (essence(mode), essence(media));
    match mode.strip_suffix('*') {
        Some("*/" | "") => true,
        Some(family) => media.starts_with(family),
        None => mode == media,
    }
}

fn history(length: Option<i32>, field: &str, violations: &mut Violations) -> History {
    match length.map(u32::try_from) {
        None => History::All,
        Some(Ok(0)) => History::None,
        Some(Ok(count)) => History::Last(count),
        Some(Err(_)) => {
            violations.add(field, "must not be negative");
            History::All
        }
    }
}

fn page_size(asked: Option<i32>, violations: &mut Violations) -> usize {
    let Some(asked) = asked else { return limits::PAGE };
    let size = usize::try_from(asked).unwrap_or(0);
    if !(1..=limits::PAGE_MAX).contains(&size) {
        violations.add("page_size", format!("must be from 1 to {}", limits::PAGE_MAX));
    }
    size
}
