//! The answer's body: watched to its end, and ended early when streams must end.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use axum::body::HttpBody;
use bytes::Bytes;
use http::HeaderMap;
use http_body::{Frame, SizeHint};
use tokio_util::sync::{CancellationToken, WaitForCancellationFutureOwned};
use tonic::body::Body;
use tonic::{Code, Status};

use crate::rpc::call::Call;
use crate::rpc::layer::Wire;

/// Passes frames through. A stream that waits when the drain ends streams gets UNAVAILABLE as its trailers;
/// over HTTP, which has no place for them, it just ends.
#[derive(Debug)]
pub(crate) struct CallBody {
    inner: Body,
    call: Option<Call>,
    wire: Wire,
    end: Arc<CancellationToken>,
    /// Made at the first wait, so that answers which are there at once pay nothing.
    ended: Option<Pin<Box<WaitForCancellationFutureOwned>>>,
}

impl CallBody {
    pub(crate) fn new(inner: Body, call: Call, wire: Wire, end: Arc<CancellationToken>) -> Self {
        Self { inner, call: Some(call), wire, end, ended: None }
    }

    fn poll_inner(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Status>>> {
        let inner = Pin::new(&mut self.inner);
        match &self.call {
            Some(call) => call.within(|| inner.poll_frame(cx)),
            None => Poll::Ready(None),
        }
    }

    fn see(&mut self, frame: Option<&Result<Frame<Bytes>, Status>>) {
        let Some(call) = &mut self.call else { return };
        match frame {
            Some(Ok(frame)) => {
                let Some(trailers) = frame.trailers_ref() else { return };
                call.note(trailers);
            }
            Some(Err(status)) => call.end_with(status.code()),
            None => call.complete(),
        }
        self.call = None;
    }

    /// Resolves with the last frame of a stream that the drain ends.
    fn poll_end(&mut self, cx: &mut Context<'_>) -> Poll<Option<Frame<Bytes>>> {
        let end = &self.end;
        let ended = self.ended.get_or_insert_with(|| Box::pin(CancellationToken::clone(end).cancelled_owned()));
        ready!(ended.as_mut().poll(cx));
        if let Some(mut call) = self.call.take() {
            call.end_with(Code::Unavailable);
        }
        Poll::Ready(match self.wire {
            Wire::Grpc => Some(Frame::trailers(stopping())),
            Wire::Http => None,
        })
    }
}

fn stopping() -> HeaderMap {
    let mut trailers = HeaderMap::new();
    let status = Status::unavailable("the service is stopping; connect again and resume");
    status.add_header(&mut trailers).expect("the message is plain text");
    trailers
}

impl HttpBody for CallBody {
    type Data = Bytes;
    type Error = Status;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Status>>> {
        match self.poll_inner(cx) {
            Poll::Ready(frame) => {
                self.see(frame.as_ref());
                Poll::Ready(frame)
            }
            Poll::Pending => self.poll_end(cx).map(|frame| frame.map(Ok)),
        }
    }

    fn is_end_stream(&self) -> bool {
        self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
    }
}
