//! Ctrl-C, for commands that have something to say before they go.

use tokio::signal::unix::{Signal, SignalKind, signal};

use crate::failure::Failure;

/// Watches for Ctrl-C. From its making on, Ctrl-C does nothing by itself.
#[derive(Debug)]
pub(crate) struct Interrupt(Signal);

impl Interrupt {
    pub(crate) fn watch() -> Result<Self, Failure> {
        let watched = signal(SignalKind::interrupt());
        watched.map(Self).map_err(|error| Failure::Internal(format!("cannot watch for signals: {error}")))
    }

    /// Resolves when it is pressed.
    pub(crate) async fn pressed(&mut self) {
        self.0.recv().await;
    }
}
