//! Our client with an agent made with one of the SDKs: the operations of A2A, each with what its answer must show.

mod hooks;
mod watches;

use std::fmt::Debug;
use std::time::Duration;

use a2a::{Binding, Client, ClientError, Error, History, Reply, Snapshot};
use outbound::{Dialer, Roots};
use proto::a2a::{
    AgentCard, ListTasksRequest, ListTasksResponse, SendMessageConfiguration, SendMessageRequest, Task, TaskState,
};
use tokio::time::{Instant, sleep, timeout};
use tonic::Code;
use types::{RemoteTask, TaskId};

use crate::interop::matrix::{Cell, Column, Verdict};
use crate::interop::scene::Scene;
use crate::wire::{request, state};

/// What the matrix calls it.
pub(super) const NAME: &str = "watchroom";
/// An operation that takes longer hangs.
const PATIENCE: Duration = Duration::from_secs(20);

/// Why an answer was not as it should be.
type Outcome<T = ()> = Result<T, String>;

/// One agent, over one binding.
#[derive(Debug)]
pub(super) struct Operations<'a> {
    scene: &'a Scene,
    binding: Binding,
    card: AgentCard,
    client: Client,
}

fn shows(condition: bool, what: impl Debug) -> Outcome {
    if condition { Ok(()) } else { Err(format!("{what:?}")) }
}

fn said(error: ClientError) -> String {
    format!("{error:?}")
}

fn refused<T: Debug>(answer: Result<T, ClientError>, is: fn(&Error) -> bool) -> Outcome {
    match answer {
        Err(ClientError::Refused(error)) if is(&error) => Ok(()),
        other => Err(format!("{other:?}")),
    }
}

fn id(task: &Task) -> RemoteTask {
    task.id.parse().unwrap()
}

/// Asks again and again until the task has this state.
async fn eventually(of: &Operations<'_>, task: &Task, wanted: TaskState) -> Outcome<Task> {
    let until = Instant::now() + PATIENCE;
    loop {
        let got = of.client.get(&id(task), History::All).await.map_err(said)?.task;
        if state(&got) == wanted {
            return Ok(got);
        }
        shows(Instant::now() < until, got)?;
        sleep(Duration::from_millis(20)).await;
    }
}

impl<'a> Operations<'a> {
    /// Finds the agent by its card, and is content with its interface of this binding.
    pub(super) async fn of(scene: &'a Scene, binding: Binding) -> Outcome<Self> {
        let address = scene.url.strip_prefix("http://").and_then(|address| address.parse().ok());
        let address = address.ok_or_else(|| format!("{} is no address", scene.url))?;
        let card = crate::plain::ask(address, "GET", "/.well-known/agent-card.json", &[], "").await.whole().await.body;
        let card = String::from_utf8(card).map_err(|error| error.to_string())?;
        let card: AgentCard = proto::from_json(&card).map_err(|error| format!("{error:?}"))?;
        let mut one = card.clone();
        one.supported_interfaces.retain(|interface| interface.protocol_binding == binding.name());
        let anywhere = Dialer::anywhere(Roots::default());
        let client = Client::of_card(&one, &anywhere).map_err(said)?;
        Ok(Self { scene, binding, card, client })
    }

    /// Tries every operation of the scene.
    pub(super) async fn play(&self) -> Vec<Cell> {
        let mut cells = Vec::new();
        for operation in self.scene.operations() {
            let tried = timeout(PATIENCE, Box::pin(self.perform(operation))).await;
            let verdict = match tried.unwrap_or_else(|_| Err("timed out".to_owned())) {
                Ok(()) => Verdict::Fine,
                Err(why) => Verdict::Failed(why.chars().take(400).collect()),
            };
            cells.push(self.cell(operation, verdict));
        }
        cells
    }

    fn cell(&self, operation: &str, verdict: Verdict) -> Cell {
        let (client, server) = (NAME.to_owned(), self.scene.server.to_owned());
        let column = Column { client, server, binding: self.binding.name().to_owned() };
        Cell { column, operation: operation.to_owned(), sdk: "the crate `a2a`".to_owned(), verdict }
    }

    async fn perform(&self, operation: &str) -> Outcome {
        match operation {
            "card" => self.is_found_by_its_card().await,
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
            "unknown-task" => self.knows_nobody().await,
            "ended-task" => self.has_ended().await,
            "bad-request" => self.refuses().await,
            other => Err(format!("there is no operation {other} here")),
        }
    }

    /// A message of ours; the next turn of a task names its conversation too, as our dispatcher does.
    fn told(&self, words: &str, task: Option<&Task>) -> SendMessageRequest {
        let mut told = request(&TaskId::fresh().to_string(), words);
        if let (Some(message), Some(task)) = (&mut told.message, task) {
            message.task_id.clone_from(&task.id);
            message.context_id.clone_from(&task.context_id);
        }
        told
    }

    fn unawaited(&self, words: &str) -> SendMessageRequest {
        let configuration =
            SendMessageConfiguration { return_immediately: true, ..SendMessageConfiguration::default() };
        SendMessageRequest { configuration: Some(configuration), ..self.told(words, None) }
    }

    async fn sent(&self, request: SendMessageRequest) -> Outcome<Task> {
        match self.client.send(request).await.map_err(said)? {
            Reply::Task(Snapshot { task, .. }) => Ok(task),
            Reply::Message(message) => Err(format!("{message:?}")),
        }
    }

    async fn done(&self) -> Outcome<Task> {
        let task = self.sent(self.told(self.scene.work, None)).await?;
        shows(state(&task) == TaskState::Completed, &task)?;
        Ok(task)
    }

    async fn opened(&self) -> Outcome<Task> {
        let task = self.sent(self.unawaited(self.scene.open.unwrap())).await?;
        shows(!crate::wire::is_terminal(state(&task)), &task)?;
        Ok(task)
    }

    async fn is_found_by_its_card(&self) -> Outcome {
        let found = Client::discover(&self.scene.url).await.map_err(said)?;
        refused(found.get(&nobody(), History::None).await, |error| matches!(error, Error::TaskNotFound))?;
        let can = self.card.capabilities.clone().unwrap_or_default();
        let capable = [can.streaming, can.push_notifications, can.extended_agent_card] == [Some(true); 3];
        shows(capable && !self.card.skills.is_empty(), &self.card)
    }

    async fn sends(&self) -> Outcome {
        let task = self.done().await?;
        shows(!task.artifacts.is_empty() && !task.context_id.is_empty(), task)
    }

    async fn does_not_wait(&self) -> Outcome {
        let task = self.sent(self.unawaited(self.scene.work)).await?;
        let ended = eventually(self, &task, TaskState::Completed).await?;
        shows(!ended.artifacts.is_empty(), ended)
    }

    async fn replies(&self) -> Outcome {
        match self.client.send(self.told(self.scene.reply.unwrap(), None)).await.map_err(said)? {
            Reply::Message(message) => shows(!message.parts.is_empty(), message),
            Reply::Task(task) => Err(format!("{task:?}")),
        }
    }

    async fn gets(&self) -> Outcome {
        let task = self.done().await?;
        let got = self.client.get(&id(&task), History::All).await.map_err(said)?.task;
        let same = (&got.context_id, &got.artifacts) == (&task.context_id, &task.artifacts);
        shows(same && !got.history.is_empty(), got)?;
        let bare = self.client.get(&id(&task), History::None).await.map_err(said)?.task;
        shows(bare.history.is_empty(), bare)
    }

    async fn list(&self, query: ListTasksRequest) -> Outcome<ListTasksResponse> {
        self.client.list(query).await.map_err(said)
    }

    async fn lists(&self) -> Outcome {
        let (task, other) = (self.done().await?, self.done().await?);
        let of_one = |query: ListTasksRequest| ListTasksRequest { include_artifacts: Some(true), ..query };
        let context_id = task.context_id.clone();
        let page = self.list(of_one(ListTasksRequest { context_id, ..ListTasksRequest::default() })).await?;
        let is = |page: &ListTasksResponse, task: &Task| page.tasks.len() == 1 && page.tasks[0].id == task.id;
        let whole = page.total_size == 1 && page.next_page_token.is_empty();
        shows(is(&page, &task) && whole, ("those of one conversation", &page))?;
        shows(page.tasks[0].artifacts == task.artifacts, ("with artifacts", &page))?;
        let one = ListTasksRequest { page_size: Some(1), ..ListTasksRequest::default() };
        let first = self.list(one.clone()).await?;
        shows(is(&first, &other) && !first.next_page_token.is_empty(), ("the newest first", &first))?;
        let rest = self.list(ListTasksRequest { page_token: first.next_page_token, ..one }).await?;
        shows(is(&rest, &task), ("the next page", rest))
    }

    async fn cancels(&self) -> Outcome {
        let task = self.opened().await?;
        let canceled = self.client.cancel(&id(&task), None).await.map_err(said)?.task;
        shows(canceled.id == task.id, canceled)?;
        eventually(self, &task, TaskState::Canceled).await.map(drop)
    }

    async fn shows_its_extended_card(&self) -> Outcome {
        let card = self.client.extended_card().await.map_err(said)?;
        shows(card.name == self.card.name && !card.skills.is_empty(), card)
    }

    async fn converses(&self) -> Outcome {
        let ask = self.scene.ask.unwrap();
        let task = self.sent(self.told(ask.first, None)).await?;
        shows(state(&task) == TaskState::InputRequired, &task)?;
        let turns = ask.again.iter().map(|words| (*words, TaskState::InputRequired));
        for (words, wanted) in turns.chain([(ask.last, TaskState::Completed)]) {
            let next = self.sent(self.told(words, Some(&task))).await?;
            shows(next.id == task.id && state(&next) == wanted, next)?;
        }
        Ok(())
    }

    async fn refuses(&self) -> Outcome {
        let query = ListTasksRequest { page_size: Some(101), ..ListTasksRequest::default() };
        // Not every agent names the field.
        let invalid =
            |error: &Error| matches!(error, Error::Validation(_) | Error::Other { code: Code::InvalidArgument, .. });
        refused(self.client.list(query).await, invalid)
    }
}

fn nobody() -> RemoteTask {
    "00000000-0000-4000-8000-000000000000".parse().unwrap()
}
