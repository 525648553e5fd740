//! The gRPC binding: all eleven operations. Each handler parses, calls and converts;
//! what an operation means is the backend's business.

use std::sync::Arc;

use bytes::Bytes;
use futures::TryStreamExt as _;
use futures::stream::MapErr;
use proto::a2a::{
    AgentCard, CancelTaskRequest, DeleteTaskPushNotificationConfigRequest, GetExtendedAgentCardRequest,
    GetTaskPushNotificationConfigRequest, GetTaskRequest, ListTaskPushNotificationConfigsRequest, ListTasksRequest,
    SendMessageRequest, SubscribeToTaskRequest, TaskPushNotificationConfig,
};
use proto::a2a_server::{A2AService, A2AServiceServer};
use tonic::{Request, Response, Status};
use types::{Principal, limits};

use crate::backend::Backend;
use crate::call::{Call, EXTENSIONS_KEY, Extensions};
use crate::error::Error;
use crate::parse;
use crate::typed::Typed;

/// Serves a backend over gRPC.
#[derive(Debug)]
pub struct Grpc<B> {
    backend: Arc<B>,
}

/// The gRPC service of a backend, for a router.
pub fn routes<B: Backend>(backend: Arc<B>) -> Typed<A2AServiceServer<Grpc<B>>> {
    Typed::new(A2AServiceServer::new(Grpc { backend }).max_decoding_message_size(limits::REQUEST))
}

type Answer<T> = Result<Response<T>, Status>;
type Frames<B> = MapErr<<B as Backend>::Frames, fn(Error) -> Status>;

impl<B: Backend> Grpc<B> {
    /// Splits a request into its call and its body.
    fn open<T>(&self, request: Request<T>, tenant: fn(&T) -> &str) -> Result<Opened<T>, Status> {
        let card = self.backend.card();
        let (metadata, transport, body) = request.into_parts();
        let principal = transport.get::<Principal>().cloned().unwrap_or_else(Principal::anonymous);
        let call = Call::parse(&metadata, principal, tenant(&body), &card)?;
        let activated = call.extensions.clone();
        Ok(Opened { call, body, card, activated })
    }
}

/// A request whose metadata has been read.
struct Opened<T> {
    call: Call,
    body: T,
    card: Arc<AgentCard>,
    activated: Extensions,
}

impl<B: Backend> Grpc<B> {
    async fn open_stream(&self, frames: Result<B::Frames, Error>, activated: &Extensions) -> Answer<Frames<B>> {
        Ok(echo(frames?.map_err(Status::from as fn(Error) -> Status), activated))
    }
}

#[tonic::async_trait]
impl<B: Backend> A2AService for Grpc<B> {
    type SendStreamingMessageStream = Frames<B>;
    type SubscribeToTaskStream = Frames<B>;

    async fn send_message(&self, request: Request<SendMessageRequest>) -> Answer<Bytes> {
        let Opened { call, body, card, activated } = self.open(request, |body| &body.tenant)?;
        let request = parse::send(body, &card)?;
        Ok(echo(self.backend.send(call, request).await?, &activated))
    }

    async fn send_streaming_message(&self, request: Request<SendMessageRequest>) -> Answer<Frames<B>> {
        let Opened { call, body, card, activated } = self.open(request, |body| &body.tenant)?;
        let request = parse::send(body, &card)?;
        require_streaming(&card)?;
        self.open_stream(self.backend.stream(call, request).await, &activated).await
    }

    async fn get_task(&self, request: Request<GetTaskRequest>) -> Answer<Bytes> {
        let Opened { call, body, activated, .. } = self.open(request, |body| &body.tenant)?;
        let history = parse::history_length(body.history_length)?;
        let task = parse::named_task("id", &body.id)?;
        Ok(echo(self.backend.get(call, task, history).await?, &activated))
    }

    async fn list_tasks(&self, request: Request<ListTasksRequest>) -> Answer<Bytes> {
        let Opened { call, body, activated, .. } = self.open(request, |body| &body.tenant)?;
        let query = parse::list(body)?;
        Ok(echo(self.backend.list(call, query).await?, &activated))
    }

    async fn cancel_task(&self, request: Request<CancelTaskRequest>) -> Answer<Bytes> {
        let Opened { call, body, activated, .. } = self.open(request, |body| &body.tenant)?;
        let task = parse::named_task("id", &body.id)?;
        Ok(echo(self.backend.cancel(call, task, body.metadata).await?, &activated))
    }

    async fn subscribe_to_task(&self, request: Request<SubscribeToTaskRequest>) -> Answer<Frames<B>> {
        let Opened { call, body, card, activated } = self.open(request, |body| &body.tenant)?;
        let task = parse::named_task("id", &body.id)?;
        require_streaming(&card)?;
        self.open_stream(self.backend.subscribe(call, task).await, &activated).await
    }

    async fn create_task_push_notification_config(
        &self,
        request: Request<TaskPushNotificationConfig>,
    ) -> Answer<Bytes> {
        let Opened { body, .. } = self.open(request, |body| &body.tenant)?;
        parse::required("task_id", &body.task_id)?;
        parse::required("url", &body.url)?;
        Err(Error::PushNotificationNotSupported.into())
    }

    async fn get_task_push_notification_config(
        &self,
        request: Request<GetTaskPushNotificationConfigRequest>,
    ) -> Answer<Bytes> {
        let Opened { body, .. } = self.open(request, |body| &body.tenant)?;
        parse::required("task_id", &body.task_id)?;
        parse::required("id", &body.id)?;
        Err(Error::PushNotificationNotSupported.into())
    }

    async fn list_task_push_notification_configs(
        &self,
        request: Request<ListTaskPushNotificationConfigsRequest>,
    ) -> Answer<Bytes> {
        let Opened { body, .. } = self.open(request, |body| &body.tenant)?;
        parse::required("task_id", &body.task_id)?;
        Err(Error::PushNotificationNotSupported.into())
    }

    async fn delete_task_push_notification_config(
        &self,
        request: Request<DeleteTaskPushNotificationConfigRequest>,
    ) -> Answer<Bytes> {
        let Opened { body, .. } = self.open(request, |body| &body.tenant)?;
        parse::required("task_id", &body.task_id)?;
        parse::required("id", &body.id)?;
        Err(Error::PushNotificationNotSupported.into())
    }

    async fn get_extended_agent_card(&self, request: Request<GetExtendedAgentCardRequest>) -> Answer<Bytes> {
        let Opened { card, .. } = self.open(request, |body| &body.tenant)?;
        if card.capabilities.as_ref().is_some_and(|capabilities| capabilities.extended_agent_card()) {
            return Err(Error::ExtendedAgentCardNotConfigured.into());
        }
        Err(Error::UnsupportedOperation("this agent has no extended card".into()).into())
    }
}

fn require_streaming(card: &AgentCard) -> Result<(), Error> {
    if card.capabilities.as_ref().is_some_and(|capabilities| capabilities.streaming()) {
        return Ok(());
    }
    Err(Error::UnsupportedOperation("this agent does not stream".into()))
}

/// Names the activated extensions in the answer.
fn echo<T>(answer: T, activated: &Extensions) -> Response<T> {
    let mut response = Response::new(answer);
    if let Some(value) = activated.echo() {
        response.metadata_mut().insert(EXTENSIONS_KEY, value);
    }
    response
}
