//! The way to a stop: not ready, a pause, the end of every stream, the end of the listeners.

use std::future::Future;

use tokio_util::sync::CancellationToken;

/// The stop of a process, shared by all who must know of it.
#[derive(Debug, Clone, Default)]
pub struct Drain {
    begun: CancellationToken,
    streams: CancellationToken,
    now: CancellationToken,
}

impl Drain {
    /// Begins the stop; again, and it waits for nobody any more.
    pub fn begin(&self) {
        if self.begun.is_cancelled() {
            self.now.cancel();
        }
        self.begun.cancel();
    }

    /// Whether the stop has begun: take no new work.
    pub fn is_draining(&self) -> bool {
        self.begun.is_cancelled()
    }

    /// Resolves when the stop begins.
    pub fn begun(&self) -> impl Future<Output = ()> + Send + 'static {
        self.begun.clone().cancelled_owned()
    }

    /// Fires when streams and waiting calls must end with UNAVAILABLE. Callers only watch it.
    pub fn streams_end(&self) -> CancellationToken {
        self.streams.clone()
    }

    /// Tells every stream.
    pub(crate) fn end_streams(&self) {
        self.streams.cancel();
    }

    /// Resolves when nobody is to be waited for.
    pub(crate) async fn hurried(&self) {
        self.now.cancelled().await;
    }
}
