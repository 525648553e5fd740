//! What happens to steps, in the log.

use std::time::Duration;

use engine::{Cause, Done, Launch, Payload, Route, StepFact};
use types::{Seq, StoreId, TaskId, Timestamp};

use super::number::{Numbered, millis};
use super::{Undecodable, id, wire};

impl From<&StepFact> for wire::StepFact {
    fn from(fact: &StepFact) -> Self {
        match fact {
            StepFact::Dispatched(launch) => Self::Dispatched(launch.into()),
            StepFact::Parked { before } => Self::Parked(millis(*before)),
            StepFact::ChildKnown { attempt, child } => {
                Self::ChildKnown(wire::Child { attempt: *attempt, child: child.to_string(), ..wire::Child::default() })
            }
            StepFact::ChildProgressed { attempt, cursor, note } => {
                let note = note.as_bytes().to_vec();
                Self::ChildProgressed(wire::Child { attempt: *attempt, cursor: cursor.0, note, ..Default::default() })
            }
            StepFact::ChildWaiting { attempt, on, note } => {
                let note = note.as_bytes().to_vec();
                Self::ChildWaiting(wire::Child { attempt: *attempt, on: on.number(), note, ..Default::default() })
            }
            StepFact::Stopping(why) => Self::Stopping(why.number()),
            StepFact::AttemptFailed { cause, retry_at } => {
                let retry_at = retry_at.map(Timestamp::as_millis);
                Self::AttemptFailed(wire::Failure { retry_at, ..cause.into() })
            }
            StepFact::Completed { answer } => Self::Completed(answer.as_bytes().to_vec()),
            StepFact::Failed(cause) => Self::Failed(cause.into()),
            StepFact::Skipped(cause) => Self::Skipped(cause.into()),
            StepFact::Canceled => Self::Canceled(wire::Nothing {}),
            StepFact::LateAnswer { attempt, end } => {
                Self::LateAnswer(wire::Late { attempt: *attempt, end: end.number() })
            }
            StepFact::Strayed { attempt, held } => {
                Self::Strayed(wire::Stray { attempt: *attempt, held: held.number() })
            }
            StepFact::Carried(done) => Self::Carried((&**done).into()),
        }
    }
}

impl TryFrom<wire::StepFact> for StepFact {
    type Error = Undecodable;

    fn try_from(wire: wire::StepFact) -> Result<Self, Undecodable> {
        use wire::StepFact as Wire;
        Ok(match wire {
            Wire::Dispatched(launch) => Self::Dispatched(launch.try_into()?),
            Wire::Parked(before) => Self::Parked { before: Duration::from_millis(before) },
            Wire::ChildKnown(known) => Self::ChildKnown { attempt: known.attempt, child: id(&known.child)? },
            Wire::ChildProgressed(news) => {
                let (cursor, note) = (Seq(news.cursor), Payload::from(news.note));
                Self::ChildProgressed { attempt: news.attempt, cursor, note }
            }
            Wire::ChildWaiting(news) => {
                let (on, note) = (Numbered::of(news.on)?, Payload::from(news.note));
                Self::ChildWaiting { attempt: news.attempt, on, note }
            }
            Wire::Stopping(why) => Self::Stopping(Numbered::of(why)?),
            Wire::AttemptFailed(failure) => {
                let retry_at = failure.retry_at.map(Timestamp::from_millis);
                Self::AttemptFailed { cause: failure.try_into()?, retry_at }
            }
            Wire::Completed(answer) => Self::Completed { answer: Payload::from(answer) },
            Wire::Failed(failure) => Self::Failed(failure.try_into()?),
            Wire::Skipped(failure) => Self::Skipped(failure.try_into()?),
            Wire::Canceled(wire::Nothing {}) => Self::Canceled,
            Wire::LateAnswer(late) => Self::LateAnswer { attempt: late.attempt, end: Numbered::of(late.end)? },
            Wire::Strayed(stray) => Self::Strayed { attempt: stray.attempt, held: Numbered::of(stray.held)? },
            Wire::Carried(done) => Self::Carried(Box::new(done.try_into()?)),
        })
    }
}

impl From<&Launch> for wire::Launch {
    fn from(launch: &Launch) -> Self {
        Self {
            attempt: launch.attempt,
            turn: launch.turn,
            since: launch.since.as_millis(),
            not_after: launch.not_after.as_millis(),
            endpoint: launch.route.endpoint.to_string(),
            store_id: launch.route.store_id.map(|store| store.as_bytes().to_vec()).unwrap_or_default(),
            at_most_once: launch.at_most_once,
            input: launch.input.as_ref().map(|input| input.as_bytes().to_vec()),
        }
    }
}

impl TryFrom<wire::Launch> for Launch {
    type Error = Undecodable;

    fn try_from(wire: wire::Launch) -> Result<Self, Undecodable> {
        let store_id = match wire.store_id.is_empty() {
            true => None,
            false => Some(StoreId::from_bytes(wire.store_id.try_into().map_err(|_| Undecodable)?)),
        };
        Ok(Self {
            attempt: wire.attempt,
            turn: wire.turn,
            since: Timestamp::from_millis(wire.since),
            not_after: Timestamp::from_millis(wire.not_after),
            route: Route { endpoint: wire.endpoint.into(), store_id },
            at_most_once: wire.at_most_once,
            input: wire.input.map(Payload::from),
        })
    }
}

impl From<&Done> for wire::Done {
    fn from(done: &Done) -> Self {
        Self {
            run: done.run.as_bytes().to_vec(),
            launch: Some((&done.launch).into()),
            child: done.child.as_ref().map(ToString::to_string),
            at: done.at.as_millis(),
            answer: done.answer.as_bytes().to_vec(),
        }
    }
}

impl TryFrom<wire::Done> for Done {
    type Error = Undecodable;

    fn try_from(wire: wire::Done) -> Result<Self, Undecodable> {
        Ok(Self {
            run: TaskId::from_bytes(wire.run.try_into().map_err(|_| Undecodable)?),
            launch: wire.launch.ok_or(Undecodable)?.try_into()?,
            child: wire.child.as_deref().map(id).transpose()?,
            at: Timestamp::from_millis(wire.at),
            answer: Payload::from(wire.answer),
        })
    }
}

impl From<&Cause> for wire::Failure {
    fn from(cause: &Cause) -> Self {
        Self { code: cause.code.number(), text: cause.text.to_string(), retry_at: None }
    }
}

impl TryFrom<wire::Failure> for Cause {
    type Error = Undecodable;

    fn try_from(wire: wire::Failure) -> Result<Self, Undecodable> {
        Ok(Self::new(Numbered::of(wire.code)?, wire.text))
    }
}
