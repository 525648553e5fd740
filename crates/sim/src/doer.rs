//! An agent: the kit's own handler machinery around work whose effects are watched.

use std::sync::Arc;
use std::time::Duration;

use a2a::Heard;
use a2a::metadata::{Dispatch, PROGRESS, object, structure, text};
use agent::words::{artifact, say, text_of, text_part};
use agent::{Agent, Context, Failure, Finish, NotCommitted, Profile, Setup};
use bytes::Bytes;
use proto::a2a::{AgentSkill, Message};
use types::Owner;

use crate::ledger::{Key, key_of};
use crate::plans::{Behaviour, End};
use crate::world::{Life, World, pause};
use crate::{marks, observe};

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

    async fn reply(&self, _: &Owner, message: &Heard) -> Option<Message> {
        let dispatch = marks::mark_of(message)?;
        let behaviour = Behaviour::of(self.world.seed, &text_of(message), &dispatch.step, dispatch.attempt);
        let words = format!("{}/{}", dispatch.step, dispatch.attempt);
        let metadata = Some(marks::aside(&dispatch));
        (behaviour.end == End::Replies).then(|| Message { metadata, ..say(words) })
    }

    async fn run(&self, task: &mut Context) -> Result<Finish, Failure> {
        self.world.ledger.lock().takes(&self.life, task.id());
        let Some(dispatch) = marks::mark_of(task.message()) else {
            return Err(Failure("nobody dispatched this".into()));
        };
        let call = text_of(task.message());
        let behaviour = Behaviour::of(self.world.seed, &call, &dispatch.step, dispatch.attempt);
        self.talk(task, &behaviour).await?;
        match behaviour.end {
            End::Completes | End::Replies => self.complete(task, &dispatch).await,
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
            task.working("at work ".repeat(behaviour.words));
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
        if dispatch.store_id.is_some() && self.world.at_most_once(&key) {
            task.once("effect", |_| self.outside(key)).await?;
            return Ok(end);
        }
        let made = artifact("done", "done", vec![text_part(done)]);
        loop {
            let counted = task.rows(observe::COUNT, &[]).await?.pop();
            // Whoever decides on a row takes a while, and others change it meanwhile.
            pause(self.world.draw(|chance| if chance.hit(300) { chance.millis(0, 300) } else { Duration::ZERO })).await;
            let rows = vec![observe::effect(&key), observe::counted(counted)];
            match task.conclude(vec![made.clone()], rows, end.clone()).await {
                Ok(()) => return Ok(end),
                // Somebody else has counted meanwhile.
                Err(NotCommitted::Conflict) => self.world.count("agent", "decides again on a changed row"),
                Err(refused @ (NotCommitted::TooLarge { .. } | NotCommitted::Failed(_))) => {
                    return Err(Failure(refused.to_string()));
                }
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
            ledger.begins(&key);
            observe::effects(&self.world, &ledger);
        }
        pause(self.world.draw(|chance| chance.millis(0, 300))).await;
        Ok(Bytes::from_static(b"done"))
    }
}
