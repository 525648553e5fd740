//! Taking up recorded events. Total: an event that does not fit changes nothing.

use std::sync::Arc;

use types::{StepId, TaskId, Timestamp};

use crate::effect::{Dispatch, Effect, Fence, Sent};
use crate::event::{Done, Event, Fact, StepFact};
use crate::input::Reply;
use crate::plan::{Plan, Route, Step};
use crate::run::{Ending, Phase, Run};
use crate::step::{Attempt, Held, StepState, StepStatus, Stray};

impl Run {
    /// Applies a recorded event. Total: replaying a log cannot fail.
    pub fn apply(&mut self, event: &Event) -> Vec<Effect> {
        let at = event.at;
        match &event.fact {
            Fact::Accepted(plan) => self.accepted(at, plan),
            Fact::Step(id, fact) => return self.apply_step(at, id, fact),
            Fact::CancelRequested => self.ending = Some((at, Ending::Cancel)),
            Fact::TimedOut => self.ending = Some((at, Ending::Timeout)),
            Fact::DeadlineMoved(deadline) => {
                self.deadline = *deadline;
                self.still_since = self.still().then_some(at);
            }
            Fact::Asked => {
                self.phase = Phase::Asking { since: at };
                self.still_since.get_or_insert(at);
            }
            Fact::Answered(reply) => self.answered(reply),
            Fact::Compensating(added) => self.extend(added),
            Fact::Ended(outcome) => {
                self.phase = Phase::Ended { at, outcome: *outcome };
                self.still_since = None;
            }
        }
        Vec::new()
    }

    fn accepted(&mut self, at: Timestamp, plan: &Arc<Plan>) {
        *self = Self {
            phase: Phase::Running,
            plan: plan.clone(),
            accepted_at: at,
            deadline: at.after(plan.timeout),
            still_since: None,
            ending: None,
            steps: vec![StepStatus::default(); plan.steps.len()],
        };
    }

    fn answered(&mut self, reply: &Reply) {
        let plan = Arc::make_mut(&mut self.plan);
        (plan.question, plan.about) = (reply.question.clone(), reply.about.clone());
        plan.title = reply.title.clone().unwrap_or_else(|| plan.title.clone());
        let renewed = plan.steps.iter_mut().zip(&mut self.steps).filter(|(step, _)| reply.renewed.contains(&step.id));
        for (step, status) in renewed {
            let before = std::mem::replace(&mut step.input, reply.about.clone());
            for attempt in status.known_attempts() {
                attempt.launch.input.get_or_insert_with(|| before.clone());
            }
        }
        self.extend(&reply.steps);
    }

    fn extend(&mut self, added: &[Step]) {
        self.phase = Phase::Running;
        Arc::make_mut(&mut self.plan).steps.extend_from_slice(added);
        self.steps.resize(self.plan.steps.len(), StepStatus::default());
    }

    fn apply_step(&mut self, at: Timestamp, id: &StepId, fact: &StepFact) -> Vec<Effect> {
        let Some((place, _)) = self.plan.step(id) else { return Vec::new() };
        let Some(status) = self.steps.get_mut(place) else { return Vec::new() };
        status.apply(at, fact);
        if status.waiting() {
            self.still_since.get_or_insert(at);
        }
        let effect = self.step(id).and_then(|(_, step, status)| self.effect_of(step, status, fact));
        effect.into_iter().collect()
    }

    /// The earlier run that did what a step is about, if it was not this one.
    pub(crate) fn done_by(&self, step: &Step) -> Option<TaskId> {
        self.step(step.follow_up.as_ref()?.of())?.2.done_by
    }

    /// The way that a step must take: that of the newest attempt of what it is about.
    pub fn bound_to(&self, step: &Step) -> Option<&Route> {
        let (_, _, status) = self.step(step.follow_up.as_ref()?.of())?;
        status.attempt.as_ref().map(|attempt| &attempt.launch.route)
    }

    /// What follows from a fact that has just been applied.
    fn effect_of(&self, step: &Step, status: &StepStatus, fact: &StepFact) -> Option<Effect> {
        match fact {
            StepFact::Dispatched(_) => status.attempt.as_ref().map(|attempt| self.dispatch(step, attempt, Sent::Never)),
            StepFact::Parked { .. } => Some(self.await_route(step, status)),
            StepFact::Stopping(_) if status.live() => status.attempt.as_ref().map(|attempt| fence(step, attempt)),
            StepFact::ChildKnown { attempt, .. } | StepFact::Strayed { attempt, .. } => status.to_fence(step, *attempt),
            StepFact::Stopping(_)
            | StepFact::ChildProgressed { .. }
            | StepFact::ChildWaiting { .. }
            | StepFact::AttemptFailed { .. }
            | StepFact::Completed { .. }
            | StepFact::Failed(_)
            | StepFact::Skipped(_)
            | StepFact::Canceled
            | StepFact::LateAnswer { .. }
            | StepFact::Carried(_) => None,
        }
    }

    /// The effect that sends this attempt.
    pub(crate) fn dispatch(&self, step: &Step, attempt: &Attempt, sent: Sent) -> Effect {
        Effect::Dispatch(Dispatch {
            step: step.id.clone(),
            agent: step.agent.clone(),
            skill: step.skill.clone(),
            input: attempt.launch.input.as_ref().unwrap_or(&step.input).clone(),
            follow_up: step.follow_up.clone(),
            done_by: self.done_by(step),
            launch: attempt.launch.clone(),
            sent,
        })
    }

    /// The effect that waits for an endpoint.
    pub(crate) fn await_route(&self, step: &Step, status: &StepStatus) -> Effect {
        let shunned = status.duties().map(|attempt| attempt.launch.route.clone()).collect();
        let (agent, skill, only) = (step.agent.clone(), step.skill.clone(), self.bound_to(step).cloned());
        Effect::AwaitRoute { step: step.id.clone(), agent, skill, only, shunned }
    }
}

/// The effect that sees to the end of this attempt.
pub(crate) fn fence(step: &Step, attempt: &Attempt) -> Effect {
    let Attempt { launch, at, child, .. } = attempt.clone();
    Effect::Fence(Fence { step: step.id.clone(), agent: step.agent.clone(), launch, at, child })
}

impl StepStatus {
    /// Whether its live attempt, if it has one, is to end as soon as possible.
    pub(crate) fn to_be_stopped(&self) -> bool {
        self.live() && (self.ended() || matches!(self.state, StepState::Stopping { .. }))
    }

    /// The fence of an attempt that is to be no more; `None` for any other.
    fn to_fence(&self, step: &Step, number: u32) -> Option<Effect> {
        let newest = self.attempt.as_ref().filter(|it| it.launch.attempt == number && self.to_be_stopped());
        let duty = self.duties().find(|it| it.launch.attempt == number);
        newest.or(duty).map(|attempt| fence(step, attempt))
    }

    fn apply(&mut self, at: Timestamp, fact: &StepFact) {
        match fact {
            StepFact::Dispatched(launch) => {
                self.unpark(at);
                self.cause = None;
                self.attempt =
                    Some(Attempt { launch: launch.clone(), at, child: None, cursor: types::Seq::ZERO, live: true });
                self.state = StepState::Dispatching;
            }
            StepFact::Parked { before } => {
                self.parked = *before;
                self.state = StepState::Parked { since: at };
            }
            StepFact::ChildKnown { attempt, child } => {
                self.of_attempt(*attempt, |known| known.child = Some(child.clone()));
                if self.state == StepState::Dispatching && *attempt == self.attempts() {
                    self.state = StepState::Working;
                }
            }
            StepFact::ChildProgressed { attempt, cursor, .. } => {
                self.of_attempt(*attempt, |known| known.cursor = known.cursor.max(*cursor));
            }
            StepFact::ChildWaiting { on, .. } => {
                let since = if let StepState::Waiting { since, .. } = self.state { since } else { at };
                self.state = StepState::Waiting { since, on: *on };
            }
            StepFact::Stopping(why) => self.state = StepState::Stopping { since: at, why: *why },
            StepFact::LateAnswer { attempt, .. } => {
                self.of_attempt(*attempt, |known| known.live = false);
                self.strays.retain(|stray| stray.attempt.launch.attempt != *attempt);
            }
            StepFact::Strayed { attempt, held } => self.stray_away(*attempt, *held),
            StepFact::Carried(done) => self.carry(at, done),
            StepFact::AttemptFailed { .. }
            | StepFact::Completed { .. }
            | StepFact::Failed(_)
            | StepFact::Skipped(_)
            | StepFact::Canceled => self.apply_end(at, fact),
        }
    }

    /// The facts that end an attempt or the step.
    fn apply_end(&mut self, at: Timestamp, fact: &StepFact) {
        let settles = !matches!(fact, StepFact::Failed(_));
        if let Some(attempt) = self.attempt.as_mut().filter(|_| settles) {
            attempt.live = false;
        }
        match fact {
            StepFact::AttemptFailed { cause, retry_at: Some(until) } => {
                self.cause = Some(cause.clone());
                self.state = StepState::Backoff { since: at, until: *until };
            }
            StepFact::AttemptFailed { cause, retry_at: None } | StepFact::Failed(cause) => {
                self.cause = Some(cause.clone());
                self.end(at, StepState::Failed);
            }
            StepFact::Completed { answer } => {
                // The newest attempt has answered after all, even if it had strayed.
                let newest = self.attempts();
                self.strays.retain(|stray| stray.attempt.launch.attempt != newest);
                self.cause = None;
                self.end(at, StepState::Completed { answer: answer.clone() });
            }
            StepFact::Skipped(cause) => {
                self.cause = Some(cause.clone());
                self.end(at, StepState::Skipped);
            }
            StepFact::Canceled => self.end(at, StepState::Canceled),
            StepFact::Dispatched(_)
            | StepFact::Parked { .. }
            | StepFact::ChildKnown { .. }
            | StepFact::ChildProgressed { .. }
            | StepFact::ChildWaiting { .. }
            | StepFact::Stopping(_)
            | StepFact::LateAnswer { .. }
            | StepFact::Strayed { .. }
            | StepFact::Carried(_) => {}
        }
    }

    fn end(&mut self, at: Timestamp, state: StepState) {
        self.ended_at = Some(at);
        self.state = state;
    }

    fn unpark(&mut self, at: Timestamp) {
        if let StepState::Parked { since } = self.state {
            self.parked += at.since(since);
        }
    }

    fn of_attempt(&mut self, number: u32, change: impl Fn(&mut Attempt)) {
        for attempt in self.known_attempts().filter(|attempt| attempt.launch.attempt == number) {
            change(attempt);
        }
    }

    /// The newest attempt, and those that the step goes on without.
    fn known_attempts(&mut self) -> impl Iterator<Item = &mut Attempt> {
        self.attempt.iter_mut().chain(self.strays.iter_mut().map(|stray| &mut stray.attempt))
    }

    /// The step goes on without the attempt, or somebody else sees to it from now on.
    fn stray_away(&mut self, number: u32, held: Held) {
        if let Some(stray) = self.strays.iter_mut().find(|stray| stray.attempt.launch.attempt == number) {
            stray.held = held;
        } else if let Some(attempt) = self.attempt.as_mut().filter(|it| it.launch.attempt == number && it.live) {
            self.strays.push(Stray { attempt: attempt.clone(), held });
            attempt.live = false;
        }
    }

    fn carry(&mut self, at: Timestamp, done: &Done) {
        let Done { run, launch, child, at: ended, answer } = done.clone();
        self.attempt = Some(Attempt { launch, at, child, cursor: types::Seq::ZERO, live: false });
        self.done_by = Some(run);
        self.end(ended, StepState::Completed { answer });
    }
}
