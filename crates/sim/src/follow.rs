//! Follows one child by its cursor until it has ended, over streams that are cut and servers that die.

use std::sync::Arc;
use std::time::Duration;

use a2a::frame::Update;
use a2a::metadata::{PROGRESS, as_object, as_text, member};
use bytes::Bytes;
use engine::{Answer, Cause, ChildNews, Code, Payload, WaitsOn};
use prost::Message as _;
use proto::a2a::{Task, TaskStatusUpdateEvent};
use types::{RemoteTask, Seq, TaskId, TaskState};

use crate::defects::Defect;
use crate::dispatcher::{Attempt, answer, payload_of, tries};
use crate::net::{Failed, Net};
use crate::reader::{Reader, Seen};
use crate::world::{Running, World};

/// How long a question may take to be answered.
const GET: Duration = Duration::from_secs(3);

/// The state of following.
pub(crate) struct Follow<'f> {
    world: &'f Arc<World>,
    net: &'f Net,
    attempt: &'f Attempt,
    child: TaskId,
    reader: Reader,
}

impl<'f> Follow<'f> {
    pub(crate) fn new(world: &'f Arc<World>, net: &'f Net, attempt: &'f Attempt, child: TaskId, after: Seq) -> Self {
        Self { world, net, attempt, child, reader: Reader::new(world, net, attempt.node, child, after) }
    }

    /// Follows to the end, and tells it.
    pub(crate) async fn run(mut self) {
        for failures in 1.. {
            while let Some(seen) = self.reader.next().await {
                if self.tell(seen).await {
                    return self.finish().await;
                }
            }
            if let Some(end) = self.ended().await {
                return self.attempt.tell(vec![end]).await;
            }
            tries(self.world, failures).await;
        }
    }

    /// Passes on what the child says; true when it has ended.
    async fn tell(&self, seen: Seen) -> bool {
        let Ok(child) = self.child.to_string().parse::<RemoteTask>() else { return false };
        let Seen { cursor, update } = seen;
        let Update::Status(update) = update else { return false };
        let state = update.status.as_ref().and_then(|status| TaskState::from_wire(status.state));
        let said = update.status.as_ref().and_then(|status| status.message.as_ref());
        let note = said.map_or_else(Payload::default, payload_of);
        let news = match (state, queued(&update)) {
            (Some(state), _) if state.is_terminal() => return true,
            (Some(TaskState::InputRequired), _) => ChildNews::Waiting { child, cursor, on: WaitsOn::Input, note },
            (_, true) => ChildNews::Waiting { child, cursor, on: WaitsOn::Queue, note },
            (_, false) => ChildNews::Progress { child, cursor, note },
        };
        self.attempt.tell(vec![news]).await;
        false
    }

    async fn finish(&self) {
        for failures in 1.. {
            if let Some(end) = self.ended().await {
                return self.attempt.tell(vec![end]).await;
            }
            tries(self.world, failures).await;
        }
    }

    /// How the child has ended, if it has.
    async fn ended(&self) -> Option<ChildNews> {
        let child = self.child;
        let ask = Arc::new(move |running: &Running| running.desk.get(child));
        match self.net.call("get", self.attempt.node, GET, ask).await {
            Ok(bytes) => self.read(bytes),
            // A foreign agent that forgets its task has not said how it ended.
            Err(Failed::Refused(a2a::Error::TaskNotFound))
                if self.world.is_foreign(self.attempt.node) && !self.world.has(Defect::ForgottenIsFailed) =>
            {
                Some(ChildNews::NotFound)
            }
            Err(Failed::Refused(a2a::Error::TaskNotFound)) => {
                let cause = Cause::new(Code::AgentFailed, "the agent does not know its task any more");
                Some(ChildNews::Ended { child: child.to_string().parse().ok(), answer: Answer::Failed(cause) })
            }
            Err(_) => None,
        }
    }

    fn read(&self, bytes: Bytes) -> Option<ChildNews> {
        let task = Task::decode(bytes).ok()?;
        let state = task.status.as_ref().and_then(|status| TaskState::from_wire(status.state))?;
        let ended = || ChildNews::Ended { child: task.id.parse().ok(), answer: answer(&task) };
        state.is_terminal().then(ended)
    }
}

/// Whether a working child says that it waits in a queue.
fn queued(update: &TaskStatusUpdateEvent) -> bool {
    let progress = as_object(member(update.metadata.as_ref(), PROGRESS));
    progress.is_some_and(|progress| as_text(progress.fields.get("waits")) == Some("queue"))
}
