//! Agents that are not ours: they know no fence, no store and no deadline. What became of an attempt is looked up
//! in their list of tasks; a task that is known is asked to stop, and what cannot be found is only told about.

use a2a::{Client, ClientError, Error, History, Snapshot};
use engine::ChildNews;
use proto::a2a::{ListTasksRequest, Task};
use types::{MessageId, RemoteTask, SKEW, TaskState, Timestamp};

use super::Dispatcher;
use super::child::answer;
use super::fence::message_id;
use crate::duty::Duty;

/// Tasks of one page of a search.
const PAGE: i32 = 100;
/// Most pages of a search: a conversation that is longer than that is not one of ours.
const PAGES: usize = 20;

impl Dispatcher {
    /// One try to account for an attempt at a foreign agent.
    pub(super) async fn recall(&self, duty: &mut Duty, now: Timestamp) -> Result<Option<ChildNews>, ClientError> {
        // Read before the search: one that begins after the deadline sees all that was sent before it.
        let over = now > duty.launch.not_after.after(SKEW);
        if duty.child.is_none() {
            duty.child = self.search(duty).await?;
        }
        match duty.child.clone() {
            Some(child) => self.stop_foreign(duty, &child).await,
            None => Ok(over.then_some(ChildNews::NotFound)),
        }
    }

    /// Asks a task to stop, and for how it has ended.
    async fn stop_foreign(&self, duty: &Duty, child: &RemoteTask) -> Result<Option<ChildNews>, ClientError> {
        let client = self.asking(duty)?;
        let stopped = match client.cancel(child, None).await {
            Err(ClientError::Refused(Error::TaskNotCancelable | Error::UnsupportedOperation(_))) => {
                client.get(child, History::None).await
            }
            stopped => stopped,
        };
        match stopped {
            Ok(Snapshot { task, .. }) if has_ended(&task) => {
                Ok(Some(ChildNews::Ended { child: Some(child.clone()), answer: answer(task) }))
            }
            Ok(_) => Ok(None),
            // It has forgotten its task, and so nobody knows what became of it.
            Err(ClientError::Refused(Error::TaskNotFound)) => Ok(Some(ChildNews::NotFound)),
            Err(error) => Err(error),
        }
    }

    /// The client of a duty's agent. Whoever must not be asked has not said that there is no such task.
    fn asking(&self, duty: &Duty) -> Result<Client, ClientError> {
        Ok(self.client(&duty.owner, &duty.launch.route)?)
    }

    /// Looks for the task that an attempt's message became, in its conversation. Not by time: the official SDK gives
    /// a task none before it is at work, and whose clock is right is not known.
    pub(super) async fn search(&self, duty: &Duty) -> Result<Option<RemoteTask>, ClientError> {
        let client = self.asking(duty)?;
        let mut request = ListTasksRequest {
            context_id: duty.context.to_string(),
            page_size: Some(PAGE),
            ..ListTasksRequest::default()
        };
        let wanted = message_id(duty);
        for _ in 0..PAGES {
            let page = client.list(request.clone()).await?;
            for task in page.tasks {
                if let Some(found) = holds(&client, task, &wanted).await? {
                    return Ok(Some(found));
                }
            }
            if page.next_page_token.is_empty() {
                break;
            }
            request.page_token = page.next_page_token;
        }
        Ok(None)
    }
}

fn has_ended(task: &Task) -> bool {
    let state = task.status.as_ref().and_then(|status| TaskState::from_wire(status.state));
    state.is_some_and(TaskState::is_terminal)
}

/// The task's id, if the message is in its history. A list may leave histories out; then the task is asked for.
async fn holds(client: &Client, task: Task, wanted: &MessageId) -> Result<Option<RemoteTask>, ClientError> {
    let Ok(id) = task.id.parse::<RemoteTask>() else { return Ok(None) };
    let history = match task.history.is_empty() {
        false => task.history,
        true => match client.get(&id, History::All).await {
            Ok(snapshot) => snapshot.task.history,
            Err(ClientError::Refused(Error::TaskNotFound)) => Vec::new(),
            Err(error) => return Err(error),
        },
    };
    Ok(history.iter().any(|message| message.message_id == wanted.as_str()).then_some(id))
}
