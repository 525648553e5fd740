//! The client of any A2A 1.0 agent over gRPC. One call is one attempt; whether to try again is the caller's
//! business, except in `follow`.

use std::time::Duration;

use futures::StreamExt as _;
use futures::stream::BoxStream;
use http::uri::PathAndQuery;
use proto::Struct;
use proto::a2a::{
    AgentCard, CancelTaskRequest, GetTaskRequest, ListTasksRequest, ListTasksResponse, SendMessageRequest,
    SendMessageResponse, StreamResponse, SubscribeToTaskRequest, Task, send_message_response,
};
use service::client::{Peer, Traced};
use tonic::client::Grpc;
use tonic::metadata::AsciiMetadataValue;
use tonic::{Request, Status, Streaming};
use tonic_prost::ProstCodec;
use types::{RemoteTask, Seq, StoreId};

use crate::backend::History;
use crate::call::{CURSOR_KEY, EXTENSIONS_KEY, STORE_KEY, VERSION, VERSION_KEY};
use crate::card::GRPC;
use crate::client_error::ClientError;
use crate::follow::{Followed, Follower};
use crate::frame::Event;
use crate::metadata::{CURSOR, Cursor};

/// The largest answer that is read; a page of tasks may be larger than one task.
const ANSWER_LIMIT: usize = 64 << 20;

/// A client of one agent. Cheap to clone; clones share the connection.
#[derive(Debug, Clone)]
pub struct Client {
    grpc: Grpc<Traced>,
    tenant: String,
    deadline: Duration,
    /// The store that every call is meant for.
    store: Option<StoreId>,
}

/// The answer to a message.
#[derive(Debug, Clone, PartialEq)]
pub enum Reply {
    /// The task that took it.
    Task(Snapshot),
    /// A direct reply.
    Message(proto::a2a::Message),
}

/// A task as of a frame.
#[derive(Debug, Clone, PartialEq)]
pub struct Snapshot {
    /// The task, its cursor taken out of the metadata.
    pub task: Task,
    /// The newest frame that it holds; `None` from agents without the cursor extension.
    pub seq: Option<Seq>,
}

/// A stream of a task's frames, until the agent ends it or the connection breaks.
pub type Events = BoxStream<'static, Result<Event, ClientError>>;

impl Client {
    /// How long a call may take unless said otherwise.
    pub const DEADLINE: Duration = Duration::from_secs(30);

    /// A client of the agent at `address`: a URL, or `host:port` as cards have it, with a token if callers need one
    /// there. Connects at the first call.
    pub fn connect(address: impl Into<Peer>) -> Result<Self, ClientError> {
        let channel = address.into().channel().map_err(ClientError::Address)?;
        let grpc = Grpc::new(channel).max_decoding_message_size(ANSWER_LIMIT);
        Ok(Self { grpc, tenant: String::new(), deadline: Self::DEADLINE, store: None })
    }

    /// A client of the agent with this card: of its first gRPC interface that speaks 1.0, for that one's tenant.
    pub fn of_card(card: &AgentCard) -> Result<Self, ClientError> {
        let spoken = card
            .supported_interfaces
            .iter()
            .find(|interface| interface.protocol_binding == GRPC && interface.protocol_version == VERSION)
            .ok_or(ClientError::NoInterface)?;
        Ok(Self::connect(&spoken.url)?.for_tenant(&spoken.tenant))
    }

    /// The same client for another tenant.
    #[must_use]
    pub fn for_tenant(self, tenant: &str) -> Self {
        Self { tenant: tenant.to_owned(), ..self }
    }

    /// The same client with another deadline for each call; of a stream, for its beginning.
    #[must_use]
    pub fn within(self, deadline: Duration) -> Self {
        Self { deadline, ..self }
    }

    /// The same client of one store alone: an agent of ours that answers from another refuses every call.
    /// Agents of others do not look at it.
    #[must_use]
    pub fn for_store(self, store: StoreId) -> Self {
        Self { store: Some(store), ..self }
    }

    pub(crate) fn tenant(&self) -> &str {
        &self.tenant
    }

    /// Sends a message and waits for the answer, as long as the request's configuration says.
    pub async fn send(&self, mut request: SendMessageRequest) -> Result<Reply, ClientError> {
        request.tenant.clone_from(&self.tenant);
        let response: SendMessageResponse = self.unary("SendMessage", request).await?;
        match response.payload.ok_or(ClientError::Invalid("neither a task nor a message"))? {
            send_message_response::Payload::Task(task) => Ok(Reply::Task(task.into())),
            send_message_response::Payload::Message(message) => Ok(Reply::Message(message)),
        }
    }

    /// Sends a message and streams what becomes of it. A cursor resumes the stream of a message sent before.
    pub async fn stream(&self, mut request: SendMessageRequest, after: Option<Seq>) -> Result<Events, ClientError> {
        request.tenant.clone_from(&self.tenant);
        self.streaming("SendStreamingMessage", request, after).await
    }

    /// Fetches a task.
    pub async fn get(&self, task: &RemoteTask, history: History) -> Result<Snapshot, ClientError> {
        let history_length = match history {
            History::All => None,
            History::None => Some(0),
            History::Last(count) => Some(i32::try_from(count).unwrap_or(i32::MAX)),
        };
        let request = GetTaskRequest { tenant: self.tenant.clone(), id: task.to_string(), history_length };
        Ok(self.unary::<_, Task>("GetTask", request).await?.into())
    }

    /// Fetches one page of tasks.
    pub async fn list(&self, mut request: ListTasksRequest) -> Result<ListTasksResponse, ClientError> {
        request.tenant.clone_from(&self.tenant);
        self.unary("ListTasks", request).await
    }

    /// Asks a task to stop.
    pub async fn cancel(&self, task: &RemoteTask, metadata: Option<Struct>) -> Result<Snapshot, ClientError> {
        let request = CancelTaskRequest { tenant: self.tenant.clone(), id: task.to_string(), metadata };
        Ok(self.unary::<_, Task>("CancelTask", request).await?.into())
    }

    /// Streams a task from its present state on, or after a cursor.
    pub async fn subscribe(&self, task: &RemoteTask, after: Option<Seq>) -> Result<Events, ClientError> {
        let request = SubscribeToTaskRequest { tenant: self.tenant.clone(), id: task.to_string() };
        self.streaming("SubscribeToTask", request, after).await
    }

    /// Streams a task to its end over any number of connections: after `from`, or from its present state on.
    /// No frame comes twice and none is missing; where that cannot be, a [`Followed::Gap`] says so.
    pub fn follow(&self, task: RemoteTask, from: Option<Seq>) -> BoxStream<'static, Result<Followed, ClientError>> {
        Follower::of_task(self.clone(), task, from).into_stream()
    }

    /// Sends a message, then streams its task to the end like [`Client::follow`].
    /// The message goes out once: an error before the first frame ends the stream.
    pub fn send_following(&self, request: SendMessageRequest) -> BoxStream<'static, Result<Followed, ClientError>> {
        Follower::of_message(self.clone(), request).into_stream()
    }

    /// Sends work like [`Client::send_following`]. A task that ends at once comes as one frame, if that holds all that
    /// it has said; any other is streamed from its first frame on.
    pub fn delegate(&self, request: SendMessageRequest) -> BoxStream<'static, Result<Followed, ClientError>> {
        Follower::of_work(self.clone(), request).into_stream()
    }

    async fn unary<Q, A>(&self, method: &'static str, body: Q) -> Result<A, ClientError>
    where
        Q: prost::Message + 'static,
        A: prost::Message + Default + 'static,
    {
        self.unary_at(path(method), body).await
    }

    /// One call of any service at the agent's address.
    pub(crate) async fn unary_at<Q, A>(&self, path: PathAndQuery, body: Q) -> Result<A, ClientError>
    where
        Q: prost::Message + 'static,
        A: prost::Message + Default + 'static,
    {
        let mut request = self.prepared(body, None);
        request.set_timeout(self.deadline);
        let mut grpc = self.grpc.clone();
        let call = async {
            grpc.ready().await.map_err(|error| Status::from_error(error.into()))?;
            grpc.unary(request, path, ProstCodec::default()).await
        };
        let answer = tokio::time::timeout(self.deadline, call).await.map_err(|_| ClientError::Timeout)?;
        Ok(answer?.into_inner())
    }

    async fn streaming<Q>(&self, method: &'static str, body: Q, after: Option<Seq>) -> Result<Events, ClientError>
    where
        Q: prost::Message + 'static,
    {
        let request = self.prepared(body, after);
        let mut grpc = self.grpc.clone();
        let call = async {
            grpc.ready().await.map_err(|error| Status::from_error(error.into()))?;
            grpc.server_streaming(request, path(method), ProstCodec::default()).await
        };
        let answer = tokio::time::timeout(self.deadline, call).await.map_err(|_| ClientError::Timeout)?;
        let frames: Streaming<StreamResponse> = answer?.into_inner();
        Ok(frames.map(|frame| Ok(Event::try_from(frame?)?)).boxed())
    }

    fn prepared<Q>(&self, body: Q, after: Option<Seq>) -> Request<Q> {
        let mut request = Request::new(body);
        let metadata = request.metadata_mut();
        metadata.insert(VERSION_KEY, AsciiMetadataValue::from_static(VERSION));
        if let Some(after) = after {
            metadata.insert(CURSOR_KEY, AsciiMetadataValue::from(after.0));
            metadata.insert(EXTENSIONS_KEY, AsciiMetadataValue::from_static(CURSOR));
        }
        if let Some(store) = self.store {
            let id = store.to_string().parse().expect("an id is digits and hyphens");
            metadata.insert(STORE_KEY, id);
        }
        request
    }
}

impl From<Task> for Snapshot {
    fn from(mut task: Task) -> Self {
        let seq = Cursor::take(&mut task.metadata).map(|cursor| cursor.seq);
        Self { task, seq }
    }
}

fn path(method: &str) -> PathAndQuery {
    let path = format!("/lf.a2a.v1.A2AService/{method}");
    path.try_into().expect("method names are plain words")
}
