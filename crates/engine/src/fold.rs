//! A run as the shortest event list that rebuilds it.

use types::{Seq, StepId, Timestamp};

use crate::event::{Done, Event, Fact, StepFact};
use crate::plan::Payload;
use crate::run::{Ending, Phase, Run};
use crate::step::{Attempt, StepState, StepStatus};

impl Run {
    /// The shortest event list that rebuilds this run: its snapshot.
    pub fn fold(&self) -> Vec<Event> {
        if self.phase == Phase::New {
            return Vec::new();
        }
        let mut events = vec![Event { at: self.accepted_at, fact: Fact::Accepted(self.plan.clone()) }];
        for (step, status) in self.steps() {
            fold_step(&step.id, status, &mut events);
        }
        let ending = self.ending.map(|(at, ending)| (at, fact_of(ending)));
        let (asked, ended) = match self.phase {
            Phase::New | Phase::Running => (None, None),
            Phase::Asking { since } => (Some((since, Fact::Asked)), None),
            Phase::Ended { at, outcome } => (None, Some((at, Fact::Ended(outcome)))),
        };
        let moved = self.moved().map(|at| (at, Fact::DeadlineMoved(self.deadline)));
        events.extend([ending, asked, moved, ended].into_iter().flatten().map(|(at, fact)| Event { at, fact }));
        events
    }

    /// The time of a deadline event, when the accepted plan and the steps alone would not give the same one.
    fn moved(&self) -> Option<Timestamp> {
        let as_accepted = self.deadline == self.accepted_at.after(self.plan.timeout);
        self.still_since.or((!as_accepted).then_some(self.accepted_at))
    }
}

fn fact_of(ending: Ending) -> Fact {
    match ending {
        Ending::Cancel => Fact::CancelRequested,
        Ending::Timeout => Fact::TimedOut,
    }
}

fn fold_step(id: &StepId, status: &StepStatus, events: &mut Vec<Event>) {
    let mut push = |at: Timestamp, fact: StepFact| events.push(Event { at, fact: Fact::Step(id.clone(), fact) });
    let begun = status.attempt.as_ref().map(|attempt| attempt.at);
    if !status.parked.is_zero() {
        let at = begun.or(status.ended_at).unwrap_or_default();
        push(at, StepFact::Parked { before: status.parked });
    }
    if let Some(done) = carried(status) {
        return push(begun.unwrap_or_default(), StepFact::Carried(Box::new(done)));
    }
    let newest = status.attempts();
    for stray in status.strays.iter().filter(|stray| stray.attempt.launch.attempt != newest) {
        fold_attempt(&stray.attempt, &mut push);
        push(stray.attempt.at, StepFact::Strayed { attempt: stray.attempt.launch.attempt, held: stray.held });
    }
    if let Some(attempt) = &status.attempt {
        fold_attempt(attempt, &mut push);
        if let Some(stray) = status.stray(newest) {
            push(attempt.at, StepFact::Strayed { attempt: newest, held: stray.held });
        }
        fold_failure(attempt, status, &mut push);
    }
    fold_state(status, &mut push);
}

/// The step as the run did it that this one goes on from.
fn carried(status: &StepStatus) -> Option<Done> {
    let (run, attempt) = (status.done_by?, status.attempt.clone()?);
    let StepState::Completed { answer } = status.state.clone() else { return None };
    Some(Done { run, launch: attempt.launch, child: attempt.child, at: status.ended_at?, answer })
}

fn fold_attempt(attempt: &Attempt, push: &mut impl FnMut(Timestamp, StepFact)) {
    let number = attempt.launch.attempt;
    push(attempt.at, StepFact::Dispatched(attempt.launch.clone()));
    if let Some(child) = attempt.child.clone() {
        push(attempt.at, StepFact::ChildKnown { attempt: number, child });
    }
    if attempt.cursor > Seq::ZERO {
        let note = Payload::default();
        push(attempt.at, StepFact::ChildProgressed { attempt: number, cursor: attempt.cursor, note });
    }
}

/// How an attempt ended whose step went on, or was ended by something else.
fn fold_failure(attempt: &Attempt, status: &StepStatus, push: &mut impl FnMut(Timestamp, StepFact)) {
    let Some(cause) = status.cause.clone().filter(|_| !attempt.live) else { return };
    match status.state {
        StepState::Backoff { since, until } => push(since, StepFact::AttemptFailed { cause, retry_at: Some(until) }),
        StepState::Parked { since } => push(since, StepFact::AttemptFailed { cause, retry_at: Some(since) }),
        StepState::Skipped | StepState::Canceled => {
            push(attempt.at, StepFact::AttemptFailed { cause, retry_at: Some(attempt.at) });
        }
        StepState::Failed => {
            let at = status.ended_at.unwrap_or(attempt.at);
            push(at, StepFact::AttemptFailed { cause, retry_at: None });
        }
        StepState::Pending
        | StepState::Dispatching
        | StepState::Working
        | StepState::Waiting { .. }
        | StepState::Stopping { .. }
        | StepState::Completed { .. } => {}
    }
}

fn fold_state(status: &StepStatus, push: &mut impl FnMut(Timestamp, StepFact)) {
    let attempt = status.attempts();
    let ended = status.ended_at.unwrap_or_default();
    match &status.state {
        StepState::Pending | StepState::Dispatching | StepState::Working | StepState::Backoff { .. } => {}
        StepState::Parked { since } => push(*since, StepFact::Parked { before: status.parked }),
        StepState::Waiting { since, on } => {
            push(*since, StepFact::ChildWaiting { attempt, on: *on, note: Payload::default() });
        }
        StepState::Stopping { since, why } => push(*since, StepFact::Stopping(*why)),
        StepState::Completed { answer } => push(ended, StepFact::Completed { answer: answer.clone() }),
        StepState::Failed => fold_failed(status, ended, push),
        StepState::Skipped => push(ended, StepFact::Skipped(cause_of(status))),
        StepState::Canceled => push(ended, StepFact::Canceled),
    }
}

/// A step that failed without its attempt's end; the other way is [`fold_failure`]'s.
fn fold_failed(status: &StepStatus, ended: Timestamp, push: &mut impl FnMut(Timestamp, StepFact)) {
    if status.attempt.as_ref().is_none_or(|attempt| attempt.live) {
        push(ended, StepFact::Failed(cause_of(status)));
    }
}

fn cause_of(status: &StepStatus) -> crate::cause::Cause {
    status.cause.clone().expect("a failed or skipped step has its cause")
}
