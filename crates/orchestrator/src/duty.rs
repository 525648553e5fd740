//! A duty of the reaper: an attempt whose fence was not answered in time, to be asked for until somebody answers.
//! It is a row of the operator's own store, written with the event that hands it over, so it outlives its run.

#[cfg(test)]
mod tests;

use agent::{Driver, Handle, Input, Kit};
use bytes::Bytes;
use engine::{
    Answer, Attempt, ChildNews, Dispatch, Done, Event, Fact, Fate, Fence, Finding, Held, Launch, News, Run, Step,
    StepFact,
};
use store::{BodyDigest, Commit, Refusal, Row, RowChange};
use types::{AgentName, ContextId, Owner, RemoteTask, StepId, TaskId, Timestamp};

use crate::codec::{encode_duty, encode_finding};
use crate::driver::Signal;

/// The rows of duties.
pub const KIND: &str = "duty";

/// The version of a duty's row: it is written once, and deleted.
const LISTED: u64 = 1;

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

/// What an attempt was found to have come to.
#[derive(Debug, Clone)]
pub struct Found {
    /// Of which step.
    pub step: StepId,
    /// Which attempt.
    pub attempt: u32,
    /// What became of it.
    pub news: ChildNews,
    /// The version of the row of what was found of it before; zero without one. It may be found, lost sight of, and
    /// found again.
    pub earlier: u64,
}

impl Found {
    /// What a signal says of how an attempt ended. A pursuit's is the first: before there is a duty nothing is found.
    pub(crate) fn of(input: &Input<Signal>) -> Option<Self> {
        match input {
            Input::Signal(Signal::Found(found)) => Some(found.clone()),
            Input::Signal(Signal::Child { step, attempt, news }) => {
                let (step, attempt, news) = (step.clone(), *attempt, news.last()?.clone());
                Some(Self { step, attempt, news, earlier: 0 })
            }
            Input::Signal(Signal::Routes) | Input::Message(_) | Input::Cancel | Input::Timer => None,
        }
    }

    /// As the engine is told it.
    pub fn told(self) -> News {
        News::Child { step: self.step, attempt: self.attempt, news: self.news }
    }
}

impl Duty {
    /// What a fence is asked for.
    pub fn of_fence<D: Driver>(handle: &Handle<D>, fence: Fence, since: Timestamp) -> Self {
        let Fence { step, agent, launch, at: sent, child } = fence;
        let (owner, context) = (handle.owner().clone(), handle.context().clone());
        Self { owner, run: handle.id(), context, step, agent, launch, sent, child, since }
    }

    /// A dispatch whose answer is missing.
    pub fn of_dispatch<D: Driver>(handle: &Handle<D>, dispatch: &Dispatch, since: Timestamp) -> Self {
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

    /// Puts what was found in the place of its row, if it has one by now. Where its run goes on that is done in the
    /// commit of what the run says about it.
    ///
    /// # Errors
    /// The store refuses it, or cannot be read.
    pub async fn take_off<D: Driver>(&self, kit: &Kit<D>, news: &ChildNews) -> Result<(), StillListed> {
        let Some(listed) = stored(kit, KIND, &self.row_key()).await? else { return Ok(()) };
        let earlier = self.earlier(kit).await?;
        let (epoch, at) = (kit.ownership().epoch, kit.store().now());
        let rows = vec![self.off(listed.version), self.found(news, at, earlier)];
        let commit = Commit::of_rows(epoch, at, rows);
        kit.store().commit(commit).await?;
        tracing::info!(run = %self.run, step = %self.step, attempt = self.launch.attempt, "a duty is done");
        Ok(())
    }

    /// The version of the row of what was found of the attempt before; zero without one.
    ///
    /// # Errors
    /// The store cannot be read.
    pub async fn earlier<D: Driver>(&self, kit: &Kit<D>) -> Result<u64, store::Error> {
        Ok(stored(kit, FOUND, &self.key().row()).await?.map_or(0, |row| row.version))
    }

    /// Takes it off the list, where its row has this version.
    fn off(&self, version: u64) -> RowChange {
        RowChange { kind: KIND, key: self.row_key(), expected: version, body: None }
    }

    /// Notes what it came to, where what was found of it `earlier` has this version.
    fn found(&self, news: &ChildNews, at: Timestamp, earlier: u64) -> RowChange {
        let body = Some(encode_finding(&finding(self, news, at)));
        RowChange { kind: FOUND, key: self.key().row(), expected: earlier, body }
    }
}

/// Why a duty is still on the list.
#[derive(Debug, thiserror::Error)]
pub enum StillListed {
    /// The store cannot be read.
    #[error("it cannot be read")]
    Unread(#[from] store::Error),
    /// The store refuses the change.
    #[error("it cannot be deleted")]
    Undeleted(#[from] Refusal),
}

async fn stored<D: Driver>(kit: &Kit<D>, kind: &'static str, key: &[u8]) -> Result<Option<Row>, store::Error> {
    let rows = kit.store().rows(kind, key).await?;
    Ok(rows.into_iter().find(|row| row.key == key))
}

impl Subject<'_> {
    fn duty(&self, step: &Step, attempt: &Attempt, since: Timestamp) -> Duty {
        Duty {
            owner: self.owner.clone(),
            run: self.run,
            context: self.context.clone(),
            step: step.id.clone(),
            agent: step.agent.clone(),
            launch: attempt.launch.clone(),
            sent: attempt.at,
            child: attempt.child.clone(),
            since,
        }
    }
}

/// What the end of a duty says to whoever goes on from its run.
fn finding(duty: &Duty, news: &ChildNews, at: Timestamp) -> Finding {
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
    let duty = subject.duty(step, &status.stray(*attempt)?.attempt, event.at);
    Some(RowChange { kind: KIND, key: duty.row_key(), expected: 0, body: Some(encode_duty(&duty)) })
}

/// What the list is to say once an event of `run`, which is about to be applied, accounts for an attempt of it that the
/// reaper has: the duty is done, and what was found stays for who goes on from the run.
pub(crate) fn done(subject: Subject<'_>, run: &Run, event: &Event, found: Option<&Found>) -> Vec<RowChange> {
    let Some((step, attempt)) = accounted(run, event) else { return Vec::new() };
    let duty = subject.duty(step, attempt, event.at);
    let about = |found: &&Found| (&found.step, found.attempt) == (&duty.step, duty.launch.attempt);
    let off = duty.off(LISTED);
    let finding = found.filter(about).map(|found| duty.found(&found.news, event.at, found.earlier));
    std::iter::once(off).chain(finding).collect()
}

/// The attempt of the reaper's that an event says the end of, or that nobody can find.
fn accounted<'r>(run: &'r Run, event: &Event) -> Option<(&'r Step, &'r Attempt)> {
    let Fact::Step(id, fact) = &event.fact else { return None };
    let (_, step, status) = run.step(id)?;
    let attempt = match fact {
        StepFact::LateAnswer { attempt, .. } | StepFact::Strayed { attempt, held: Held::Nobody } => *attempt,
        StepFact::Completed { .. } => status.attempts(),
        StepFact::Dispatched(_)
        | StepFact::Parked { .. }
        | StepFact::ChildKnown { .. }
        | StepFact::ChildProgressed { .. }
        | StepFact::ChildWaiting { .. }
        | StepFact::Stopping(_)
        | StepFact::AttemptFailed { .. }
        | StepFact::Failed(_)
        | StepFact::Skipped(_)
        | StepFact::Canceled
        | StepFact::Strayed { held: Held::Reaper, .. }
        | StepFact::Carried(_) => return None,
    };
    status.duties().find(|duty| duty.launch.attempt == attempt).map(|attempt| (step, attempt))
}
