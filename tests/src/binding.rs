//! One operation over any binding of an agent at an address, as somebody without our client would call it: the answers
//! in one form, so that bindings can be compared.

mod answers;
mod frames;

use std::net::SocketAddr;

use bytes::Bytes;
use proto::Members;
use proto::a2a::{
    AgentCard, CancelTaskRequest, DeleteTaskPushNotificationConfigRequest, GetExtendedAgentCardRequest,
    GetTaskPushNotificationConfigRequest, GetTaskRequest, ListTaskPushNotificationConfigsRequest,
    ListTaskPushNotificationConfigsResponse, ListTasksRequest, ListTasksResponse, SendMessageRequest,
    SendMessageResponse, StreamResponse, SubscribeToTaskRequest, Task, TaskPushNotificationConfig,
};
use serde_json::{Value, json};
use tonic::transport::{Channel, Endpoint};

use self::answers::{of_rest, of_rpc, of_web};
use crate::eventually::DEADLINE;
use crate::plain::{Answer, ask};
use crate::raw::{VERSION, raw_stream};

pub use self::answers::{Came, Refusal};
pub use self::frames::Frames;

const SERVICE: &str = "lf.a2a.v1.A2AService";

/// A binding.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wire {
    /// gRPC.
    Grpc,
    /// gRPC-Web, as a browser speaks it.
    Web,
    /// JSON-RPC.
    Rpc,
    /// HTTP+JSON.
    Rest,
}

/// A request of one operation.
#[derive(Debug, Clone)]
pub struct Asking {
    /// Its name in gRPC and JSON-RPC.
    pub method: &'static str,
    /// Its fields, as JSON.
    pub params: Value,
    /// Headers, or metadata.
    pub headers: Vec<(&'static str, String)>,
}

impl Wire {
    /// Every binding.
    pub const ALL: [Self; 4] = [Self::Grpc, Self::Web, Self::Rpc, Self::Rest];

    /// Those whose answers are JSON.
    pub const JSON: [Self; 2] = [Self::Rpc, Self::Rest];
}

impl Asking {
    /// A request with the version that is spoken.
    pub fn new(method: &'static str, params: Value) -> Self {
        Self { method, params, headers: vec![(VERSION.0, VERSION.1.to_owned())] }
    }

    /// With another header, in place of one of that name.
    pub fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self = self.without(name);
        self.headers.push((name, value.into()));
        self
    }

    /// Without a header.
    pub fn without(mut self, name: &str) -> Self {
        self.headers.retain(|(known, _)| *known != name);
        self
    }

    /// The answer over this binding, read to its end.
    pub async fn over(&self, wire: Wire, address: SocketAddr) -> Came {
        let answered = async {
            match wire {
                Wire::Grpc => self.over_grpc(address).await,
                Wire::Web => self.over_web(address).await,
                Wire::Rpc => of_rpc(self.open(wire, address).await).await,
                Wire::Rest => of_rest(self.open(wire, address).await).await,
            }
        };
        tokio::time::timeout(DEADLINE, answered).await.unwrap_or_else(|_| panic!("no end over {wire:?}: {self:?}"))
    }

    /// The answers over all bindings, one after the other.
    pub async fn over_all(&self, address: SocketAddr) -> Vec<(Wire, Came)> {
        let mut all = Vec::new();
        for wire in Wire::ALL {
            all.push((wire, self.over(wire, address).await));
        }
        all
    }

    /// The beginning of the answer over a binding of HTTP/1.1.
    pub async fn open(&self, wire: Wire, address: SocketAddr) -> Answer {
        let mut headers = self.headers();
        if wire == Wire::Web {
            headers.push(("content-type", "application/grpc-web+proto"));
            return ask(address, "POST", &format!("/{}", self.path()), &headers, framed(&self.encoded())).await;
        }
        if wire == Wire::Rpc {
            headers.push(("content-type", "application/json"));
            let body = json!({"jsonrpc": "2.0", "id": 1, "method": self.method, "params": self.params});
            return ask(address, "POST", "/rpc", &headers, body.to_string()).await;
        }
        let (verb, path, body) = self.resource();
        if verb == "POST" {
            headers.push(("content-type", "application/a2a+json"));
        }
        ask(address, verb, &path, &headers, body).await
    }

    fn headers(&self) -> Vec<(&str, &str)> {
        self.headers.iter().map(|(name, value)| (*name, value.as_str())).collect()
    }

    fn streams(&self) -> bool {
        matches!(self.method, "SendStreamingMessage" | "SubscribeToTask")
    }

    fn channel(address: SocketAddr) -> Channel {
        Endpoint::from_shared(format!("http://{address}")).unwrap().connect_lazy()
    }

    fn path(&self) -> String {
        format!("{SERVICE}/{}", self.method)
    }

    async fn over_grpc(&self, address: SocketAddr) -> Came {
        match raw_stream(&Self::channel(address), &self.path(), self.encoded(), &self.headers()).await {
            Ok(answers) => self.answers(answers),
            Err(status) => Came::Refused(status.into()),
        }
    }

    async fn over_web(&self, address: SocketAddr) -> Came {
        match of_web(&self.open(Wire::Web, address).await.whole().await) {
            Ok(answers) => self.answers(answers),
            Err(status) => Came::Refused(status.into()),
        }
    }

    fn answers(&self, answers: Vec<Bytes>) -> Came {
        if self.streams() {
            return Came::Frames(answers.iter().map(json_of::<StreamResponse>).collect());
        }
        assert_eq!(answers.len(), 1, "{self:?}");
        Came::One(self.answer(&answers[0]))
    }

    fn encoded(&self) -> Bytes {
        fn encode<M: Members>(params: &Value) -> Bytes {
            proto::from_value::<M>(params.clone()).unwrap().encode_to_vec().into()
        }
        let encode = match self.method {
            "SendMessage" | "SendStreamingMessage" => encode::<SendMessageRequest>,
            "GetTask" => encode::<GetTaskRequest>,
            "ListTasks" => encode::<ListTasksRequest>,
            "CancelTask" => encode::<CancelTaskRequest>,
            "SubscribeToTask" => encode::<SubscribeToTaskRequest>,
            "CreateTaskPushNotificationConfig" => encode::<TaskPushNotificationConfig>,
            "GetTaskPushNotificationConfig" => encode::<GetTaskPushNotificationConfigRequest>,
            "ListTaskPushNotificationConfigs" => encode::<ListTaskPushNotificationConfigsRequest>,
            "DeleteTaskPushNotificationConfig" => encode::<DeleteTaskPushNotificationConfigRequest>,
            "GetExtendedAgentCard" => encode::<GetExtendedAgentCardRequest>,
            other => panic!("{other}"),
        };
        encode(&self.params)
    }

    fn answer(&self, bytes: &Bytes) -> Value {
        match self.method {
            "SendMessage" => json_of::<SendMessageResponse>(bytes),
            "ListTasks" => json_of::<ListTasksResponse>(bytes),
            "CreateTaskPushNotificationConfig" | "GetTaskPushNotificationConfig" => {
                json_of::<TaskPushNotificationConfig>(bytes)
            }
            "ListTaskPushNotificationConfigs" => json_of::<ListTaskPushNotificationConfigsResponse>(bytes),
            "DeleteTaskPushNotificationConfig" => json_of::<()>(bytes),
            "GetExtendedAgentCard" => json_of::<AgentCard>(bytes),
            _ => json_of::<Task>(bytes),
        }
    }

    /// Verb, path and body over HTTP+JSON.
    fn resource(&self) -> (&'static str, String, String) {
        let text = |name: &str| self.params.get(name).and_then(Value::as_str).unwrap_or_default();
        let (id, configs) = (text("id"), format!("/tasks/{}/pushNotificationConfigs", text("taskId")));
        let (verb, path) = match self.method {
            "SendMessage" => ("POST", "/message:send".to_owned()),
            "SendStreamingMessage" => ("POST", "/message:stream".to_owned()),
            "GetTask" => ("GET", format!("/tasks/{id}")),
            "ListTasks" => ("GET", "/tasks".to_owned()),
            "CancelTask" => ("POST", format!("/tasks/{id}:cancel")),
            "SubscribeToTask" => ("POST", format!("/tasks/{id}:subscribe")),
            "CreateTaskPushNotificationConfig" => ("POST", configs),
            "GetTaskPushNotificationConfig" => ("GET", format!("{configs}/{id}")),
            "ListTaskPushNotificationConfigs" => ("GET", configs),
            "DeleteTaskPushNotificationConfig" => ("DELETE", format!("{configs}/{id}")),
            "GetExtendedAgentCard" => ("GET", "/extendedAgentCard".to_owned()),
            other => panic!("{other}"),
        };
        match verb {
            "POST" => (verb, path, self.params.to_string()),
            _ => (verb, path + &self.query(), String::new()),
        }
    }

    /// The parameters of a read; texts in tests need no escapes.
    fn query(&self) -> String {
        let plain = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        let pairs = self.params.as_object().unwrap().iter();
        let pairs: Vec<String> = pairs.map(|(name, value)| format!("{name}={}", plain(value))).collect();
        if pairs.is_empty() { String::new() } else { format!("?{}", pairs.join("&")) }
    }
}

fn json_of<M: Members>(bytes: &Bytes) -> Value {
    proto::to_value::<M>(bytes).unwrap()
}

/// One message of gRPC-Web: a flag and a length before it.
fn framed(message: &[u8]) -> Vec<u8> {
    let length = u32::try_from(message.len()).unwrap().to_be_bytes();
    [&[0][..], &length, message].concat()
}
