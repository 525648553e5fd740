//! The edge of dispatching: reads the message, decides on the board, commits the units' rows with the answer.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use agent::{Context, Failure, Finish, NotCommitted, Setup, words};
use service::Fatal;
use store::Store;
use tokio_util::sync::CancellationToken;
use tonic::service::Routes;
use triage::Service;

use super::answer::{Answer, nobody_turns, released, released_words};
use super::board::Pending;
use super::clock::Speed;
use super::draft::Draft;
use super::history::BEGINNING;
use super::keeper;
use super::orders::{Order, Released, Sent};
use super::progress::{self, Mark, Waits};
use super::redirect::Redirected;
use super::request::{self, Incident, Request, Until};
use super::scenario::{Located, Scenario, ScenarioError};
use super::town::{NotOpened, Town};
use super::unit::{DispatchKey, Spot};
use super::units::Units;

/// How often a release or a redirect waits for changes of its units that are under way.
const TRIES: usize = 64;

/// Settings of a dispatching service.
#[derive(Debug, Clone, Default, clap::Args)]
pub struct Args {
    /// File with area, places, stations, units and run cards [default: a made-up town]
    #[arg(long, env = "WATCHROOM_SCENARIO", value_name = "FILE")]
    pub scenario: Option<PathBuf>,
    /// Seconds of the units' lives per second of ours; 1 is real time
    #[arg(long, env = "WATCHROOM_CLOCK_SPEED", value_name = "FACTOR", default_value_t)]
    pub clock_speed: Speed,
}

/// A service's dispatch desk.
#[derive(Debug)]
pub struct Desk(Arc<Town>);

/// A dispatch that is asked for.
#[derive(Debug)]
pub(super) struct Call {
    pub(super) incident: Incident,
    located: Located,
    pub(super) order: Order,
    /// How long after its call somebody should be on scene.
    pub(super) sla: Option<Duration>,
}

impl Call {
    pub(super) fn key(&self) -> &DispatchKey {
        &self.order.dispatch
    }
}

impl Desk {
    /// Reads the scenario and the units' rows, and keeps the town until the process drains.
    pub async fn open(service: Service, args: &Args, setup: &Setup) -> Result<Self, Fatal> {
        let scenario = match &args.scenario {
            Some(path) => Scenario::read(path).map_err(|error| unusable(path, &error))?,
            None => Scenario::sample(),
        };
        if scenario.unit_count(service) == 0 {
            return Err(Fatal::usage(format!("the scenario {:?} has no {service} units", scenario.name())));
        }
        let closing = setup.process().drain().streams_end();
        let desk = Self::start(service, scenario, setup.store().clone(), args.clock_speed, closing).await;
        desk.map_err(|error| Fatal::internal("the town cannot be opened", error))
    }

    /// A desk over the units in `store`, whose town lives until `closing` fires.
    /// Must be called within a Tokio runtime.
    pub async fn start(
        service: Service,
        scenario: Scenario,
        store: Arc<dyn Store>,
        speed: Speed,
        closing: CancellationToken,
    ) -> Result<Self, NotOpened> {
        let town = Town::open(service, scenario, store, speed).await?;
        keeper::keep(town.clone(), closing);
        Ok(Self(town))
    }

    /// Adds the service of its units.
    #[must_use]
    pub fn extend(&self, routes: Routes) -> Routes {
        routes.add_service(Units::service(self.0.clone()))
    }

    /// Does what a message asks.
    pub async fn serve(&self, task: &mut Context) -> Result<Finish, Failure> {
        match request::read(task.message(), &self.0.scenario) {
            Ok(Request::Dispatch(incident)) => self.dispatch(task, incident).await,
            Ok(Request::Release(dispatch)) => self.release(task, dispatch).await,
            Ok(Request::Redirect { dispatch, incident }) => self.redirect(task, dispatch, incident).await,
            Err(refusal) => Ok(Finish::Rejected(words::say(refusal.to_string()))),
        }
    }

    pub(super) fn town(&self) -> &Town {
        &self.0
    }

    async fn dispatch(&self, task: &mut Context, incident: Incident) -> Result<Finish, Failure> {
        let call = self.call(key(task), incident);
        let told = task.resume();
        let place = told.and_then(progress::place).unwrap_or(&call.incident.place).to_owned();
        let mark = told.and_then(Mark::read);
        if task.canceled().is_cancelled() {
            return self.stand_down(task, &call).await;
        }
        match mark {
            Some(mark) => self.go_on(task, &call, mark, place).await,
            None => self.send(task, &call).await,
        }
    }

    fn call(&self, dispatch: DispatchKey, incident: Incident) -> Call {
        let scenario = &self.0.scenario;
        let located = scenario.locate(&incident.place);
        let card = scenario.card(&incident.kind, self.0.service, incident.priority);
        let order = Order {
            dispatch,
            priority: incident.priority,
            place: incident.place.clone(),
            scene: located.position,
            needs: card.map(|card| card.needs.clone()).unwrap_or_default(),
        };
        Call { sla: card.and_then(|card| card.sla), incident, located, order }
    }

    async fn send(&self, task: &mut Context, call: &Call) -> Result<Finish, Failure> {
        let (sent, pending) = self.decide(task, call).await;
        // Where it was decided before, all that is kept is looked at.
        let seq = pending.as_ref().map_or(BEGINNING, Pending::after);
        let (nobody, answer) = (sent.units.is_empty(), self.answer(call, sent.clone()));
        match (nobody, call.incident.until) {
            (false, Until::Assigned) => {
                let end = Finish::Completed(words::say(answer.words()));
                conclude(task, vec![answer.artifact()], pending, end).await
            }
            (false, Until::Cleared) => {
                let said = words::say(answer.words());
                let mark = Mark { waits: Waits::Following, seq, overdue: false };
                report(task, said, mark.following(), Some(answer.artifact()), pending).await?;
                self.vigil(task, call, seq).await.follow(Some(sent)).await
            }
            (true, _) => {
                let said = words::say(answer.waiting());
                let mark = Mark { waits: Waits::Queue(answer.position), seq, overdue: false };
                report(task, said, mark.queue(&answer), None, pending).await?;
                self.vigil(task, call, seq).await.queue(answer.position, answer.incident.place).await
            }
        }
    }

    /// Who goes. A dispatch that has units already, or waits, is left as it is.
    async fn decide(&self, task: &Context, call: &Call) -> (Sent, Option<Pending<'_>>) {
        let now = self.0.clock.at(task.began());
        let once = || {
            self.0.board.decide(now, |draft| {
                let sent = draft.dispatch(&call.order);
                (draft.is_blind(&sent.missing), sent)
            })
        };
        let ((blind, sent), pending) = once();
        if !blind {
            return (sent, pending);
        }
        // A shortage is told only when nothing is on its way: what is held may be free in a moment.
        if let Some(pending) = pending {
            pending.settle(false);
        }
        self.0.board.caught_up().await;
        let ((_, sent), pending) = once();
        (sent, pending)
    }

    pub(super) fn answer(&self, call: &Call, sent: Sent) -> Answer {
        let answer = Answer {
            service: self.0.service,
            dispatch: call.order.dispatch.clone(),
            incident: call.incident.clone(),
            located: call.located,
            sla: call.sla,
            going: Vec::new(),
            shortfall: Vec::new(),
            position: 0,
        };
        answer.with(&self.0.scenario, sent)
    }

    async fn release(&self, task: &mut Context, dispatch: Option<String>) -> Result<Finish, Failure> {
        let meant = meant(key(task), dispatch);
        let (freed, pending) = self.free(meant).await?;
        let end = Finish::Completed(words::say(released_words(&freed)));
        if freed.is_empty() {
            return Ok(end);
        }
        conclude(task, vec![released(&freed)], pending, end).await
    }

    /// Sends dispatches to where their incident turns out to be.
    async fn redirect(
        &self,
        task: &mut Context,
        dispatch: Option<String>,
        incident: Incident,
    ) -> Result<Finish, Failure> {
        let scenario = &self.0.scenario;
        let to = Spot { scene: scenario.locate(&incident.place).position, place: incident.place.clone() };
        let meant = meant(key(task), dispatch);
        let (Redirected { turned, past }, pending) = self.alone(&meant, |draft| draft.redirect(&meant, &to)).await?;
        if turned.is_empty() {
            return Ok(Finish::Rejected(words::say(nobody_turns(scenario, &to.place, &past))));
        }
        let several = turned.len() > 1;
        let (mut said, mut artifacts) = (Vec::new(), Vec::new());
        for (number, turned) in (1..).zip(turned) {
            let incident = Incident { priority: turned.priority, ..incident.clone() };
            let answer = self.answer(&self.call(turned.dispatch, incident), turned.sent);
            let id = if several { format!("dispatch-{number}") } else { "dispatch".to_owned() };
            said.push(answer.redirected_words(scenario, &turned.past));
            artifacts.push(answer.artifact_as(&id, said.last().cloned().unwrap_or_default()));
        }
        conclude(task, artifacts, pending, Finish::Completed(words::say(said.join(". ")))).await
    }

    /// Releases the dispatches that `meant` picks.
    pub(super) async fn free(
        &self,
        meant: impl Fn(&DispatchKey) -> bool,
    ) -> Result<(Released, Option<Pending<'_>>), Failure> {
        self.alone(&meant, |draft| draft.release(&meant)).await
    }

    /// Decides about the dispatches that `meant` picks, once nobody else is changing them.
    async fn alone<T>(
        &self,
        meant: impl Fn(&DispatchKey) -> bool,
        decide: impl Fn(&mut Draft<'_>) -> T,
    ) -> Result<(T, Option<Pending<'_>>), Failure> {
        for _ in 0..TRIES {
            let now = self.0.now();
            let ((held, decision), pending) = self.0.board.decide(now, |draft| (draft.is_held(&meant), decide(draft)));
            if !held {
                return Ok((decision, pending));
            }
            if let Some(pending) = pending {
                pending.settle(false);
            }
            self.0.board.caught_up().await;
        }
        Err(Failure("the units are changing too fast; try again".to_owned()))
    }
}

/// Ends the turn and changes the units in one commit.
pub(super) async fn conclude(
    task: &mut Context,
    artifacts: Vec<proto::a2a::Artifact>,
    pending: Option<Pending<'_>>,
    end: Finish,
) -> Result<Finish, Failure> {
    let rows = pending.as_ref().map(Pending::rows).unwrap_or_default();
    let concluded = task.conclude(artifacts, rows, end.clone()).await;
    settle(pending, concluded).map(|()| end)
}

/// Tells how the dispatch stands and changes the units in one commit.
pub(super) async fn report(
    task: &mut Context,
    said: proto::a2a::Message,
    metadata: proto::Struct,
    artifact: Option<proto::a2a::Artifact>,
    pending: Option<Pending<'_>>,
) -> Result<(), Failure> {
    let rows = pending.as_ref().map(Pending::rows).unwrap_or_default();
    let reported = task.report(said, metadata, artifact.into_iter().collect(), rows).await;
    settle(pending, reported)
}

/// Tells the board what became of a commit: whatever the reason of a refusal, nothing was written.
fn settle(pending: Option<Pending<'_>>, outcome: Result<(), NotCommitted>) -> Result<(), Failure> {
    if let Some(pending) = pending {
        pending.settle(outcome.is_ok());
    }
    outcome.map_err(|error| match error {
        NotCommitted::Conflict => Failure("the units were changed by another process; try again".to_owned()),
        error @ (NotCommitted::TooLarge { .. } | NotCommitted::Failed(_)) => error.into(),
    })
}

/// The dispatch that a task is: its step where a run sent it, so that another attempt finds its units.
fn key(task: &Context) -> DispatchKey {
    let id = match task.dispatch() {
        Some(dispatch) => format!("{}/{}", dispatch.run, dispatch.step),
        None => task.id().to_string(),
    };
    DispatchKey { owner: DispatchKey::owner_of(task.owner()), context: task.context_id().to_string(), id }
}

/// The dispatches that a caller means: the one with this id, or those of its conversation; never another's.
fn meant(own: DispatchKey, dispatch: Option<String>) -> impl Fn(&DispatchKey) -> bool {
    move |it| {
        it.owner == own.owner && dispatch.as_ref().map_or(it.context == own.context, |dispatch| it.id == *dispatch)
    }
}

fn unusable(path: &std::path::Path, error: &ScenarioError) -> Fatal {
    let cause = std::error::Error::source(error).map(|cause| format!(": {cause}")).unwrap_or_default();
    Fatal::usage(format!("the scenario {} (--scenario) cannot be used: {error}{cause}", path.display()))
}
