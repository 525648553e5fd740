//! Requests of the two JSON bindings, and what their answers must be.

use std::fmt;

use bytes::Bytes;
use http::Method;
use serde_json::{Value, json};

use crate::args::Work;
use crate::error::Error;
use crate::wire::{EVENTS, TEXT};

/// A way to one and the same operations.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Binding {
    Grpc,
    JsonRpc,
    HttpJson,
}

impl Binding {
    pub(super) const ALL: [Self; 3] = [Self::Grpc, Self::JsonRpc, Self::HttpJson];
}

impl fmt::Display for Binding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Grpc => "gRPC",
            Self::JsonRpc => "JSON-RPC",
            Self::HttpJson => "HTTP+JSON",
        })
    }
}

/// An HTTP request, but for the host.
#[derive(Debug, Clone)]
pub(super) struct Asked {
    pub(super) method: Method,
    pub(super) path: String,
    pub(super) body: Bytes,
}

/// Where every server of ours and of the benchmarks has its JSON-RPC; HTTP+JSON is at the root.
pub(super) const RPC: &str = "/rpc";

/// The request that is this work over a JSON binding; `id` is that of a message, or of the task to get.
pub(super) fn ask(binding: Binding, work: Work, id: &str) -> Asked {
    let message = || json!({"message": {"messageId": id, "role": "ROLE_USER", "parts": [{"text": TEXT}]}});
    let rpc = |method: &str, params: Value| {
        post(RPC, &json!({"jsonrpc": "2.0", "id": 1, "method": method, "params": params}))
    };
    match (binding, work) {
        (Binding::HttpJson, Work::Send) => post("/message:send", &message()),
        (Binding::HttpJson, Work::Stream) => post("/message:stream", &message()),
        (Binding::HttpJson, Work::Get) => {
            Asked { method: Method::GET, path: format!("/tasks/{id}"), body: Bytes::new() }
        }
        (Binding::JsonRpc | Binding::Grpc, Work::Send) => rpc("SendMessage", message()),
        (Binding::JsonRpc | Binding::Grpc, Work::Stream) => rpc("SendStreamingMessage", message()),
        (Binding::JsonRpc | Binding::Grpc, Work::Get) => rpc("GetTask", json!({"id": id})),
    }
}

fn post(path: &str, body: &Value) -> Asked {
    Asked { method: Method::POST, path: path.to_owned(), body: body.to_string().into() }
}

/// The id of the completed task that a message was answered with.
pub(super) fn completed(binding: Binding, answer: &[u8]) -> Result<String, Error> {
    let task = result(binding, Work::Send, answer)?["task"].take();
    check(&task, Work::Send)?;
    task["id"].as_str().map(str::to_owned).ok_or(Error::Answer { work: Work::Send.name(), what: "it has no id" })
}

/// A task that is completed and has its artifact.
pub(super) fn check_got(binding: Binding, answer: &[u8]) -> Result<(), Error> {
    check(&result(binding, Work::Get, answer)?, Work::Get)
}

fn check(task: &Value, work: Work) -> Result<(), Error> {
    let wrong = |what| Err(Error::Answer { work: work.name(), what });
    match (task["status"]["state"].as_str(), task["artifacts"].as_array().map(Vec::len)) {
        (Some("TASK_STATE_COMPLETED"), Some(1)) => Ok(()),
        (Some("TASK_STATE_COMPLETED"), _) => wrong("it does not hold one artifact"),
        _ => wrong("the task is not completed"),
    }
}

fn result(binding: Binding, work: Work, answer: &[u8]) -> Result<Value, Error> {
    let what = "it is not JSON";
    let mut answer: Value = serde_json::from_slice(answer).map_err(|_| Error::Answer { work: work.name(), what })?;
    Ok(if binding == Binding::JsonRpc { answer["result"].take() } else { answer })
}

/// Five events, the last of which says that the task is completed.
pub(super) fn check_stream(answer: &[u8]) -> Result<(), Error> {
    let wrong = |what| Err(Error::Answer { work: Work::Stream.name(), what });
    if events(answer) != EVENTS {
        return wrong("it has not five events");
    }
    let text = String::from_utf8_lossy(answer);
    let last = text.lines().rfind(|line| line.starts_with("data:")).unwrap_or_default();
    if last.contains("TASK_STATE_COMPLETED") { Ok(()) } else { wrong("it does not end with COMPLETED") }
}

/// Events of a stream, without a look at what they say.
pub(super) fn events(answer: &[u8]) -> usize {
    answer.split(|byte| *byte == b'\n').filter(|line| line.starts_with(b"data:")).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_read_where_its_binding_has_it() {
        let task = json!({"id": "t", "status": {"state": "TASK_STATE_COMPLETED"}, "artifacts": [{}]});
        let rest = json!({ "task": task }).to_string();
        let rpc = json!({"jsonrpc": "2.0", "id": 1, "result": {"task": task}}).to_string();
        assert_eq!(completed(Binding::HttpJson, rest.as_bytes()).unwrap(), "t");
        assert_eq!(completed(Binding::JsonRpc, rpc.as_bytes()).unwrap(), "t");
        assert!(completed(Binding::JsonRpc, rest.as_bytes()).is_err());
        let failed = rest.replace("COMPLETED", "FAILED");
        assert!(completed(Binding::HttpJson, failed.as_bytes()).is_err());
    }

    #[test]
    fn a_stream_is_five_events_whatever_is_between_them() {
        let event = "event: x\nid: 7\ndata: {\"state\": \"TASK_STATE_COMPLETED\"}\n\n: alive\n\n";
        assert!(check_stream(event.repeat(5).as_bytes()).is_ok());
        assert!(check_stream(event.repeat(4).as_bytes()).is_err());
        assert!(check_stream(event.repeat(5).replace("COMPLETED", "WORKING").as_bytes()).is_err());
    }
}
