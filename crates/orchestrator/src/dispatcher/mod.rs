//! Does what runs ask for: sends attempts, follows children, stops them, waits for endpoints.
//! Knows nothing that is not in the effect or in the registry's view; everything it learns goes back as a signal.

mod child;
mod clients;
mod follow;
mod send;

use std::sync::Arc;
use std::time::Duration;

use a2a::Error;
use agent::Handle;
use discovery::View;
use engine::{ChildNews, Effect, Route};
use types::{AgentName, RemoteTask, RetryPolicy, Seq, SkillId, StepId};

use crate::driver::{Runs, Signal};
use crate::routes;
use crate::settings::Settings;
use clients::Clients;

/// Pauses between tries of the same call, for as long as its outcome matters.
const PAUSES: RetryPolicy =
    RetryPolicy { attempts: u32::MAX, backoff: Duration::from_millis(100), max_backoff: Duration::from_secs(5) };

/// How much longer than a run an effect waits for an endpoint: the run's own timer decides first.
const MARGIN: Duration = Duration::from_secs(1);

/// Performs the effects of runs.
#[derive(Debug)]
pub(crate) struct Dispatcher {
    registry: View,
    clients: Clients,
    /// Longest wait for an endpoint.
    endpoint: Duration,
    /// How long an attempt that was certainly never heard is sent again.
    reach: Duration,
}

/// One attempt, and the way back to its run.
#[derive(Debug, Clone)]
struct Attempt {
    handle: Handle<Runs>,
    step: StepId,
    number: u32,
    route: Route,
}

impl Dispatcher {
    pub(crate) fn new(registry: View, settings: &Settings) -> Self {
        let (endpoint, reach) = (settings.patience.endpoint + MARGIN, settings.reach);
        Self { registry, clients: Clients::default(), endpoint, reach }
    }

    /// Begins what an effect asks for.
    pub(crate) fn perform(self: Arc<Self>, handle: Handle<Runs>, effect: Effect) {
        match effect {
            Effect::Dispatch(dispatch) => {
                let attempt = Attempt::new(&handle, &dispatch.step, dispatch.launch.attempt, &dispatch.launch.route);
                handle.spawn("dispatch", async move { self.dispatch(attempt, dispatch).await });
            }
            Effect::Follow { step, attempt, route, child, after } => {
                let attempt = Attempt::new(&handle, &step, attempt, &route);
                handle.spawn("follow", async move { self.pursue(&attempt, child, after).await });
            }
            Effect::CancelChild { step, attempt, route, child } => {
                let attempt = Attempt::new(&handle, &step, attempt, &route);
                handle.spawn("cancel", async move { self.cancel(&attempt, &child).await });
            }
            Effect::AwaitRoute { step: _, agent, skill } => {
                let waiting = handle.clone();
                handle.spawn("await route", async move { self.await_route(&waiting, &agent, skill.as_ref()).await });
            }
        }
    }

    /// Follows a child that is known to its end.
    async fn pursue(&self, attempt: &Attempt, child: RemoteTask, after: Seq) {
        follow::Follow::resumed(self, attempt, child, after).run().await;
    }

    /// Asks a child to stop until its agent has heard it. Its end is for whoever follows it.
    async fn cancel(&self, attempt: &Attempt, child: &RemoteTask) {
        for failures in 1.. {
            let Some(client) = self.clients.of(&self.registry, &attempt.route) else { return };
            match client.cancel(child, None).await {
                Ok(_) => return,
                Err(error) if !error.is_transient() => {
                    tracing::debug!(%child, %error, "the child cannot be canceled any more");
                    return;
                }
                Err(error) => tracing::info!(%child, %error, "canceling again"),
            }
            pause(failures).await;
        }
    }

    /// Tells the run once the agent has an endpoint, or gives up after the run has.
    async fn await_route(&self, handle: &Handle<Runs>, agent: &AgentName, skill: Option<&SkillId>) {
        let found = self.registry.until(|registry| routes::choose(registry, agent, skill));
        if tokio::time::timeout(self.endpoint, found).await.is_ok() {
            signal(handle, Signal::Routes).await;
        }
    }
}

impl Attempt {
    fn new(handle: &Handle<Runs>, step: &StepId, number: u32, route: &Route) -> Self {
        Self { handle: handle.clone(), step: step.clone(), number, route: route.clone() }
    }

    /// Passes news to the run.
    async fn tell(&self, news: Vec<ChildNews>) {
        let news = Signal::Child { step: self.step.clone(), attempt: self.number, news };
        signal(&self.handle, news).await;
    }
}

/// Feeds a signal into its run until it is taken. What a service says that stops or is full is not final.
async fn signal(handle: &Handle<Runs>, signal: Signal) {
    for failures in 1.. {
        match handle.signal(signal.clone()).await {
            Ok(()) => return,
            Err(Error::Unavailable { .. } | Error::Overloaded { .. }) => pause(failures).await,
            Err(error) => {
                tracing::error!(run = %handle.id(), %error, "news of an attempt were refused");
                return;
            }
        }
    }
}

async fn pause(failures: u32) {
    let pause = PAUSES.pause(failures, rand::random()).unwrap_or(PAUSES.max_backoff);
    tokio::time::sleep(pause).await;
}
