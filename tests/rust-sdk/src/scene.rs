//! An agent, and the words that make it do things; `docs/interop.md` says what they are.

use serde::Deserialize;

/// What a client is told of the agent that it is to try.
#[derive(Debug, Deserialize)]
pub struct Scene {
    /// What the matrix calls it.
    pub server: String,
    /// Where its card is.
    pub url: String,
    /// Its callers' token.
    pub token: String,
    /// A message whose task completes with an artifact.
    pub work: String,
    /// One whose task stays open until it is canceled.
    #[serde(default)]
    pub open: String,
    /// One that is answered with a message.
    #[serde(default)]
    pub reply: String,
    /// A conversation.
    #[serde(default)]
    pub ask: Ask,
    /// What to try, in this order.
    pub operations: Vec<String>,
}

/// A task that asks, asks again, and completes.
#[derive(Debug, Default, Deserialize)]
pub struct Ask {
    /// What opens it.
    pub first: String,
    /// Answers that it is not content with.
    pub again: Vec<String>,
    /// The one that it is.
    pub last: String,
}

/// The SDK's crates with their versions, as they are locked.
pub fn sdk() -> String {
    let locked = |name: &str| {
        let (_, entry) = include_str!("../Cargo.lock").split_once(&format!("name = \"{name}\"\n"))?;
        let version = entry.lines().next()?.strip_prefix("version = ")?;
        Some(format!("{name} {}", version.trim_matches('"')))
    };
    let named: Vec<String> = ["a2a-client-lf", "a2a-grpc", "a2a-server-lf"].into_iter().filter_map(locked).collect();
    format!("{} (Rust)", named.join(", "))
}
