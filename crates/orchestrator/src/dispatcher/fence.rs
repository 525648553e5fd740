//! Sees to the end of one attempt: asks until it is certain what became of it, and says so.
//! Goes on whatever becomes of the run; what is left when the process dies is a duty, or is asked for by the run.

use std::sync::Arc;
use std::time::Duration;

use a2a::{ClientError, Error};
use agent::Kit;
use engine::{Cause, ChildNews, Code};
use types::{MessageId, RetryPolicy};

use super::child::{answer, replied};
use super::{Dispatcher, pause, signal};
use crate::driver::{Runs, Signal};
use crate::duty::{Duty, Found};

/// Pauses between questions to a store that nobody is registered for.
const SELDOM: RetryPolicy =
    RetryPolicy { attempts: u32::MAX, backoff: Duration::from_millis(500), max_backoff: Duration::from_secs(60) };

/// What is said of an attempt that no agent ever took.
const NEVER: &str = "its agent never accepted it";

/// Duties that are asked for at the same moment. Each is a request that its agent may hold for 20 s while a task ends:
/// with so many at once a list of thousands is through in minutes, and a store that comes back meets no crowd.
pub(super) const AT_ONCE: usize = 64;

/// Who waits for what is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Waiter {
    /// A run that has just told the attempt to stop: its first question waits for no other.
    Run,
    /// Nobody: it is on the list.
    Nobody,
}

impl Dispatcher {
    /// Begins to see to the end of an attempt, unless somebody does.
    pub(super) fn settle(self: Arc<Self>, kit: &Kit<Runs>, duty: Duty, waiter: Waiter) {
        let Some(claim) = self.pursuits.claim(duty.key()) else { return };
        let at = kit.clone();
        kit.spawn("fence", async move {
            let _claim = claim;
            let news = self.account(&at, duty.clone(), waiter).await;
            conclude(&at, &duty, news).await;
        });
    }

    /// Asks until somebody answers.
    async fn account(&self, kit: &Kit<Runs>, mut duty: Duty, waiter: Waiter) -> ChildNews {
        let (mut foreign, route) = (false, duty.launch.route.clone());
        for failures in 1_u32.. {
            let at_once = waiter == Waiter::Run && failures == 1;
            // It is never closed.
            let turn = if at_once { None } else { self.turns.acquire().await.ok() };
            let news = match route.store_id {
                Some(_) if !foreign => self.fence(&duty).await,
                Some(_) | None => self.while_there(&route, self.recall(&mut duty, kit.store().now())).await,
            };
            drop(turn);
            match news {
                Ok(Some(news)) => return news,
                Ok(None) => {}
                // An agent of ours from before there were fences: its list of tasks has to do.
                Err(error) if !foreign && serves_no_fence(&error) => foreign = true,
                // A store may be gone for good: the first failures are told one by one, the later ones now and then.
                Err(error) if failures.is_power_of_two() => {
                    tracing::info!(run = %duty.run, step = %duty.step, failures, %error, "asking again for an attempt to end");
                }
                Err(_) => {}
            }
            self.rest(&duty, failures).await;
        }
        ChildNews::NothingLive
    }

    /// Waits before the next question; a store that nobody serves is asked seldom, and at once when it is back.
    async fn rest(&self, duty: &Duty, failures: u32) {
        let registry = self.directory.registry();
        let store = duty.launch.route.store_id;
        let served = || store.is_none_or(|store| !self.directory.serving(store).is_empty());
        if served() {
            return pause(failures).await;
        }
        let pause = SELDOM.pause(failures, rand::random()).unwrap_or(SELDOM.max_backoff);
        // Nothing to do differently: either way it is time to ask.
        tokio::time::timeout(pause, registry.until(|_| served().then_some(()))).await.ok();
    }

    /// What became of an attempt that was turned away for now: another copy of its message may have been taken, so it is
    /// fenced before it counts as one that was not. `None` when nobody says so.
    pub(super) async fn turned_away(&self, duty: &Duty, cause: Cause) -> Option<ChildNews> {
        match self.fence(duty).await {
            Ok(Some(ChildNews::NotAccepted(_))) => Some(ChildNews::NotAccepted(cause)),
            Ok(Some(news)) => Some(news),
            // Nobody can be asked for more than the answer that there is.
            Ok(None) if duty.launch.route.store_id.is_none() => Some(ChildNews::NotAccepted(cause)),
            Ok(None) => None,
            Err(error) if serves_no_fence(&error) => Some(ChildNews::NotAccepted(cause)),
            Err(error) => {
                tracing::info!(run = %duty.run, step = %duty.step, %error, "an attempt that was turned away is not fenced");
                None
            }
        }
    }

    /// Asks the attempt's own store; no other knows anything about it.
    async fn fence(&self, duty: &Duty) -> Result<Option<ChildNews>, ClientError> {
        self.while_there(&duty.launch.route, self.ask_for_fence(duty)).await
    }

    async fn ask_for_fence(&self, duty: &Duty) -> Result<Option<ChildNews>, ClientError> {
        let Ok(client) = self.client(&duty.owner, &duty.launch.route) else { return Ok(None) };
        let Some(store_id) = duty.launch.route.store_id else { return Ok(None) };
        let fence = a2a::Fence {
            run: duty.run,
            step: duty.step.clone(),
            attempt: duty.launch.attempt,
            not_after: duty.launch.not_after,
            store_id,
        };
        Ok(Some(match client.fence(&fence).await? {
            a2a::Fenced::NeverAccepted => ChildNews::NotAccepted(Cause::new(Code::Timeout, NEVER)),
            a2a::Fenced::Ended(ended) => {
                ChildNews::Ended { child: ended.task.id.parse().ok(), answer: answer(ended.task) }
            }
            a2a::Fenced::Replied(message) => ChildNews::Ended { child: None, answer: replied(*message) },
            a2a::Fenced::NothingLive => ChildNews::NothingLive,
        }))
    }
}

/// Whether the agent does not know what a fence is.
fn serves_no_fence(error: &ClientError) -> bool {
    match error {
        ClientError::Refused(Error::UnsupportedOperation(_)) => true,
        ClientError::Refused(Error::Other { code, .. }) => *code == tonic::Code::Unimplemented,
        _ => false,
    }
}

/// Tells the run, whose commit takes the duty off the list; where it has ended, only the list is told.
async fn conclude(kit: &Kit<Runs>, duty: &Duty, news: ChildNews) {
    tracing::debug!(run = %duty.run, step = %duty.step, attempt = duty.launch.attempt, ?news, "accounted for");
    for failures in 1.. {
        match kit.handle(duty.run).await {
            Ok(Some(run)) => match duty.earlier(kit).await {
                Ok(earlier) => {
                    let (step, attempt, news) = (duty.step.clone(), duty.launch.attempt, news.clone());
                    signal(&run, Signal::Found(Found { step, attempt, news, earlier })).await;
                    break;
                }
                Err(error) => tracing::warn!(run = %duty.run, %error, "telling the run again"),
            },
            Ok(None) | Err(Error::TaskNotFound) => break,
            Err(error) => tracing::info!(run = %duty.run, %error, "telling the run again"),
        }
        pause(failures).await;
    }
    for failures in 1.. {
        match duty.take_off(kit, &news).await {
            Ok(()) => return,
            Err(error) => tracing::warn!(run = %duty.run, %error, "taking a duty off the list again"),
        }
        pause(failures).await;
    }
}

/// The id of the message that the attempt was sent in.
pub(super) fn message_id(duty: &Duty) -> MessageId {
    MessageId::of_dispatch(duty.run, &duty.step, duty.launch.attempt, duty.launch.turn)
}
