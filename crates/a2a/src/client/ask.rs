//! The operations, as a client asks for them: what each binding has to know of one.

use bytes::Bytes;
use http::Method;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use prost::Message as _;
use proto::Members;
use proto::a2a::{
    AgentCard, CancelTaskRequest, GetExtendedAgentCardRequest, GetTaskRequest, ListTasksRequest, ListTasksResponse,
    SendMessageRequest, SendMessageResponse, StreamResponse, SubscribeToTaskRequest, Task,
};

use crate::frame;

/// What may stand in a segment of a path as it is.
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// An operation.
pub(super) trait Ask {
    /// gRPC's method, and JSON-RPC's.
    const METHOD: &'static str;

    /// What is asked.
    type Request: Members + Clone + 'static;

    /// What is answered: once, or, by a stream, as often as there is something to say.
    type Answer: Members + 'static;

    /// Whether the answer says nothing. Agents write that as an empty object, as null, or as no body at all.
    const SILENT: bool = false;

    /// The tenant of a request, which the client fills in.
    fn tenant(request: &mut Self::Request) -> &mut String;

    /// The request as gRPC carries it.
    fn encoded(request: &Self::Request) -> Bytes {
        request.encode_to_vec().into()
    }

    /// Where HTTP+JSON has it, below the tenant.
    fn route(request: &Self::Request) -> Route;
}

/// The place of an operation in HTTP+JSON. What the path does not say goes into the body of a POST, and into the
/// query of a GET.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Route {
    pub(super) verb: Method,
    pub(super) path: String,
    /// Another verb for the same, where agents differ.
    pub(super) or_else: Option<Method>,
}

/// `SendMessage`.
pub(super) struct Send;
/// `SendStreamingMessage`.
pub(super) struct Stream;
/// `GetTask`.
pub(super) struct Get;
/// `ListTasks`.
pub(super) struct List;
/// `CancelTask`.
pub(super) struct Cancel;
/// `SubscribeToTask`.
pub(super) struct Subscribe;
/// `GetExtendedAgentCard`.
pub(super) struct ExtendedCard;

impl Ask for Send {
    const METHOD: &'static str = "SendMessage";
    type Request = SendMessageRequest;
    type Answer = SendMessageResponse;

    fn tenant(request: &mut SendMessageRequest) -> &mut String {
        &mut request.tenant
    }

    fn encoded(request: &SendMessageRequest) -> Bytes {
        frame::request(request)
    }

    fn route(_request: &SendMessageRequest) -> Route {
        Route::post("/message:send")
    }
}

impl Ask for Stream {
    const METHOD: &'static str = "SendStreamingMessage";
    type Request = SendMessageRequest;
    type Answer = StreamResponse;

    fn tenant(request: &mut SendMessageRequest) -> &mut String {
        &mut request.tenant
    }

    fn encoded(request: &SendMessageRequest) -> Bytes {
        frame::request(request)
    }

    fn route(_request: &SendMessageRequest) -> Route {
        Route::post("/message:stream")
    }
}

impl Ask for Get {
    const METHOD: &'static str = "GetTask";
    type Request = GetTaskRequest;
    type Answer = Task;

    fn tenant(request: &mut GetTaskRequest) -> &mut String {
        &mut request.tenant
    }

    fn route(request: &GetTaskRequest) -> Route {
        Route::get(format!("/tasks/{}", segment(&request.id)))
    }
}

impl Ask for List {
    const METHOD: &'static str = "ListTasks";
    type Request = ListTasksRequest;
    type Answer = ListTasksResponse;

    fn tenant(request: &mut ListTasksRequest) -> &mut String {
        &mut request.tenant
    }

    fn route(_request: &ListTasksRequest) -> Route {
        Route::get("/tasks")
    }
}

impl Ask for Cancel {
    const METHOD: &'static str = "CancelTask";
    type Request = CancelTaskRequest;
    type Answer = Task;

    fn tenant(request: &mut CancelTaskRequest) -> &mut String {
        &mut request.tenant
    }

    fn route(request: &CancelTaskRequest) -> Route {
        Route::post(format!("/tasks/{}:cancel", segment(&request.id)))
    }
}

impl Ask for Subscribe {
    const METHOD: &'static str = "SubscribeToTask";
    type Request = SubscribeToTaskRequest;
    type Answer = StreamResponse;

    fn tenant(request: &mut SubscribeToTaskRequest) -> &mut String {
        &mut request.tenant
    }

    fn route(request: &SubscribeToTaskRequest) -> Route {
        // The text of the specification says POST and its proto GET.
        Route { or_else: Some(Method::GET), ..Route::post(format!("/tasks/{}:subscribe", segment(&request.id))) }
    }
}

impl Ask for ExtendedCard {
    const METHOD: &'static str = "GetExtendedAgentCard";
    type Request = GetExtendedAgentCardRequest;
    type Answer = AgentCard;

    fn tenant(request: &mut GetExtendedAgentCardRequest) -> &mut String {
        &mut request.tenant
    }

    fn route(_request: &GetExtendedAgentCardRequest) -> Route {
        Route::get("/extendedAgentCard")
    }
}

impl Route {
    pub(super) fn get(path: impl Into<String>) -> Self {
        Self { verb: Method::GET, path: path.into(), or_else: None }
    }

    pub(super) fn post(path: impl Into<String>) -> Self {
        Self { verb: Method::POST, path: path.into(), or_else: None }
    }

    pub(super) fn delete(path: impl Into<String>) -> Self {
        Self { verb: Method::DELETE, path: path.into(), or_else: None }
    }
}

/// Text as one segment of a path.
pub(super) fn segment(text: &str) -> String {
    utf8_percent_encode(text, SEGMENT).to_string()
}
