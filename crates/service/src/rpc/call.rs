//! One call from its head to its end.

use std::sync::Arc;
use std::time::Instant;

use http::HeaderMap;
use opentelemetry::Context;
use opentelemetry::trace::TraceContextExt as _;
use tonic::Code;
use tracing::Span;
use tracing_opentelemetry::OpenTelemetrySpanExt as _;

use crate::rpc::TARGET;
use crate::rpc::ended::LateEnd;
use crate::rpc::measure::{Measure, word};
use crate::trace;

/// What is known of a running call; dropping it ends the call.
#[derive(Debug)]
pub(crate) struct Call {
    measure: Arc<Measure>,
    started: Instant,
    span: Span,
    /// Only when the span cannot carry it.
    context: Option<Context>,
    code: Option<Code>,
    /// Of a stream over HTTP: how it ends.
    late: Option<LateEnd>,
}

impl Call {
    /// A call of `system`, which is `grpc` or `http`.
    pub(crate) fn begin(measure: Arc<Measure>, headers: &HeaderMap, system: &'static str) -> Self {
        let span = tracing::debug_span!(
            target: TARGET,
            "rpc",
            otel.name = format_args!("{}/{}", measure.service(), measure.method()),
            otel.kind = "server",
            rpc.system = system,
            rpc.service = measure.service(),
            rpc.method = measure.method(),
            rpc.code = tracing::field::Empty,
        );
        let parent = trace::extract(headers);
        let carried = parent.has_active_span() && span.set_parent(parent.clone()).is_ok();
        let context = (parent.has_active_span() && !carried).then_some(parent);
        Self { measure, started: Instant::now(), span, context, code: None, late: None }
    }

    /// Runs a part of the call inside its span and trace context.
    pub(crate) fn within<T>(&self, part: impl FnOnce() -> T) -> T {
        let _entered = self.span.enter();
        let _attached = self.context.clone().map(Context::attach);
        part()
    }

    /// Takes the code from the head or the trailers of the answer, if it is there.
    pub(crate) fn note(&mut self, headers: &HeaderMap) {
        if let Some(status) = headers.get("grpc-status") {
            self.code = Some(Code::from_bytes(status.as_bytes()));
        }
    }

    /// Takes from the head of an HTTP answer what the call was and how it ended.
    pub(crate) fn note_ended(&mut self, measure: Arc<Measure>, code: Code) {
        self.span.record("rpc.service", measure.service());
        self.span.record("rpc.method", measure.method());
        self.span.record("otel.name", format_args!("{}/{}", measure.service(), measure.method()));
        (self.measure, self.code) = (measure, Some(code));
    }

    /// Takes note that the answer is a stream over HTTP: that its head is good says nothing of its end.
    pub(crate) fn note_stream(&mut self, late: LateEnd) {
        (self.code, self.late) = (None, Some(late));
    }

    /// The answer is complete.
    pub(crate) fn complete(&mut self) {
        if let Some(late) = &self.late {
            self.code = self.code.or(late.code()).or(Some(Code::Ok));
        }
    }

    pub(crate) fn end_with(&mut self, code: Code) {
        self.code = Some(code);
    }
}

impl Drop for Call {
    fn drop(&mut self) {
        // An answer that is dropped before its trailers is one whose client went away.
        let late = self.late.as_ref().and_then(LateEnd::code);
        let code = self.code.or(late).unwrap_or(Code::Cancelled);
        self.span.record("rpc.code", word(code));
        self.measure.count(code, self.started.elapsed());
    }
}
