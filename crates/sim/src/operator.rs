//! The operator: the real engine as a driver of the real kit. Its effects go to the simulated dispatcher.

use std::sync::Arc;

use a2a::{Error, Heard};
use agent::{Damaged, Decision, Driver, Handle, Input, Kit, Opening, View};
use engine::{Effect, Fate, Finding, News, Phase, Refused, Resume, Routes, Run, Step};
use orchestrator::{DUTIES, Deed, Found, Outside, RESUMED, RunState, Signal};
use proto::a2a::Message;
use store::{Record, RowChange};
use types::{Owner, StepId, TaskId};

use crate::chance::Chance;
use crate::defects::Defect;
use crate::directory;
use crate::dispatcher::Dispatcher;
use crate::faults::Boundary;
use crate::invariants::Invariant;
use crate::plans;
use crate::world::{Life, World};

/// Runs as the kit drives them.
#[derive(Debug)]
pub(crate) struct Runs {
    world: Arc<World>,
    life: Life,
    dispatcher: Arc<Dispatcher>,
}

impl Runs {
    pub(crate) fn new(world: &Arc<World>, life: &Life) -> Self {
        let dispatcher = Arc::new(Dispatcher::new(world, life));
        Self { world: world.clone(), life: life.clone(), dispatcher }
    }

    pub(crate) fn dispatcher(&self) -> &Arc<Dispatcher> {
        &self.dispatcher
    }

    fn news(&self, run: &Run, input: Input<Signal>) -> Result<Vec<News>, Error> {
        let one = match (input, run.phase()) {
            (Input::Message(message), Phase::New) => News::Accept(self.call(&message)?.plan.clone()),
            (Input::Message(message), Phase::Running | Phase::Asking { .. }) if run.asks() => {
                let reply = self.call(&message)?.reply.clone().ok_or(Error::Internal)?;
                News::Reply(plans::moving(run, reply))
            }
            (Input::Message(_), Phase::Running | Phase::Asking { .. } | Phase::Ended { .. }) => {
                return Err(Error::UnsupportedOperation("the run takes no message now".into()));
            }
            (Input::Cancel, _) => News::Cancel,
            (Input::Timer | Input::Signal(Signal::Routes), _) => News::Tick,
            (Input::Signal(Signal::Found(found)), _) => {
                let attempt = self.bend(run, &found.step, found.attempt);
                Found { attempt, ..found }.told()
            }
            (Input::Signal(Signal::Child { step, attempt, news }), _) => {
                let attempt = self.bend(run, &step, attempt);
                let of_child = |news| News::Child { step: step.clone(), attempt, news };
                return Ok(news.into_iter().map(of_child).collect());
            }
        };
        Ok(vec![one])
    }

    /// With the defect, whatever is in doubt of an ended run is taken for never accepted.
    fn undoubting(&self, message: &Message) -> Option<RunState> {
        let of: TaskId = message.reference_task_ids.first()?.parse().ok()?;
        let ledger = self.world.ledger.lock();
        let run = &ledger.runs.get(&of)?.run;
        let never = |id: &StepId| Finding { step: id.clone(), fate: Fate::NeverAccepted };
        let findings: Vec<Finding> = run.steps().map(|(step, _)| never(&step.id)).collect();
        Some(RunState::resuming(of, run.resume(of, &findings, &[]).ok()?))
    }

    /// The call that a message names by its number.
    fn call(&self, message: &Message) -> Result<&crate::plans::Call, Error> {
        let number: Option<usize> = agent::words::text_of(message).parse().ok();
        number.and_then(|number| self.world.calls.get(number)).ok_or(Error::Internal)
    }

    /// With the defect, news of an old attempt are taken for the newest one's.
    fn bend(&self, run: &Run, step: &StepId, attempt: u32) -> u32 {
        let newest = run.step(step).map_or(attempt, |(_, _, status)| status.attempts());
        if self.world.has(Defect::LateAnswerApplied) { newest } else { attempt }
    }

    /// The defects of rows that are not written with what they belong to.
    fn drops(&self, row: &RowChange) -> bool {
        let defect = match (row.kind, &row.body) {
            (DUTIES, Some(_)) => Defect::DutyDropped,
            (DUTIES, None) => Defect::DutyLeftListed,
            (RESUMED, _) => Defect::GoneOnFromTwice,
            (_, _) => return false,
        };
        self.world.has(defect)
    }

    fn outside(&self, run: &Run, news: &News) -> Outside {
        if self.life.is_over() {
            // Nothing comes of what a dead process decides.
            return Outside { routes: Routes::default(), jitter: 0.0 };
        }
        let added: &[Step] = match news {
            News::Accept(plan) | News::Resume(Resume { plan, .. }) => &plan.steps,
            News::Reply(reply) => &reply.steps,
            News::Child { .. } | News::Tick | News::Cancel => &[],
        };
        Outside { routes: directory::routes(&self.world, run, added), jitter: self.world.draw(Chance::unit) }
    }

    fn refused(&self, refused: &Refused) -> Error {
        self.world.count("refused input", refused.to_string().split(' ').take(4).collect::<Vec<_>>().join(" "));
        match refused {
            Refused::Ended => Error::TaskNotCancelable,
            Refused::NoQuestion => Error::UnsupportedOperation(refused.to_string()),
            Refused::Plan(_)
            | Refused::NotAccepted
            | Refused::AlreadyAccepted
            | Refused::UnknownStep(_)
            | Refused::UnknownAttempt { .. } => {
                self.world
                    .violate(Invariant::ReplayEqualsLive, format!("an input fits no state of its run: {refused}"));
                Error::Internal
            }
        }
    }
}

impl Driver for Runs {
    type State = RunState;
    type Signal = Signal;
    type Effect = Deed;

    async fn open(&self, kit: &Kit<Self>, owner: &Owner, message: &Heard) -> Result<Opening<RunState>, Error> {
        match self.undoubting(message).filter(|_| self.world.has(Defect::DoubtNotCarried)) {
            Some(state) => Ok(Opening::Task { state: Some(state), context: None }),
            None => orchestrator::resume(kit, owner, message).await,
        }
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
            return match input {
                Input::Cancel => Err(Error::TaskNotCancelable),
                Input::Message(_) => Err(Error::UnsupportedOperation("the run has ended".into())),
                Input::Timer | Input::Signal(_) => Ok(Decision::default()),
            };
        }
        let follows = input.clone();
        let (news, row) = match state.begins(task.id) {
            Some((news, row)) => (vec![news], Some(row)),
            None => (self.news(state.run(), input)?, None),
        };
        let events = state.decide(task.now, news, |run, news| self.outside(run, news));
        let events = events.map_err(|refused| self.refused(&refused))?;
        let mut decision = state.take(task, &events, &follows);
        decision.rows.extend(row);
        decision.rows.retain(|row| !self.drops(row));
        if self.world.has(Defect::EffectsBeforeCommit) {
            let effects = decision.effects.iter().filter_map(|deed| match deed {
                Deed::Run(effect) => Some(effect),
                Deed::Noted => None,
            });
            self.dispatcher.hurry(task.id, effects);
        }
        Ok(decision)
    }

    fn outstanding(&self, task: &View<'_>, state: &RunState) -> Vec<Deed> {
        let mut ledger = self.world.ledger.lock();
        ledger.takes(&self.life, task.id);
        let durable = ledger.runs.get(&task.id).map(|replayed| &replayed.run);
        if durable != Some(state.run()) {
            let text = format!("loaded {:?}, and the log says {durable:?}", state.run());
            self.world.violate(Invariant::ReplayEqualsLive, text);
        }
        state.run().outstanding().into_iter().map(Deed::Run).collect()
    }

    fn perform(&self, handle: Handle<Self>, deed: Deed) {
        // Nobody keeps incidents here.
        let Deed::Run(effect) = deed else { return };
        if !self.world.boundary(&self.life, Boundary::BeforeEffect, &[effect_name(&effect)]) {
            self.world.count("effect", effect_name(&effect));
            self.dispatcher.clone().perform(handle, effect);
        }
    }

    fn describe(&self, record: &Record) -> (&'static str, String) {
        ("event", format!("{record:?}"))
    }
}

fn effect_name(effect: &Effect) -> &'static str {
    match effect {
        Effect::Dispatch(_) => "Dispatch",
        Effect::Follow { .. } => "Follow",
        Effect::Fence(_) => "Fence",
        Effect::AwaitRoute { .. } => "AwaitRoute",
    }
}
