//! One conformance agent of a test's own, and what tests say to it.

use std::net::SocketAddr;

use serde_json::{Value, json};
use tempfile::TempDir;
use tests::{Asking, Came, Node, Wire};

/// A running agent with its directory.
#[derive(Debug)]
pub(crate) struct Stage {
    pub(crate) node: Node,
    _dir: TempDir,
}

impl Stage {
    /// An agent with these flags.
    pub(crate) async fn start(flags: &[&str]) -> Self {
        let dir = tempfile::tempdir().unwrap();
        // Nobody is there: it must not register with a registry of this machine.
        let args = ["--registry", "http://127.0.0.1:9"].into_iter().chain(flags.iter().copied());
        let mut node = Node::new("conformance", dir.path(), args.map(str::to_owned).collect());
        node.start().await;
        Self { node, _dir: dir }
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.node.address()
    }

    /// The task that a message becomes over this binding.
    pub(crate) async fn task(&self, wire: Wire, message: Value) -> Value {
        let answer = send(message).over(wire, self.address()).await.one();
        answer.get("task").unwrap_or_else(|| panic!("{wire:?}: no task: {answer}")).clone()
    }

    /// The task as it is read over this binding.
    pub(crate) async fn read(&self, wire: Wire, task: &Value) -> Value {
        Asking::new("GetTask", json!({"id": task["id"]})).over(wire, self.address()).await.one()
    }

    /// What a request about a task comes to.
    pub(crate) async fn ask(&self, wire: Wire, method: &'static str, params: Value) -> Came {
        Asking::new(method, params).over(wire, self.address()).await
    }
}

/// A message with this id and these words.
pub(crate) fn message(id: &str, text: &str) -> Value {
    json!({"messageId": id, "role": "ROLE_USER", "parts": [{"text": text}]})
}

/// A further message to a task, which names nothing but it.
pub(crate) fn turn(task: &Value, id: &str, text: &str) -> Value {
    let mut message = message(id, text);
    message["taskId"] = task["id"].clone();
    message
}

pub(crate) fn send(message: Value) -> Asking {
    Asking::new("SendMessage", json!({"message": message}))
}

pub(crate) fn stream(message: Value) -> Asking {
    Asking::new("SendStreamingMessage", json!({"message": message}))
}

/// The answer comes before the end.
pub(crate) fn immediately(message: Value) -> Asking {
    Asking::new("SendMessage", json!({"message": message, "configuration": {"returnImmediately": true}}))
}

/// The state of a task, without its prefix.
pub(crate) fn state(task: &Value) -> &str {
    let state = task["status"]["state"].as_str().unwrap_or_else(|| panic!("no state: {task}"));
    state.strip_prefix("TASK_STATE_").unwrap()
}

/// The words of a message.
pub(crate) fn words(message: &Value) -> String {
    let parts = message["parts"].as_array().map(Vec::as_slice).unwrap_or_default();
    parts.iter().filter_map(|part| part["text"].as_str()).collect::<Vec<_>>().join("\n")
}

/// A frame in short: its kind, its state, the words of what it brings.
pub(crate) fn short(frame: &Value) -> String {
    let (kind, payload) = frame.as_object().unwrap().iter().next().unwrap();
    match kind.as_str() {
        "task" => format!("task {}", state(payload)),
        "statusUpdate" => state(payload).to_owned(),
        "artifactUpdate" => format!("artifact {}", words(&payload["artifact"])),
        "message" => format!("message {}", words(payload)),
        other => panic!("{other}: {frame}"),
    }
}

pub(crate) fn shorts(frames: &[Value]) -> Vec<String> {
    frames.iter().map(short).collect()
}
