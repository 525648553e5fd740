//! One call of a webhook: connected to whom the dialer admits, answered in time, or failed.

use std::time::Duration;

use http::header::RETRY_AFTER;
use http::{HeaderMap, StatusCode};
use http_body_util::{BodyExt as _, Limited};
use hyper::Response;
use hyper::body::Incoming;
use outbound::{Dialer, Speaks};
use tokio::time::timeout;

use crate::failure::Failure;
use crate::letter::Letter;
use crate::line::{Line, Open};

/// What is read of an answer's body, in bytes and time, only so that the connection can be used again.
const DRAINED: usize = 64 << 10;
const DRAIN: Duration = Duration::from_secs(1);

/// Makes calls.
#[derive(Debug)]
pub struct Sender {
    dialer: Dialer,
    timeout: Duration,
}

/// A status that came, and the connection that it came by.
struct Answered {
    answer: Response<Incoming>,
    open: Open,
}

impl Sender {
    /// Calls only whom `dialer` connects to, and gives each call so long.
    pub fn new(dialer: Dialer, timeout: Duration) -> Self {
        Self { dialer, timeout }
    }

    /// Posts `letter`; delivered means answered with 2xx. What a redirect points to is not followed. The status is the
    /// answer: what the receiver says after it is read apart, for a moment, and changes nothing.
    pub async fn post(&self, line: &mut Line, letter: &Letter<'_>) -> Result<(), Failure> {
        let answered = timeout(self.timeout, self.attempt(line, letter)).await.unwrap_or(Err(Failure::Timeout))?;
        let (head, body) = answered.answer.into_parts();
        if drain(body).await {
            line.keep(answered.open);
        }
        if head.status.is_success() {
            return Ok(());
        }
        Err(Failure::Status { status: head.status.as_u16(), retry_after: retry_after(head.status, &head.headers) })
    }

    async fn attempt(&self, line: &mut Line, letter: &Letter<'_>) -> Result<Answered, Failure> {
        if let Some(kept) = line.take() {
            match exchange(kept, letter).await {
                // The receiver may have closed a connection that was long quiet: that says nothing about it.
                Err(Failure::Cut(_)) => {}
                answered => return answered,
            }
        }
        let stream = self.dialer.dial(letter.target, Speaks::Http1).await?;
        exchange(Open::over(stream).await.map_err(Failure::Cut)?, letter).await
    }
}

/// Sends the request and waits for its status.
async fn exchange(mut open: Open, letter: &Letter<'_>) -> Result<Answered, Failure> {
    let request = letter.request().map_err(Failure::Request)?;
    open.requests.ready().await.map_err(Failure::Cut)?;
    let answer = open.requests.send_request(request).await.map_err(Failure::Cut)?;
    Ok(Answered { answer, open })
}

/// Reads an answer to its end, if that is near.
async fn drain(body: Incoming) -> bool {
    let read = timeout(DRAIN, Limited::new(body, DRAINED).collect()).await;
    read.is_ok_and(|whole| whole.is_ok())
}

fn retry_after(status: StatusCode, headers: &HeaderMap) -> Option<Duration> {
    let says = matches!(status, StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE);
    let value = headers.get(RETRY_AFTER).filter(|_| says)?;
    value.to_str().ok()?.trim().parse().ok().map(Duration::from_secs)
}
