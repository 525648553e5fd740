//! The one codec of engine events: records of the log and back. Never anything but events, snapshots included.

mod describe;
mod duty;
mod number;
mod plan;
mod step;
mod wire;

use std::str::FromStr;
use std::sync::Arc;

use engine::{Event, Fact, Payload, Question, Reply};
use number::Numbered;
use prost::Message as _;
use store::Record;
use types::Timestamp;

pub(crate) use describe::describe;
pub use duty::{decode_duty, decode_finding};
pub(crate) use duty::{encode_duty, encode_finding};

/// The record kind of an engine event in the first version of its encoding.
pub(crate) const EVENT: u16 = 1;

/// Bytes that are no event of ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not an engine event")]
pub struct Undecodable;

/// The record of an event.
pub fn encode(event: &Event) -> Record {
    let wire = wire::Event { at: event.at.as_millis(), fact: Some((&event.fact).into()) };
    Record { kind: EVENT, bytes: wire.encode_to_vec().into() }
}

/// The event of a record.
pub fn decode(record: &Record) -> Result<Event, Undecodable> {
    if record.kind != EVENT {
        return Err(Undecodable);
    }
    let wire = wire::Event::decode(record.bytes.clone()).map_err(|_| Undecodable)?;
    let fact = wire.fact.ok_or(Undecodable)?.try_into()?;
    Ok(Event { at: Timestamp::from_millis(wire.at), fact })
}

fn id<T: FromStr>(text: &str) -> Result<T, Undecodable> {
    text.parse().map_err(|_| Undecodable)
}

impl From<&Fact> for wire::Fact {
    fn from(fact: &Fact) -> Self {
        match fact {
            Fact::Accepted(plan) => Self::Accepted((&**plan).into()),
            Fact::Step(step, fact) => Self::Step(wire::StepEvent { step: step.to_string(), fact: Some(fact.into()) }),
            Fact::CancelRequested => Self::CancelRequested(wire::Nothing {}),
            Fact::TimedOut => Self::TimedOut(wire::Nothing {}),
            Fact::DeadlineMoved(deadline) => Self::DeadlineMoved(deadline.as_millis()),
            Fact::Asked => Self::Asked(wire::Nothing {}),
            Fact::Answered(Reply { title, question, renewed, steps, about }) => Self::Answered(wire::Answered {
                steps: plan::written(steps, about),
                about: about.as_bytes().to_vec(),
                title: title.as_ref().map(ToString::to_string),
                renewed: renewed.iter().map(ToString::to_string).collect(),
                question: question.as_ref().map(wire::Question::from),
            }),
            Fact::Compensating(steps) => {
                Self::Compensating(wire::Added { steps: plan::written(steps, &Payload::default()) })
            }
            Fact::Ended(outcome) => Self::Ended(outcome.number()),
        }
    }
}

impl TryFrom<wire::Fact> for Fact {
    type Error = Undecodable;

    fn try_from(wire: wire::Fact) -> Result<Self, Undecodable> {
        Ok(match wire {
            wire::Fact::Accepted(plan) => Self::Accepted(Arc::new(plan.try_into()?)),
            wire::Fact::Step(event) => Self::Step(id(&event.step)?, event.fact.ok_or(Undecodable)?.try_into()?),
            wire::Fact::CancelRequested(wire::Nothing {}) => Self::CancelRequested,
            wire::Fact::TimedOut(wire::Nothing {}) => Self::TimedOut,
            wire::Fact::DeadlineMoved(deadline) => Self::DeadlineMoved(Timestamp::from_millis(deadline)),
            wire::Fact::Asked(wire::Nothing {}) => Self::Asked,
            wire::Fact::Answered(wire::Answered { steps, about, title, renewed, question }) => {
                let about = Payload::from(about);
                Self::Answered(Reply {
                    title: title.map(Into::into),
                    question: question.map(Question::try_from).transpose()?,
                    renewed: renewed.iter().map(|text| id(text)).collect::<Result<_, _>>()?,
                    steps: plan::read(steps, &about)?,
                    about,
                })
            }
            wire::Fact::Compensating(wire::Added { steps }) => {
                Self::Compensating(plan::read(steps, &Payload::default())?)
            }
            wire::Fact::Ended(outcome) => Self::Ended(Numbered::of(outcome)?),
        })
    }
}

#[cfg(test)]
mod tests;
