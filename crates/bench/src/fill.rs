//! A store with many tasks that have ended, made by its own interface: each task as the echo agent would have left it.

use std::collections::VecDeque;
use std::path::Path;
use std::time::Duration;

use a2a::frame::{self, Chunk, Ids};
use bytes::Bytes;
use proto::a2a::{Message, Task, TaskState as Wire, TaskStatus};
use store::{
    Accept, BodyDigest, Commit, Created, EmbeddedStore, Entry, Frame, FrameKind, Lane, Options, Ready, SeenKey,
    SeenReply, Store, TaskChange, Ticket, Timer,
};
use types::{ContextId, Epoch, Head, Owner, Seq, TaskId, TaskState, Timestamp};

use crate::error::Error;
use crate::raw::{echoed, prepared_task};
use crate::{report, wire};

/// Commits on their way; below what the store takes before it refuses.
const UNDER_WAY: usize = 3_000;
const REMEMBERED: Duration = Duration::from_hours(24);
const TOLD_EVERY: usize = 200_000;

/// What the tasks of a filled store differ in.
#[derive(Debug, Clone)]
pub(crate) struct Kind {
    pub(crate) owner: Owner,
    pub(crate) context: ContextId,
    /// One that has ended.
    pub(crate) state: TaskState,
}

impl Kind {
    /// As the echo agent would have left it.
    pub(crate) fn echoed() -> Self {
        Self { owner: Owner::anonymous(), context: ContextId::fresh(), state: TaskState::Completed }
    }
}

/// The message that the stored task `number` was made from.
pub(crate) fn message_id(number: usize) -> String {
    format!("stored-{number}")
}

/// Puts `count` ended tasks into the store at `dir`, each of the kind that its number gives; the first one's id, if there
/// is one.
pub(crate) fn fill(dir: &Path, count: usize, kind: impl Fn(usize) -> Kind) -> Result<Option<TaskId>, Error> {
    let runtime = tokio::runtime::Runtime::new().map_err(Error::io("start", "a runtime"))?;
    let store = EmbeddedStore::open(Options::at(dir)).map_err(|error| Error::Store(Box::new(error)))?;
    let store: &dyn Store = &store;
    runtime.block_on(async {
        let epoch = store.own().await.map_err(failed)?.epoch;
        let (mut under_way, mut first) = (VecDeque::with_capacity(UNDER_WAY), None);
        for number in 0..count {
            if under_way.len() == UNDER_WAY {
                settled(&mut under_way).await?;
            }
            let id = TaskId::fresh();
            first = first.or(Some(id));
            under_way.push_back(store.commit(ended(id, number, kind(number), epoch, store.now())?));
            if number > 0 && number.is_multiple_of(TOLD_EVERY) {
                report::progress(format_args!("stored {number} of {count} tasks"));
            }
        }
        while !under_way.is_empty() {
            settled(&mut under_way).await?;
        }
        store.close().await.map_err(failed)?;
        Ok(first)
    })
}

async fn settled(under_way: &mut VecDeque<Ticket>) -> Result<(), Error> {
    match under_way.pop_front() {
        Some(ticket) => ticket.await.map(|_| ()).map_err(failed),
        None => Ok(()),
    }
}

fn failed(error: impl std::error::Error + Send + Sync + 'static) -> Error {
    Error::Store(Box::new(error))
}

/// The one commit of an echoed message: accepted, worked on, answered.
fn ended(id: TaskId, number: usize, kind: Kind, epoch: Epoch, at: Timestamp) -> Result<Commit, Error> {
    let message_id = message_id(number);
    let request = wire::message(message_id.clone(), wire::TEXT);
    let message = request.message.unwrap_or_default();
    let wrong = |_| Error::Answer { work: "a fill", what: "its message has no usable id" };
    let key = SeenKey::new(&kind.owner, None, &message_id.parse().map_err(wrong)?);
    let accept = Accept {
        key,
        digest: BodyDigest::of_framed(&a2a::framed_body(&a2a::Heard::from(message.clone()))),
        reply: SeenReply::Task(id),
        keep_until: at.after(REMEMBERED),
        not_after: None,
        older: Vec::new(),
    };
    let Kind { owner, context, state } = kind;
    let entries = entries(&id.to_string(), context.as_str(), message, state, at);
    let task = TaskChange {
        id,
        generation: 0,
        expected: Head::ZERO,
        created: Some(Created { owner, context }),
        state,
        seq: Seq(entries.len() as u64),
        entries,
        snapshot: None,
        ready: Ready::Keep,
        timer: Timer::Keep,
    };
    Ok(Commit { epoch, lane: Lane::Accept, at, task: Some(task), accept: Some(accept), rows: Vec::new() })
}

/// Submitted, working, the artifact, ended.
fn entries(task: &str, context: &str, asked: Message, end: TaskState, at: Timestamp) -> Vec<Entry> {
    let ids = Ids { task, context };
    let status = |state: i32| TaskStatus { state, message: None, timestamp: Some(a2a::time::to_wire(at)) };
    let opening = Task {
        id: task.to_owned(),
        context_id: context.to_owned(),
        status: Some(status(Wire::Submitted.into())),
        history: vec![Message { task_id: task.to_owned(), context_id: context.to_owned(), ..asked }],
        ..prepared_task(Wire::Submitted, Vec::new())
    };
    let frames: [(FrameKind, Bytes); 4] = [
        (FrameKind::Task, frame::task(&opening, Seq(1))),
        (FrameKind::Status, frame::status(ids, &status(Wire::Working.into()), None, Seq(2))),
        (FrameKind::Artifact, frame::artifact(ids, &echoed(), Chunk::Whole, None, Seq(3))),
        (FrameKind::Status, frame::status(ids, &status(end.wire()), None, Seq(4))),
    ];
    let frame = |(seq, (kind, bytes))| Entry::Frame(Frame { seq: Seq(seq), time: at, kind, bytes });
    (1..).zip(frames).map(frame).collect()
}
