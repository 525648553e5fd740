//! Reads a task's frames from a cursor, however often the stream is cut, and holds their numbers against each other and
//! against what is durable.

use std::sync::Arc;
use std::time::Duration;

use a2a::frame::Update;
use bytes::Bytes;
use tokio::sync::mpsc;
use types::{Seq, TaskId};

use crate::invariants::Invariant;
use crate::net::Net;
use crate::world::{NodeId, Running, World};

/// How long a subscription may take to be answered.
const OPEN: Duration = Duration::from_secs(3);

/// A frame that was read.
#[derive(Debug)]
pub(crate) struct Seen {
    /// Its number.
    pub(crate) cursor: Seq,
    /// What it says.
    pub(crate) update: Update,
}

/// A reader of one task.
#[derive(Debug)]
pub(crate) struct Reader {
    world: Arc<World>,
    net: Net,
    node: NodeId,
    task: TaskId,
    cursor: Seq,
    stream: Option<mpsc::Receiver<Bytes>>,
}

impl Reader {
    pub(crate) fn new(world: &Arc<World>, net: &Net, node: NodeId, task: TaskId, cursor: Seq) -> Self {
        Self { world: world.clone(), net: net.clone(), node, task, cursor, stream: None }
    }

    /// The next frame; `None` when the stream has ended or was cut: it goes on with the next call.
    pub(crate) async fn next(&mut self) -> Option<Seen> {
        loop {
            if self.stream.is_none() {
                self.stream = Some(self.open().await?);
            }
            let Some(frame) = self.stream.as_mut()?.recv().await else {
                self.stream = None;
                return None;
            };
            if let Some(seen) = self.take(frame) {
                return Some(seen);
            }
        }
    }

    async fn open(&self) -> Option<mpsc::Receiver<Bytes>> {
        let (task, after, net) = (self.task, self.cursor, self.net.clone());
        let ask = Arc::new(move |running: &Running| -> futures::future::BoxFuture<'static, _> {
            let (frames, life, net) = (running.desk.subscribe(task, after), running.life.clone(), net.clone());
            Box::pin(async move { Ok(net.carry(&life, frames.await?)) })
        });
        self.net.call("subscribe", self.node, OPEN, ask).await.ok()
    }

    /// Takes a frame up; `None` for the opening one, which only says where the task stood.
    fn take(&mut self, frame: Bytes) -> Option<Seen> {
        let event = a2a::frame::open(frame).ok()?;
        let at = event.cursor?;
        let prev = at.prev?;
        if prev != self.cursor || at.seq != self.cursor.next() {
            let text = format!("a reader at {} got frame {} after {prev}", self.cursor, at.seq);
            self.world.violate(Invariant::GapFree, text);
        }
        let durable = self.world.ledger.lock().tasks.get(&self.task).map(|kept| kept.seq);
        // A foreign agent may have forgotten what is still on its way.
        if durable.map_or(!self.world.is_foreign(self.node), |durable| durable < at.seq) {
            let text = format!("a reader got frame {} and {durable:?} is durable", at.seq);
            self.world.violate(Invariant::DurableFirst, text);
        }
        self.cursor = at.seq;
        Some(Seen { cursor: at.seq, update: event.update })
    }
}
