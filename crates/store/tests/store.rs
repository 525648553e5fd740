//! The conformance suite, on every implementation, and what only the embedded one promises.

#![allow(clippy::unwrap_used, reason = "helpers of tests may unwrap as tests do")]

mod suite;
