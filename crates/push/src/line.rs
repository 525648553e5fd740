//! An open connection to a receiver, kept from one call to the next.

use std::fmt;

use bytes::Bytes;
use http_body_util::Full;
use hyper::client::conn::http1::{self, SendRequest};
use hyper_util::rt::TokioIo;
use outbound::Stream;
use tokio::task::JoinHandle;
use tracing::Instrument;

/// The connection to one receiver, if there is one.
#[derive(Default)]
pub struct Line(Option<Open>);

/// A connection, and what drives it; both end together.
pub(crate) struct Open {
    pub(crate) requests: SendRequest<Full<Bytes>>,
    driver: JoinHandle<()>,
}

impl Open {
    pub(crate) async fn over(stream: Stream) -> hyper::Result<Self> {
        let (requests, connection) = http1::handshake(TokioIo::new(stream)).await?;
        // How it ended is told by the call that it ended under.
        let drive = async move { drop(connection.await) };
        Ok(Self { requests, driver: tokio::spawn(drive.instrument(tracing::debug_span!("webhook connection"))) })
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        self.driver.abort();
    }
}

impl Line {
    pub(crate) fn take(&mut self) -> Option<Open> {
        self.0.take().filter(|open| !open.requests.is_closed())
    }

    pub(crate) fn keep(&mut self, open: Open) {
        self.0 = Some(open);
    }
}

impl fmt::Debug for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Line").field("open", &self.0.is_some()).finish()
    }
}
