//! Plans between the wire and the engine. Bounds are the engine's business; here only what a wire form can get wrong.

use std::time::Duration;

use a2a::Error;
use engine::{Mode, OnFailure, OnUnknown, Origin, Payload, Plan, PlanError, Step};
use prost::Message as _;
use proto::a2a::{Message, Part};
use proto::watchroom::orchestrator::v1 as wire;
use types::RetryPolicy;

use crate::bounds;
use crate::services::spoken;
use crate::settings::Settings;

/// Why a mode beside an explicit plan is refused.
pub(crate) const OWN_MODE: &str = "is for runs from text; an explicit plan says its own mode";

/// The engine's plan of an explicit one, checked. `field` is where the plan stands in the request.
pub(crate) fn explicit(wire: &wire::Plan, field: &str, settings: &Settings) -> Result<Plan, Error> {
    bounds::within(field, wire.encoded_len(), bounds::PLAN)?;
    let steps: Result<Vec<Step>, Error> = wire
        .steps
        .iter()
        .enumerate()
        .map(|(place, step)| explicit_step(step, &format!("{field}.steps[{place}]"), settings))
        .collect();
    let plan = Plan {
        mode: mode(wire.mode, &format!("{field}.mode"))?.unwrap_or(Mode::Sequential),
        timeout: span(wire.timeout.as_ref(), settings.timeout, &format!("{field}.timeout"))?,
        patience: settings.patience.clone(),
        ..Plan::new(&wire.title, Origin::Explicit, steps?)
    };
    plan.check().map_err(|error| refusal(field, error))?;
    Ok(plan)
}

/// The violation of a plan that stands at `field` of a request.
pub(crate) fn refusal(field: &str, error: PlanError) -> Error {
    let PlanError { field: inner, reason } = error;
    Error::invalid(format!("{field}.{inner}"), reason)
}

/// The mode of a wire number; `None` when it is unset.
pub(crate) fn mode(number: i32, field: &str) -> Result<Option<Mode>, Error> {
    match wire::Mode::try_from(number) {
        Ok(wire::Mode::Unspecified) => Ok(None),
        Ok(wire::Mode::Sequential) => Ok(Some(Mode::Sequential)),
        Ok(wire::Mode::Parallel) => Ok(Some(Mode::Parallel)),
        Err(_) => Err(Error::invalid(field, format!("there is no mode {number}"))),
    }
}

/// A mode as a word, on the wire and for people.
pub(crate) fn mode_word(mode: Mode) -> &'static str {
    match mode {
        Mode::Sequential => "sequential",
        Mode::Parallel => "parallel",
    }
}

fn explicit_step(wire: &wire::Step, field: &str, settings: &Settings) -> Result<Step, Error> {
    let at = |name: &str| format!("{field}.{name}");
    let skill = if wire.skill.is_empty() { None } else { Some(id(&wire.skill, at("skill"))?) };
    let depends_on = wire.depends_on.iter().map(|text| id(text, at("depends_on")));
    let agent = id(&wire.agent, at("agent"))?;
    Ok(Step {
        id: id(&wire.id, at("id"))?,
        title: if wire.title.is_empty() { title(&agent).into() } else { wire.title.as_str().into() },
        agent,
        skill,
        input: payload(input(&wire.input, &at("input"))?),
        depends_on: depends_on.collect::<Result<_, _>>()?,
        retry: retry(wire.retry.as_ref(), &at("retry"), settings)?,
        attempt_timeout: span(wire.attempt_timeout.as_ref(), settings.attempt_timeout, &at("attempt_timeout"))?,
        on_failure: on_failure(wire.on_failure, &at("on_failure"))?,
        undo: None,
        follow_up: None,
        at_most_once: wire.at_most_once,
        on_unknown: on_unknown(wire.on_unknown, &at("on_unknown"))?,
    })
}

/// What stands before the name of an agent in the title of a step that has none of its own.
const DISPATCHING: &str = "Dispatching ";

/// What a step without a title is called.
pub(crate) fn title(agent: &types::AgentName) -> String {
    format!("{DISPATCHING}{}", spoken(agent))
}

/// Whether a step has no title but the usual one.
pub(crate) fn is_untitled(step: &Step) -> bool {
    step.title.strip_prefix(DISPATCHING) == Some(spoken(&step.agent))
}

/// What a step that tells an agent the place is called.
pub(crate) fn telling(agent: &types::AgentName) -> String {
    format!("Telling {} the place", spoken(agent))
}

/// Parts as the engine carries them.
pub(crate) fn payload(parts: Vec<Part>) -> Payload {
    Payload::from(Message { parts, ..Message::default() }.encode_to_vec())
}

/// The parts of a payload; none when it is not one of ours.
pub(crate) fn parts(payload: &Payload) -> Vec<Part> {
    Message::decode(payload.as_bytes()).map(|message| message.parts).unwrap_or_default()
}

fn input(parts: &[Part], field: &str) -> Result<Vec<Part>, Error> {
    if let Some(place) = parts.iter().position(|part| part.content.is_none()) {
        return Err(Error::invalid(format!("{field}[{place}]"), "has no content"));
    }
    if parts.is_empty() {
        return Err(Error::invalid(field, "at least one part is needed"));
    }
    for (place, part) in parts.iter().enumerate() {
        part.check().map_err(|fault| Error::invalid(format!("{field}[{place}]"), fault.to_string()))?;
    }
    Ok(parts.to_vec())
}

fn retry(wire: Option<&wire::Retry>, field: &str, settings: &Settings) -> Result<RetryPolicy, Error> {
    let default = &settings.retry;
    let Some(wire) = wire else { return Ok(default.clone()) };
    Ok(RetryPolicy {
        attempts: wire.attempts.unwrap_or(default.attempts),
        backoff: span(wire.backoff.as_ref(), default.backoff, &format!("{field}.backoff"))?,
        max_backoff: span(wire.max_backoff.as_ref(), default.max_backoff, &format!("{field}.max_backoff"))?,
    })
}

fn on_failure(number: i32, field: &str) -> Result<OnFailure, Error> {
    match wire::OnFailure::try_from(number) {
        Ok(wire::OnFailure::Unspecified | wire::OnFailure::SkipDependents) => Ok(OnFailure::SkipDependents),
        Ok(wire::OnFailure::Continue) => Ok(OnFailure::Continue),
        Err(_) => Err(Error::invalid(field, format!("there is no policy {number}"))),
    }
}

fn on_unknown(number: i32, field: &str) -> Result<OnUnknown, Error> {
    match wire::OnUnknown::try_from(number) {
        Ok(wire::OnUnknown::Unspecified | wire::OnUnknown::Another) => Ok(OnUnknown::Another),
        Ok(wire::OnUnknown::Fail) => Ok(OnUnknown::Fail),
        Err(_) => Err(Error::invalid(field, format!("there is no policy {number}"))),
    }
}

/// A duration in whole milliseconds, as the log keeps it.
fn span(wire: Option<&prost_types::Duration>, default: Duration, field: &str) -> Result<Duration, Error> {
    let Some(wire) = wire else { return Ok(default) };
    let span = Duration::try_from(*wire).map_err(|_| Error::invalid(field, "must not be negative"))?;
    u64::try_from(span.as_millis())
        .map(Duration::from_millis)
        .map_err(|_| Error::invalid(field, "is longer than any plan may take"))
}

fn id<T: std::str::FromStr<Err = types::IdError>>(text: &str, field: String) -> Result<T, Error> {
    text.parse().map_err(|error: types::IdError| Error::invalid(field, error.to_string()))
}

/// The wire form of a plan.
pub(crate) fn to_wire(plan: &Plan) -> wire::Plan {
    let mut wire = heads(plan);
    wire.steps.iter_mut().zip(&plan.steps).for_each(|(shown, step)| shown.input = parts(&step.input));
    wire
}

/// The wire form of a plan without what its steps get.
pub(crate) fn heads(plan: &Plan) -> wire::Plan {
    let mode = match plan.mode {
        Mode::Sequential => wire::Mode::Sequential,
        Mode::Parallel => wire::Mode::Parallel,
    };
    wire::Plan {
        title: plan.title.to_string(),
        mode: mode.into(),
        steps: plan.steps.iter().map(head).collect(),
        timeout: duration(plan.timeout),
    }
}

fn head(step: &Step) -> wire::Step {
    let on_failure = match step.on_failure {
        OnFailure::SkipDependents => wire::OnFailure::SkipDependents,
        OnFailure::Continue => wire::OnFailure::Continue,
    };
    let on_unknown = match step.on_unknown {
        OnUnknown::Another => wire::OnUnknown::Another,
        OnUnknown::Fail => wire::OnUnknown::Fail,
    };
    wire::Step {
        id: step.id.to_string(),
        title: step.title.to_string(),
        agent: step.agent.to_string(),
        skill: step.skill.as_ref().map(ToString::to_string).unwrap_or_default(),
        input: Vec::new(),
        depends_on: step.depends_on.iter().map(ToString::to_string).collect(),
        retry: Some(wire::Retry {
            attempts: Some(step.retry.attempts),
            backoff: duration(step.retry.backoff),
            max_backoff: duration(step.retry.max_backoff),
        }),
        attempt_timeout: duration(step.attempt_timeout),
        on_failure: on_failure.into(),
        at_most_once: step.at_most_once,
        on_unknown: on_unknown.into(),
    }
}

fn duration(span: Duration) -> Option<prost_types::Duration> {
    span.try_into().ok()
}

#[cfg(test)]
mod tests;
