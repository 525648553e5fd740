//! What a message asks for: words to triage, or an explicit plan; and the message that says so for a client.

use a2a::Error;
use a2a::metadata::{self, PLAN, object, structure};
use agent::words::{data_part, text_of, text_part};
use engine::{Mode, Plan, Reply, Run};
use prost::Message as _;
use proto::a2a::part::Content;
use proto::a2a::{Message, Part, Role};
use proto::value::Kind;
use proto::watchroom::orchestrator::v1 as wire;
use proto::{Struct, Value};
use types::TaskId;

use crate::call::{self, Call};
use crate::json::Json as _;
use crate::settings::Settings;
use crate::{bounds, plan};

/// The plan that a first message asks for, and the call that it was made from where it is words.
pub(crate) fn plan(message: &Message, settings: &Settings) -> Result<(Plan, Option<Call>), Error> {
    bounds::within("message", message.encoded_len(), bounds::MESSAGE)?;
    let mode = mode(message)?;
    match (message.parts.iter().enumerate().find(|(_, part)| is_plan(part)), mode) {
        (Some(_), Some(_)) => Err(Error::invalid("message.metadata.mode", plan::OWN_MODE)),
        (Some((place, part)), None) => Ok((explicit(part, &format!("message.parts[{place}]"), settings)?, None)),
        (None, mode) => {
            let call = Call::new(words(message)?);
            Ok((call.plan(mode, settings), Some(call)))
        }
    }
}

/// What the answer to a plan's question makes of it, and call and answer together: the whole call is triaged again.
/// Who was sent to another place than that, or to none, is told.
pub(crate) fn reply(run: &Run, message: &Message, settings: &Settings) -> Result<(Reply, Call), Error> {
    bounds::within("message", message.encoded_len(), bounds::MESSAGE)?;
    let plan = run.plan();
    let whole = Call::of_plan(plan, Some(words(message)?));
    let mut steps = whole.missing(plan, settings);
    // What was sent stays sent, even if both together need nobody.
    let title = Some(whole.title(!plan.steps.is_empty()).into());
    let renewed = if whole.moves(plan) { call::dispatches(plan).map(|step| step.id.clone()).collect() } else { vec![] };
    steps.extend(whole.redirects(run, &renewed, settings));
    let question = whole.question_after(plan);
    Ok((Reply { title, question, renewed, steps, about: whole.about() }, whole))
}

/// The run that a message asks to go on from: one that it refers to, under `{"resume": true}`.
pub(crate) fn resumes(message: &Message) -> Result<Option<TaskId>, Error> {
    match named(message, "resume") {
        None => Ok(None),
        Some(Value { kind: Some(Kind::BoolValue(true)) }) => match &message.reference_task_ids[..] {
            [run] => run.parse().map(Some).map_err(|_| Error::TaskNotFound),
            _ => Err(Error::invalid("message.reference_task_ids", "must name the one run to go on from")),
        },
        Some(_) => Err(Error::invalid("message.metadata.resume", "must be true")),
    }
}

/// The message that goes on from a run.
pub fn resume(message_id: String, run: TaskId) -> Message {
    // In the part, where the digest sees it.
    let metadata = Some(structure([(PLAN, object([("resume".to_owned(), metadata::truth(true))].into()))]));
    let part = Part { metadata, ..text_part(format!("Go on from run {run}")) };
    Message {
        message_id,
        role: Role::User.into(),
        parts: vec![part],
        reference_task_ids: vec![run.to_string()],
        ..Message::default()
    }
}

/// A part that holds an explicit plan: its metadata say so.
pub(crate) fn plan_part(plan: &wire::Plan) -> Part {
    let metadata = Some(structure([(PLAN, object(Default::default()))]));
    Part { metadata, ..data_part(plan.value()) }
}

/// Metadata that choose a mode.
pub(crate) fn mode_metadata(mode: Mode) -> Struct {
    structure([(PLAN, object([("mode".to_owned(), metadata::text(plan::mode_word(mode)))].into()))])
}

fn is_plan(part: &Part) -> bool {
    text(part).is_none() && metadata::member(part.metadata.as_ref(), PLAN).is_some()
}

fn explicit(part: &Part, field: &str, settings: &Settings) -> Result<Plan, Error> {
    let Some(Content::Data(value)) = &part.content else {
        return Err(Error::invalid(field, "a plan is a data part"));
    };
    let wire = crate::json::message::<wire::Plan>(value)
        .map_err(|error| Error::invalid(field, format!("is no plan: {}", cause(&error))))?;
    plan::explicit(&wire, field, settings)
}

fn cause(error: &dyn std::error::Error) -> String {
    error.source().map_or_else(|| error.to_string(), ToString::to_string)
}

fn words(message: &Message) -> Result<String, Error> {
    let words = text_of(message);
    bounds::within("message.parts", words.len(), bounds::CALL)?;
    if words.trim().is_empty() {
        return Err(Error::invalid("message.parts", "the call has no words: at least one text part is needed"));
    }
    Ok(words)
}

fn text(part: &Part) -> Option<&str> {
    match &part.content {
        Some(Content::Text(text)) => Some(text),
        Some(Content::Raw(_) | Content::Url(_) | Content::Data(_)) | None => None,
    }
}

/// `{"mode": "parallel"}` in the metadata of a message or of its text, on its own or under our extension.
fn mode(message: &Message) -> Result<Option<Mode>, Error> {
    match named(message, "mode") {
        None => Ok(None),
        Some(value) => match metadata::as_text(Some(value)) {
            Some("sequential") => Ok(Some(Mode::Sequential)),
            Some("parallel") => Ok(Some(Mode::Parallel)),
            Some(_) | None => Err(Error::invalid("message.metadata.mode", "must be sequential or parallel")),
        },
    }
}

/// A wish in the metadata of a message or of its parts, on its own or under our extension.
fn named<'m>(message: &'m Message, wish: &str) -> Option<&'m Value> {
    let places = message.parts.iter().map(|part| part.metadata.as_ref()).chain([message.metadata.as_ref()]);
    places.filter_map(|metadata| wished(metadata, wish)).next()
}

fn wished<'m>(metadata: Option<&'m Struct>, wish: &str) -> Option<&'m Value> {
    let extension = metadata::as_object(metadata::member(metadata, PLAN)).and_then(|plan| plan.fields.get(wish));
    extension.or_else(|| metadata::member(metadata, wish))
}

#[cfg(test)]
mod tests;
