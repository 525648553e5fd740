//! Plans in the log.

use std::time::Duration;

use engine::{FollowUp, OnUnknown, Patience, Payload, Plan, Question, Step};
use types::{RetryPolicy, TaskId};

use super::number::{Numbered, millis};
use super::{Undecodable, id, wire};

impl From<&Plan> for wire::Plan {
    fn from(plan: &Plan) -> Self {
        Self {
            title: plan.title.to_string(),
            origin: plan.origin.number(),
            mode: plan.mode.number(),
            steps: written(&plan.steps, &plan.about),
            timeout: millis(plan.timeout),
            waiting: millis(plan.patience.waiting),
            endpoint: millis(plan.patience.endpoint),
            stopping: millis(plan.patience.stopping),
            question: plan.question.as_ref().map(wire::Question::from),
            about: plan.about.as_bytes().to_vec(),
            resumes: plan.resumes.map(|run| run.as_bytes().to_vec()).unwrap_or_default(),
        }
    }
}

impl TryFrom<wire::Plan> for Plan {
    type Error = Undecodable;

    fn try_from(wire: wire::Plan) -> Result<Self, Undecodable> {
        let about = Payload::from(wire.about);
        Ok(Self {
            title: wire.title.into(),
            origin: Numbered::of(wire.origin)?,
            mode: Numbered::of(wire.mode)?,
            steps: read(wire.steps, &about)?,
            timeout: Duration::from_millis(wire.timeout),
            patience: Patience {
                waiting: Duration::from_millis(wire.waiting),
                endpoint: Duration::from_millis(wire.endpoint),
                stopping: Duration::from_millis(wire.stopping),
            },
            question: wire.question.map(Question::try_from).transpose()?,
            about,
            resumes: resumes(wire.resumes)?,
        })
    }
}

impl From<&Question> for wire::Question {
    fn from(question: &Question) -> Self {
        Self { reason: question.reason.number(), text: question.text.to_string() }
    }
}

impl TryFrom<wire::Question> for Question {
    type Error = Undecodable;

    fn try_from(wire: wire::Question) -> Result<Self, Undecodable> {
        Ok(Self { reason: Numbered::of(wire.reason)?, text: wire.text.into() })
    }
}

fn resumes(bytes: Vec<u8>) -> Result<Option<TaskId>, Undecodable> {
    if bytes.is_empty() {
        return Ok(None);
    }
    Ok(Some(TaskId::from_bytes(bytes.try_into().map_err(|_| Undecodable)?)))
}

fn follow_up(undoes: Option<&str>, tells: Option<&str>) -> Result<Option<FollowUp>, Undecodable> {
    Ok(match (undoes, tells) {
        (None, None) => None,
        (Some(of), None) => Some(FollowUp::Undo(id(of)?)),
        (None, Some(of)) => Some(FollowUp::Tell(id(of)?)),
        (Some(_), Some(_)) => return Err(Undecodable),
    })
}

/// Steps beside what they are about: those that are told just that, as all of a call are, share it.
pub(super) fn written(steps: &[Step], about: &Payload) -> Vec<wire::Step> {
    let none = Payload::default();
    let one = |step: &Step| match step.input == *about && *about != none {
        true => wire::Step { shared: true, ..wire_step(step, &none) },
        false => wire_step(step, &step.input),
    };
    steps.iter().map(one).collect()
}

/// The same read again.
pub(super) fn read(steps: Vec<wire::Step>, about: &Payload) -> Result<Vec<Step>, Undecodable> {
    let one = |wire: wire::Step| match wire.shared {
        true => Ok(Step { input: about.clone(), ..wire.try_into()? }),
        false => wire.try_into(),
    };
    steps.into_iter().map(one).collect()
}

fn wire_step(step: &Step, input: &Payload) -> wire::Step {
    wire::Step {
        id: step.id.to_string(),
        title: step.title.to_string(),
        agent: step.agent.to_string(),
        skill: step.skill.as_ref().map(ToString::to_string),
        input: input.as_bytes().to_vec(),
        depends_on: step.depends_on.iter().map(ToString::to_string).collect(),
        attempts: step.retry.attempts,
        backoff: millis(step.retry.backoff),
        max_backoff: millis(step.retry.max_backoff),
        attempt_timeout: millis(step.attempt_timeout),
        on_failure: step.on_failure.number(),
        undo: step.undo.as_ref().map(ToString::to_string),
        undoes: step.undoes().map(ToString::to_string),
        tells: step.tells().map(ToString::to_string),
        at_most_once: step.at_most_once,
        fails_unknown: step.on_unknown == OnUnknown::Fail,
        shared: false,
    }
}

impl TryFrom<wire::Step> for Step {
    type Error = Undecodable;

    fn try_from(wire: wire::Step) -> Result<Self, Undecodable> {
        Ok(Self {
            id: id(&wire.id)?,
            title: wire.title.into(),
            agent: id(&wire.agent)?,
            skill: wire.skill.as_deref().map(id).transpose()?,
            input: Payload::from(wire.input),
            depends_on: wire.depends_on.iter().map(|text| id(text)).collect::<Result<_, _>>()?,
            retry: RetryPolicy {
                attempts: wire.attempts,
                backoff: Duration::from_millis(wire.backoff),
                max_backoff: Duration::from_millis(wire.max_backoff),
            },
            attempt_timeout: Duration::from_millis(wire.attempt_timeout),
            on_failure: Numbered::of(wire.on_failure)?,
            undo: wire.undo.as_deref().map(id).transpose()?,
            follow_up: follow_up(wire.undoes.as_deref(), wire.tells.as_deref())?,
            at_most_once: wire.at_most_once,
            on_unknown: if wire.fails_unknown { OnUnknown::Fail } else { OnUnknown::Another },
        })
    }
}
