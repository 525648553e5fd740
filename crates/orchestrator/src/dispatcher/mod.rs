//! Does what runs ask for: sends attempts, follows children, stops them, waits for endpoints.
//! Knows nothing that is not in the effect or in the registry's view; everything it learns goes back as a signal.

mod child;
mod clients;
mod directory;
mod fence;
mod follow;
mod foreign;
mod pursuits;
mod reaper;
mod send;
#[cfg(test)]
mod tests;
mod work;

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use a2a::{Client, ClientError, Error};
use agent::Handle;
use engine::{ChildNews, Effect, Fence, Route};
use tokio::sync::Semaphore;
use types::{Owner, RemoteTask, RetryPolicy, Seq, StepId};

use crate::driver::{Runs, Signal};
use crate::duty::{Duty, Key};
use crate::routes;
use crate::settings::Settings;
use clients::{Barred, Clients};
pub(crate) use directory::{Directory, Kind};
use fence::{AT_ONCE, Waiter};
use pursuits::Pursuits;
pub use reaper::take_up;

/// Pauses between tries of the same call, for as long as its outcome matters.
const PAUSES: RetryPolicy =
    RetryPolicy { attempts: u32::MAX, backoff: Duration::from_millis(100), max_backoff: Duration::from_secs(5) };

/// How much longer than a run an effect waits for an endpoint: the run's own timer decides first.
const MARGIN: Duration = Duration::from_secs(1);

/// Performs the effects of runs.
#[derive(Debug)]
pub(crate) struct Dispatcher {
    directory: Directory,
    clients: Clients,
    pursuits: Pursuits,
    /// The right to ask what nobody waits for.
    turns: Semaphore,
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
    pub(crate) fn new(directory: Directory, settings: &Settings) -> Self {
        let (endpoint, reach) = (settings.patience.endpoint + MARGIN, settings.reach);
        let clients = Clients::new(settings);
        let (pursuits, turns) = (Pursuits::default(), Semaphore::new(AT_ONCE));
        Self { directory, clients, pursuits, turns, endpoint, reach }
    }

    /// Begins what an effect asks for.
    pub(crate) fn perform(self: Arc<Self>, handle: Handle<Runs>, effect: Effect) {
        match effect {
            Effect::Dispatch(dispatch) => {
                self.directory.dispatched((dispatch.agent.clone(), dispatch.skill.clone()));
                let attempt = Attempt::new(&handle, &dispatch.step, dispatch.launch.attempt, &dispatch.launch.route);
                self.begin("dispatch", attempt, |it, attempt| async move { it.dispatch(attempt, dispatch).await });
            }
            Effect::Follow { step, attempt, route, child, after } => {
                let attempt = Attempt::new(&handle, &step, attempt, &route);
                self.begin("follow", attempt, |it, attempt| async move { it.pursue(&attempt, child, after).await });
            }
            Effect::Fence(fence) => self.stop(&handle, fence),
            Effect::AwaitRoute { step: _, agent, skill, only, shunned } => {
                let waiting = handle.clone();
                let wait = async move {
                    let shuns = |route: &Route| shunned.iter().any(|other| other.meets(route));
                    let open = || match &only {
                        None => routes::any(&self.directory, &agent, skill.as_ref(), shuns),
                        Some(only) => {
                            !shuns(only) && routes::told(&self.directory, &agent, skill.as_ref(), only).is_ok()
                        }
                    };
                    self.await_route(&waiting, open).await;
                };
                handle.spawn("await route", wait);
            }
        }
    }

    /// Pursues an attempt until it has ended or is to stop.
    fn begin<F>(self: Arc<Self>, name: &'static str, attempt: Attempt, work: impl FnOnce(Arc<Self>, Attempt) -> F)
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let (handle, pursuit) = (attempt.handle.clone(), self.pursuits.begin(attempt.key()));
        // In its place from the start: it is large, and whatever wraps it would move it.
        let work = Box::pin(work(self, attempt));
        handle.spawn(name, pursuit.run(work));
    }

    /// From now on the attempt is not sent or followed any more, only asked to be no more.
    /// That goes on whatever becomes of its run.
    fn stop(self: Arc<Self>, handle: &Handle<Runs>, fence: Fence) {
        let duty = Duty::of_fence(handle, fence, handle.kit().store().now());
        self.pursuits.end(&duty.key());
        self.settle(handle.kit(), duty, Waiter::Run);
    }

    /// For calls about a run of `owner`.
    fn client(&self, owner: &Owner, route: &Route) -> Result<Client, Barred> {
        self.client_at(owner, route, self.directory.address(route).as_deref())
    }

    /// The same at an address that the directory has just told, or at none.
    fn client_at(&self, owner: &Owner, route: &Route, address: Option<&str>) -> Result<Client, Barred> {
        self.clients.of(owner, route, address.ok_or(Barred::Unsigned)?)
    }

    /// What a question comes to, for as long as whoever is asked may be: nothing where the route's store is served
    /// elsewhere before there is an answer, or by nobody who may be called.
    async fn while_there<T>(
        &self,
        route: &Route,
        asking: impl Future<Output = Result<Option<T>, ClientError>>,
    ) -> Result<Option<T>, ClientError> {
        let address = self.directory.address(route);
        tokio::select! {
            biased;
            () = self.directory.moved(route, &address) => Ok(None),
            asked = asking => asked,
        }
    }

    /// Follows a child that is known to its end.
    async fn pursue(&self, attempt: &Attempt, child: RemoteTask, after: Seq) {
        follow::Follow::resumed(self, attempt, child, after).run().await;
    }

    /// Tells the run once the agent has an endpoint, or gives up after the run has.
    async fn await_route(&self, handle: &Handle<Runs>, open: impl Fn() -> bool) {
        let found = self.directory.registry().until(|_| open().then_some(()));
        if tokio::time::timeout(self.endpoint, found).await.is_ok() {
            signal(handle, Signal::Routes).await;
        }
    }
}

impl Attempt {
    fn new(handle: &Handle<Runs>, step: &StepId, number: u32, route: &Route) -> Self {
        Self { handle: handle.clone(), step: step.clone(), number, route: route.clone() }
    }

    fn key(&self) -> Key {
        Key { run: self.handle.id(), step: self.step.clone(), attempt: self.number }
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
