//! The harness of the integration tests: real processes, real sockets, real files, and nothing left behind.
//! A failed expectation of the harness itself panics: its callers are tests.
#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stderr, reason = "test code, compiled as a library")]

mod audit;
mod binding;
mod chaos;
mod cluster;
mod conformance;
mod crowd;
mod disk;
mod eventually;
mod explore;
mod faketime;
mod foreign;
mod interop;
mod lookout;
mod node;
mod plain;
mod proxy;
mod random;
mod raw;
mod receiver;
mod tools;
mod town;
mod wire;

pub use audit::{Audit, misread};
pub use binding::{Asking, Came, Frames, Refusal, Wire};
pub use chaos::{Blow, Chaos, Report, Strike, Struck};
pub use cluster::{Cluster, Service};
pub use conformance::main as conformance_agent;
pub use crowd::{Crowd, Habits, Told};
pub use disk::SmallDisk;
pub use eventually::{DEADLINE, eventually};
pub use explore::Explorer;
pub use faketime::FakeTime;
pub use foreign::Foreign;
pub use interop::{Matrix, interop};
pub use lookout::{Lives, Lookout, units};
pub use node::{Ended, Node, binary};
pub use plain::{Answer, EventSource, SaidEvent, Whole, ask};
pub use proxy::{Proxy, Traffic};
pub use random::{Random, seed};
pub use raw::{Problem, VERSION, raw};
pub use receiver::{Mood, Receiver, Told as Notified};
pub use tools::{Run, python, repository};
pub use town::{large_town, other_town};
pub use wire::{Seen, call, collect, finished, is_terminal, request, seqs, state, text};
