//! What agents say about attempts.

use std::cmp::Ordering;

use types::{RemoteTask, SKEW, StepId, Timestamp};

use super::Draft;
use crate::cause::{Cause, Code};
use crate::event::StepFact;
use crate::input::{Answer, ChildEnd, ChildNews, Refused};
use crate::plan::OnUnknown;
use crate::run::Phase;
use crate::step::{Held, StepState, StopReason};

/// Whether an attempt that failed had been accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Taken {
    Yes,
    Never,
}

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
        let strayed = status.stray(attempt).is_some();
        match attempt.cmp(&newest) {
            Ordering::Greater => return Err(Refused::UnknownAttempt { step, attempt }),
            Ordering::Equal if strayed && !ended => self.found_child(&step, attempt, news),
            Ordering::Equal | Ordering::Less if strayed => self.late_child(&step, attempt, &news),
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
            ChildNews::Ended { answer: Answer::Failed(cause), .. } if cause.code == Code::OutcomeUnknown => {
                self.attempt_unknown(step, attempt, &cause.text);
            }
            ChildNews::Ended { answer: Answer::Failed(cause), .. } => {
                self.attempt_failed(step, attempt, cause, Taken::Yes);
            }
            ChildNews::NotAccepted(cause) => self.attempt_failed(step, attempt, cause, Taken::Never),
            ChildNews::NothingLive => {
                self.attempt_unknown(step, attempt, "nothing of it lives any more; what it did is not known");
            }
            ChildNews::NotFound => {
                self.record_step(step, StepFact::Strayed { attempt, held: Held::Nobody });
                self.attempt_unknown(step, attempt, "its agent shows nothing of it; whether it lives is not known");
            }
        }
    }

    /// The newest attempt has strayed and no other one is committed: what it completed counts after all.
    fn found_child(&mut self, step: &StepId, attempt: u32, news: ChildNews) {
        match news {
            ChildNews::Ended { child, answer: Answer::Completed(answer) } => {
                self.know_child(step, attempt, child.as_ref());
                self.record_step(step, StepFact::Completed { answer });
            }
            ChildNews::Ended { answer: Answer::Failed(_), .. }
            | ChildNews::Progress { .. }
            | ChildNews::Waiting { .. }
            | ChildNews::NotAccepted(_)
            | ChildNews::NothingLive
            | ChildNews::NotFound => self.late_child(step, attempt, &news),
        }
    }

    /// News of an attempt that its step goes on without: its result does not count, and a child that shows is stopped.
    fn late_child(&mut self, step: &StepId, attempt: u32, news: &ChildNews) {
        self.know_child(step, attempt, news.child());
        let held = self.run.step(step).and_then(|(_, _, status)| status.stray(attempt)).map(|stray| stray.held);
        match (news, held) {
            (ChildNews::NotFound, Some(Held::Reaper)) => {
                self.record_step(step, StepFact::Strayed { attempt, held: Held::Nobody });
            }
            (ChildNews::Progress { .. } | ChildNews::Waiting { .. }, Some(Held::Nobody)) => {
                self.record_step(step, StepFact::Strayed { attempt, held: Held::Reaper });
            }
            (_, _) => self.late(step, attempt, news.end()),
        }
    }

    fn late(&mut self, step: &StepId, attempt: u32, end: Option<ChildEnd>) {
        if let Some(end) = end {
            self.record_step(step, StepFact::LateAnswer { attempt, end });
        }
    }

    fn know_child(&mut self, step: &StepId, attempt: u32, child: Option<&RemoteTask>) {
        let unknown = self.run.step(step).is_some_and(|(_, _, status)| match status.stray(attempt) {
            Some(stray) => stray.attempt.child.is_none(),
            None => status.child().is_none(),
        });
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

    fn attempt_failed(&mut self, step: &StepId, attempt: u32, cause: Cause, taken: Taken) {
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
        let goes_on = self.run.ending().is_none() || plan_step.undoes().is_some();
        let harmless = taken == Taken::Never || !plan_step.at_most_once;
        let again = cause.code.retriable() && goes_on && harmless;
        let retry_at = if again { self.retry_at(place, attempt) } else { None };
        self.record_step(step, StepFact::AttemptFailed { cause, retry_at });
    }

    /// The newest attempt is over, or the reaper's, and what it did is not known: the step's policy decides.
    /// Another one begins when the old one can not be accepted any more, whoever's clock is wrong.
    pub(super) fn attempt_unknown(&mut self, step: &StepId, attempt: u32, text: &str) {
        let Some((place, plan_step, status)) = self.run.step(step) else { return };
        if matches!(status.state, StepState::Stopping { why: StopReason::Cancel, .. }) {
            return self.record_step(step, StepFact::Canceled);
        }
        let goes_on = self.run.ending().is_none() || plan_step.undoes().is_some();
        let again = goes_on && !plan_step.at_most_once && plan_step.on_unknown == OnUnknown::Another;
        let over = status.attempt.as_ref().map_or(self.now, |attempt| attempt.launch.not_after.after(SKEW));
        let retry_at = if again { self.retry_at(place, attempt).map(|at| at.max(over)) } else { None };
        self.record_step(step, StepFact::AttemptFailed { cause: Cause::new(Code::OutcomeUnknown, text), retry_at });
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
