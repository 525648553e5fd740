//! The processes of a node: each is a kit over the node's disk, lives until it crashes, and is followed by another.

use std::fmt;
use std::sync::Arc;

use a2a::{Backend, Call, Card, Error, Extensions, Fence, History, ListQuery, SendRequest};
use agent::{Driver, Frames, Kit, Parts, Turns, words};
use bytes::Bytes;
use futures::future::BoxFuture;
use proto::a2a::{AgentCard, AgentSkill};
use proto::watchroom::agent::v1::fence_response::Outcome;
use store::Store;
use types::{Owner, Seq, TaskId};

use crate::disk::Disk;
use crate::doer::Doer;
use crate::observe;
use crate::operator::Runs;
use crate::reaper;
use crate::world::{Life, NodeId, OPERATOR, Running, World, pause};

/// What a process serves.
pub(crate) trait Desk: fmt::Debug + Send + Sync {
    fn send(&self, request: SendRequest) -> BoxFuture<'static, Result<Bytes, Error>>;
    fn get(&self, task: TaskId) -> BoxFuture<'static, Result<Bytes, Error>>;
    fn list(&self, query: ListQuery) -> BoxFuture<'static, Result<Bytes, Error>>;
    fn cancel(&self, task: TaskId) -> BoxFuture<'static, Result<Bytes, Error>>;
    fn subscribe(&self, task: TaskId, after: Seq) -> BoxFuture<'static, Result<Frames, Error>>;
    fn fence(&self, fence: Fence) -> BoxFuture<'static, Result<Outcome, Error>>;
}

impl<D: Driver> Desk for Kit<D> {
    fn send(&self, request: SendRequest) -> BoxFuture<'static, Result<Bytes, Error>> {
        let kit = self.clone();
        Box::pin(async move { Backend::send(&kit, call(None), request).await })
    }

    fn get(&self, task: TaskId) -> BoxFuture<'static, Result<Bytes, Error>> {
        let kit = self.clone();
        Box::pin(async move { Backend::get(&kit, call(None), task, History::All).await })
    }

    fn list(&self, query: ListQuery) -> BoxFuture<'static, Result<Bytes, Error>> {
        let kit = self.clone();
        Box::pin(async move { Backend::list(&kit, call(None), query).await })
    }

    fn cancel(&self, task: TaskId) -> BoxFuture<'static, Result<Bytes, Error>> {
        let kit = self.clone();
        Box::pin(async move { Backend::cancel(&kit, call(None), task, None).await })
    }

    fn subscribe(&self, task: TaskId, after: Seq) -> BoxFuture<'static, Result<Frames, Error>> {
        let kit = self.clone();
        Box::pin(async move { Backend::subscribe(&kit, call(Some(after)), task).await })
    }

    fn fence(&self, fence: Fence) -> BoxFuture<'static, Result<Outcome, Error>> {
        let kit = self.clone();
        Box::pin(async move { Self::fence(&kit, &Owner::anonymous(), &fence).await })
    }
}

fn call(cursor: Option<Seq>) -> Call {
    Call { owner: Owner::anonymous(), extensions: Extensions::default(), cursor, store: None }
}

/// Keeps a node up: starts it, waits for its crash, and starts it again, for as long as the simulation lasts.
pub(crate) async fn keep(world: Arc<World>, id: NodeId) {
    for number in 0.. {
        let life = Life::new(id, number);
        if let Some(running) = start(&world, &life).await {
            world.say(|| format!("{} is up", world.name_of(id)));
            if let Some(node) = world.nodes.lock().get_mut(id.0) {
                (node.up, node.registered) = (Some(running), true);
            }
            tokio::spawn(observe::taken_up(world.clone(), life.clone()));
            live(&world, &life).await;
            crashed(&world, id);
        }
        if world.is_foreign(id) {
            if world.strikes("foreign agent that forgets", 2 * world.faults.vanish) {
                world.say(|| format!("{} has forgotten everything", world.name_of(id)));
                world.forget(id);
            }
        } else if id != OPERATOR && world.strikes("store that vanishes", world.faults.vanish) {
            world.say(|| format!("{} never comes back", world.name_of(id)));
            pause(world.draw(|chance| chance.millis(0, 4_000))).await;
            if let Some(node) = world.nodes.lock().get_mut(id.0) {
                (node.gone, node.registered) = (true, false);
            }
            return;
        }
        let down =
            world.draw(|chance| if chance.hit(200) { chance.millis(5_000, 30_000) } else { chance.millis(1, 900) });
        pause(down).await;
    }
}

/// Waits for the end of a process: its crash, or its stop in good order.
async fn live(world: &Arc<World>, life: &Life) {
    let asked = world.draw(|chance| chance.hit(world.faults.drain).then(|| chance.millis(0, 60_000)));
    let asked = async {
        match asked {
            Some(span) => pause(span).await,
            None => std::future::pending().await,
        }
    };
    tokio::select! {
        biased;
        () = life.death.cancelled() => return,
        () = asked => {}
    }
    if world.stormy() {
        world.count("fault", "stop in good order");
        world.say(|| format!("{} is asked to stop", world.name_of(life.node)));
        life.closing.cancel();
        pause(world.draw(|chance| chance.millis(0, 500))).await;
        world.kill(life);
    }
    life.death.cancelled().await;
}

/// The registry notices after a lease that nobody renews.
fn crashed(world: &Arc<World>, id: NodeId) {
    let (world, lease) = (world.clone(), world.draw(|chance| chance.millis(500, 5_000)));
    tokio::spawn(async move {
        pause(lease).await;
        if let Some(node) = world.nodes.lock().get_mut(id.0) {
            node.registered = node.up.is_some();
        }
    });
}

async fn start(world: &Arc<World>, life: &Life) -> Option<Running> {
    let inner: Arc<dyn Store> = world.nodes.lock().get(life.node.0)?.store.clone();
    let store: Arc<dyn Store> = Disk::open(world, life, inner);
    let desk: Arc<dyn Desk> = match life.node {
        OPERATOR => {
            let kit = Kit::start(parts(Runs::new(world, life), store, life)).await.ok()?;
            reaper::take_up(&kit).await.ok()?;
            Arc::new(kit)
        }
        // Of two instances of an agent one takes its first steps before its message is durable.
        NodeId(place) if place % 2 == 0 => {
            let driver = Turns::new(Doer::<true>::new(world, life));
            Arc::new(Kit::start(parts(driver, store, life)).await.ok()?)
        }
        NodeId(_) => {
            let driver = Turns::new(Doer::<false>::new(world, life));
            Arc::new(Kit::start(parts(driver, store, life)).await.ok()?)
        }
    };
    (!life.is_over()).then(|| Running { life: life.clone(), desk })
}

fn parts<D>(driver: D, store: Arc<dyn Store>, life: &Life) -> Parts<D> {
    Parts { driver, store, card: card(), idempotency: agent::Idempotency::Always, closing: life.closing.clone() }
}

fn card() -> AgentCard {
    let text = || "work".to_owned();
    let skill =
        AgentSkill { id: text(), name: text(), description: text(), tags: vec![text()], ..AgentSkill::default() };
    let card = Card {
        name: "Simulated".into(),
        description: "works under faults".into(),
        version: "1".into(),
        url: "localhost:1".into(),
        skills: vec![skill],
        extensions: Vec::new(),
    };
    card.build().expect("a card that is complete")
}

/// The words of an encoded task's last message.
pub(crate) fn last_words(task: &proto::a2a::Task) -> String {
    task.status.as_ref().and_then(|status| status.message.as_ref()).map(words::text_of).unwrap_or_default()
}
