//! The operations of A2A, each with what its answer must show.

mod asks;
mod hooks;
mod watches;

use std::fmt::Debug;
use std::sync::Arc;
use std::time::Duration;

use a2a::{
    A2AError, AgentCard, CancelTaskRequest, GetTaskRequest, ListTasksRequest, ListTasksResponse, Message, Part, Role,
    SendMessageConfiguration, SendMessageRequest, SendMessageResponse, StreamResponse, SubscribeToTaskRequest, Task,
    TaskState, error_code,
};
use a2a_client::auth::AuthInterceptor;
use a2a_client::{A2AClient, A2AClientFactory, Transport};
use a2a_grpc::GrpcTransportFactory;
use futures::stream::BoxStream;

use crate::scene::Scene;

/// An operation that takes longer hangs.
const PATIENCE: Duration = Duration::from_secs(20);

/// Why an answer was not as it should be.
type Outcome<T = ()> = Result<T, String>;
type Client = A2AClient<Box<dyn Transport>>;
type Events = BoxStream<'static, Result<StreamResponse, A2AError>>;

/// One agent, over one binding.
pub struct Operations {
    scene: Scene,
    card: AgentCard,
    client: Client,
    /// The same without a token.
    stranger: Client,
}

fn shows(condition: bool, what: impl Debug) -> Outcome {
    if condition { Ok(()) } else { Err(format!("{what:?}")) }
}

fn said(error: A2AError) -> String {
    format!("{} {}", error.code, error.message)
}

/// Whether a call was refused with this code.
fn refused<T: Debug>(answer: Result<T, A2AError>, code: i32) -> Outcome {
    match answer {
        Err(error) => shows(error.code == code, format!("{} instead of {code}", said(error))),
        Ok(answer) => Err(format!("answered: {answer:?}")),
    }
}

fn request(words: &str) -> SendMessageRequest {
    let message = Message::new(Role::User, vec![Part::text(words)]);
    SendMessageRequest { message, configuration: None, metadata: None, tenant: None }
}

/// The same, to be answered before the task ends.
fn unawaited(words: &str) -> SendMessageRequest {
    let configuration = SendMessageConfiguration {
        accepted_output_modes: None,
        task_push_notification_config: None,
        history_length: None,
        return_immediately: Some(true),
    };
    SendMessageRequest { configuration: Some(configuration), ..request(words) }
}

/// The next turn of a task, by the task's id alone.
fn answer(words: &str, task: &Task) -> SendMessageRequest {
    let mut next = request(words);
    next.message.task_id = Some(task.id.clone());
    next
}

/// Asks again and again until the task has this state.
async fn eventually(of: &Operations, id: &str, state: TaskState) -> Outcome<Task> {
    loop {
        let task = of.get(id, None).await.map_err(said)?;
        if task.status.state == state {
            return Ok(task);
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

impl Operations {
    /// Gets the agent's card, and clients of its interface of this binding.
    pub async fn of(scene: Scene, binding: &str) -> Outcome<Self> {
        let resolver = a2a_client::agent_card::AgentCardResolver::new(None);
        let card = resolver.resolve(&scene.url).await.map_err(said)?;
        let mut one = card.clone();
        one.supported_interfaces.retain(|interface| interface.protocol_binding == binding);
        let plain = || A2AClientFactory::builder().register(Arc::new(GrpcTransportFactory::new()));
        let known = plain().with_interceptor(Arc::new(AuthInterceptor::bearer(&scene.token)));
        let client = known.build().create_from_card(&one).await.map_err(said)?;
        let stranger = plain().build().create_from_card(&one).await.map_err(said)?;
        Ok(Self { scene, card, client, stranger })
    }

    /// What the matrix calls the agent, and what is to be tried.
    pub fn scene(&self) -> &Scene {
        &self.scene
    }

    /// Tries one operation.
    pub async fn perform(&self, name: &str) -> Outcome {
        let tried = tokio::time::timeout(PATIENCE, self.operation(name));
        tried.await.unwrap_or_else(|_| Err("timed out".to_owned()))
    }

    async fn operation(&self, name: &str) -> Outcome {
        match name {
            "card" => self.shows_its_card(),
            "send" => self.sends().await,
            "nowait" => self.does_not_wait().await,
            "reply" => self.replies().await,
            "stream" => self.streams().await,
            "get" => self.gets().await,
            "list" => self.lists().await,
            "subscribe" => self.subscribes().await,
            "resubscribe" => self.resubscribes().await,
            "cancel" => self.cancels().await,
            "turns" => self.converses().await,
            "turns-stream" => self.converses_by_stream().await,
            "push-config" => self.keeps_webhooks().await,
            "push-delivery" => self.pushes().await,
            "extended-card" => self.shows_its_extended_card().await,
            "token" => self.wants_a_token().await,
            "unknown-task" => self.knows_nobody().await,
            "ended-task" => self.has_ended().await,
            "bad-request" => self.refuses().await,
            other => Err(format!("there is no operation {other} here")),
        }
    }

    async fn sent(&self, request: &SendMessageRequest) -> Outcome<Task> {
        match self.client.send_message(request).await.map_err(said)? {
            SendMessageResponse::Task(task) => Ok(task),
            SendMessageResponse::Message(message) => Err(format!("{message:?}")),
        }
    }

    async fn done(&self) -> Outcome<Task> {
        let task = self.sent(&request(&self.scene.work)).await?;
        shows(task.status.state == TaskState::Completed, &task)?;
        Ok(task)
    }

    async fn opened(&self) -> Outcome<Task> {
        let task = self.sent(&unawaited(&self.scene.open)).await?;
        shows(!task.status.state.is_terminal(), &task)?;
        Ok(task)
    }

    async fn get(&self, id: &str, history_length: Option<i32>) -> Result<Task, A2AError> {
        self.client.get_task(&GetTaskRequest { id: id.to_owned(), history_length, tenant: None }).await
    }

    async fn cancel(&self, id: &str) -> Result<Task, A2AError> {
        self.client.cancel_task(&CancelTaskRequest { id: id.to_owned(), metadata: None, tenant: None }).await
    }

    async fn subscribe(&self, id: &str) -> Result<Events, A2AError> {
        self.client.subscribe_to_task(&SubscribeToTaskRequest { id: id.to_owned(), tenant: None }).await
    }

    async fn list(
        &self,
        context_id: Option<String>,
        page_size: Option<i32>,
        page_token: Option<String>,
    ) -> Result<ListTasksResponse, A2AError> {
        let query = ListTasksRequest {
            context_id,
            status: None,
            page_size,
            page_token,
            history_length: None,
            status_timestamp_after: None,
            include_artifacts: Some(true),
            tenant: None,
        };
        self.client.list_tasks(&query).await
    }

    fn shows_its_card(&self) -> Outcome {
        let can = &self.card.capabilities;
        let capable = [can.streaming, can.push_notifications, can.extended_agent_card] == [Some(true); 3];
        shows(capable && !self.card.name.is_empty() && !self.card.skills.is_empty(), &self.card)
    }

    async fn sends(&self) -> Outcome {
        let task = self.done().await?;
        shows(task.artifacts.as_ref().is_some_and(|it| !it.is_empty()) && !task.context_id.is_empty(), task)
    }

    async fn does_not_wait(&self) -> Outcome {
        let task = self.sent(&unawaited(&self.scene.work)).await?;
        let ended = eventually(self, &task.id, TaskState::Completed).await?;
        shows(ended.artifacts.as_ref().is_some_and(|it| !it.is_empty()), ended)
    }

    async fn replies(&self) -> Outcome {
        match self.client.send_message(&request(&self.scene.reply)).await.map_err(said)? {
            SendMessageResponse::Message(message) => shows(message.text().is_some(), message),
            SendMessageResponse::Task(task) => Err(format!("{task:?}")),
        }
    }

    async fn gets(&self) -> Outcome {
        let task = self.done().await?;
        let got = self.get(&task.id, None).await.map_err(said)?;
        let same = (&got.context_id, &got.artifacts) == (&task.context_id, &task.artifacts);
        shows(same && got.history.as_ref().is_some_and(|it| !it.is_empty()), got)?;
        let bare = self.get(&task.id, Some(0)).await.map_err(said)?;
        shows(bare.history.as_ref().is_none_or(Vec::is_empty), bare)
    }

    async fn lists(&self) -> Outcome {
        let (task, other) = (self.done().await?, self.done().await?);
        let page = self.list(Some(task.context_id.clone()), None, None).await.map_err(said)?;
        let is = |page: &ListTasksResponse, id: &str| page.tasks.len() == 1 && page.tasks[0].id == id;
        shows(is(&page, &task.id) && page.total_size == 1 && page.next_page_token.is_empty(), &page)?;
        shows(page.tasks[0].artifacts == task.artifacts, &page)?;
        let first = self.list(None, Some(1), None).await.map_err(said)?;
        shows(is(&first, &other.id) && !first.next_page_token.is_empty(), &first)?;
        let rest = self.list(None, Some(1), Some(first.next_page_token)).await.map_err(said)?;
        shows(is(&rest, &task.id), rest)
    }

    async fn cancels(&self) -> Outcome {
        let task = self.opened().await?;
        let canceled = self.cancel(&task.id).await.map_err(said)?;
        shows(canceled.id == task.id, canceled)?;
        eventually(self, &task.id, TaskState::Canceled).await.map(drop)
    }

    async fn shows_its_extended_card(&self) -> Outcome {
        let request = a2a::GetExtendedAgentCardRequest { tenant: None };
        let card = self.client.get_extended_agent_card(&request).await.map_err(said)?;
        shows(card.name == self.card.name && !card.skills.is_empty(), card)
    }

    async fn wants_a_token(&self) -> Outcome {
        let answer = self.stranger.send_message(&request(&self.scene.work)).await;
        let error = answer.err().ok_or("a stranger was answered")?;
        shows(error.message.contains("who they are") || error.message.contains("401"), said(error))
    }

    async fn knows_nobody(&self) -> Outcome {
        let nobody = "00000000-0000-4000-8000-000000000000";
        refused(self.get(nobody, None).await, error_code::TASK_NOT_FOUND)?;
        refused(self.cancel(nobody).await, error_code::TASK_NOT_FOUND)?;
        refused(self.whole(self.subscribe(nobody).await).await, error_code::TASK_NOT_FOUND)
    }

    async fn has_ended(&self) -> Outcome {
        let task = self.done().await?;
        refused(self.cancel(&task.id).await, error_code::TASK_NOT_CANCELABLE)?;
        refused(self.whole(self.subscribe(&task.id).await).await, error_code::UNSUPPORTED_OPERATION)?;
        let next = answer(&self.scene.work, &task);
        refused(self.client.send_message(&next).await, error_code::UNSUPPORTED_OPERATION)
    }

    async fn refuses(&self) -> Outcome {
        refused(self.list(None, Some(101), None).await, error_code::INVALID_PARAMS)?;
        let task = self.done().await?;
        let inside = self.hook(&task.id, "http://169.254.169.254/");
        refused(self.client.create_push_config(&inside).await, error_code::INVALID_PARAMS)
    }
}
