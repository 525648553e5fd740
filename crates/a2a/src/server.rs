//! The gRPC binding: each handler takes the request apart, calls the operation and puts the answer together.

use std::sync::Arc;

use bytes::Bytes;
use futures::TryStreamExt as _;
use futures::stream::MapErr;
use proto::a2a::{
    CancelTaskRequest, DeleteTaskPushNotificationConfigRequest, GetExtendedAgentCardRequest,
    GetTaskPushNotificationConfigRequest, GetTaskRequest, ListTaskPushNotificationConfigsRequest, ListTasksRequest,
    SubscribeToTaskRequest, TaskPushNotificationConfig,
};
use proto::a2a_server::{A2AService, A2AServiceServer};
use proto::raw::SendMessageRequest;
use tonic::metadata::MetadataMap;
use tonic::{Extensions, Request, Response, Status};
use types::limits;

use crate::backend::Backend;
use crate::call::EXTENSIONS_KEY;
use crate::error::Error;
use crate::operations::{Answer, Answered, Caller, Operations};
use crate::parse::Sending;
use crate::typed::Typed;
use crate::who::Who;

/// Serves a backend over gRPC.
#[derive(Debug)]
pub struct Grpc<B>(Operations<B>);

/// The gRPC service of a backend, for a router.
pub fn routes<B: Backend>(backend: Arc<B>) -> Typed<A2AServiceServer<Grpc<B>>> {
    let service = Grpc(Operations::new(backend));
    Typed::new(A2AServiceServer::new(service).max_decoding_message_size(limits::REQUEST))
}

type Answering<T> = Result<Response<T>, Status>;
type Frames<B> = MapErr<<B as Backend>::Frames, fn(Error) -> Status>;

fn split<T>(request: Request<T>) -> (Caller, T) {
    let (metadata, transport, body) = request.into_parts();
    (Caller { headers: metadata.into_headers(), who: Who::of(&transport) }, body)
}

/// The request, its message looked through.
fn sending(request: SendMessageRequest) -> Result<Sending, Status> {
    request.try_into().map_err(|error| proto::malformed(&error))
}

/// The answer, with the activated extensions named in its metadata.
fn join<T>(answered: Answered<T>) -> Answering<T> {
    let Answer { value, activated } = answered?;
    let mut metadata = MetadataMap::new();
    if let Some(names) = activated.echo() {
        let mut headers = metadata.into_headers();
        headers.insert(EXTENSIONS_KEY, names);
        metadata = MetadataMap::from_headers(headers);
    }
    Ok(Response::from_parts(metadata, value, Extensions::default()))
}

fn join_stream<B: Backend>(answered: Answered<B::Frames>) -> Answering<Frames<B>> {
    join(answered.map(|answer| answer.map(|frames| frames.map_err(Status::from as fn(Error) -> Status))))
}

#[tonic::async_trait]
impl<B: Backend> A2AService for Grpc<B> {
    type SendStreamingMessageStream = Frames<B>;
    type SubscribeToTaskStream = Frames<B>;

    async fn send_message(&self, request: Request<SendMessageRequest>) -> Answering<Bytes> {
        let (caller, body) = split(request);
        join(self.0.send(caller, sending(body)?).await)
    }

    async fn send_streaming_message(&self, request: Request<SendMessageRequest>) -> Answering<Frames<B>> {
        let (caller, body) = split(request);
        join_stream::<B>(self.0.stream(caller, sending(body)?).await)
    }

    async fn get_task(&self, request: Request<GetTaskRequest>) -> Answering<Bytes> {
        let (caller, body) = split(request);
        join(self.0.get(caller, body).await)
    }

    async fn list_tasks(&self, request: Request<ListTasksRequest>) -> Answering<Bytes> {
        let (caller, body) = split(request);
        join(self.0.list(caller, body).await)
    }

    async fn cancel_task(&self, request: Request<CancelTaskRequest>) -> Answering<Bytes> {
        let (caller, body) = split(request);
        join(self.0.cancel(caller, body).await)
    }

    async fn subscribe_to_task(&self, request: Request<SubscribeToTaskRequest>) -> Answering<Frames<B>> {
        let (caller, body) = split(request);
        join_stream::<B>(self.0.subscribe(caller, body).await)
    }

    async fn create_task_push_notification_config(
        &self,
        request: Request<TaskPushNotificationConfig>,
    ) -> Answering<Bytes> {
        let (caller, body) = split(request);
        join(self.0.create_push(caller, body).await)
    }

    async fn get_task_push_notification_config(
        &self,
        request: Request<GetTaskPushNotificationConfigRequest>,
    ) -> Answering<Bytes> {
        let (caller, body) = split(request);
        join(self.0.get_push(caller, body).await)
    }

    async fn list_task_push_notification_configs(
        &self,
        request: Request<ListTaskPushNotificationConfigsRequest>,
    ) -> Answering<Bytes> {
        let (caller, body) = split(request);
        join(self.0.list_push(caller, body).await)
    }

    async fn delete_task_push_notification_config(
        &self,
        request: Request<DeleteTaskPushNotificationConfigRequest>,
    ) -> Answering<Bytes> {
        let (caller, body) = split(request);
        join(self.0.delete_push(caller, body).await)
    }

    async fn get_extended_agent_card(&self, request: Request<GetExtendedAgentCardRequest>) -> Answering<Bytes> {
        let (caller, body) = split(request);
        join(self.0.extended_card(caller, body).await)
    }
}
