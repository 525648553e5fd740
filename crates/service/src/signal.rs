//! What ends a process from outside: SIGTERM, SIGINT, or the end of its parent.

use std::io::Read as _;
use std::thread;

use tokio::signal::unix::{SignalKind, signal};
use tracing::Instrument as _;

use crate::{Drain, Fatal, Process};

/// Begins the drain at the first signal; the second one hurries it.
pub(crate) fn watch(process: &Process) -> Result<(), Fatal> {
    let failed = |error| Fatal::internal("cannot watch for signals", error);
    let mut term = signal(SignalKind::terminate()).map_err(failed)?;
    let mut interrupt = signal(SignalKind::interrupt()).map_err(failed)?;
    let drain = process.drain();
    // Lives as long as the runtime: a signal may come at any time.
    let watching = async move {
        loop {
            let name = tokio::select! { _ = term.recv() => "SIGTERM", _ = interrupt.recv() => "SIGINT" };
            tracing::info!(signal = name, "asked to stop");
            drain.begin();
        }
    };
    tokio::spawn(watching.instrument(tracing::debug_span!("signals")));
    if process.args().parent_stdin { follow_parent(process.drain()) } else { Ok(()) }
}

/// The pipe's other end is the parent's; the kernel closes it even after a `kill -9`.
fn follow_parent(drain: Drain) -> Result<(), Fatal> {
    let read = move || {
        let mut stdin = std::io::stdin().lock();
        let mut bytes = [0; 64];
        while stdin.read(&mut bytes).is_ok_and(|count| count > 0) {}
        tracing::info!("stdin is closed: the parent asks for a stop, or is gone");
        drain.begin();
    };
    let spawned = thread::Builder::new().name("parent".to_owned()).spawn(read);
    spawned.map(drop).map_err(|error| Fatal::internal("cannot watch the parent process", error))
}
