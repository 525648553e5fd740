//! An agent: the kit's own handler machinery around work whose effects are watched.

use std::sync::Arc;

use a2a::metadata::{Dispatch, PROGRESS, object, structure, text};
use agent::words::{artifact, say, text_of, text_part};
use agent::{Agent, Context, Failure, Finish, NotCommitted, Profile, Setup};
use bytes::Bytes;
use proto::a2a::AgentSkill;

use crate::ledger::{Key, key_of};
use crate::observe;
use crate::plans::{Behaviour, End};
use crate::world::{Life, World, pause};

/// Does what a plan's step asks, by the seed's behaviour.
#[derive(Debug)]
pub(crate) struct Doer<const EAGER: bool> {
    world: Arc<World>,
    life: Life,
}

/// An agent of the simulation has no arguments.
#[derive(Debug, clap::Args)]
pub(crate) struct NoArgs {}

impl<const EAGER: bool> Agent for Doer<EAGER> {
    const NAME: &'static str = "doer";
    const ABOUT: &'static str = "works under faults";
    const PORT: u16 = 0;
    const ADMIN_PORT: u16 = 0;
    const EAGER: bool = EAGER;
    type Args = NoArgs;

    async fn open(_: NoArgs, _: &Setup) -> Result<Self, service::Fatal> {
        Err(service::Fatal::Usage("it lives in simulations only".into()))
    }

    fn profile(&self) -> Profile {
        let skills = vec![AgentSkill::default()];
        Profile { name: "Doer".into(), description: "works under faults".into(), skills, ..Profile::default() }
    }

    async fn run(&self, task: &mut Context) -> Result<Finish, Failure> {
        self.world.ledger.lock().takes(&self.life, task.id());
        let Some(dispatch) = task.dispatch() else { return Err(Failure("nobody dispatched this".into())) };
        let call = text_of(task.message());
        let behaviour = Behaviour::of(self.world.seed, &call, &dispatch.step, dispatch.attempt);
        self.talk(task, &behaviour).await?;
        match behaviour.end {
            End::Completes => self.complete(task, &dispatch).await,
            End::Fails => Err(Failure("it could not be done".into())),
            End::Declines => Ok(Finish::Rejected(say("not our business"))),
            End::Asks => Ok(Finish::InputRequired { message: say("which?"), reason: "clarification" }),
            End::Hangs => {
                task.canceled().cancelled_owned().await;
                Err(Failure("stopped".into()))
            }
            End::Stubborn => std::future::pending().await,
        }
    }
}

impl<const EAGER: bool> Doer<EAGER> {
    pub(crate) fn new(world: &Arc<World>, life: &Life) -> Self {
        Self { world: world.clone(), life: life.clone() }
    }

    async fn talk(&self, task: &mut Context, behaviour: &Behaviour) -> Result<(), Failure> {
        for span in &behaviour.pauses {
            tokio::select! {
                biased;
                () = task.canceled().cancelled_owned() => return Err(Failure("stopped".into())),
                () = pause(*span) => {}
            }
            task.working("at work");
        }
        if let Some(span) = behaviour.queued {
            let waits = object([("waits".to_owned(), text("queue"))].into());
            task.progress(Some(say("queued")), structure([(PROGRESS, waits)]));
            tokio::select! {
                biased;
                () = task.canceled().cancelled_owned() => return Err(Failure("stopped".into())),
                () = pause(span) => {}
            }
        }
        Ok(())
    }

    /// An effect that may happen at most once is outside of the store; every other one is a row beside the answer.
    async fn complete(&self, task: &mut Context, dispatch: &Dispatch) -> Result<Finish, Failure> {
        let key = key_of(dispatch);
        let done = format!("{}/{}", dispatch.step, dispatch.attempt);
        let end = Finish::Completed(say(done.clone()));
        // Whether the caller says so is the defect's business: the world knows from the plan.
        if self.world.at_most_once(&key) {
            task.once("effect", |_| self.outside(key)).await?;
            return Ok(end);
        }
        let made = artifact("done", "done", vec![text_part(done)]);
        match task.conclude(vec![made], vec![observe::effect(&key)], end.clone()).await {
            Ok(()) => Ok(end),
            Err(NotCommitted::Conflict) => Err(Failure("it was done before".into())),
            Err(refused @ (NotCommitted::TooLarge { .. } | NotCommitted::Failed(_))) => {
                Err(Failure(refused.to_string()))
            }
        }
    }

    /// The effect begins when this is first polled, and takes a while.
    async fn outside(&self, key: Key) -> Result<Bytes, Failure> {
        if self.life.is_over() {
            return std::future::pending().await;
        }
        {
            let mut ledger = self.world.ledger.lock();
            ledger.begun.entry((key.run, key.step)).or_default().push(key.attempt);
            observe::effects(&self.world, &ledger);
        }
        pause(self.world.draw(|chance| chance.millis(0, 300))).await;
        Ok(Bytes::from_static(b"done"))
    }
}
