//! An agent as the clients are told of it: where it is, the words that make it do things, and what to try.

use a2a::Binding;
use serde_json::{Value, json};

use crate::interop::matrix::{Cell, Column, Verdict};

/// What every agent does.
const ALWAYS: [&str; 7] = ["card", "send", "nowait", "stream", "get", "list", "push-config"];
const ALWAYS_TOO: [&str; 5] = ["push-delivery", "extended-card", "unknown-task", "ended-task", "bad-request"];
/// What needs a task that stays open.
const OPEN: [&str; 3] = ["subscribe", "resubscribe", "cancel"];
/// What needs an agent that asks.
const ASKS: [&str; 2] = ["turns", "turns-stream"];

/// One agent.
#[derive(Debug, Clone)]
pub(super) struct Scene {
    pub(super) server: &'static str,
    pub(super) url: String,
    /// Of whoever calls it.
    pub(super) token: String,
    /// A message whose task completes with an artifact.
    pub(super) work: &'static str,
    /// One whose task stays open until it is canceled; none where every task ends by itself at once.
    pub(super) open: Option<&'static str>,
    /// One that is answered with a message.
    pub(super) reply: Option<&'static str>,
    pub(super) ask: Option<Ask>,
    /// What nobody else does.
    pub(super) own: &'static [&'static str],
}

/// A conversation: what opens it, answers that are not enough, and the one that is.
#[derive(Debug, Clone, Copy)]
pub(super) struct Ask {
    pub(super) first: &'static str,
    pub(super) again: &'static [&'static str],
    pub(super) last: &'static str,
}

impl Scene {
    /// An agent made with one of the SDKs: all understand the same words.
    pub(super) fn of_guest(server: &'static str, url: String) -> Self {
        Self {
            server,
            url,
            token: String::new(),
            work: "work",
            open: Some("hang"),
            reply: Some("reply"),
            ask: Some(Ask { first: "ask", again: &["one", "two", "three"], last: "done" }),
            own: &[],
        }
    }

    /// What is to be tried.
    pub(super) fn operations(&self) -> Vec<&'static str> {
        let mut operations: Vec<&str> = ALWAYS.into();
        operations.extend(self.reply.map(|_| "reply"));
        operations.extend(self.open.map(|_| OPEN).into_iter().flatten());
        operations.extend(self.ask.map(|_| ASKS).into_iter().flatten());
        operations.extend(ALWAYS_TOO);
        operations.extend(self.own);
        operations
    }

    /// The cells that a client must fill.
    pub(super) fn expected(&self, client: &str, binding: Binding) -> Vec<(Column, &'static str)> {
        let column = self.column(client, binding);
        self.operations().into_iter().map(|operation| (column.clone(), operation)).collect()
    }

    /// All of them failed.
    pub(super) fn failed(&self, client: &str, binding: Binding, why: &str) -> Vec<Cell> {
        let cell = |operation: &str| Cell {
            column: self.column(client, binding),
            operation: operation.to_owned(),
            sdk: String::new(),
            verdict: Verdict::Failed(why.to_owned()),
        };
        self.operations().into_iter().map(cell).collect()
    }

    fn column(&self, client: &str, binding: Binding) -> Column {
        Column { client: client.to_owned(), server: self.server.to_owned(), binding: binding.name().to_owned() }
    }

    /// What a client of another language is told.
    pub(super) fn to_json(&self) -> Value {
        let ask = self.ask.map(|ask| json!({"first": ask.first, "again": ask.again, "last": ask.last}));
        let mut scene = json!({
            "server": self.server, "url": self.url, "token": self.token, "work": self.work,
            "operations": self.operations(),
        });
        for (name, value) in
            [("open", self.open.map(Value::from)), ("reply", self.reply.map(Value::from)), ("ask", ask)]
        {
            if let Some(value) = value {
                scene[name] = value;
            }
        }
        scene
    }
}
