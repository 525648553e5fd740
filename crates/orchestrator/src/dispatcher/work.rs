//! What goes out for an attempt, by what its step is for.

use a2a::frame::{Metadata, Work};
use a2a::metadata::{Dispatch as Mark, object, text};
use agent::words::data_part;
use engine::{Dispatch, FollowUp, Payload};
use proto::a2a::Part;
use proto::a2a::part::Content;
use proto::value::Kind;
use proto::{Struct, Value};
use types::{MessageId, StepId, TaskId};

use super::Attempt;
use crate::plan::{self, payload};

/// The message of an attempt: every time the same, so that its agent takes it once.
pub(super) fn work(attempt: &Attempt, dispatch: &Dispatch) -> Work {
    let (run, launch) = (attempt.handle.id(), &dispatch.launch);
    let mark = Mark {
        run,
        step: dispatch.step.clone(),
        attempt: launch.attempt,
        turn: launch.turn,
        not_after: launch.not_after,
        store_id: launch.route.store_id,
        at_most_once: launch.at_most_once,
    };
    let mut metadata = Metadata::default();
    mark.put(&mut metadata);
    if let Some(skill) = &dispatch.skill {
        metadata.put("skill", |slot| slot.text(skill.as_str()));
    }
    let id = MessageId::of_dispatch(run, &dispatch.step, launch.attempt, launch.turn);
    Work::new(&id, attempt.handle.context(), parts(run, dispatch).as_bytes(), &metadata)
}

/// What the agent gets: the step's input; where it is about another dispatch, with that one's name; only that name where
/// it is taken back.
fn parts(run: TaskId, dispatch: &Dispatch) -> Payload {
    let named = |of: &StepId| ("dispatch".to_owned(), text(format!("{}/{of}", dispatch.done_by.unwrap_or(run))));
    match &dispatch.follow_up {
        None => dispatch.input.clone(),
        Some(FollowUp::Undo(of)) => payload(vec![data_part(object([named(of)].into()))]),
        Some(FollowUp::Tell(of)) => {
            let mut parts = plan::parts(&dispatch.input);
            if let Some(incident) = parts.iter_mut().find_map(object_of) {
                incident.fields.extend([named(of)]);
            }
            payload(parts)
        }
    }
}

/// The object that a part holds.
fn object_of(part: &mut Part) -> Option<&mut Struct> {
    match &mut part.content {
        Some(Content::Data(Value { kind: Some(Kind::StructValue(fields)) })) => Some(fields),
        Some(Content::Data(_) | Content::Text(_) | Content::Raw(_) | Content::Url(_)) | None => None,
    }
}

#[cfg(test)]
mod tests;
