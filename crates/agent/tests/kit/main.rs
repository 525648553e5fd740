//! The kit over a scripted agent and a real store: what callers are promised, one test each.

#![allow(clippy::unwrap_used, clippy::panic)]

mod accepting;
mod appending;
mod bed;
mod failing;
mod fencing;
mod fickle;
mod mailbox;
mod moody;
mod pushing;
mod recovering;
mod remembering;
mod replying;
mod script;
mod streaming;
mod turns;
