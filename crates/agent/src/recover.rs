//! Taking up what was in hand: after a restart, and after a commit that failed.

use std::sync::Arc;
use std::time::Duration;

use store::{Due, Wake};
use tracing::Instrument;
use types::{Scope, TaskId};

use crate::driver::Driver;
use crate::handle::Handle;
use crate::kit::{Found, Kit};
use crate::live::Live;

/// Tasks read from the store at once.
const PAGE: usize = 256;
/// First pause before a task is loaded again when the store does not let it; doubles up to [`MAX_PAUSE`].
const PAUSE: Duration = Duration::from_millis(50);
const MAX_PAUSE: Duration = Duration::from_secs(10);

impl<D: Driver> Kit<D> {
    /// Drives every task that was in hand when the last owner stopped. Costs what is due, not what is stored.
    pub(crate) async fn recover(&self) -> Result<(), store::Error> {
        let (mut after, mut count): (Option<Due>, usize) = (None, 0);
        loop {
            let page = self.store().due(self.store().now(), after, PAGE).await?;
            for due in page.iter().filter(|due| due.wake == Wake::Ready) {
                self.drive(due.task).await;
                count += 1;
            }
            after = page.last().copied();
            if page.len() < PAGE {
                break;
            }
        }
        if count > 0 {
            tracing::info!(tasks = count, "took up what was in hand");
        }
        Ok(())
    }

    async fn drive(&self, task: TaskId) {
        match self.find(&Scope::Service, task).await {
            Ok(Found::Live(live)) => live.perform(self, live.outstanding(self)),
            Ok(Found::Done(_)) => {}
            // Quarantined: find has logged why. The others go on.
            Err(_) => tracing::error!(%task, "the task cannot be taken up"),
        }
    }

    /// Loads a task again and asks its driver what must be in flight; goes on trying while the store is in trouble.
    pub(crate) fn rebuild_later(&self, live: Arc<Live<D>>) {
        let (kit, closing, id) = (self.clone(), self.closing().clone(), live.id);
        let run = async move {
            tokio::select! { biased; () = closing.cancelled() => {}, () = kit.rebuild(live) => {} }
        };
        self.runtime().spawn(run.instrument(tracing::debug_span!("rebuild", task = %id)));
    }

    /// Asks for the work of a task anew, when a run of it cannot end because the task has to be loaded again.
    pub(crate) fn restart(&self, handle: &Handle<D>) {
        let live = handle.live();
        let mut head = live.head();
        if head.era() != handle.era() {
            // Another failure stopped this run, and has asked already.
            return;
        }
        head.stop_work();
        drop(head);
        self.rebuild_later(live.clone());
    }

    async fn rebuild(&self, live: Arc<Live<D>>) {
        // A store that lets a task be loaded and refuses its next commit must not be asked in a tight loop.
        let mut pause = PAUSE.saturating_mul(1 << live.strikes().min(8)).min(MAX_PAUSE);
        loop {
            tokio::time::sleep(pause).await;
            match self.revive(&live).await {
                Ok(()) => return,
                Err(_) => pause = (pause * 2).min(MAX_PAUSE),
            }
        }
    }
}
