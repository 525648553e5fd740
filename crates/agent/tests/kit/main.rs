//! The kit over a scripted agent and a real store: what callers are promised, one test each.

mod accepting;
mod recovering;
mod script;
mod streaming;
mod turns;
