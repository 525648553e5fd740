//! Streams: of a message, and of a task that is subscribed to.

use a2a::{A2AError, StreamResponse, TaskState};
use futures::{StreamExt as _, TryStreamExt as _};

use super::{Events, Operations, Outcome, request, said, shows};

impl Operations {
    /// A stream to its end.
    pub(super) async fn whole(&self, events: Result<Events, A2AError>) -> Result<Vec<StreamResponse>, A2AError> {
        events?.try_collect().await
    }

    pub(super) async fn streams(&self) -> Outcome {
        let answer = self.client.send_streaming_message(&request(&self.scene.work)).await;
        let events = self.whole(answer).await.map_err(said)?;
        let artifacts = events.iter().any(|event| matches!(event, StreamResponse::ArtifactUpdate(_)));
        shows(task_of(&events).is_some() && artifacts && last(&events) == Some(TaskState::Completed), events)
    }

    /// A stream of the task, its first event taken.
    async fn watched(&self, id: &str) -> Outcome<Events> {
        let mut events = self.subscribe(id).await.map_err(said)?;
        let first = events.next().await.ok_or("an empty stream")?.map_err(said)?;
        shows(matches!(&first, StreamResponse::Task(task) if task.id == id), first)?;
        Ok(events)
    }

    async fn watched_to_its_end(&self, id: &str) -> Outcome {
        let events = self.watched(id).await?;
        self.cancel(id).await.map_err(said)?;
        let rest = self.whole(Ok(events)).await.map_err(said)?;
        shows(last(&rest) == Some(TaskState::Canceled), rest)
    }

    pub(super) async fn subscribes(&self) -> Outcome {
        self.watched_to_its_end(&self.opened().await?.id).await
    }

    pub(super) async fn resubscribes(&self) -> Outcome {
        let task = self.opened().await?;
        drop(self.watched(&task.id).await?);
        self.watched_to_its_end(&task.id).await
    }
}

/// The task that a stream begins with.
pub(super) fn task_of(events: &[StreamResponse]) -> Option<a2a::Task> {
    match events.first() {
        Some(StreamResponse::Task(task)) => Some(task.clone()),
        _ => None,
    }
}

/// The state that a stream's last event tells of.
pub(super) fn last(events: &[StreamResponse]) -> Option<TaskState> {
    match events.last()? {
        StreamResponse::Task(task) => Some(task.status.state.clone()),
        StreamResponse::StatusUpdate(update) => Some(update.status.state.clone()),
        StreamResponse::Message(_) | StreamResponse::ArtifactUpdate(_) => None,
    }
}
