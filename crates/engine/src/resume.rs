//! Going on from a run that has ended: what a new one takes over, what it begins anew, and what it must leave alone.

use types::{StepId, TaskId};

use crate::cause::{Cause, Code};
use crate::event::Done;
use crate::plan::{Payload, Plan, Step};
use crate::run::{Phase, Run};
use crate::step::{StepState, StepStatus};

/// How a new run goes on from one that has ended. What is in neither list begins anew.
#[derive(Debug, Clone, PartialEq)]
pub struct Resume {
    /// The plan of both, without the steps that took something back or told those something that begin anew.
    pub plan: Plan,
    /// What is done.
    pub done: Vec<(StepId, Done)>,
    /// What must not be begun again, and why.
    pub left: Vec<(StepId, Cause)>,
}

/// What has become of an attempt that its run went on without.
#[derive(Debug, Clone, PartialEq)]
pub struct Finding {
    /// Of which step.
    pub step: StepId,
    /// What is known by now.
    pub fate: Fate,
}

/// What is known by now of an attempt that its run went on without.
#[derive(Debug, Clone, PartialEq)]
pub enum Fate {
    /// Nothing: the reaper still asks.
    Open,
    /// It was never accepted, and never will be.
    NeverAccepted,
    /// It did what it was asked.
    Done(Box<Done>),
    /// Nothing of it lives; it may have done what it was asked.
    Over,
}

/// A run that has been gone on from.
#[derive(Debug, Clone, PartialEq)]
pub struct Earlier {
    /// The run, unless retention took it.
    pub run: Option<Run>,
    /// What is known of the attempts that it went on without.
    pub findings: Vec<Finding>,
}

/// Why a run cannot be gone on from.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum NotResumable {
    /// It has not ended.
    #[error("the run has not ended")]
    UnderWay,
    /// All of it is done.
    #[error("every step of the run is done")]
    AllDone,
    /// None of what is not done may be begun again.
    #[error("no step of the run can be begun again: {}", listed(.0))]
    AllLeft(Vec<(StepId, Cause)>),
}

fn listed(left: &[(StepId, Cause)]) -> String {
    left.iter().map(|(step, cause)| format!("{step}: {cause}")).collect::<Vec<_>>().join("; ")
}

/// What becomes of a step in the new run.
enum Next {
    Carried(Done),
    Left(Cause),
    Anew,
}

impl Run {
    /// How a new run goes on from this one, which is run `id`. `findings` are those about its own attempts; `earlier` are
    /// the runs that it went on from itself, the newest first, as far as they are kept.
    ///
    /// # Errors
    /// It has not ended, or there is nothing to do.
    pub fn resume(&self, id: TaskId, findings: &[Finding], earlier: &[Earlier]) -> Result<Resume, NotResumable> {
        match self.phase {
            Phase::Ended { .. } => {}
            Phase::New | Phase::Running | Phase::Asking { .. } => return Err(NotResumable::UnderWay),
        }
        let mut resume = Resume { plan: self.successor(id), done: Vec::new(), left: Vec::new() };
        // Something is gained when a step begins anew, or is found to have been done after all.
        let mut gained = false;
        for (step, status) in self.steps().filter(|(step, _)| step.undoes().is_none()) {
            // What begins anew is told everything when it is sent.
            if step.tells().is_some_and(|of| !resume.done.iter().any(|(done, _)| done == of)) {
                resume.plan.steps.retain(|kept| kept.id != step.id);
                continue;
            }
            match self.next(id, (step, status), findings, earlier) {
                Next::Carried(done) => {
                    gained |= !status.completed();
                    resume.done.push((step.id.clone(), done));
                }
                Next::Left(cause) => resume.left.push((step.id.clone(), cause)),
                Next::Anew => gained = true,
            }
        }
        match (gained, resume.left.is_empty()) {
            (true, _) => Ok(resume),
            (false, true) => Err(NotResumable::AllDone),
            (false, false) => Err(NotResumable::AllLeft(resume.left)),
        }
    }

    fn successor(&self, id: TaskId) -> Plan {
        let mut plan = Plan::clone(&self.plan);
        plan.steps.retain(|step| step.undoes().is_none());
        plan.resumes = Some(id);
        plan
    }

    fn next(
        &self,
        id: TaskId,
        (step, status): (&Step, &StepStatus),
        findings: &[Finding],
        earlier: &[Earlier],
    ) -> Next {
        match &status.state {
            StepState::Completed { answer } => self.next_of_done(id, step, status, answer),
            StepState::Pending
            | StepState::Parked { .. }
            | StepState::Dispatching
            | StepState::Working
            | StepState::Waiting { .. }
            | StepState::Backoff { .. }
            | StepState::Stopping { .. }
            | StepState::Failed
            | StepState::Skipped
            | StepState::Canceled => self.next_of_undone(step, status, findings, earlier),
        }
    }

    /// What was done is carried over, unless a cancel has taken it back.
    fn next_of_done(&self, id: TaskId, step: &Step, status: &StepStatus, answer: &Payload) -> Next {
        let undoing = self.steps().filter(|(undo, _)| undo.undoes() == Some(&step.id));
        for (_, undo) in undoing {
            if undo.completed() {
                return Next::Anew;
            }
            if !undo.strays.is_empty() || uncertain(undo) {
                let text = "it was being taken back, and whether it was is not known";
                return Next::Left(Cause::new(Code::OutcomeUnknown, text));
            }
        }
        let Some((attempt, at)) = status.attempt.clone().zip(status.ended_at) else { return Next::Anew };
        let run = status.done_by.unwrap_or(id);
        Next::Carried(Done { run, launch: attempt.launch, child: attempt.child, at, answer: answer.clone() })
    }

    fn next_of_undone(&self, step: &Step, status: &StepStatus, findings: &[Finding], earlier: &[Earlier]) -> Next {
        let all = || findings.iter().chain(earlier.iter().flat_map(|before| &before.findings));
        for finding in all().filter(|finding| finding.step == step.id) {
            match &finding.fate {
                Fate::Open => {
                    let text =
                        format!("{} has not said what became of an attempt; it is asked until it does", step.agent);
                    return Next::Left(Cause::new(Code::OutcomeUnknown, text));
                }
                Fate::Done(done) => return Next::Carried(Done::clone(done)),
                Fate::NeverAccepted | Fate::Over => {}
            }
        }
        if step.at_most_once && self.in_doubt(step, status, findings, earlier) {
            let text = "it may have been done, and must not be done twice";
            return Next::Left(Cause::new(Code::OutcomeUnknown, text));
        }
        Next::Anew
    }

    /// Whether some run may have done the step. Each answers for its own attempts: that one of them was never accepted
    /// says nothing of those of another run.
    fn in_doubt(&self, step: &Step, status: &StepStatus, findings: &[Finding], earlier: &[Earlier]) -> bool {
        let before = |it: &Earlier| {
            let status = it.run.as_ref().and_then(|run| run.step(&step.id)).map(|(_, _, status)| status);
            status.is_some_and(|status| may_have_done(step, status, &it.findings))
        };
        let oldest = earlier.last().map_or(Some(self), |it| it.run.as_ref());
        // It was left alone, and what for is not kept.
        let lost = oldest.is_none_or(|run| run.plan.resumes.is_some()) && status.attempt.is_none() && uncertain(status);
        may_have_done(step, status, findings) || earlier.iter().any(before) || lost
    }
}

/// Whether a run's own attempts may have done a step that they did not complete.
fn may_have_done(step: &Step, status: &StepStatus, findings: &[Finding]) -> bool {
    let mut found = findings.iter().filter(|finding| finding.step == step.id).peekable();
    let never = found.peek().is_some() && found.all(|finding| finding.fate == Fate::NeverAccepted);
    status.attempt.is_some() && !status.completed() && uncertain(status) && !never
}

/// Whether a step that has not completed may have been done all the same.
fn uncertain(status: &StepStatus) -> bool {
    match (&status.state, status.cause.as_ref().map(|cause| cause.code)) {
        (StepState::Skipped, code) => code == Some(Code::OutcomeUnknown),
        (StepState::Canceled, _) | (_, None) => status.attempt.is_some(),
        (
            _,
            Some(Code::OutcomeUnknown | Code::Timeout | Code::WaitTimeout | Code::RunTimeout | Code::AgentCanceled),
        ) => true,
        // Nobody took it, or who did says that it is not done.
        (
            _,
            Some(
                Code::NoEndpoint
                | Code::Unreachable
                | Code::Overloaded
                | Code::Refused
                | Code::AgentFailed
                | Code::AgentRejected
                | Code::DependencyFailed,
            ),
        ) => false,
    }
}
