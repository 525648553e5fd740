//! Keeps one service running until told to stop.

use std::time::Duration;

use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;
use types::RetryPolicy;

use crate::endpoints::Running;
use crate::screen::note;
use crate::up::child::{Child, End};
use crate::up::layout::Recipe;

/// Pauses before a service that died starts again.
const PAUSES: RetryPolicy =
    RetryPolicy { attempts: u32::MAX, backoff: Duration::from_millis(100), max_backoff: Duration::from_secs(5) };

/// A service that ran so long died of something new.
const STEADY: Duration = Duration::from_secs(30);

/// A service that is kept running.
#[derive(Debug)]
pub(crate) struct Keeper {
    stop: CancellationToken,
    task: JoinHandle<()>,
}

impl Keeper {
    /// Keeps `child` running, and reports each new one to `changes`, and one that is left down.
    pub(crate) fn new(mut recipe: Recipe, child: Child, changes: mpsc::Sender<Running>) -> Self {
        recipe.settle(&child.running);
        let stop = CancellationToken::new();
        let task = tokio::spawn(keep(recipe, child, changes, stop.clone()));
        Self { stop, task }
    }

    /// Begins the stop.
    pub(crate) fn stop(&self) {
        self.stop.cancel();
    }

    /// Resolves when the service has ended.
    pub(crate) async fn stopped(self) {
        // A keeper that panicked has dropped its child, which killed it.
        self.task.await.ok();
    }
}

async fn keep(recipe: Recipe, mut child: Child, changes: mpsc::Sender<Running>, stop: CancellationToken) {
    let mut failures = 0;
    loop {
        let end = tokio::select! {
            end = child.ended() => end,
            () = stop.cancelled() => return child.stop().await,
        };
        let end = match end {
            End::Died(end) => end,
            End::AsAsked => {
                let (name, by_hand) = (recipe.name, recipe.by_hand());
                note(&format!(
                    "{name} was asked to stop and stays down; to start it, in the directory of this `up`, which does not \
                     stop it then (`watchroom drain {name}` does): {by_hand}"
                ));
                changes.send(Running { stays_down: true, ..child.running }).await.ok();
                return stop.cancelled().await;
            }
        };
        if child.since.elapsed() > STEADY {
            failures = 0;
        }
        note(&format!("{} ended ({end}); starting it again", recipe.name));
        child = tokio::select! {
            child = start_again(&recipe, &mut failures) => child,
            () = stop.cancelled() => return,
        };
        note(&format!("{} is back", recipe.name));
        // Nobody listens any more once the cluster stops.
        changes.send(child.running.clone()).await.ok();
    }
}

/// Tries for as long as it takes. Dropped on the way, it leaves nothing behind.
async fn start_again(recipe: &Recipe, failures: &mut u32) -> Child {
    loop {
        *failures = failures.saturating_add(1);
        sleep(PAUSES.pause(*failures, 1.0).unwrap_or(PAUSES.max_backoff)).await;
        match Child::start(recipe).await {
            Ok(child) => return child,
            Err(failure) => note(&failure.to_string()),
        }
    }
}
