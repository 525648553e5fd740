//! The command line: start a control room on this machine, send, watch, list, inspect.
//! A client of the public API and nothing more; towards tasks it speaks plain A2A, to any agent.

mod agents;
mod args;
mod backup;
mod call;
mod card;
mod completions;
mod drain;
mod duties;
mod endpoints;
mod eval;
mod failure;
mod follow;
mod incidents;
mod interrupt;
mod json;
mod live;
mod log;
mod outcome;
mod pages;
mod plan;
mod push;
mod resume;
mod roster;
mod run;
mod said;
mod screen;
mod send;
mod show;
mod supervisor;
mod tasks;
mod units;
mod up;
mod waiting;
mod webhook;

pub use run::main;
