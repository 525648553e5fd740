//! The run as a driver of the kit: an input becomes engine events, and those become one commit.

use std::sync::Arc;

use a2a::Error;
use agent::{Damaged, Decision, Driver, Handle, Input, Kit, Opening, View};
use discovery::{Outcomes, View as Registry};
use engine::{
    ChildNews, Effect, Event, Input as EngineInput, News, Phase, Plan, Refused, Reply, Resume, Routes, Run, Step,
};
use proto::a2a::Message;
use store::{Ready, Record, Timer};
use tokio::sync::Notify;
use types::{ContextId, Owner, StepId, TaskId, Timestamp};

use crate::call::Call;
use crate::dispatcher::{Directory, Dispatcher};
use crate::duty::{self, Subject};
use crate::meters::Meters;
use crate::narrate::narrate;
use crate::resume::Beginning;
use crate::settings::Settings;
use crate::{codec, incident, plan, request, resume, routes};

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

/// What is known of a run beside its A2A form.
#[derive(Debug, Default)]
pub struct RunState {
    run: Run,
    /// How it begins, if it goes on from another one and has not begun.
    beginning: Option<Box<Beginning>>,
    /// The timer as it is stored, if this process has set it.
    timer: Option<Timestamp>,
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
    /// An endpoint that somebody waits for may be there.
    Routes,
}

impl RunState {
    /// Of a run that is to go on from another one.
    pub(crate) fn beginning(beginning: Beginning) -> Self {
        Self { beginning: Some(Box::new(beginning)), ..Self::default() }
    }
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
            (Input::Message(message), Phase::Asking { .. }) => {
                let (reply, call) = request::reply(run.plan(), &message, &self.settings)?;
                return Ok((vec![News::Reply(reply)], Some(call)));
            }
            (Input::Message(_), Phase::Running | Phase::Ended { .. }) => {
                let why = "the run takes no message now; start another one in the same context";
                return Err(Error::UnsupportedOperation(why.to_owned()));
            }
            (Input::Cancel, _) => News::Cancel,
            (Input::Timer | Input::Signal(Signal::Routes), _) => News::Tick,
            (Input::Signal(Signal::Child { step, attempt, news }), _) => {
                let of_child = |news| News::Child { step: step.clone(), attempt, news };
                return Ok((news.into_iter().map(of_child).collect(), None));
            }
        };
        Ok((vec![one], None))
    }

    /// What follows from the news, one after the other.
    fn events(&self, run: &Run, task: &View<'_>, news: Vec<News>) -> Result<Vec<Event>, Error> {
        let (mut run, mut events) = (run.clone(), Vec::new());
        for news in news {
            let routes = self.routes(&run, &news, task.context);
            let input = EngineInput { routes, jitter: rand::random(), news };
            let next = run.decide(task.now, input).map_err(refused)?;
            // The effects are taken when the events are applied to the state itself.
            next.iter().for_each(|event| drop(run.apply(event)));
            events.extend(next);
        }
        Ok(events)
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

    async fn open(&self, kit: &Kit<Self>, owner: &Owner, message: &Message) -> Result<Opening<RunState>, Error> {
        resume::open(kit, owner, message).await
    }

    fn begin(&self, _task: &TaskId) -> RunState {
        RunState::default()
    }

    fn replay(&self, state: &mut RunState, record: &Record) -> Result<(), Damaged> {
        let event = codec::decode(record).map_err(|_| Damaged(record.kind))?;
        // What must be in flight is asked for once the whole log is replayed.
        drop(state.run.apply(&event));
        Ok(())
    }

    fn fold(&self, state: &RunState) -> Vec<Record> {
        state.run.fold().iter().map(codec::encode).collect()
    }

    fn decide(&self, task: &View<'_>, state: &mut RunState, input: Input<Signal>) -> Result<Decision<Deed>, Error> {
        if task.state.is_terminal() {
            return if matches!(input, Input::Cancel) {
                Err(Error::TaskNotCancelable)
            } else {
                Ok(Decision::default())
            };
        }
        let timer = matches!(input, Input::Timer);
        let beginning = state.beginning.take();
        let row = beginning.as_ref().map(|beginning| beginning.row(task.id));
        let (news, call) = match beginning {
            Some(beginning) => (vec![News::Resume(beginning.resume)], None),
            None => self.news(&state.run, input)?,
        };
        let events = self.events(&state.run, task, news)?;
        let mut decision = self.take(task, &mut state.run, &events, call);
        decision.rows.extend(row);
        if timer {
            state.timer = None;
        }
        decision.timer = set_timer(state, timer);
        Ok(decision)
    }

    fn outstanding(&self, _task: &View<'_>, state: &RunState) -> Vec<Deed> {
        state.run.outstanding().into_iter().map(Deed::Run).collect()
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

impl Runs {
    /// Applies what was decided and gathers what is stored, shown and done.
    fn take(&self, task: &View<'_>, run: &mut Run, events: &[Event], mut call: Option<Call>) -> Decision<Deed> {
        let subject = Subject { owner: task.owner, run: task.id, context: task.context };
        let before = run.phase();
        let (mut decision, mut notes) = (Decision::default(), Vec::new());
        for (index, event) in events.iter().enumerate() {
            decision.effects.extend(run.apply(event).into_iter().map(Deed::Run));
            decision.records.push(codec::encode(event));
            let told = Call::told_by(run, event, &mut call);
            decision.changes.extend(narrate(run, event, &events[index + 1..], told.as_ref()));
            decision.rows.extend(duty::row(subject, run, event));
            notes.extend(incident::note(subject, run, event, told.as_ref()));
            self.meters.count(run, event);
        }
        if let Some(row) = incident::row(subject, task.seq, task.now, notes) {
            decision.rows.push(row);
            decision.effects.push(Deed::Noted);
        }
        decision.ready = match (before, run.phase()) {
            (Phase::New | Phase::Asking { .. }, Phase::Running) => Ready::Set,
            (Phase::Running, Phase::Asking { .. }) => Ready::Clear,
            (_, _) => Ready::Keep,
        };
        decision
    }
}

/// Sets the timer when the next deadline comes before it. A timer that fires too early only looks and sets itself anew,
/// which is cheaper than a write for each deadline that moves away.
fn set_timer(state: &mut RunState, fired: bool) -> Timer {
    match (state.run.deadline(), state.timer) {
        (Some(deadline), Some(set)) if set <= deadline => Timer::Keep,
        (Some(deadline), _) => {
            state.timer = Some(deadline);
            Timer::Set(deadline)
        }
        (None, _) if fired => Timer::Clear,
        (None, _) => Timer::Keep,
    }
}

fn refused(refused: Refused) -> Error {
    match refused {
        Refused::Plan(error) => plan::refusal("plan", error),
        Refused::Ended => Error::TaskNotCancelable,
        Refused::NoQuestion => Error::UnsupportedOperation(refused.to_string()),
        Refused::NotAccepted | Refused::AlreadyAccepted | Refused::UnknownStep(_) | Refused::UnknownAttempt { .. } => {
            tracing::error!(%refused, "an input fits no state of its run");
            Error::Internal
        }
    }
}
