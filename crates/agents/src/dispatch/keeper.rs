//! What goes on in a town by itself: units live on, those who wait are served, old changes are deleted.
//! All of it is in rows: a process that was killed takes up everything that is due, in order, before it serves.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use store::{Refusal, RowChange};
use tokio_util::sync::CancellationToken;
use tracing::Instrument;
use types::Timestamp;

use super::flight::Outcome;
use super::row;
use super::town::Town;

/// Before the store is asked again after it failed.
const PAUSE: Duration = Duration::from_secs(1);
/// Longest sleep: a clock of ours that jumps ahead is noticed by then.
pub(crate) const LONGEST: Duration = Duration::from_secs(60);

/// Whether there is more to do at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    More,
    Idle,
}

/// Does everything that is due by now.
pub(crate) async fn catch_up(town: &Town) -> Result<(), Refusal> {
    while step(town).await? == Step::More {}
    Ok(())
}

/// Keeps a town until `closing` fires; then lets its watches go.
pub(crate) fn keep(town: Arc<Town>, closing: CancellationToken) {
    let work = async move {
        tokio::select! { () = go_on(&town) => {}, () = closing.cancelled() => {} }
        town.board.look(|inner| inner.listeners.close());
    };
    tokio::spawn(work.instrument(tracing::info_span!("town")));
}

async fn go_on(town: &Town) {
    let mut pulse = town.board.pulse();
    loop {
        pulse.mark_unchanged();
        match step(town).await {
            Ok(Step::More) => {}
            Ok(Step::Idle) => {
                // The sender lives in the town, so the wait for it cannot fail.
                tokio::select! { _ = pulse.changed() => {}, () = next(town) => {} }
            }
            Err(refusal) => {
                tracing::warn!(%refusal, "the town stands still: the store does not take its changes");
                tokio::time::sleep(PAUSE).await;
            }
        }
    }
}

/// Resolves when something may be due.
fn next(town: &Town) -> impl Future<Output = ()> + use<> {
    let wait = town.board.next_due().map(|due| town.clock.until(town.store.now(), due));
    tokio::time::sleep(wait.unwrap_or(LONGEST).clamp(Duration::from_millis(1), LONGEST))
}

async fn step(town: &Town) -> Result<Step, Refusal> {
    for first in town.board.unknown() {
        settle(town, first).await?;
    }
    let now = town.now();
    let ((), pending) = town.board.decide(Timestamp::default(), |draft| draft.pass(now));
    let Some(pending) = pending else { return sweep(town).await };
    let outcome = town.store.commit(town.commit(pending.rows())).await;
    pending.settle(outcome.is_ok());
    outcome.map(|_| Step::More)
}

/// Finds out whether the store has a move.
async fn settle(town: &Town, first: u64) -> Result<(), Refusal> {
    // Commits are taken in order: once this one has been, the move has been, or never will be.
    town.store.commit(town.commit(Vec::new())).await?;
    let Ok(rows) = town.store.rows(row::CHANGES, &first.to_be_bytes()).await else { return Err(Refusal::Closed) };
    town.board.tell(first, if rows.is_empty() { Outcome::Void } else { Outcome::Made });
    Ok(())
}

/// Deletes changes that are no longer kept.
async fn sweep(town: &Town) -> Result<Step, Refusal> {
    let old = town.board.look(|inner| inner.history.surplus());
    if old.is_empty() {
        return Ok(Step::Idle);
    }
    let count = old.len();
    let row = |first: u64| RowChange {
        kind: row::CHANGES,
        key: Bytes::copy_from_slice(&first.to_be_bytes()),
        expected: 1,
        body: None,
    };
    town.store.commit(town.commit(old.into_iter().map(row).collect())).await?;
    town.board.look(|inner| inner.history.swept(count));
    Ok(Step::Idle)
}
