//! A stream is a view of a task's log from a cursor: it can begin anywhere, and a slow reader costs nothing.

use std::collections::VecDeque;
use std::pin::Pin;
use std::sync::Arc;

use a2a::Error;
use bytes::Bytes;
use futures::stream::{self, Stream};
use tokio::sync::watch;
use types::{Scope, Seq, TaskId, TaskState};

use crate::driver::Driver;
use crate::fault;
use crate::kit::{Found, Kit};
use crate::live::{Live, Mark};

/// Frames read from the store at once by a reader that is behind.
const BATCH: usize = 32;

/// Encoded `StreamResponse`s of one task, in order.
pub type Frames = Pin<Box<dyn Stream<Item = Result<Bytes, Error>> + Send>>;

/// When a stream ends by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Until {
    /// With the task.
    Terminal,
    /// With the task, or when it waits for its caller's next message.
    InputRequired,
}

struct Reader<D: Driver> {
    kit: Kit<D>,
    id: TaskId,
    source: Source<D>,
    after: Seq,
    until: Until,
    waiting: VecDeque<Bytes>,
    over: bool,
}

/// Where a reader learns how far the log goes.
enum Source<D: Driver> {
    Live(Arc<Live<D>>, watch::Receiver<Mark>),
    Done(Seq),
}

/// The frames of a task after `after`, behind `opening`.
pub(crate) fn frames<D: Driver>(
    kit: &Kit<D>,
    id: TaskId,
    found: Found<D>,
    opening: Option<Bytes>,
    after: Seq,
    until: Until,
) -> Frames {
    let source = match found {
        Found::Done(done) => Source::Done(done.seq),
        Found::Live(live) => {
            live.head().attend();
            let watch = live.watch();
            Source::Live(live, watch)
        }
    };
    let waiting = opening.into_iter().collect();
    let reader = Reader { kit: kit.clone(), id, source, after, until, waiting, over: false };
    Box::pin(stream::unfold(reader, |mut reader| async move { reader.next().await.map(|item| (item, reader)) }))
}

/// A stream of one message, the direct reply to another.
pub(crate) fn single(item: Bytes) -> Frames {
    Box::pin(stream::iter([Ok(item)]))
}

impl<D: Driver> Reader<D> {
    async fn next(&mut self) -> Option<Result<Bytes, Error>> {
        loop {
            if let Some(frame) = self.waiting.pop_front() {
                return Some(Ok(frame));
            }
            if self.over {
                return None;
            }
            if let Err(error) = self.fill().await {
                self.over = true;
                return Some(Err(error));
            }
        }
    }

    /// Brings in the next frames, or waits for some, or finds that there will be none.
    async fn fill(&mut self) -> Result<(), Error> {
        let (upto, ends) = self.horizon();
        if self.after < upto {
            return self.read(upto).await;
        }
        if ends {
            self.over = true;
            return Ok(());
        }
        let closing = self.kit.closing().clone();
        let Source::Live(_, watch) = &mut self.source else { return Ok(()) };
        tokio::select! {
            biased;
            changed = watch.changed() => changed.map_err(|_| stopping()),
            () = closing.cancelled() => Err(stopping()),
        }
    }

    /// Up to where the log is durable, and whether it ends there for this stream.
    fn horizon(&mut self) -> (Seq, bool) {
        match &mut self.source {
            Source::Done(seq) => (*seq, true),
            Source::Live(_, watch) => {
                let mark = *watch.borrow_and_update();
                let asked = mark.state == TaskState::InputRequired && self.until == Until::InputRequired;
                (mark.seq, mark.state.is_terminal() || asked)
            }
        }
    }

    async fn read(&mut self, upto: Seq) -> Result<(), Error> {
        let recent = match &self.source {
            Source::Live(live, _) => live.recent(self.after, upto),
            Source::Done(_) => None,
        };
        let frames = match recent {
            Some(frames) => frames,
            None => self.kit.store().frames(Scope::Service, self.id, self.after, BATCH).await.map_err(fault::read)?,
        };
        let Some(last) = frames.last() else {
            // Retention has taken the rest of the log while this reader was behind.
            return Err(Error::TaskNotFound);
        };
        self.after = last.seq;
        self.waiting.extend(frames.into_iter().map(|frame| frame.bytes));
        Ok(())
    }
}

fn stopping() -> Error {
    fault::unavailable("the service is stopping; resume from the last frame's cursor")
}
