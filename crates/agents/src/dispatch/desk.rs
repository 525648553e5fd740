//! The edge of dispatching: reads the message, decides on the board, commits the units' rows with the answer.

use std::path::PathBuf;
use std::sync::Arc;

use agent::{Context, Failure, Finish, NotCommitted, Setup, words};
use service::Fatal;
use store::Store;
use tokio_util::sync::CancellationToken;
use tonic::service::Routes;
use triage::Service;

use super::answer::{Answer, Going, released, released_words};
use super::board::Pending;
use super::choice::choose;
use super::draft::Draft;
use super::keeper;
use super::request::{self, Incident, Request};
use super::scenario::{Scenario, ScenarioError};
use super::town::Town;
use super::unit::{Assignment, DispatchKey, Reason, Record};
use super::units::Units;

/// Settings of a dispatching service.
#[derive(Debug, Clone, Default, clap::Args)]
pub struct Args {
    /// File with area, places, stations, units and run cards [default: a made-up town]
    #[arg(long, env = "WATCHROOM_SCENARIO", value_name = "FILE")]
    pub scenario: Option<PathBuf>,
}

/// A service's dispatch desk.
#[derive(Debug)]
pub struct Desk(Arc<Town>);

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
        let desk = Self::start(service, scenario, setup.store().clone(), closing).await;
        desk.map_err(|error| Fatal::internal("the units cannot be read", error))
    }

    /// A desk over the units in `store`, whose town lives until `closing` fires.
    /// Must be called within a Tokio runtime.
    pub async fn start(
        service: Service,
        scenario: Scenario,
        store: Arc<dyn Store>,
        closing: CancellationToken,
    ) -> Result<Self, store::Error> {
        let town = Town::open(service, scenario, store).await?;
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
        match request::read(task.message()) {
            Ok(Request::Dispatch(incident)) => self.dispatch(task, incident).await,
            Ok(Request::Release(dispatch)) => self.release(task, dispatch).await,
            Err(refusal) => Ok(Finish::Rejected(words::say(refusal.to_string()))),
        }
    }

    async fn dispatch(&self, task: &mut Context, incident: Incident) -> Result<Finish, Failure> {
        let (mut answer, mut pending) = self.decide(task, &incident);
        if !answer.shortfall.is_empty() {
            // A shortage is told only when nothing is on its way: what is held may be free in a moment.
            if let Some(pending) = pending {
                pending.cancel();
            }
            self.0.board.caught_up().await;
            (answer, pending) = self.decide(task, &incident);
        }
        if answer.going.is_empty() {
            return Err(Failure(answer.refusal()));
        }
        let end = Finish::Completed(words::say(answer.words()));
        conclude(task, answer.artifact(), pending, end).await
    }

    /// Who goes. A dispatch that has units already keeps them: nobody else is sent.
    fn decide(&self, task: &Context, incident: &Incident) -> (Answer, Option<Pending<'_>>) {
        let town = &self.0;
        let key = key(task);
        let located = town.scenario.locate(&incident.place);
        let needs = town.scenario.needs(&incident.kind, town.service, incident.priority);
        let answer = Answer {
            service: town.service,
            dispatch: key.clone(),
            incident: incident.clone(),
            located,
            going: Vec::new(),
            shortfall: needs.to_vec(),
        };
        town.board.decide(town.clock.at(task.began()), |draft| {
            let sent = draft.of(|dispatch| *dispatch == key);
            if !sent.is_empty() {
                return answer.again(&town.scenario, &sent, needs);
            }
            let free = draft.units().filter(|(_, record)| record.is_free()).map(|(unit, _)| unit);
            let choice = choose(&town.scenario, needs, free, located.position);
            let going: Vec<Going> =
                choice.picks.into_iter().map(|pick| Going { unit: pick.unit, eta: pick.eta }).collect();
            for one in &going {
                draft.assign(&one.unit.id, assignment(draft, &answer, one));
            }
            Answer { going, shortfall: choice.shortfall, ..answer }
        })
    }

    async fn release(&self, task: &mut Context, dispatch: Option<String>) -> Result<Finish, Failure> {
        // Units of it that are held would be missed.
        self.0.board.caught_up().await;
        let (units, pending) = self.freed(task, dispatch.as_deref());
        let end = Finish::Completed(words::say(released_words(&units)));
        if pending.is_none() {
            return Ok(end);
        }
        conclude(task, released(&units), pending, end).await
    }

    /// Calls off the caller's units of that dispatch, or of this conversation, that have not arrived yet.
    fn freed(&self, task: &Context, dispatch: Option<&str>) -> (Vec<String>, Option<Pending<'_>>) {
        let own = key(task);
        let meant = |it: &DispatchKey| {
            it.owner == own.owner && dispatch.map_or(it.context == own.context, |dispatch| it.id == dispatch)
        };
        self.0.board.decide(self.0.clock.at(task.began()), |draft| {
            let sent = draft.of(meant).into_iter().filter(|(_, record): &(String, Record)| record.state.is_coming());
            sent.map(|(id, _)| id).filter(|id| draft.call_off(id, Reason::Released)).collect()
        })
    }
}

/// Ends the turn and changes the units in one commit.
async fn conclude(
    task: &mut Context,
    artifact: proto::a2a::Artifact,
    pending: Option<Pending<'_>>,
    end: Finish,
) -> Result<Finish, Failure> {
    let rows = pending.as_ref().map(Pending::rows).unwrap_or_default();
    let concluded = task.conclude(vec![artifact], rows, end.clone()).await;
    if let Some(pending) = pending {
        // Whatever a refusal's reason, nothing was written.
        if concluded.is_ok() { pending.settle() } else { pending.cancel() }
    }
    match concluded {
        Ok(()) => Ok(end),
        Err(NotCommitted::Conflict) => Err(Failure("the units were changed by another process; try again".to_owned())),
        Err(error @ (NotCommitted::TooLarge { .. } | NotCommitted::Failed(_))) => Err(error.into()),
    }
}

/// The dispatch that a task is: its step where a run sent it, so that another attempt finds its units.
fn key(task: &Context) -> DispatchKey {
    let id = match task.dispatch() {
        Some(dispatch) => format!("{}/{}", dispatch.run, dispatch.step),
        None => task.id().to_string(),
    };
    DispatchKey { owner: task.owner().to_string(), context: task.context_id().to_string(), id }
}

fn assignment(draft: &Draft<'_>, answer: &Answer, going: &Going) -> Assignment {
    Assignment {
        dispatch: answer.dispatch.clone(),
        place: answer.incident.place.clone(),
        role: going.unit.kind.clone(),
        priority: answer.incident.priority,
        scene: Some(answer.located.position),
        assigned_at: draft.now(),
        eta: u32::try_from(going.eta.as_secs()).unwrap_or(u32::MAX),
    }
}

fn unusable(path: &std::path::Path, error: &ScenarioError) -> Fatal {
    let cause = std::error::Error::source(error).map(|cause| format!(": {cause}")).unwrap_or_default();
    Fatal::usage(format!("the scenario {} (--scenario) cannot be used: {error}{cause}", path.display()))
}
