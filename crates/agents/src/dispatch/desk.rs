//! The edge of dispatching: reads the message, decides on the board, commits the units' rows with the answer.

use std::path::PathBuf;

use agent::{Context, Failure, Finish, NotCommitted, Setup, words};
use service::Fatal;
use store::Row;
use triage::Service;

use super::answer::{Answer, Going, released, released_words};
use super::board::{Board, Change, Pending};
use super::choice::choose;
use super::request::{self, Incident, Request};
use super::row::KIND;
use super::scenario::{Scenario, ScenarioError};
use super::unit::{Assignment, DispatchKey, Record};

/// Other replicas may take units from under a decision; so often it is made anew before the caller is told to retry.
const TRIES: u32 = 16;

/// Settings of a dispatching service.
#[derive(Debug, Clone, Default, clap::Args)]
pub struct Args {
    /// File with area, places, stations, units and run cards [default: a made-up town]
    #[arg(long, env = "WATCHROOM_SCENARIO", value_name = "FILE")]
    pub scenario: Option<PathBuf>,
}

/// A service's dispatch desk.
#[derive(Debug)]
pub struct Desk {
    service: Service,
    scenario: Scenario,
    board: Board,
}

impl Desk {
    /// Reads the scenario and the units' rows.
    pub async fn open(service: Service, args: &Args, setup: &Setup) -> Result<Self, Fatal> {
        let scenario = match &args.scenario {
            Some(path) => Scenario::read(path).map_err(|error| unusable(path, &error))?,
            None => Scenario::sample(),
        };
        let desk = Self::new(service, scenario);
        if desk.scenario.unit_count(service) == 0 {
            return Err(Fatal::usage(format!("the scenario {:?} has no {service} units", desk.scenario.name())));
        }
        let rows = setup.store().rows(KIND, b"").await;
        desk.board.load(rows.map_err(|error| Fatal::internal("the units cannot be read", error))?);
        Ok(desk)
    }

    /// A desk whose units are all idle.
    #[must_use]
    pub fn new(service: Service, scenario: Scenario) -> Self {
        let board = Board::new(scenario.units_of(service).map(|unit| unit.id.clone()));
        Self { service, scenario, board }
    }

    /// Takes over what the rows of kind `unit` say.
    pub fn load(&self, rows: Vec<Row>) {
        self.board.load(rows);
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
        for attempt in 0..TRIES {
            // A shortage is told only of the rows as they are: what the board lacks may be free by now.
            self.refresh(task, attempt == 1).await?;
            let (answer, pending) = self.decide(task, &incident);
            if attempt == 0 && !answer.shortfall.is_empty() {
                pending.cancel();
                continue;
            }
            if answer.going.is_empty() {
                return Err(Failure(answer.refusal()));
            }
            let end = Finish::Completed(words::say(answer.words()));
            match task.conclude(vec![answer.artifact()], pending.rows(), end.clone()).await {
                Ok(()) => {
                    pending.settle();
                    return Ok(end);
                }
                Err(NotCommitted::Conflict) => {}
                Err(NotCommitted::Failed(failure)) => return Err(failure),
            }
        }
        Err(Failure("the units are changing too fast; try again".to_owned()))
    }

    async fn refresh(&self, task: &Context, always: bool) -> Result<(), Failure> {
        if always || self.board.is_unsure() {
            self.board.load(task.rows(KIND, b"").await?);
        }
        Ok(())
    }

    /// Who goes. A dispatch that has units already keeps them: nobody else is sent.
    fn decide(&self, task: &Context, incident: &Incident) -> (Answer<'_>, Pending<'_>) {
        let key = key(task);
        let located = self.scenario.locate(&incident.place);
        let needs = self.scenario.needs(&incident.kind, self.service, incident.priority);
        let answer = Answer {
            service: self.service,
            dispatch: key.clone(),
            incident: incident.clone(),
            located,
            going: Vec::new(),
            shortfall: needs.to_vec(),
        };
        let sent = self.board.of(|dispatch| *dispatch == key);
        if !sent.is_empty() {
            let nothing = self.board.decide(|_| ((), Vec::new())).1;
            return (answer.again(&self.scenario, &sent, needs), nothing);
        }
        let now = task.began();
        self.board.decide(|record| {
            let free =
                self.scenario.units_of(self.service).filter(|unit| record(&unit.id).is_some_and(|it| it.is_free()));
            let choice = choose(&self.scenario, needs, free, located.position);
            let going: Vec<Going<'_>> =
                choice.picks.into_iter().map(|pick| Going { unit: pick.unit, eta: pick.eta }).collect();
            let assign = |going: &Going<'_>| {
                let next = record(&going.unit.id)?.assigned(assignment(&key, incident, going), now)?;
                Some(Change { unit: going.unit.id.clone(), next })
            };
            let changes = going.iter().filter_map(assign).collect();
            (Answer { going, shortfall: choice.shortfall, ..answer }, changes)
        })
    }

    async fn release(&self, task: &mut Context, dispatch: Option<String>) -> Result<Finish, Failure> {
        for _ in 0..TRIES {
            self.refresh(task, false).await?;
            let (units, pending) = self.freed(task, dispatch.as_deref());
            if pending.is_empty() {
                return Ok(Finish::Completed(words::say(released_words(&[]))));
            }
            let end = Finish::Completed(words::say(released_words(&units)));
            match task.conclude(vec![released(&units)], pending.rows(), end.clone()).await {
                Ok(()) => {
                    pending.settle();
                    return Ok(end);
                }
                Err(NotCommitted::Conflict) => {}
                Err(NotCommitted::Failed(failure)) => return Err(failure),
            }
        }
        Err(Failure("the units are changing too fast; try again".to_owned()))
    }

    /// The caller's units of that dispatch, or of this conversation, and their records once released.
    fn freed(&self, task: &Context, dispatch: Option<&str>) -> (Vec<String>, Pending<'_>) {
        let own = key(task);
        let sent = self.board.of(|it| {
            let meant = dispatch.map_or(it.context == own.context, |dispatch| it.id == dispatch);
            it.owner == own.owner && meant
        });
        let now = task.began();
        self.board.decide(|record| {
            let free = |(id, _): &(String, Record)| {
                let next = record(id)?.released(now)?;
                Some(Change { unit: id.clone(), next })
            };
            let changes: Vec<Change> = sent.iter().filter_map(free).collect();
            (changes.iter().map(|change| change.unit.clone()).collect(), changes)
        })
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

fn assignment(key: &DispatchKey, incident: &Incident, going: &Going<'_>) -> Assignment {
    Assignment {
        dispatch: key.clone(),
        place: incident.place.clone(),
        role: going.unit.kind.clone(),
        eta: u32::try_from(going.eta.as_secs()).unwrap_or(u32::MAX),
    }
}

fn unusable(path: &std::path::Path, error: &ScenarioError) -> Fatal {
    let cause = std::error::Error::source(error).map(|cause| format!(": {cause}")).unwrap_or_default();
    Fatal::usage(format!("the scenario {} (--scenario) cannot be used: {error}{cause}", path.display()))
}
