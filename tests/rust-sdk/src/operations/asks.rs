//! Conversations over many turns.

use a2a::{SendMessageRequest, Task, TaskState};

use super::watches::{last, task_of};
use super::{Operations, Outcome, answer, request, shows};

impl Operations {
    pub(super) async fn converses(&self) -> Outcome {
        let ask = &self.scene.ask;
        let task = self.sent(&request(&ask.first)).await?;
        shows(task.status.state == TaskState::InputRequired && task.status.message.is_some(), &task)?;
        for words in &ask.again {
            self.turn(&task, words, TaskState::InputRequired).await?;
        }
        self.turn(&task, &ask.last, TaskState::Completed).await
    }

    async fn turn(&self, task: &Task, words: &str, state: TaskState) -> Outcome {
        let next = self.sent(&answer(words, task)).await?;
        let same = (&next.id, &next.context_id) == (&task.id, &task.context_id);
        shows(same && next.status.state == state, next)
    }

    pub(super) async fn converses_by_stream(&self) -> Outcome {
        let ask = &self.scene.ask;
        let task = self.streamed_turn(&request(&ask.first), TaskState::InputRequired).await?;
        for words in &ask.again {
            let next = self.streamed_turn(&answer(words, &task), TaskState::InputRequired).await?;
            shows(next.id == task.id, next)?;
        }
        let ended = self.streamed_turn(&answer(&ask.last, &task), TaskState::Completed).await?;
        shows(ended.id == task.id, ended)
    }

    /// The task that a turn's stream begins with.
    async fn streamed_turn(&self, request: &SendMessageRequest, state: TaskState) -> Outcome<Task> {
        let events = self.whole(self.client.send_streaming_message(request).await).await.map_err(super::said)?;
        shows(last(&events) == Some(state), &events)?;
        task_of(&events).ok_or_else(|| format!("{events:?}"))
    }
}
