//! One request over each of the three bindings, the answers in one form.

use bytes::Bytes;
use http::Method;
use proto::a2a::{
    CancelTaskRequest, DeleteTaskPushNotificationConfigRequest, GetExtendedAgentCardRequest,
    GetTaskPushNotificationConfigRequest, GetTaskRequest, ListTaskPushNotificationConfigsRequest,
    ListTaskPushNotificationConfigsResponse, ListTasksRequest, ListTasksResponse, SendMessageRequest,
    SendMessageResponse, StreamResponse, SubscribeToTaskRequest, Task, TaskPushNotificationConfig,
};
use serde_json::{Value, json};
use tonic::Status;
use tonic_types::StatusExt as _;

use crate::plain::{Heard, ask};
use crate::raw::{items, unary};
use crate::stage::Served;

/// What came of a request, whichever way it took.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Came {
    One(Value),
    /// Frames, and the error that ended them if one did.
    Frames(Vec<Value>, Option<Refusal>),
    Refused(Refusal),
}

/// A refusal without the code, which each binding has its own of.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Refusal {
    pub(crate) message: String,
    pub(crate) details: Vec<Value>,
}

/// The codes that a refusal has: gRPC, JSON-RPC, HTTP.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Codes(pub(crate) tonic::Code, pub(crate) i64, pub(crate) u16);

/// A request of an operation, as JSON.
#[derive(Debug, Clone)]
pub(crate) struct Request {
    pub(crate) method: &'static str,
    pub(crate) params: Value,
    pub(crate) headers: Vec<(&'static str, String)>,
}

impl Request {
    /// A request with the version that is spoken.
    pub(crate) fn new(method: &'static str, params: Value) -> Self {
        Self { method, params, headers: vec![("a2a-version", "1.0".to_owned())] }
    }

    pub(crate) fn with(mut self, name: &'static str, value: &str) -> Self {
        self.headers.retain(|(known, _)| *known != name);
        self.headers.push((name, value.to_owned()));
        self
    }

    fn streams(&self) -> bool {
        matches!(self.method, "SendStreamingMessage" | "SubscribeToTask")
    }

    fn headers(&self) -> Vec<(&str, &str)> {
        self.headers.iter().map(|(name, value)| (*name, value.as_str())).collect()
    }

    fn encoded(&self) -> Bytes {
        fn encode<M: proto::Members>(params: &Value) -> Bytes {
            proto::from_value::<M>(params.clone()).unwrap().encode_to_vec().into()
        }
        match self.method {
            "SendMessage" | "SendStreamingMessage" => encode::<SendMessageRequest>(&self.params),
            "GetTask" => encode::<GetTaskRequest>(&self.params),
            "ListTasks" => encode::<ListTasksRequest>(&self.params),
            "CancelTask" => encode::<CancelTaskRequest>(&self.params),
            "SubscribeToTask" => encode::<SubscribeToTaskRequest>(&self.params),
            "CreateTaskPushNotificationConfig" => encode::<TaskPushNotificationConfig>(&self.params),
            "GetTaskPushNotificationConfig" => encode::<GetTaskPushNotificationConfigRequest>(&self.params),
            "ListTaskPushNotificationConfigs" => encode::<ListTaskPushNotificationConfigsRequest>(&self.params),
            "DeleteTaskPushNotificationConfig" => encode::<DeleteTaskPushNotificationConfigRequest>(&self.params),
            "GetExtendedAgentCard" => encode::<GetExtendedAgentCardRequest>(&self.params),
            other => panic!("{other}"),
        }
    }

    /// The verb, the path with its query, and the body of HTTP+JSON.
    fn rest(&self) -> (Method, String, Bytes) {
        let text = |name: &str| self.params.get(name).and_then(Value::as_str).unwrap_or_default();
        let (id, task) = (text("id"), text("taskId"));
        let (method, path) = match self.method {
            "SendMessage" => (Method::POST, "/message:send".to_owned()),
            "SendStreamingMessage" => (Method::POST, "/message:stream".to_owned()),
            "GetTask" => (Method::GET, format!("/tasks/{id}")),
            "ListTasks" => (Method::GET, "/tasks".to_owned()),
            "CancelTask" => (Method::POST, format!("/tasks/{id}:cancel")),
            "SubscribeToTask" => (Method::POST, format!("/tasks/{id}:subscribe")),
            "CreateTaskPushNotificationConfig" => (Method::POST, format!("/tasks/{task}/pushNotificationConfigs")),
            "GetTaskPushNotificationConfig" => (Method::GET, format!("/tasks/{task}/pushNotificationConfigs/{id}")),
            "ListTaskPushNotificationConfigs" => (Method::GET, format!("/tasks/{task}/pushNotificationConfigs")),
            "DeleteTaskPushNotificationConfig" => {
                (Method::DELETE, format!("/tasks/{task}/pushNotificationConfigs/{id}"))
            }
            "GetExtendedAgentCard" => (Method::GET, "/extendedAgentCard".to_owned()),
            other => panic!("{other}"),
        };
        match method {
            Method::POST => (method, path, self.params.to_string().into()),
            _ => (method, format!("{path}?{}", self.query()), Bytes::new()),
        }
    }

    fn query(&self) -> String {
        let plain = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        let pairs = self.params.as_object().unwrap().iter().map(|(name, value)| (name, plain(value)));
        form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish()
    }

    pub(crate) async fn over_grpc(&self, served: &Served) -> (Came, Option<tonic::Code>) {
        let refused = |status: Status| (Came::Refused(of_status(&status)), Some(status.code()));
        if !self.streams() {
            return match unary(served, self.method, self.encoded(), &self.headers()).await {
                Ok(answer) => (Came::One(answer_json(self.method, &answer.into_inner())), None),
                Err(status) => refused(status),
            };
        }
        let items = match items(served, self.method, self.encoded(), &self.headers()).await {
            Ok(items) => items,
            Err(status) => return refused(status),
        };
        let error = items.iter().find_map(|item| item.as_ref().err()).map(of_status);
        let frames = items.into_iter().filter_map(Result::ok);
        let frames: Vec<Value> = frames.map(|frame| proto::to_value::<StreamResponse>(&frame).unwrap()).collect();
        match (frames.is_empty(), error) {
            (true, Some(error)) => (Came::Refused(error), None),
            (_, error) => (Came::Frames(frames, error), None),
        }
    }

    pub(crate) async fn over_rpc(&self, served: &Served) -> (Came, Option<i64>) {
        let body = json!({"jsonrpc": "2.0", "id": "r-1", "method": self.method, "params": self.params}).to_string();
        let mut headers = self.headers();
        headers.push(("content-type", "application/json"));
        let heard = ask(served, Method::POST, "/rpc", &headers, body).await;
        assert_eq!(heard.status, 200, "{heard:?}");
        if heard.header("content-type") == "text/event-stream" {
            let (frames, error) = frames_of(&heard, |data| {
                assert_eq!((&data["jsonrpc"], &data["id"]), (&json!("2.0"), &json!("r-1")));
                data.get("result").cloned().ok_or_else(|| of_rpc(&data["error"]))
            });
            return (Came::Frames(frames, error), None);
        }
        let answer = heard.json();
        assert_eq!((&answer["jsonrpc"], &answer["id"]), (&json!("2.0"), &json!("r-1")), "{heard:?}");
        match answer.get("result") {
            Some(result) => (Came::One(result.clone()), None),
            None => (Came::Refused(of_rpc(&answer["error"])), answer["error"]["code"].as_i64()),
        }
    }

    pub(crate) async fn over_rest(&self, served: &Served) -> (Came, Option<u16>) {
        let (method, path, body) = self.rest();
        let mut headers = self.headers();
        if method == Method::POST {
            headers.push(("content-type", "application/a2a+json"));
        }
        let heard = ask(served, method, &path, &headers, body).await;
        if heard.header("content-type") == "text/event-stream" {
            let read = |data: &Value| if data.get("error").is_some() { Err(of_http(data)) } else { Ok(data.clone()) };
            let (frames, error) = frames_of(&heard, read);
            return (Came::Frames(frames, error), None);
        }
        assert_eq!(heard.header("content-type"), "application/a2a+json", "{heard:?}");
        if heard.status.is_success() {
            return (Came::One(heard.json()), None);
        }
        assert_eq!(heard.json()["error"]["code"], heard.status.as_u16(), "{heard:?}");
        (Came::Refused(of_http(&heard.json())), Some(heard.status.as_u16()))
    }
}

fn frames_of(heard: &Heard, read: impl Fn(&Value) -> Result<Value, Refusal>) -> (Vec<Value>, Option<Refusal>) {
    let mut frames = Vec::new();
    for said in heard.events() {
        match read(&said.data) {
            Ok(frame) => frames.push(frame),
            Err(error) => return (frames, Some(error)),
        }
    }
    (frames, None)
}

fn answer_json(method: &str, bytes: &[u8]) -> Value {
    match method {
        "SendMessage" => proto::to_value::<SendMessageResponse>(bytes),
        "ListTasks" => proto::to_value::<ListTasksResponse>(bytes),
        "CreateTaskPushNotificationConfig" | "GetTaskPushNotificationConfig" => {
            proto::to_value::<TaskPushNotificationConfig>(bytes)
        }
        "ListTaskPushNotificationConfigs" => proto::to_value::<ListTaskPushNotificationConfigsResponse>(bytes),
        "DeleteTaskPushNotificationConfig" => proto::to_value::<()>(bytes),
        _ => proto::to_value::<Task>(bytes),
    }
    .unwrap()
}

fn of_rpc(error: &Value) -> Refusal {
    Refusal {
        message: error["message"].as_str().unwrap().to_owned(),
        details: error["data"].as_array().cloned().unwrap_or_default(),
    }
}

fn of_http(body: &Value) -> Refusal {
    Refusal {
        message: body["error"]["message"].as_str().unwrap().to_owned(),
        details: body["error"]["details"].as_array().unwrap().clone(),
    }
}

/// gRPC's details as the JSON bindings write them, in their order.
fn of_status(status: &Status) -> Refusal {
    let kind = |name: &str| format!("type.googleapis.com/google.rpc.{name}");
    let rich = status.get_error_details();
    let info = rich.error_info().map(|info| {
        let mut one = json!({"@type": kind("ErrorInfo"), "reason": info.reason, "domain": info.domain});
        if !info.metadata.is_empty() {
            one["metadata"] = json!(info.metadata);
        }
        one
    });
    let bad = rich.bad_request().map(|bad| {
        let each = |one: &tonic_types::FieldViolation| json!({"field": one.field, "description": one.description});
        let each: Vec<Value> = bad.field_violations.iter().map(each).collect();
        json!({"@type": kind("BadRequest"), "fieldViolations": each})
    });
    let retry = rich.retry_info().and_then(|retry| retry.retry_delay).map(|delay| {
        let (seconds, millis) = (delay.as_secs(), delay.subsec_millis());
        let delay = if millis == 0 { format!("{seconds}s") } else { format!("{seconds}.{millis:03}s") };
        json!({"@type": kind("RetryInfo"), "retryDelay": delay})
    });
    Refusal { message: status.message().to_owned(), details: info.into_iter().chain(bad).chain(retry).collect() }
}

/// The request over each binding against an agent of its own: what came of it must be the same, and what the agent
/// was asked too. Answers with that, and with the codes of a refusal.
pub(crate) async fn over_all(request: &Request, stage: impl Fn() -> crate::stage::Stage) -> (Came, Option<Codes>) {
    let served = [Served::start(stage()).await, Served::start(stage()).await, Served::start(stage()).await];
    let (grpc, grpc_code) = request.over_grpc(&served[0]).await;
    let (rpc, rpc_code) = request.over_rpc(&served[1]).await;
    let (rest, rest_code) = request.over_rest(&served[2]).await;
    assert_eq!(grpc, rpc, "gRPC and JSON-RPC: {request:?}");
    assert_eq!(grpc, rest, "gRPC and HTTP+JSON: {request:?}");
    assert_eq!(served[0].asked(), served[1].asked(), "gRPC and JSON-RPC: {request:?}");
    assert_eq!(served[0].asked(), served[2].asked(), "gRPC and HTTP+JSON: {request:?}");
    let codes = match (grpc_code, rpc_code, rest_code) {
        (Some(grpc), Some(rpc), Some(rest)) => Some(Codes(grpc, rpc, rest)),
        (None, None, None) => None,
        codes => panic!("only some refuse: {codes:?}"),
    };
    (grpc, codes)
}
