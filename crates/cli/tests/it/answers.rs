//! An agent whose answers to each message are written down beforehand.

use std::sync::{Arc, Mutex};

use axum::Router;
use futures::StreamExt as _;
use futures::stream::{self, BoxStream};
use proto::a2a::{
    CancelTaskRequest, GetTaskRequest, ListTasksRequest, ListTasksResponse, SendMessageRequest, SendMessageResponse,
    StreamResponse, SubscribeToTaskRequest, Task, TaskState, send_message_response,
};
use tonic::metadata::MetadataMap;
use tonic::{Request, Status};

use crate::frames::{cursor, task};
use crate::support::{serve, streaming, unary};

type Frames = Vec<Result<StreamResponse, Status>>;

/// What becomes of one call that streams.
pub(crate) enum Answer {
    Refuse(Status),
    Frames(Frames),
    /// The frames, then nothing for ever.
    Hang(Frames),
}

/// What the agent was asked, and what it still has to answer.
#[derive(Default)]
pub(crate) struct Agent {
    sends: Mutex<Vec<SendMessageRequest>>,
    metadata: Mutex<Vec<MetadataMap>>,
    lists: Mutex<Vec<ListTasksRequest>>,
    answers: Mutex<Vec<Answer>>,
    /// What calls that do not stream are answered with, where that is no task.
    refusal: Mutex<Option<a2a::Error>>,
}

/// All of these frames.
pub(crate) fn all(frames: impl IntoIterator<Item = StreamResponse>) -> Frames {
    frames.into_iter().map(Ok).collect()
}

impl Agent {
    /// Answers streaming calls with these, in this order, and the others in the only way that there is.
    pub(crate) async fn start(answers: impl IntoIterator<Item = Answer>) -> (Arc<Self>, String) {
        let agent = Arc::new(Self { answers: Mutex::new(answers.into_iter().collect()), ..Self::default() });
        let url = serve(agent.routes()).await;
        (agent, url)
    }

    /// From now on no message is taken that does not stream.
    pub(crate) fn refuse(&self, refusal: a2a::Error) {
        *self.refusal.lock().unwrap() = Some(refusal);
    }

    /// The messages that came, in order.
    pub(crate) fn sends(&self) -> Vec<SendMessageRequest> {
        self.sends.lock().unwrap().clone()
    }

    pub(crate) fn lists(&self) -> Vec<ListTasksRequest> {
        self.lists.lock().unwrap().clone()
    }

    /// The metadata `key` of each call.
    pub(crate) fn metadata(&self, key: &str) -> Vec<Option<String>> {
        let read = |metadata: &MetadataMap| metadata.get(key).map(|value| value.to_str().unwrap().to_owned());
        self.metadata.lock().unwrap().iter().map(read).collect()
    }

    fn routes(self: &Arc<Self>) -> Router {
        let service = |method: &str| format!("/lf.a2a.v1.A2AService/{method}");
        let agent = || Arc::clone(self);
        let (one, two, three, four, five, six) = (agent(), agent(), agent(), agent(), agent(), agent());
        Router::new()
            .route(&service("SendMessage"), unary(move |request| one.send(request)))
            .route(&service("SendStreamingMessage"), streaming(move |request| two.stream(request)))
            .route(&service("SubscribeToTask"), streaming(move |request| three.subscribe(&request)))
            .route(&service("GetTask"), unary(move |request| four.get(&request)))
            .route(&service("ListTasks"), unary(move |request| five.list(request)))
            .route(&service("CancelTask"), unary(move |request| six.cancel(&request)))
    }

    fn note<T>(&self, request: &Request<T>) {
        self.metadata.lock().unwrap().push(request.metadata().clone());
    }

    fn send(&self, request: Request<SendMessageRequest>) -> Result<SendMessageResponse, Status> {
        self.note(&request);
        let request = request.into_inner();
        let answered = request.message.as_ref().map(|message| message.task_id.clone()).unwrap_or_default();
        self.sends.lock().unwrap().push(request);
        if let Some(refusal) = self.refusal.lock().unwrap().clone() {
            return Err(refusal.into());
        }
        let mut task = task(TaskState::Working, "on it");
        if answered == "answered" {
            task.id = answered;
        }
        Ok(SendMessageResponse { payload: Some(send_message_response::Payload::Task(task)) })
    }

    fn stream(
        &self,
        request: Request<SendMessageRequest>,
    ) -> Result<BoxStream<'static, Result<StreamResponse, Status>>, Status> {
        self.note(&request);
        self.sends.lock().unwrap().push(request.into_inner());
        self.answer()
    }

    fn subscribe(
        &self,
        request: &Request<SubscribeToTaskRequest>,
    ) -> Result<BoxStream<'static, Result<StreamResponse, Status>>, Status> {
        self.note(request);
        self.answer()
    }

    fn answer(&self) -> Result<BoxStream<'static, Result<StreamResponse, Status>>, Status> {
        let mut answers = self.answers.lock().unwrap();
        if answers.is_empty() {
            return Err(Status::unavailable("out of answers"));
        }
        match answers.remove(0) {
            Answer::Refuse(status) => Err(status),
            Answer::Frames(frames) => Ok(stream::iter(frames).boxed()),
            Answer::Hang(frames) => Ok(stream::iter(frames).chain(stream::pending()).boxed()),
        }
    }

    fn get(&self, request: &Request<GetTaskRequest>) -> Result<Task, Status> {
        self.note(request);
        match request.get_ref().id.as_str() {
            "unknown" => Err(a2a::Error::TaskNotFound.into()),
            "waiting" => Ok(Task { metadata: Some(cursor(4, None)), ..task(TaskState::InputRequired, "which house?") }),
            "ended" => Ok(Task { metadata: Some(cursor(3, None)), ..task(TaskState::Completed, "2/2 dispatched") }),
            "answered" if self.sends.lock().unwrap().is_empty() => {
                Ok(Task { metadata: Some(cursor(4, None)), ..task(TaskState::InputRequired, "which house?") })
            }
            _ => Ok(task(TaskState::Completed, "2/2 dispatched")),
        }
    }

    fn list(&self, request: Request<ListTasksRequest>) -> Result<ListTasksResponse, Status> {
        let request = request.into_inner();
        let tasks = vec![task(TaskState::Working, "on\nit"); request.page_size.unwrap().min(2) as usize];
        let more = request.page_token.is_empty();
        self.lists.lock().unwrap().push(request);
        Ok(ListTasksResponse {
            tasks,
            next_page_token: if more { "second".to_owned() } else { String::new() },
            page_size: 2,
            total_size: 4,
        })
    }

    fn cancel(&self, request: &Request<CancelTaskRequest>) -> Result<Task, Status> {
        self.note(request);
        match request.get_ref().id.as_str() {
            "ended" => Err(a2a::Error::TaskNotCancelable.into()),
            _ => Ok(task(TaskState::Canceled, "")),
        }
    }
}
