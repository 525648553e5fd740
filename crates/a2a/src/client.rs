//! The client of any A2A 1.0 agent, over whichever binding the agent offers. One call is one attempt; whether to try
//! again is the caller's business, except in `follow`. An interface that cannot be reached has seen nothing, so the
//! next one of the same card is asked in its place.

mod ask;
mod binding;
mod discovery;
mod events;
mod grpc;
mod interfaces;
mod named;
mod rest;
mod rpc;
mod sse;
mod terms;
mod web;
mod webhooks;

use std::sync::Arc;
use std::time::Duration;

use futures::stream::BoxStream;
use http::HeaderValue;
use http::uri::PathAndQuery;
use outbound::{Dialer, Target};
use prost::Message;
use proto::Members;
use proto::Struct;
use proto::a2a::{
    AgentCard, CancelTaskRequest, GetExtendedAgentCardRequest, GetTaskRequest, ListTasksRequest, ListTasksResponse,
    SendMessageConfiguration, SendMessageRequest, SendMessageResponse, StreamResponse, SubscribeToTaskRequest, Task,
    send_message_response,
};
use service::Behalf;
use service::client::{Credential, Peer, UrlError};
use types::{Owner, RemoteTask, Seq, StoreId};

use self::ask::Ask;
use self::discovery::{Discovery, Without};
use self::interfaces::{Interfaces, Tenanted};
use self::terms::Terms;
use crate::backend::History;
use crate::client_error::ClientError;
use crate::follow::{Followed, Follower};
use crate::frame::{Event, Work};
use crate::metadata::Cursor;

pub use self::binding::{Binding, UnknownBinding};
pub use self::named::{NotNamed, named};

/// The largest answer that is read; a page of tasks may be larger than one task.
pub(crate) const ANSWER_LIMIT: usize = 64 << 20;

const JSON: &str = "application/json";
const EVENT_STREAM: &str = "text/event-stream";

/// A client of one agent. Cheap to clone; clones share the connections.
#[derive(Debug, Clone)]
pub struct Client {
    source: Source,
    /// What every call says of its caller.
    credential: Option<Credential>,
    /// Whom that caller calls for.
    behalf: Option<HeaderValue>,
    /// The tenant of every request; where there is none, each interface of a card has its own.
    tenant: Option<Arc<str>>,
    deadline: Duration,
    /// The store that every call is meant for.
    store: Option<StoreId>,
}

/// Where the agent's interfaces are from.
#[derive(Debug, Clone)]
enum Source {
    Known(Arc<Interfaces>),
    Card(Arc<Discovery>),
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

    /// A client of the agent at `address`, which serves gRPC: a URL, or `host:port` as cards have it, with a token if
    /// callers need one there. Connects at the first call.
    pub fn connect(address: impl Into<Peer>) -> Result<Self, ClientError> {
        Self::over(Binding::Grpc, address)
    }

    /// A client of the agent at `address` over this binding, whatever its card says. Connects at the first call.
    pub fn over(binding: Binding, address: impl Into<Peer>) -> Result<Self, ClientError> {
        let peer = address.into();
        let interfaces = Interfaces::of_one(binding, peer.url(), peer.dialer())?;
        Ok(Self { credential: peer.credential(), ..Self::new(Source::Known(Arc::new(interfaces))) })
    }

    /// A client of the agent at `address` over this binding. An address with a path is taken as it is, which for
    /// HTTP+JSON is the path that everything is below, and which gRPC cannot have; one without is asked for its card,
    /// and spoken to at the path that the card has for this binding, wherever else the card leads.
    /// Connects at the first call.
    pub fn speaking(binding: Binding, address: impl Into<Peer>) -> Result<Self, ClientError> {
        let peer = address.into();
        let direct = Self::over(binding, peer.clone())?;
        if binding == Binding::Grpc {
            return pathless(peer.url()).map(|()| direct);
        }
        if Self::target(peer.url())?.path() != "/" {
            return Ok(direct);
        }
        let discovery = Arc::new(Discovery::new(&peer, Without::Over(binding))?);
        Ok(Self { source: Source::Card(discovery), ..direct })
    }

    /// A client of the agent with this card, connected to by `dialer`: of the first interface of A2A 1.0 that is spoken here, and of the
    /// others where that one cannot be reached; for the tenant that each of them names.
    pub fn of_card(card: &AgentCard, dialer: &Dialer) -> Result<Self, ClientError> {
        Ok(Self::new(Source::Known(Arc::new(Interfaces::of_card(card, false, dialer)?))))
    }

    /// A client of the agent at `url`, a host or the address of a card, by the card that it publishes.
    /// The card is asked for again when its time is over and when nothing that it names can be reached.
    pub async fn discover(url: impl Into<Peer>) -> Result<Self, ClientError> {
        let peer = url.into();
        let discovery = Arc::new(Discovery::new(&peer, Without::Nothing)?);
        discovery.interfaces(Self::DEADLINE).await?;
        Ok(Self { credential: peer.credential(), ..Self::new(Source::Card(discovery)) })
    }

    /// A client of whatever agent is at `address`: `grpc://host:port` serves gRPC, `grpcs://host:port`
    /// by TLS; any other is asked for its card at
    /// the first call, as [`Client::discover`] does, and is taken for gRPC where it has none.
    pub fn at(address: impl Into<Peer>) -> Result<Self, ClientError> {
        let peer = address.into();
        // What is no address of gRPC is none of anything.
        let named = Self::connect(peer.clone())?;
        if grpc::is_named(peer.url()) {
            return pathless(peer.url()).map(|()| named);
        }
        let discovery = Discovery::new(&peer, Without::Grpc)?;
        Ok(Self { credential: peer.credential(), ..Self::new(Source::Card(Arc::new(discovery))) })
    }

    /// What an address names, whether it is that of a card or of gRPC alone.
    pub fn target(address: &str) -> Result<Target, ClientError> {
        service::client::target(&grpc::as_url(address)).map_err(ClientError::Address)
    }

    fn new(source: Source) -> Self {
        Self { source, credential: None, behalf: None, tenant: None, deadline: Self::DEADLINE, store: None }
    }

    /// The same client for another tenant.
    #[must_use]
    pub fn for_tenant(self, tenant: &str) -> Self {
        Self { tenant: Some(tenant.into()), ..self }
    }

    /// The same client on behalf of another caller: what it begins is that one's, and what it asks for is what that one
    /// sees. Agents of ours believe it of callers with the role delegate; those of others do not look at it.
    #[must_use]
    pub fn on_behalf_of(self, owner: &Owner) -> Self {
        let behalf = Behalf::new(owner.tenant.as_str(), owner.principal.as_str());
        Self { behalf: Some(behalf.to_value()), ..self }
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

    /// Sends a message and waits for the answer, as long as the request's configuration says.
    pub async fn send(&self, request: SendMessageRequest) -> Result<Reply, ClientError> {
        self.once::<ask::Send>(request).await?.try_into()
    }

    /// Sends work. What the task's history has of the caller's own messages may be left out of the answer.
    pub(crate) async fn hand_over(&self, work: Work) -> Result<Reply, ClientError> {
        let interfaces = self.source.interfaces(self.deadline).await?;
        let Some((grpc, own)) = interfaces.only_grpc() else { return self.send(at_once(work.into())).await };
        let request = work.request(self.tenant.as_deref().unwrap_or(own));
        let answered = grpc.hand_over(request, &self.terms(None)).await;
        self.source.learn(answered.as_ref().err());
        answered?.try_into()
    }

    /// Sends a message and streams what becomes of it. A cursor resumes the stream of a message sent before.
    pub async fn stream(&self, request: SendMessageRequest, after: Option<Seq>) -> Result<Events, ClientError> {
        self.streaming::<ask::Stream>(request, after).await
    }

    /// Fetches a task.
    pub async fn get(&self, task: &RemoteTask, history: History) -> Result<Snapshot, ClientError> {
        let history_length = match history {
            History::All => None,
            History::None => Some(0),
            History::Last(count) => Some(i32::try_from(count).unwrap_or(i32::MAX)),
        };
        let request = GetTaskRequest { tenant: String::new(), id: task.to_string(), history_length };
        Ok(self.once::<ask::Get>(request).await?.into())
    }

    /// Fetches one page of tasks.
    pub async fn list(&self, request: ListTasksRequest) -> Result<ListTasksResponse, ClientError> {
        self.once::<ask::List>(request).await
    }

    /// Fetches the card that the agent shows to callers who have said who they are.
    pub async fn extended_card(&self) -> Result<AgentCard, ClientError> {
        self.once::<ask::ExtendedCard>(GetExtendedAgentCardRequest::default()).await
    }

    /// Asks a task to stop.
    pub async fn cancel(&self, task: &RemoteTask, metadata: Option<Struct>) -> Result<Snapshot, ClientError> {
        let request = CancelTaskRequest { tenant: String::new(), id: task.to_string(), metadata };
        Ok(self.once::<ask::Cancel>(request).await?.into())
    }

    /// Streams a task from its present state on, or after a cursor.
    pub async fn subscribe(&self, task: &RemoteTask, after: Option<Seq>) -> Result<Events, ClientError> {
        let request = SubscribeToTaskRequest { tenant: String::new(), id: task.to_string() };
        self.streaming::<ask::Subscribe>(request, after).await
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
    /// it has said, and perhaps without the caller's own messages; any other is streamed from its first frame on.
    pub fn delegate(&self, work: Work) -> BoxStream<'static, Result<Followed, ClientError>> {
        Follower::of_work(self.clone(), work).into_stream()
    }

    async fn once<A: Ask>(&self, request: A::Request) -> Result<A::Answer, ClientError> {
        let interfaces = self.source.interfaces(self.deadline).await?;
        let request = Tenanted::<A> { request, tenant: self.tenant.as_deref() };
        let answered = interfaces.once(request, &self.terms(None)).await;
        self.source.learn(answered.as_ref().err());
        answered
    }

    async fn streaming<A>(&self, request: A::Request, after: Option<Seq>) -> Result<Events, ClientError>
    where
        A: Ask<Answer = StreamResponse>,
    {
        let interfaces = self.source.interfaces(self.deadline).await?;
        let request = Tenanted::<A> { request, tenant: self.tenant.as_deref() };
        let begun = interfaces.stream(request, &self.terms(after)).await;
        self.source.learn(begun.as_ref().err());
        begun
    }

    /// One call of another gRPC service of the agent, for the tenant that is its argument.
    pub(crate) async fn beside<Q, A>(&self, path: PathAndQuery, to: impl FnOnce(&str) -> Q) -> Result<A, ClientError>
    where
        Q: Message,
        A: Message + Default + 'static,
    {
        let interfaces = self.source.interfaces(self.deadline).await?;
        let (grpc, tenant) = interfaces.grpc().ok_or(ClientError::NoInterface)?;
        let request = to(self.tenant.as_deref().unwrap_or(tenant));
        grpc.unary(path, request.encode_to_vec().into(), &self.terms(None)).await
    }

    fn terms(&self, after: Option<Seq>) -> Terms {
        let (credential, behalf) = (self.credential.clone(), self.behalf.clone());
        Terms { deadline: self.deadline, store: self.store, after, credential, behalf }
    }
}

impl Source {
    async fn interfaces(&self, deadline: Duration) -> Result<Arc<Interfaces>, ClientError> {
        match self {
            Self::Known(interfaces) => Ok(interfaces.clone()),
            Self::Card(discovery) => discovery.interfaces(deadline).await,
        }
    }

    /// Takes note of how a call has failed.
    fn learn(&self, error: Option<&ClientError>) {
        if let (Self::Card(discovery), Some(error)) = (self, error) {
            discovery.learn(error);
        }
    }
}

/// The same request, answered as soon as its message is taken.
fn at_once(request: SendMessageRequest) -> SendMessageRequest {
    let configuration = SendMessageConfiguration { return_immediately: true, ..SendMessageConfiguration::default() };
    SendMessageRequest { configuration: Some(configuration), ..request }
}

impl TryFrom<SendMessageResponse> for Reply {
    type Error = ClientError;

    fn try_from(response: SendMessageResponse) -> Result<Self, ClientError> {
        match response.payload.ok_or(ClientError::Invalid("neither a task nor a message"))? {
            send_message_response::Payload::Task(task) => Ok(Self::Task(task.into())),
            send_message_response::Payload::Message(message) => Ok(Self::Message(message)),
        }
    }
}

impl From<Task> for Snapshot {
    fn from(mut task: Task) -> Self {
        let seq = Cursor::take(&mut task.metadata).map(|cursor| cursor.seq);
        Self { task, seq }
    }
}

/// Refuses an address of gRPC that has a path.
fn pathless(address: &str) -> Result<(), ClientError> {
    match Client::target(address)?.path() {
        "/" => Ok(()),
        _ => Err(ClientError::Address(UrlError::Path(address.to_owned()))),
    }
}

/// A request as ProtoJSON.
fn encode<M: Members>(request: &M) -> Result<serde_json::Value, ClientError> {
    proto::to_value::<M>(&request.encode_to_vec()).map_err(|_| ClientError::Invalid("the request has no JSON form"))
}

/// The answer that ProtoJSON holds.
fn decode<M: Members>(answer: serde_json::Value) -> Result<M, ClientError> {
    proto::from_value(answer).map_err(|_| ClientError::Invalid("it is not what the operation answers with"))
}
