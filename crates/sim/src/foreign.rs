//! Agents that are not ours: they know no fence, no store and no deadline, and may forget what they had. What became of
//! an attempt is looked up in their list of tasks, as the product's dispatcher does it.

use std::sync::Arc;
use std::time::Duration;

use a2a::{Artifacts, Error, History, ListQuery};
use engine::{ChildNews, Dispatch};
use orchestrator::Duty;
use prost::Message as _;
use proto::a2a::{ListTasksResponse, Message, Task};
use types::{SKEW, Seq, TaskId, TaskState, Timestamp};

use crate::dispatcher::{Attempt, Dispatcher, answer, tries};
use crate::follow::Follow;
use crate::ledger::key_of;
use crate::net::Failed;
use crate::world::{OPERATOR, Running};
use crate::{directory, marks};

/// How long a question may take to be answered.
const ASK: Duration = Duration::from_secs(4);

impl Dispatcher {
    /// Looks for the task of a message that perhaps went out, and follows it. It is not sent again: such an agent
    /// would take it twice. How long this goes on is the attempt's deadline's business.
    pub(crate) async fn adopt(&self, attempt: &Attempt, dispatch: &Dispatch) {
        let duty = Duty::of_dispatch(&attempt.handle, dispatch, self.now());
        for failures in 1.. {
            if let Ok(Some(task)) = self.search(&duty).await {
                return Follow::new(self.world(), self.net(), attempt, task, Seq::ZERO).run().await;
            }
            tries(self.world(), failures).await;
        }
    }

    /// One try to account for an attempt.
    pub(crate) async fn recall(&self, duty: &Duty) -> Result<Option<ChildNews>, Failed> {
        // Read before the search: one that begins after the deadline sees all that was sent before it.
        let over = self.now() > duty.launch.not_after.after(SKEW);
        match self.search(duty).await? {
            Some(child) => self.stop(duty, child).await,
            None => Ok(over.then_some(ChildNews::NotFound)),
        }
    }

    /// Asks a task to stop, and for how it has ended.
    async fn stop(&self, duty: &Duty, child: TaskId) -> Result<Option<ChildNews>, Failed> {
        let node = directory::node_of(self.world(), &duty.launch.route).ok_or(Failed::Unreached)?;
        let cancel = Arc::new(move |running: &Running| running.desk.cancel(child));
        let stopped = match self.net().call("cancel", node, ASK, cancel).await {
            Err(Failed::Refused(Error::TaskNotCancelable)) => {
                let get = Arc::new(move |running: &Running| running.desk.get(child));
                self.net().call("get", node, ASK, get).await
            }
            stopped => stopped,
        };
        match stopped {
            Ok(bytes) => Ok(Task::decode(bytes)
                .ok()
                .filter(has_ended)
                .map(|task| ChildNews::Ended { child: task.id.parse().ok(), answer: answer(&task) })),
            // It has forgotten its task, and so nobody knows what became of it.
            Err(Failed::Refused(Error::TaskNotFound)) => Ok(Some(ChildNews::NotFound)),
            Err(failed) => Err(failed),
        }
    }

    /// The task that an attempt's message became: known, or looked for in its conversation.
    async fn search(&self, duty: &Duty) -> Result<Option<TaskId>, Failed> {
        if let Some(child) = duty.child.as_ref().and_then(|child| child.as_str().parse().ok()) {
            return Ok(Some(child));
        }
        let node = directory::node_of(self.world(), &duty.launch.route).ok_or(Failed::Unreached)?;
        let query = ListQuery {
            context: Some(duty.context.clone()),
            state: None,
            since: None,
            page_size: 100,
            page_token: None,
            history: History::All,
            artifacts: Artifacts::Omit,
        };
        let ask = Arc::new(move |running: &Running| running.desk.list(query.clone()));
        let page = self.net().call("list", node, ASK, ask).await?;
        let tasks = ListTasksResponse::decode(page).map(|page| page.tasks).unwrap_or_default();
        let key = duty.key();
        // By the mark: there the message's own id is not the one that it was sent with.
        let of_ours = |message: &Message| marks::mark_of(message).is_some_and(|mark| key_of(&mark) == key);
        let ours = |task: &&Task| task.history.iter().any(of_ours);
        Ok(tasks.iter().find(ours).and_then(|task| task.id.parse().ok()))
    }

    /// The operator's clock.
    pub(crate) fn now(&self) -> Timestamp {
        let nodes = self.world().nodes.lock();
        nodes.get(OPERATOR.0).map_or_else(Timestamp::default, |node| store::Store::now(&*node.store))
    }
}

fn has_ended(task: &Task) -> bool {
    let state = task.status.as_ref().and_then(|status| TaskState::from_wire(status.state));
    state.is_some_and(TaskState::is_terminal)
}
