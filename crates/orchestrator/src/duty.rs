//! A duty of the reaper: an attempt whose fence was not answered in time, to be asked for until somebody answers.
//! It is a row of the operator's own store, written with the event that hands it over, so it outlives its run.

use agent::Handle;
use bytes::Bytes;
use engine::{Answer, ChildNews, Dispatch, Done, Event, Fact, Fate, Fence, Finding, Held, Launch, Run, StepFact};
use store::{BodyDigest, RowChange};
use types::{AgentName, ContextId, Owner, RemoteTask, StepId, TaskId, Timestamp};

use crate::codec::encode_duty;
use crate::driver::Runs;

/// The rows of duties.
pub const KIND: &str = "duty";

/// The rows of what was found of duties, under the same keys: a run that goes on from an ended one needs to know.
pub(crate) const FOUND: &str = "found";

/// An attempt to be accounted for.
#[derive(Debug, Clone, PartialEq)]
pub struct Duty {
    /// Whose run it belongs to.
    pub owner: Owner,
    /// Which run.
    pub run: TaskId,
    /// Its conversation.
    pub context: ContextId,
    /// Which step.
    pub step: StepId,
    /// The step's agent.
    pub agent: AgentName,
    /// Number, deadline and route.
    pub launch: Launch,
    /// When it was first sent.
    pub sent: Timestamp,
    /// The task at the agent, if it is known.
    pub child: Option<RemoteTask>,
    /// Since when it is a duty.
    pub since: Timestamp,
}

/// Whose run a duty is written for.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Subject<'t> {
    pub(crate) owner: &'t Owner,
    pub(crate) run: TaskId,
    pub(crate) context: &'t ContextId,
}

/// What tells an attempt from every other of this operator.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Key {
    /// Which run.
    pub run: TaskId,
    /// Which step.
    pub step: StepId,
    /// Which attempt.
    pub attempt: u32,
}

impl Duty {
    /// What a fence is asked for.
    pub(crate) fn of_fence(handle: &Handle<Runs>, fence: Fence, since: Timestamp) -> Self {
        let Fence { step, agent, launch, at: sent, child } = fence;
        let (owner, context) = (handle.owner().clone(), handle.context().clone());
        Self { owner, run: handle.id(), context, step, agent, launch, sent, child, since }
    }

    /// A dispatch whose answer is missing.
    pub(crate) fn of_dispatch(handle: &Handle<Runs>, dispatch: &Dispatch, since: Timestamp) -> Self {
        let Dispatch { step, agent, launch, .. } = dispatch.clone();
        // Its own time is not in the effect: the step's first attempt was not later.
        let sent = launch.since;
        let (owner, context) = (handle.owner().clone(), handle.context().clone());
        Self { owner, run: handle.id(), context, step, agent, launch, sent, child: None, since }
    }

    /// What tells it from every other.
    pub fn key(&self) -> Key {
        Key { run: self.run, step: self.step.clone(), attempt: self.launch.attempt }
    }

    pub(crate) fn row_key(&self) -> Bytes {
        self.key().listed(&self.owner)
    }
}

/// What the end of a duty says to whoever goes on from its run.
pub(crate) fn finding(duty: &Duty, news: &ChildNews, at: Timestamp) -> Finding {
    let fate = match news {
        ChildNews::NotAccepted(_) => Fate::NeverAccepted,
        ChildNews::Ended { child, answer: Answer::Completed(answer) } => {
            let (run, launch, child) = (duty.run, duty.launch.clone(), child.clone().or_else(|| duty.child.clone()));
            Fate::Done(Box::new(Done { run, launch, child, at, answer: answer.clone() }))
        }
        ChildNews::Ended { answer: Answer::Failed(_), .. }
        | ChildNews::NothingLive
        | ChildNews::NotFound
        | ChildNews::Progress { .. }
        | ChildNews::Waiting { .. } => Fate::Over,
    };
    Finding { step: duty.step.clone(), fate }
}

impl Key {
    /// The attempt among those of its run, whose id is the prefix.
    pub(crate) fn row(&self) -> Bytes {
        let attempt = self.attempt.to_be_bytes();
        [self.run.as_bytes().as_slice(), self.step.as_str().as_bytes(), b"/", &attempt].concat().into()
    }

    /// The attempt among all duties of its owner: by run, then step, then number.
    pub(crate) fn listed(&self, owner: &Owner) -> Bytes {
        [&prefix(owner, None)[..], &self.row()].concat().into()
    }
}

/// What the keys of an owner's duties, or of those of one run, begin with.
pub(crate) fn prefix(owner: &Owner, run: Option<TaskId>) -> Vec<u8> {
    let BodyDigest(digest) = BodyDigest::of([owner.tenant.as_str().as_bytes(), owner.principal.as_str().as_bytes()]);
    let run = run.as_ref().map_or(&[][..], |run| &run.as_bytes()[..]);
    [&digest[..], run].concat()
}

/// The row that an event of `run`, which has just been applied, asks for.
pub(crate) fn row(subject: Subject<'_>, run: &Run, event: &Event) -> Option<RowChange> {
    let Fact::Step(id, StepFact::Strayed { attempt, held: Held::Reaper }) = &event.fact else { return None };
    let (_, step, status) = run.step(id)?;
    let stray = &status.stray(*attempt)?.attempt;
    let duty = Duty {
        owner: subject.owner.clone(),
        run: subject.run,
        context: subject.context.clone(),
        step: id.clone(),
        agent: step.agent.clone(),
        launch: stray.launch.clone(),
        sent: stray.at,
        child: stray.child.clone(),
        since: event.at,
    };
    Some(RowChange { kind: KIND, key: duty.row_key(), expected: 0, body: Some(encode_duty(&duty)) })
}
