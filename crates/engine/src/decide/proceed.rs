//! What the state itself asks for: steps that begin, that are not begun any more, and the end.

use types::{SkillId, StepId};

use super::Draft;
use crate::cause::{Cause, Code};
use crate::event::{Fact, Launch, StepFact};
use crate::plan::{FollowUp, Mode, OnFailure, OnUnknown, Route, Step};
use crate::run::{Ending, Outcome};
use crate::step::{Held, StepState, StepStatus, StopReason};

/// What a step's dependencies allow.
enum Clearance {
    Wait,
    Go,
    Skip(StepId),
}

impl Draft {
    /// Brings every step to its end when the run is to end.
    pub(super) fn halt(&mut self) {
        let Some(ending) = self.run.ending() else { return };
        for id in self.ids() {
            if let Some(fact) = self.halted(&id, ending) {
                self.record_step(&id, fact);
            }
        }
    }

    fn halted(&self, id: &StepId, ending: Ending) -> Option<StepFact> {
        let (_, step, status) = self.run.step(id)?;
        if step.undoes().is_some() {
            return None;
        }
        let why = match ending {
            Ending::Cancel => StopReason::Cancel,
            Ending::Timeout => StopReason::RunTimeout,
        };
        match status.state {
            StepState::Pending | StepState::Parked { .. } | StepState::Backoff { .. } => Some(match ending {
                Ending::Cancel => StepFact::Canceled,
                Ending::Timeout => StepFact::Skipped(self.run_timeout()),
            }),
            StepState::Dispatching | StepState::Working | StepState::Waiting { .. } => Some(StepFact::Stopping(why)),
            StepState::Stopping { why: StopReason::Cancel, .. } => None,
            // A cancel after a timeout: the attempt has been told already, but its end now means something else.
            StepState::Stopping { .. } => (why == StopReason::Cancel).then_some(StepFact::Stopping(why)),
            StepState::Completed { .. } | StepState::Failed | StepState::Skipped | StepState::Canceled => None,
        }
    }

    /// A step that has ended has no live attempt: what it failed without is the reaper's.
    /// Only histories from before there were strays have any.
    pub(super) fn let_go(&mut self) {
        let left = self.run.steps().filter(|(_, status)| status.ended() && status.live());
        let left: Vec<(StepId, u32)> = left.map(|(step, status)| (step.id.clone(), status.attempts())).collect();
        for (id, attempt) in left {
            self.record_step(&id, StepFact::Strayed { attempt, held: Held::Reaper });
        }
    }

    /// Skips the steps that depend on what will not complete.
    pub(super) fn skip(&mut self) {
        for id in self.ids() {
            let Some((_, step, status)) = self.run.step(&id) else { continue };
            if status.state != StepState::Pending {
                continue;
            }
            if let Clearance::Skip(cause) = self.clearance(step) {
                let text = self.without(step, &cause);
                self.record_step(&id, StepFact::Skipped(Cause::new(Code::DependencyFailed, text)));
            }
        }
    }

    /// Why a step is skipped without another one.
    fn without(&self, step: &Step, other: &StepId) -> String {
        let in_the_dark = self.run.step(other).is_some_and(|(_, _, status)| status.is_in_the_dark());
        match (step.tells().is_some(), in_the_dark) {
            (false, _) => format!("{other} did not complete"),
            (true, false) => format!("{other} did not complete, so nobody there is to be told"),
            (true, true) => format!("what became of {other} is not known, so nobody there can be told"),
        }
    }

    /// Begins every attempt that may begin now.
    pub(super) fn start(&mut self) {
        for id in self.ids() {
            if self.may_start(&id) {
                self.start_step(&id);
            }
        }
    }

    fn may_start(&self, id: &StepId) -> bool {
        let Some((_, step, status)) = self.run.step(id) else { return false };
        match status.state {
            StepState::Pending if step.undoes().is_some() => true,
            StepState::Pending => matches!(self.clearance(step), Clearance::Go) && self.in_order(step),
            StepState::Parked { .. } => self.route(step).is_some(),
            StepState::Backoff { until, .. } => until <= self.now,
            StepState::Dispatching
            | StepState::Working
            | StepState::Waiting { .. }
            | StepState::Stopping { .. }
            | StepState::Completed { .. }
            | StepState::Failed
            | StepState::Skipped
            | StepState::Canceled => false,
        }
    }

    fn start_step(&mut self, id: &StepId) {
        let Some((_, step, status)) = self.run.step(id) else { return };
        let fact = match self.route(step) {
            None => StepFact::Parked { before: status.parked },
            Some(route) => StepFact::Dispatched(Launch {
                attempt: status.attempts() + 1,
                turn: 1,
                since: status.started_at().unwrap_or(self.now),
                not_after: self.now.after(step.attempt_timeout),
                route: route.clone(),
                at_most_once: step.at_most_once,
                input: None,
            }),
        };
        self.record_step(id, fact);
    }

    /// Where a step goes: what is taken back was done at one store and is taken back there; what is told goes to the same
    /// one, where that can take it.
    /// A store that does not answer for an attempt gets no other one.
    pub(super) fn route(&self, step: &Step) -> Option<&Route> {
        let bound = self.run.bound_to(step);
        let route = match &step.follow_up {
            None => self.routes.get(&step.id),
            Some(FollowUp::Undo(_)) => bound,
            Some(FollowUp::Tell(_)) => self.routes.get(&step.id).filter(|open| bound.is_some_and(|it| it.meets(open))),
        };
        let (_, _, status) = self.run.step(&step.id)?;
        route.filter(|route| !status.shuns(route))
    }

    /// Takes back, asks what is still to be asked, or ends the run, once every attempt has ended.
    pub(super) fn finish(&mut self) {
        if !self.run.settled() {
            return;
        }
        let undo = self.to_undo();
        if !undo.is_empty() {
            self.record(Fact::Compensating(undo));
        } else if self.run.plan().question.is_some() && self.run.ending().is_none() {
            self.record(Fact::Asked);
        } else {
            self.end();
        }
    }

    pub(super) fn end(&mut self) {
        let counts = self.run.counts();
        let outcome = match self.run.ending() {
            Some(Ending::Cancel) => Outcome::Canceled,
            None | Some(Ending::Timeout) if counts.total == 0 || counts.completed > 0 => Outcome::Completed,
            None | Some(Ending::Timeout) => Outcome::Failed,
        };
        self.record(Fact::Ended(outcome));
    }

    /// A step for each completed one of a canceled run that can be taken back and is not yet.
    fn to_undo(&self) -> Vec<Step> {
        if self.run.ending() != Some(Ending::Cancel) {
            return Vec::new();
        }
        let undone = |id: &StepId| self.run.plan().steps.iter().any(|step| step.undoes() == Some(id));
        let done = self.run.steps().filter(|(step, status)| status.completed() && !undone(&step.id));
        done.filter_map(|(step, _)| Some(self.undo_of(step, step.undo.clone()?))).collect()
    }

    fn undo_of(&self, step: &Step, skill: SkillId) -> Step {
        let mut id = step.id.compensation();
        while self.run.plan().step(&id).is_some() {
            id = id.compensation();
        }
        let depends_on = Vec::new();
        Step {
            id,
            skill: Some(skill),
            depends_on,
            undo: None,
            follow_up: Some(FollowUp::Undo(step.id.clone())),
            at_most_once: false,
            // What was done at one store can be taken back nowhere else.
            on_unknown: OnUnknown::Fail,
            ..step.clone()
        }
    }

    fn clearance(&self, step: &Step) -> Clearance {
        if let Some(of) = step.tells() {
            return self.hearing(of);
        }
        let mut clearance = Clearance::Go;
        for id in &step.depends_on {
            let Some((_, dependency, status)) = self.run.step(id) else { continue };
            if !status.ended() {
                clearance = Clearance::Wait;
            } else if !status.completed() && dependency.on_failure == OnFailure::SkipDependents {
                return Clearance::Skip(id.clone());
            }
        }
        clearance
    }

    /// Whether a step can be told something: its agent has said how it stands. Before that it may not have begun, and would
    /// know nothing of what it is told about.
    fn hearing(&self, of: &StepId) -> Clearance {
        let Some((_, _, status)) = self.run.step(of) else { return Clearance::Skip(of.clone()) };
        match status.state {
            StepState::Waiting { .. } | StepState::Completed { .. } => Clearance::Go,
            StepState::Failed | StepState::Skipped | StepState::Canceled => Clearance::Skip(of.clone()),
            StepState::Pending
            | StepState::Parked { .. }
            | StepState::Dispatching
            | StepState::Working
            | StepState::Backoff { .. }
            | StepState::Stopping { .. } => Clearance::Wait,
        }
    }

    /// What tells others something neither waits for the order nor holds it.
    fn in_order(&self, step: &Step) -> bool {
        let plan = self.run.plan();
        let holds =
            |(step, status): (&Step, &StepStatus)| step.tells().is_none() && status.holds_the_order(plan.origin);
        match plan.mode {
            Mode::Parallel => true,
            Mode::Sequential => step.tells().is_some() || !self.run.steps().any(holds),
        }
    }

    fn ids(&self) -> Vec<StepId> {
        self.run.plan().steps.iter().map(|step| step.id.clone()).collect()
    }
}
