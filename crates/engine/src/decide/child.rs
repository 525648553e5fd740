//! What agents say about attempts.

use std::cmp::Ordering;

use types::{RemoteTask, StepId, Timestamp};

use super::Draft;
use crate::cause::{Cause, Code};
use crate::event::StepFact;
use crate::input::{Answer, ChildEnd, ChildNews, Refused};
use crate::run::Phase;
use crate::step::{StepState, StopReason};

impl Draft {
    /// News of an ended run are old news; news of an ended attempt are recorded once.
    pub(super) fn child(&mut self, step: StepId, attempt: u32, news: ChildNews) -> Result<(), Refused> {
        match self.run.phase() {
            Phase::New => return Err(Refused::NotAccepted),
            Phase::Ended { .. } => return Ok(()),
            Phase::Running | Phase::Asking { .. } => {}
        }
        let (_, _, status) = self.run.step(&step).ok_or_else(|| Refused::UnknownStep(step.clone()))?;
        let (newest, live, ended) = (status.attempts(), status.live(), status.ended());
        match attempt.cmp(&newest) {
            Ordering::Greater => return Err(Refused::UnknownAttempt { step, attempt }),
            Ordering::Equal if live && !ended => self.live_child(&step, attempt, news),
            Ordering::Equal if live => self.late_child(&step, attempt, &news),
            Ordering::Equal => {}
            Ordering::Less => self.late(&step, attempt, news.end()),
        }
        Ok(())
    }

    fn live_child(&mut self, step: &StepId, attempt: u32, news: ChildNews) {
        self.know_child(step, attempt, news.child());
        match news {
            ChildNews::Progress { cursor, note, .. } => {
                self.record_step(step, StepFact::ChildProgressed { attempt, cursor, note });
            }
            ChildNews::Waiting { cursor, on, note, .. } => {
                let note_taken = StepFact::ChildProgressed { attempt, cursor, note: note.clone() };
                self.record_step(step, note_taken);
                self.child_waits(step, StepFact::ChildWaiting { attempt, on, note });
            }
            ChildNews::Ended { answer: Answer::Completed(answer), .. } => {
                self.record_step(step, StepFact::Completed { answer });
            }
            ChildNews::Ended { answer: Answer::Failed(cause), .. } | ChildNews::NotAccepted(cause) => {
                self.attempt_failed(step, attempt, cause);
            }
        }
    }

    /// A step that has failed still has a live attempt: its end is awaited, its result does not count.
    fn late_child(&mut self, step: &StepId, attempt: u32, news: &ChildNews) {
        self.know_child(step, attempt, news.child());
        self.late(step, attempt, news.end());
    }

    fn late(&mut self, step: &StepId, attempt: u32, end: Option<ChildEnd>) {
        if let Some(end) = end {
            self.record_step(step, StepFact::LateAnswer { attempt, end });
        }
    }

    fn know_child(&mut self, step: &StepId, attempt: u32, child: Option<&RemoteTask>) {
        let unknown = self.run.step(step).is_some_and(|(_, _, status)| status.child().is_none());
        if let Some(child) = child.filter(|_| unknown).cloned() {
            self.record_step(step, StepFact::ChildKnown { attempt, child });
        }
    }

    /// A step that is stopping goes on stopping, whatever its child waits for.
    fn child_waits(&mut self, step: &StepId, fact: StepFact) {
        let stopping = self.state_of(step, |state| matches!(state, StepState::Stopping { .. }));
        if !stopping {
            self.record_step(step, fact);
        }
    }

    fn attempt_failed(&mut self, step: &StepId, attempt: u32, cause: Cause) {
        let Some((place, plan_step, status)) = self.run.step(step) else { return };
        let cause = match status.state {
            StepState::Stopping { why: StopReason::Cancel, .. } => return self.record_step(step, StepFact::Canceled),
            StepState::Stopping { why: StopReason::Timeout, .. } => {
                let limit = plan_step.attempt_timeout.as_secs_f64();
                Cause::new(Code::Timeout, format!("no answer within {limit} s"))
            }
            StepState::Stopping { why: StopReason::WaitTimeout, .. } => {
                let limit = self.run.plan().patience.waiting.as_secs_f64();
                Cause::new(Code::WaitTimeout, format!("it waited for more than {limit} s"))
            }
            StepState::Stopping { why: StopReason::RunTimeout, .. } => self.run_timeout(),
            StepState::Pending
            | StepState::Parked { .. }
            | StepState::Dispatching
            | StepState::Working
            | StepState::Waiting { .. }
            | StepState::Backoff { .. }
            | StepState::Completed { .. }
            | StepState::Failed
            | StepState::Skipped
            | StepState::Canceled => cause,
        };
        let goes_on = self.run.ending().is_none() || plan_step.undoes.is_some();
        let again = cause.code.retriable() && goes_on;
        let retry_at = if again { self.retry_at(place, attempt) } else { None };
        self.record_step(step, StepFact::AttemptFailed { cause, retry_at });
    }

    /// When the next attempt begins. One draw serves all steps of a decision: each turns it by its own place.
    fn retry_at(&self, place: usize, attempt: u32) -> Option<Timestamp> {
        const TURN: f64 = 0.618_033_988_75;
        let retry = &self.run.plan().steps.get(place)?.retry;
        #[allow(clippy::cast_precision_loss, reason = "a plan has at most 100 steps")]
        let jitter = (self.jitter.clamp(0.0, 1.0) + place as f64 * TURN).fract();
        retry.pause(attempt, jitter).map(|pause| self.now.after(pause))
    }

    pub(super) fn run_timeout(&self) -> Cause {
        let limit = self.run.plan().timeout.as_secs_f64();
        Cause::new(Code::RunTimeout, format!("the run took more than {limit} s"))
    }

    pub(super) fn state_of(&self, step: &StepId, test: impl FnOnce(&StepState) -> bool) -> bool {
        self.run.step(step).is_some_and(|(_, _, status)| test(&status.state))
    }
}
