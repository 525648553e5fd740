//! The reaper: takes up, after a start, the duties that earlier processes left, and sweeps after retention.

use std::time::Duration;

use agent::Kit;
use store::{Commit, Row, RowChange};
use types::{Scope, TaskId};

use super::fence::Waiter;
use crate::codec::decode_duty;
use crate::driver::Runs;
use crate::{duty, resume};

/// Pauses between two looks for rows about runs that retention has taken. They cost space and nothing else, and each
/// look reads every run that such a row is about.
const SWEEP: Duration = Duration::from_hours(1);

/// Begins to see to every duty on the list. To be called once, when the runs have been taken up.
///
/// # Errors
/// The store cannot be read.
pub async fn take_up(kit: &Kit<Runs>) -> Result<(), store::Error> {
    let rows = kit.store().rows(duty::KIND, &[]).await?;
    if !rows.is_empty() {
        tracing::info!(duties = rows.len(), "attempts are not accounted for; asking for them");
    }
    for row in rows {
        match decode_duty(&row.body) {
            Ok(duty) => kit.driver().dispatcher().clone().settle(kit, duty, Waiter::Nobody),
            Err(error) => tracing::error!(%error, "a duty cannot be read and stays on the list"),
        }
    }
    let sweeping = kit.clone();
    kit.spawn("sweep", async move { keep_swept(&sweeping).await });
    Ok(())
}

async fn keep_swept(kit: &Kit<Runs>) {
    let mut looks = tokio::time::interval(SWEEP);
    loop {
        looks.tick().await;
        if let Err(error) = sweep(kit).await {
            tracing::warn!(%error, "what is said of runs that are gone stays until the next look");
        }
    }
}

/// Deletes what is said of runs that retention has taken: nobody can go on from them any more.
async fn sweep(kit: &Kit<Runs>) -> Result<(), store::Error> {
    for kind in [duty::FOUND, resume::KIND] {
        for row in kit.store().rows(kind, &[]).await? {
            if !about_a_run(kit, &row).await? {
                delete(kit, kind, row).await;
            }
        }
    }
    Ok(())
}

/// Whether the run that the row's key begins with is still there.
async fn about_a_run(kit: &Kit<Runs>, row: &Row) -> Result<bool, store::Error> {
    let Some(run) = row.key.first_chunk().copied().map(TaskId::from_bytes) else { return Ok(false) };
    match kit.store().load(Scope::Service, run).await {
        Ok(found) => Ok(found.is_some()),
        Err(store::Error::Damaged { .. }) => Ok(true),
        Err(error) => Err(error),
    }
}

async fn delete(kit: &Kit<Runs>, kind: &'static str, row: Row) {
    let gone = RowChange { kind, key: row.key, expected: row.version, body: None };
    let (epoch, at) = (kit.ownership().epoch, kit.store().now());
    let commit = Commit::of_rows(epoch, at, vec![gone]);
    if let Err(refusal) = kit.store().commit(commit).await {
        tracing::warn!(kind, %refusal, "a row about a run that is gone stays until the next look");
    }
}
