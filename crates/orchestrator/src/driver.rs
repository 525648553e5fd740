//! The run as a driver of the kit: an input becomes engine events, and those become one commit.

#[cfg(test)]
mod tests;

use std::sync::Arc;

use a2a::{Error, Heard};
use agent::{Damaged, Decision, Driver, Handle, Input, Kit, Opening, View};
use discovery::{Outcomes, View as Registry};
use engine::{ChildNews, Effect, News, Phase, Plan, Refused, Reply, Resume, Routes, Run, Step};
use proto::a2a::AgentSkill;
use store::Record;
use tokio::sync::Notify;
use types::{ContextId, Owner, StepId, TaskId};

use crate::call::Call;
use crate::dispatcher::{Directory, Dispatcher};
use crate::duty::Found;
use crate::meters::Meters;
use crate::settings::Settings;
use crate::state::{Follows, Outside, RunState};
use crate::{codec, plan, request, resume, routes};

/// What a message to a run that has asked nothing is told. What to do instead is the same for all of them.
const NO_MESSAGE: &str = "the run has no open question, so it takes no message; say more in a new message to the same \
                          context";

/// Runs as the kit drives them.
#[derive(Debug)]
pub struct Runs {
    settings: Settings,
    directory: Directory,
    dispatcher: Arc<Dispatcher>,
    meters: Meters,
    /// Rings when a commit with notes for the incidents is durable.
    noted: Arc<Notify>,
}

/// What follows from a decision once it is durable.
#[derive(Debug)]
pub enum Deed {
    /// Something of the run's.
    Run(Effect),
    /// The incidents have something to take up.
    Noted,
}

/// News for a run from its dispatcher.
#[derive(Debug, Clone)]
pub enum Signal {
    /// Something about an attempt.
    Child {
        /// Of which step.
        step: StepId,
        /// Which attempt.
        attempt: u32,
        /// What, in order.
        news: Vec<ChildNews>,
    },
    /// What became of an attempt that was asked for until somebody answered.
    Found(Found),
    /// An endpoint that somebody waits for may be there.
    Routes,
}

impl Runs {
    /// Runs that find their agents in `registry`, and tell it through `outcomes` how calls of them went.
    pub fn new(settings: Settings, registry: Registry, outcomes: Outcomes) -> Self {
        let directory = Directory::new(registry, outcomes, &settings);
        let dispatcher = Arc::new(Dispatcher::new(directory.clone(), &settings));
        Self { settings, directory, dispatcher, meters: Meters::default(), noted: Arc::default() }
    }

    /// The defaults of plans.
    pub(crate) fn settings(&self) -> &Settings {
        &self.settings
    }

    /// Who does what follows from decisions.
    pub(crate) fn dispatcher(&self) -> &Arc<Dispatcher> {
        &self.dispatcher
    }

    /// Who can be called.
    pub(crate) fn directory(&self) -> &Directory {
        &self.directory
    }

    /// Rings when there are notes for the incidents.
    pub(crate) fn noted(&self) -> &Arc<Notify> {
        &self.noted
    }

    /// Makes what is counted readable.
    pub fn register(&self, metrics: &service::Metrics) {
        self.meters.register(metrics);
    }

    /// What an input is to the engine, and the call that it tells, triaged.
    fn news(&self, run: &Run, input: Input<Signal>) -> Result<(Vec<News>, Option<Call>), Error> {
        let one = match (input, run.phase()) {
            (Input::Message(message), Phase::New) => {
                let (plan, call) = request::plan(&message, &self.settings)?;
                return Ok((vec![News::Accept(plan)], call));
            }
            (Input::Message(message), Phase::Running | Phase::Asking { .. }) if run.asks() => {
                let (reply, call) = request::reply(run, &message, &self.settings)?;
                return Ok((vec![News::Reply(reply)], Some(call)));
            }
            (Input::Message(_), Phase::Running | Phase::Asking { .. } | Phase::Ended { .. }) => {
                return Err(Error::UnsupportedOperation(NO_MESSAGE.to_owned()));
            }
            (Input::Cancel, _) => News::Cancel,
            (Input::Timer | Input::Signal(Signal::Routes), _) => News::Tick,
            (Input::Signal(Signal::Child { step, attempt, news }), _) => {
                let of_child = |news| News::Child { step: step.clone(), attempt, news };
                return Ok((news.into_iter().map(of_child).collect(), None));
            }
            (Input::Signal(Signal::Found(found)), _) => found.told(),
        };
        Ok((vec![one], None))
    }

    fn routes(&self, run: &Run, news: &News, context: &ContextId) -> Routes {
        let added: &[Step] = match news {
            News::Accept(Plan { steps, .. })
            | News::Resume(Resume { plan: Plan { steps, .. }, .. })
            | News::Reply(Reply { steps, .. }) => steps,
            News::Child { .. } | News::Tick | News::Cancel => &[],
        };
        routes::open(&self.directory, run, added, context.as_str())
    }
}

impl Driver for Runs {
    type State = RunState;
    type Signal = Signal;
    type Effect = Deed;

    async fn open(&self, kit: &Kit<Self>, owner: &Owner, message: &Heard) -> Result<Opening<RunState>, Error> {
        resume::open(kit, owner, message).await
    }

    fn private_skills(&self) -> Vec<AgentSkill> {
        vec![AgentSkill {
            id: "explicit-plan".to_owned(),
            name: "Explicit plan".to_owned(),
            description: "Runs a plan of the caller's own, a watchroom.orchestrator.v1.Plan as data, instead of one \
                          from words"
                .to_owned(),
            tags: ["plan", "orchestration"].map(str::to_owned).to_vec(),
            ..AgentSkill::default()
        }]
    }

    fn begin(&self, _task: &TaskId) -> RunState {
        RunState::default()
    }

    fn replay(&self, state: &mut RunState, record: &Record) -> Result<(), Damaged> {
        state.replay(record)
    }

    fn fold(&self, state: &RunState) -> Vec<Record> {
        state.fold()
    }

    fn decide(&self, task: &View<'_>, state: &mut RunState, input: Input<Signal>) -> Result<Decision<Deed>, Error> {
        if task.state.is_terminal() {
            return ended(&input);
        }
        let (woken, found) = (matches!(input, Input::Timer), Found::of(&input));
        let ((news, call), row) = match state.begins(task.id) {
            Some((news, row)) => ((vec![news], None), Some(row)),
            None => (self.news(state.run(), input)?, None),
        };
        let outside =
            |run: &Run, news: &News| Outside { routes: self.routes(run, news, task.context), jitter: rand::random() };
        let events = state.decide(task.now, news, outside).map_err(refused)?;
        let mut decision = state.take_told(task, &events, Follows { woken, found, call });
        decision.rows.extend(row);
        events.iter().for_each(|event| self.meters.count(state.run(), event));
        Ok(decision)
    }

    fn outstanding(&self, _task: &View<'_>, state: &RunState) -> Vec<Deed> {
        state.run().outstanding().into_iter().map(Deed::Run).collect()
    }

    fn perform(&self, handle: Handle<Self>, deed: Deed) {
        match deed {
            Deed::Run(effect) => self.dispatcher.clone().perform(handle, effect),
            Deed::Noted => self.noted.notify_one(),
        }
    }

    fn describe(&self, record: &Record) -> (&'static str, String) {
        match codec::decode(record) {
            Ok(event) => codec::describe(&event),
            Err(error) => ("unknown", error.to_string()),
        }
    }
}

/// What comes after the end, also while the end itself is not durable yet: news are old news, and nothing is taken.
fn ended(input: &Input<Signal>) -> Result<Decision<Deed>, Error> {
    match input {
        Input::Cancel => Err(Error::TaskNotCancelable),
        Input::Message(_) => Err(Error::UnsupportedOperation(NO_MESSAGE.to_owned())),
        Input::Timer | Input::Signal(_) => Ok(Decision::default()),
    }
}

fn refused(refused: Refused) -> Error {
    match refused {
        Refused::Plan(error) => plan::refusal("plan", error),
        Refused::Ended => Error::TaskNotCancelable,
        Refused::NoQuestion => Error::UnsupportedOperation(NO_MESSAGE.to_owned()),
        Refused::NotAccepted | Refused::AlreadyAccepted | Refused::UnknownStep(_) | Refused::UnknownAttempt { .. } => {
            tracing::error!(%refused, "an input fits no state of its run");
            Error::Internal
        }
    }
}
