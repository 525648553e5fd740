//! The deliveries of one configuration: whatever the log has after its cursor, one event after the other.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use push::{Letter, Line, News, Standing};
use store::{Lane, Refusal};
use tokio::sync::Notify;
use tokio::time::{sleep, timeout};
use types::Scope;

use super::body::{self, Body};
use super::outbox::Outbox;
use super::row::{Config, Kept, Life};

/// Events that are read at once, and whose deliveries may share a commit: so many are sent again after a crash.
const BATCH: usize = 8;
/// How long a connection is kept for the next event.
const KEPT: Duration = Duration::from_secs(5);
/// Before a store that did not take a row is asked again.
const PAUSE: Duration = Duration::from_secs(1);

/// Delivers for one configuration until there is nothing more to deliver.
pub(super) struct Courier {
    outbox: Outbox,
    config: Config,
    version: u64,
    bell: Arc<Notify>,
    line: Line,
}

/// Why a courier has ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    /// There is nothing more to do for now.
    Finished,
    /// The row is not as it left it: what the store has is to be taken up.
    Outdated,
}

/// What a round led to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Round {
    /// Something was tried.
    Tried,
    /// There was nothing to do.
    Nothing,
    /// There is nothing more to do here.
    Over(End),
}

impl Courier {
    pub(super) fn new(outbox: Outbox, kept: Kept, bell: Arc<Notify>) -> Self {
        Self { outbox, config: kept.config, version: kept.version, bell, line: Line::default() }
    }

    pub(super) async fn run(mut self) -> End {
        while let Some(rest) = self.config.standing.rest(self.outbox.store().now()) {
            if !rest.is_zero() {
                self.line = Line::default();
                sleep(rest).await;
            }
            match self.round().await {
                Round::Tried => {}
                Round::Nothing => self.wait().await,
                Round::Over(end) => return end,
            }
        }
        End::Finished
    }

    /// Waits for the log to grow; the connection is not kept for long.
    async fn wait(&mut self) {
        if timeout(KEPT, self.bell.notified()).await.is_err() {
            self.line = Line::default();
            self.bell.notified().await;
        }
    }

    /// Delivers what there is, up to a batch, and keeps how far that went.
    async fn round(&mut self) -> Round {
        let Some(_leave) = self.outbox.leave(self.config.target.host()).await else {
            return Round::Over(End::Finished);
        };
        let (task, cursor) = (self.config.task, self.config.cursor);
        let frames = match self.outbox.store().frames(Scope::Service, task, cursor, BATCH).await {
            Ok(frames) => frames,
            Err(error) => return self.stumble(&error).await,
        };
        if frames.is_empty() {
            return match self.outbox.is_kept(task).await {
                Ok(true) => Round::Nothing,
                Ok(false) => self.conclude().await,
                Err(error) => self.stumble(&error).await,
            };
        }
        for frame in &frames {
            let body = match body::of_frame(frame) {
                Ok(body) => body,
                Err(error) => return self.stumble(&error).await,
            };
            if !self.deliver(body.json).await {
                break;
            }
            let lag = self.outbox.store().now().since(frame.time);
            self.outbox.meters().lag.observe(lag.as_secs_f64());
            self.config.cursor = frame.seq;
            self.config.life = if body.last { Life::Over } else { Life::Open };
        }
        self.keep().await
    }

    /// Says that events are missing, since retention has taken the whole task; then nothing is left to be kept.
    async fn conclude(&mut self) -> Round {
        let Body { json, .. } = match body::gap(&self.config) {
            Ok(body) => body,
            Err(error) => return self.stumble(&error).await,
        };
        if !self.deliver(json).await {
            return self.keep().await;
        }
        let kept = Kept { config: self.config.clone(), version: self.version };
        // A row that has changed is somebody else's now; one that stays is swept later.
        drop(self.outbox.write(Lane::Continue, kept.removal()).await);
        Round::Over(End::Finished)
    }

    /// Makes one call; true when it was taken.
    async fn deliver(&mut self, body: Bytes) -> bool {
        let keys = self.config.keys();
        let letter = Letter { target: &self.config.target, keys: &keys, body };
        let answered = self.outbox.push().poster.post(&mut self.line, &letter).await;
        match answered {
            Ok(()) => {
                self.outbox.meters().delivered.inc();
                self.hear(News::Delivered, None);
                true
            }
            Err(failure) => {
                self.outbox.meters().failed.inc();
                self.fail(failure.retry_after(), &failure);
                false
            }
        }
    }

    /// A failure of our own side: as patient, and as visible, as one of the receiver.
    async fn stumble(&mut self, error: &(dyn std::error::Error + Send + Sync + 'static)) -> Round {
        self.fail(None, error);
        self.keep().await
    }

    fn fail(&mut self, retry_after: Option<Duration>, why: &(dyn std::error::Error + 'static)) {
        let (at, chance) = (self.outbox.store().now(), rand::random());
        self.hear(News::Failed { at, retry_after, chance }, Some(why));
    }

    /// Takes news in. Told once each: that a webhook fails, that it is given up, that it takes events again.
    fn hear(&mut self, news: News, why: Option<&(dyn std::error::Error + 'static)>) {
        let before = self.config.standing;
        self.config.standing = before.after(news, &self.outbox.push().policy);
        let origin = self.config.target.origin();
        match (before, self.config.standing) {
            (Standing::Flowing, Standing::Failing { .. }) => {
                tracing::warn!(origin, error = why, "a webhook fails; it is called again until it answers");
            }
            (Standing::Failing { .. }, Standing::Flowing) => tracing::info!(origin, "a webhook answers again"),
            (Standing::Failing { .. } | Standing::Flowing, Standing::Parked { failures, .. }) => {
                self.outbox.note(self.config.task, &self.config.id, true);
                tracing::error!(
                    origin,
                    failures,
                    error = why,
                    "a webhook is given up: it is parked until it is redriven"
                );
            }
            (Standing::Flowing | Standing::Parked { .. }, Standing::Flowing)
            | (Standing::Failing { .. }, Standing::Failing { .. })
            | (Standing::Parked { .. }, Standing::Failing { .. } | Standing::Parked { .. }) => {}
        }
    }

    /// Writes how far it is; goes on only when that is kept.
    async fn keep(&mut self) -> Round {
        loop {
            match self.outbox.write(Lane::Continue, self.config.change(self.version)).await {
                Ok(_) => {
                    self.version += 1;
                    let over = self.config.life == Life::Over;
                    return if over { Round::Over(End::Finished) } else { Round::Tried };
                }
                Err(Refusal::Row { .. }) => return Round::Over(End::Outdated),
                Err(Refusal::Fenced { .. } | Refusal::Closed) => return Round::Over(End::Finished),
                Err(refusal) => {
                    tracing::warn!(%refusal, "how far a webhook is cannot be kept");
                    sleep(PAUSE).await;
                }
            }
        }
    }
}
