//! The bindings that the client speaks, by the names that cards have for them.

use std::fmt;
use std::str::FromStr;

use crate::card::{GRPC, HTTP_JSON, JSON_RPC};

/// A binding of the protocol.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Binding {
    /// gRPC.
    Grpc,
    /// JSON-RPC 2.0 by POST.
    JsonRpc,
    /// HTTP+JSON: verbs and paths.
    HttpJson,
}

/// A word that names no binding.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no binding: write grpc, jsonrpc or http+json")]
pub struct UnknownBinding(String);

impl Binding {
    /// All of them, in the order in which our own cards list them.
    pub const ALL: [Self; 3] = [Self::Grpc, Self::JsonRpc, Self::HttpJson];

    /// Its name in a card.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Grpc => GRPC,
            Self::JsonRpc => JSON_RPC,
            Self::HttpJson => HTTP_JSON,
        }
    }
}

impl fmt::Display for Binding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Binding {
    type Err = UnknownBinding;

    fn from_str(word: &str) -> Result<Self, UnknownBinding> {
        let named = |binding: &Self| binding.name().eq_ignore_ascii_case(word);
        Self::ALL.into_iter().find(named).ok_or_else(|| UnknownBinding(word.to_owned()))
    }
}
