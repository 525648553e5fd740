//! Whether a plan is one: the bounds of every field, known dependencies, no cycle.

use std::collections::BTreeSet;
use std::fmt::Arguments;
use std::time::Duration;

use types::{StepId, limits};

use crate::input::Reply;
use crate::plan::{FollowUp, Origin, Plan, Step};

/// Why a plan is refused; names the field.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{field}: {reason}")]
pub struct PlanError {
    /// The field, such as `steps[2].depends_on`.
    pub field: String,
    /// What is wrong with it.
    pub reason: String,
}

const ID_MAX: usize = 64;
const TITLE_MAX: usize = 256;
const HOUR: Duration = Duration::from_secs(3600);
const DAY: Duration = Duration::from_secs(24 * 3600);

impl Plan {
    /// Checks the whole plan; the first fault in plan order is the answer.
    pub fn check(&self) -> Result<(), PlanError> {
        let fewest = match self.origin {
            Origin::Text => 0,
            Origin::Explicit => 1,
        };
        title(format_args!("title"), &self.title)?;
        ensure((fewest..=Self::STEPS_MAX).contains(&self.steps.len()), format_args!("steps"), || {
            format!("has {} steps, {fewest} to {} are possible", self.steps.len(), Self::STEPS_MAX)
        })?;
        span(format_args!("timeout"), self.timeout, 7 * DAY)?;
        check_steps(&self.steps, &BTreeSet::new())
    }

    /// Checks what an answer makes of this plan.
    pub(crate) fn check_reply(&self, reply: &Reply) -> Result<(), PlanError> {
        let added = &reply.steps;
        title(format_args!("title"), reply.title.as_deref().unwrap_or_default())?;
        let total = self.steps.len() + added.len();
        ensure(total <= Self::STEPS_MAX, format_args!("steps"), || {
            format!("would be {total}, at most {}", Self::STEPS_MAX)
        })?;
        let known = |id: &StepId| self.step(id).is_some();
        let of_added = added.iter().filter_map(|step| step.follow_up.as_ref()).map(FollowUp::of);
        let unknown = reply.renewed.iter().chain(of_added).find(|id| !known(id));
        ensure(unknown.is_none(), format_args!("steps"), || format!("no step {}", unknown.map_or("", StepId::as_str)))?;
        check_steps(added, &self.steps.iter().map(|step| &step.id).collect())
    }
}

fn check_steps(steps: &[Step], earlier: &BTreeSet<&StepId>) -> Result<(), PlanError> {
    let mut ids = earlier.clone();
    for (place, step) in steps.iter().enumerate() {
        check_step(format_args!("steps[{place}]"), step)?;
        ensure(ids.insert(&step.id), format_args!("steps[{place}].id"), || format!("{} is used twice", step.id))?;
    }
    for (place, step) in steps.iter().enumerate() {
        let unknown = step.depends_on.iter().find(|id| !ids.contains(id));
        ensure(unknown.is_none(), format_args!("steps[{place}].depends_on"), || {
            format!("no step {}", unknown.map_or("", StepId::as_str))
        })?;
    }
    check_cycle(steps, earlier.clone())
}

fn check_step(field: Arguments<'_>, step: &Step) -> Result<(), PlanError> {
    let id = step.id.as_str();
    let plain = id.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte));
    ensure(plain && (1..=ID_MAX).contains(&id.len()), format_args!("{field}.id"), || {
        format!("letters, digits, '-', '_' and '.', at most {ID_MAX}")
    })?;
    title(format_args!("{field}.title"), &step.title)?;
    ensure(step.depends_on.len() <= Plan::STEPS_MAX, format_args!("{field}.depends_on"), || "is too long".into())?;
    ensure((1..=limits::ATTEMPTS).contains(&step.retry.attempts), format_args!("{field}.retry.attempts"), || {
        format!("1 to {} are possible", limits::ATTEMPTS)
    })?;
    ensure(step.retry.backoff <= HOUR, format_args!("{field}.retry.backoff"), || "at most one hour".into())?;
    ensure(step.retry.max_backoff <= DAY, format_args!("{field}.retry.max_backoff"), || "at most one day".into())?;
    span(format_args!("{field}.attempt_timeout"), step.attempt_timeout, DAY)
}

/// Takes away what has nothing left to wait for, until nothing is left or nothing can be taken.
fn check_cycle<'p>(steps: &'p [Step], mut done: BTreeSet<&'p StepId>) -> Result<(), PlanError> {
    let mut left: Vec<(usize, &Step)> = steps.iter().enumerate().collect();
    while let Some(&(first, stuck)) = left.first() {
        let before = left.len();
        left.retain(|(_, step)| {
            let free = step.depends_on.iter().all(|id| done.contains(id));
            if free {
                done.insert(&step.id);
            }
            !free
        });
        ensure(left.len() < before, format_args!("steps[{first}].depends_on"), || {
            format!("{} waits for itself, or for steps that do", stuck.id)
        })?;
    }
    Ok(())
}

fn title(field: Arguments<'_>, text: &str) -> Result<(), PlanError> {
    ensure(text.len() <= TITLE_MAX, field, || format!("has {} bytes, at most {TITLE_MAX}", text.len()))
}

fn span(field: Arguments<'_>, span: Duration, most: Duration) -> Result<(), PlanError> {
    let fits = (Duration::from_millis(1)..=most).contains(&span);
    ensure(fits, field, || format!("1 ms to {} s are possible", most.as_secs()))
}

/// The field is named only where it is to be told.
fn ensure(holds: bool, field: Arguments<'_>, reason: impl FnOnce() -> String) -> Result<(), PlanError> {
    if holds { Ok(()) } else { Err(PlanError { field: field.to_string(), reason: reason() }) }
}
