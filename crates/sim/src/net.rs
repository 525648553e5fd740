//! The network: what is sent may be lost, come late or come twice, and so may what is answered; streams are cut.
//! Towards a process that is down a caller learns at once that nothing arrived, or learns nothing.

use std::sync::Arc;
use std::time::Duration;

use agent::Frames;
use bytes::Bytes;
use futures::StreamExt as _;
use futures::future::BoxFuture;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use crate::faults::Boundary;
use crate::world::{Life, NodeId, Running, World, pause};

/// Frames under way on one stream; a reader that is slower makes its server wait.
const UNDER_WAY: usize = 8;

/// Why a call brought no answer.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Failed {
    /// Nothing of it arrived.
    Unreached,
    /// It may have arrived.
    Unknown,
    /// It was refused.
    Refused(a2a::Error),
}

/// What is asked of the other side: may be asked twice.
pub(crate) type Ask<T> = Arc<dyn Fn(&Running) -> BoxFuture<'static, Result<T, a2a::Error>> + Send + Sync>;

/// One end of the network.
#[derive(Debug, Clone)]
pub(crate) struct Net {
    world: Arc<World>,
    from: Life,
}

impl Net {
    pub(crate) fn new(world: &Arc<World>, from: &Life) -> Self {
        Self { world: world.clone(), from: from.clone() }
    }

    /// Fires when the process is asked to stop.
    pub(crate) fn closing(&self) -> CancellationToken {
        self.from.closing.clone()
    }

    /// Asks `to`; resolves never once the caller's process has died.
    pub(crate) async fn call<T: Send + 'static>(
        &self,
        what: &'static str,
        to: NodeId,
        limit: Duration,
        ask: Ask<T>,
    ) -> Result<T, Failed> {
        if self.from.is_over() {
            return std::future::pending().await;
        }
        self.world.count("request", what);
        self.world.say(|| format!("{} asks {} to {what}", self.world.name_of(self.from.node), self.world.name_of(to)));
        let answer = self.exchange(to, limit, ask);
        let answered = tokio::select! {
            biased;
            () = self.from.death.cancelled() => std::future::pending().await,
            answered = answer => answered,
        };
        let how = answered.as_ref().err().map_or_else(|| "answered".to_owned(), told);
        self.world.say(|| format!("{} {what}: {how}", self.world.name_of(self.from.node)));
        if self.world.boundary(&self.from, Boundary::AfterAnswer, &[]) {
            std::future::pending().await
        }
        answered
    }

    async fn exchange<T: Send + 'static>(&self, to: NodeId, limit: Duration, ask: Ask<T>) -> Result<T, Failed> {
        let world = &self.world;
        // Without a connection nothing leaves, and whoever asks may know it.
        if world.running(to).is_none() {
            pause(world.draw(|chance| chance.millis(0, 20))).await;
            if world.draw(|chance| chance.hit(500)) {
                return Err(Failed::Unreached);
            }
            pause(limit).await;
            return Err(Failed::Unknown);
        }
        // Towards a foreign agent nothing is promised of a message that comes twice.
        if !world.is_foreign(to) && world.strikes("message doubled", world.faults.double) {
            let (again, world, asked) = (self.travel(), world.clone(), ask.clone());
            tokio::spawn(async move {
                pause(again).await;
                drop(serve(&world, to, limit, asked).await);
            });
        }
        let (lost, way) = (world.strikes("message lost", world.faults.lose), self.travel());
        let arrived = {
            let world = world.clone();
            // What is under way arrives, whatever becomes of who sent it.
            tokio::spawn(async move {
                pause(way).await;
                if lost {
                    pause(limit).await;
                    return Err(Failed::Unknown);
                }
                serve(&world, to, limit, ask).await
            })
        };
        if world.boundary(&self.from, Boundary::AfterSend, &[]) {
            return std::future::pending().await;
        }
        let answer = arrived.await.unwrap_or(Err(Failed::Unknown));
        pause(self.travel()).await;
        if answer.is_ok() && world.strikes("answer lost", world.faults.lose) {
            pause(limit).await;
            return Err(Failed::Unknown);
        }
        answer
    }

    fn travel(&self) -> Duration {
        if self.world.strikes("message delayed", self.world.faults.delay) {
            return self.world.draw(|chance| chance.millis(500, 20_000));
        }
        self.world.draw(|chance| chance.millis(0, 20))
    }

    /// Carries a stream of frames; it ends early when its server dies or the connection is cut.
    pub(crate) fn carry(&self, server: &Life, frames: Frames) -> mpsc::Receiver<Bytes> {
        let (tx, rx) = mpsc::channel(UNDER_WAY);
        tokio::spawn(pump(self.world.clone(), server.death.clone(), frames, tx));
        rx
    }
}

/// A failure in words that do not differ from one simulation to the next: no identifiers.
fn told(failed: &Failed) -> String {
    match failed {
        Failed::Refused(a2a::Error::Other { reason, .. }) => format!("refused: {reason:?}"),
        failed => format!("{failed:?}"),
    }
}

async fn serve<T: Send + 'static>(world: &World, to: NodeId, limit: Duration, ask: Ask<T>) -> Result<T, Failed> {
    let Some(running) = world.running(to) else {
        pause(limit).await;
        return Err(Failed::Unknown);
    };
    let work = tokio::spawn(ask(&running));
    tokio::select! {
        biased;
        () = running.life.death.cancelled() => Err(Failed::Unknown),
        done = work => done.unwrap_or(Err(a2a::Error::Internal)).map_err(Failed::Refused),
        () = pause(limit) => Err(Failed::Unknown),
    }
}

async fn pump(world: Arc<World>, death: CancellationToken, mut frames: Frames, tx: mpsc::Sender<Bytes>) {
    loop {
        let next = tokio::select! {
            biased;
            () = death.cancelled() => return,
            () = tx.closed() => return,
            next = frames.next() => next,
        };
        let Some(Ok(frame)) = next else { return };
        pause(world.draw(|chance| chance.millis(0, 10))).await;
        if death.is_cancelled() || world.strikes("stream cut", world.faults.cut) || tx.send(frame).await.is_err() {
            return;
        }
    }
}
