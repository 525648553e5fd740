//! Streams: of a message, of a turn, and of a task that is subscribed to; and what becomes of a task that is not there.

use a2a::frame::{Event, Update};
use a2a::{ClientError, Error, Events, History};
use futures::{StreamExt as _, TryStreamExt as _};
use proto::a2a::{SendMessageRequest, Task, TaskState};
use types::RemoteTask;

use super::{Operations, Outcome, id, nobody, refused, said, shows};
use crate::wire::state;

impl Operations<'_> {
    async fn streamed(&self, request: SendMessageRequest) -> Outcome<Vec<Event>> {
        let events = self.client.stream(request, None).await.map_err(said)?;
        events.try_collect().await.map_err(said)
    }

    pub(super) async fn streams(&self) -> Outcome {
        let events = self.streamed(self.told(self.scene.work, None)).await?;
        let artifacts = events.iter().any(|event| matches!(event.update, Update::Artifact(_)));
        let opens = matches!(events.first(), Some(Event { update: Update::Task(_), .. }));
        shows(opens && artifacts && last(&events) == Some(TaskState::Completed), events)
    }

    /// A stream of the task, its first event taken.
    async fn watched(&self, task: &RemoteTask) -> Result<(Event, Events), ClientError> {
        let mut events = self.client.subscribe(task, None).await?;
        let first = events.next().await.ok_or(ClientError::Invalid("an empty stream"))??;
        Ok((first, events))
    }

    async fn watched_to_its_end(&self, task: &Task) -> Outcome {
        let (first, events) = self.watched(&id(task)).await.map_err(said)?;
        shows(matches!(&first.update, Update::Task(same) if same.id == task.id), first)?;
        self.client.cancel(&id(task), None).await.map_err(said)?;
        let rest: Vec<Event> = events.try_collect().await.map_err(said)?;
        shows(last(&rest) == Some(TaskState::Canceled), rest)
    }

    pub(super) async fn subscribes(&self) -> Outcome {
        self.watched_to_its_end(&self.opened().await?).await
    }

    pub(super) async fn resubscribes(&self) -> Outcome {
        let task = self.opened().await?;
        drop(self.watched(&id(&task)).await.map_err(said)?);
        self.watched_to_its_end(&task).await
    }

    pub(super) async fn converses_by_stream(&self) -> Outcome {
        let ask = self.scene.ask.unwrap();
        let opened = self.streamed(self.told(ask.first, None)).await?;
        let Some(Event { update: Update::Task(task), .. }) = opened.first() else { return Err(format!("{opened:?}")) };
        shows(last(&opened) == Some(TaskState::InputRequired), &opened)?;
        let turns = ask.again.iter().map(|words| (*words, TaskState::InputRequired));
        for (words, wanted) in turns.chain([(ask.last, TaskState::Completed)]) {
            let turn = self.streamed(self.told(words, Some(task))).await?;
            shows(turn.iter().all(|event| is_of(event, task)) && last(&turn) == Some(wanted), turn)?;
        }
        Ok(())
    }

    pub(super) async fn knows_nobody(&self) -> Outcome {
        let unknown = |error: &Error| matches!(error, Error::TaskNotFound);
        refused(self.client.get(&nobody(), History::None).await, unknown)?;
        refused(self.client.cancel(&nobody(), None).await, unknown)?;
        refused(self.watched(&nobody()).await.map(|(first, _)| first), unknown)
    }

    pub(super) async fn has_ended(&self) -> Outcome {
        let task = self.done().await?;
        refused(self.client.cancel(&id(&task), None).await, |error| matches!(error, Error::TaskNotCancelable))?;
        let unsupported = |error: &Error| matches!(error, Error::UnsupportedOperation(_));
        refused(self.watched(&id(&task)).await.map(|(first, _)| first), unsupported)?;
        refused(self.client.send(self.told(self.scene.work, Some(&task))).await, unsupported)
    }
}

/// The state that a stream's last event tells of.
fn last(events: &[Event]) -> Option<TaskState> {
    match &events.last()?.update {
        Update::Task(task) => Some(state(task)),
        Update::Status(update) => update.status.as_ref().map(|status| status.state()),
        Update::Artifact(_) | Update::Message(_) => None,
    }
}

fn is_of(event: &Event, task: &Task) -> bool {
    match &event.update {
        Update::Task(told) => told.id == task.id,
        Update::Status(update) => update.task_id == task.id,
        Update::Artifact(update) => update.task_id == task.id,
        Update::Message(_) => false,
    }
}
