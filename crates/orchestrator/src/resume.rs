//! Going on from a run that has ended: a message that refers to it becomes a new run of the same conversation.
//! A row says which run that is: an ended run is gone on from once, and then from the newer one.

use a2a::Error;
use agent::{Driver, Kit, Opening};
use bytes::Bytes;
use engine::{Earlier, Fate, Finding, Resume, Run};
use proto::a2a::Message;
use store::{Row, RowChange};
use tonic::Code;
use types::{Owner, Scope, TaskId};

use crate::codec::{decode_duty, decode_finding};
use crate::state::RunState;
use crate::{duty, read, request};

/// The rows of runs that have been gone on from: the newer run's id under the ended one's.
pub const KIND: &str = "resumed";

/// The beginning of a run that goes on from another one.
#[derive(Debug)]
pub(crate) struct Beginning {
    pub(crate) of: TaskId,
    pub(crate) resume: Resume,
}

impl Beginning {
    /// The row that says that `run` goes on from the ended one. It must not exist yet.
    pub(crate) fn row(&self, run: TaskId) -> RowChange {
        let body = Some(Bytes::copy_from_slice(run.as_bytes()));
        RowChange { kind: KIND, key: Bytes::copy_from_slice(self.of.as_bytes()), expected: 0, body }
    }
}

/// What a message that names no task becomes: a run that goes on from another one, if it asks for that.
///
/// # Errors
/// What it asks for cannot be done, or the store cannot be read.
pub async fn open<D: Driver>(kit: &Kit<D>, owner: &Owner, message: &Message) -> Result<Opening<RunState>, Error> {
    let Some(of) = request::resumes(message)? else { return Ok(Opening::default()) };
    let found = read::load(kit, Scope::Owner(owner.clone()), of).await?;
    let context = found.summary.context;
    if !message.context_id.is_empty() && message.context_id != context.as_str() {
        return Err(Error::invalid("message.context_id", "is not the context of the run to go on from"));
    }
    if let Some(newer) = newer(kit, of).await? {
        return Err(refused(format!("run {of} has been resumed as run {newer}; what is left is to be resumed there")));
    }
    let (findings, before) = (of_run(kit, owner, of).await?, before(kit, owner, &found.run).await?);
    let resume = found.run.resume(of, &findings, &before).map_err(|why| refused(why.to_string()))?;
    Ok(Opening::Task { state: Some(RunState::resuming(of, resume)), context: Some(context) })
}

fn refused(message: String) -> Error {
    Error::Other { code: Code::FailedPrecondition, reason: Some("RUN_NOT_RESUMABLE".to_owned()), message }
}

/// The run that goes on from `of`, if there is one.
async fn newer<D: Driver>(kit: &Kit<D>, of: TaskId) -> Result<Option<TaskId>, Error> {
    let rows = rows(kit, KIND, of).await?;
    let newer = rows.first().map(|row| row.body.as_ref().try_into().map(TaskId::from_bytes));
    newer.transpose().map_err(|_| damaged(of))
}

/// The runs that a run went on from, the newest first, as far as they are kept.
async fn before<D: Driver>(kit: &Kit<D>, owner: &Owner, run: &Run) -> Result<Vec<Earlier>, Error> {
    let (mut before, mut next) = (Vec::new(), run.plan().resumes);
    // Ends, because a run only goes on from one that is older.
    while let Some(id) = next {
        let run = match read::load(kit, Scope::Owner(owner.clone()), id).await {
            Ok(found) => Some(found.run),
            // Retention took it, and with it those before it.
            Err(Error::TaskNotFound) => None,
            Err(error) => return Err(error),
        };
        next = run.as_ref().and_then(|run| run.plan().resumes);
        before.push(Earlier { run, findings: of_run(kit, owner, id).await? });
    }
    Ok(before)
}

/// The duties of one run that the reaper has, and what it found of those that it had.
async fn of_run<D: Driver>(kit: &Kit<D>, owner: &Owner, run: TaskId) -> Result<Vec<Finding>, Error> {
    let mut findings = Vec::new();
    let duties = kit.store().rows(duty::KIND, &duty::prefix(owner, Some(run)));
    for row in duties.await.map_err(read::failed)? {
        let duty = decode_duty(&row.body).map_err(|_| damaged(run))?;
        findings.push(Finding { step: duty.step, fate: Fate::Open });
    }
    for row in rows(kit, duty::FOUND, run).await? {
        findings.push(decode_finding(&row.body).map_err(|_| damaged(run))?);
    }
    Ok(findings)
}

/// The rows of a kind whose keys begin with the run's id.
async fn rows<D: Driver>(kit: &Kit<D>, kind: &'static str, run: TaskId) -> Result<Vec<Row>, Error> {
    kit.store().rows(kind, run.as_bytes()).await.map_err(read::failed)
}

fn damaged(run: TaskId) -> Error {
    tracing::error!(%run, "a row about the run cannot be read");
    Error::TaskDamaged
}
