//! The W3C trace context: read from a call, carried through tasks and logs, written into the next call.

use std::future::Future;

use http::{HeaderMap, HeaderName, HeaderValue};
use opentelemetry::Context;
use opentelemetry::propagation::{Extractor, Injector, TextMapPropagator as _};
use opentelemetry::trace::{FutureExt as _, TraceContextExt as _};
use opentelemetry_sdk::propagation::TraceContextPropagator;
use tracing::{Instrument as _, Span};
use tracing_opentelemetry::OpenTelemetrySpanExt as _;

const TRACEPARENT: &str = "traceparent";

/// A place in a distributed trace. It passes through a process also when nothing is exported from it.
#[derive(Debug, Clone, Default)]
pub struct TraceContext(Context);

impl TraceContext {
    /// The context of the call or the span that runs now; empty outside of any.
    pub fn current() -> Self {
        Self(Context::current())
    }

    /// The context that a stored `traceparent` names; empty when it does not parse.
    ///
    /// ```
    /// let parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    /// let context = service::TraceContext::parse(parent);
    /// assert_eq!(context.traceparent().as_deref(), Some(parent));
    /// assert_eq!(service::TraceContext::parse("nonsense").traceparent(), None);
    /// ```
    pub fn parse(traceparent: &str) -> Self {
        let mut headers = HeaderMap::new();
        if let Ok(value) = HeaderValue::from_str(traceparent) {
            headers.insert(TRACEPARENT, value);
        }
        Self(extract(&headers))
    }

    /// The W3C `traceparent` to store or send; `None` outside of any trace.
    pub fn traceparent(&self) -> Option<String> {
        let mut headers = HeaderMap::new();
        inject(&self.0, &mut headers);
        let value = headers.get(TRACEPARENT)?;
        value.to_str().ok().map(str::to_owned)
    }

    /// Runs `future` in this context and in the current span, also when it is spawned elsewhere.
    pub fn scope<F: Future>(self, future: F) -> impl Future<Output = F::Output> + use<F> {
        future.with_context(self.0).in_current_span()
    }

    /// Runs `future` in the span that `open` makes, as a child of this context: for work that goes on
    /// after the call that asked for it, on whichever thread.
    pub fn instrument<F: Future, S: FnOnce() -> Span>(
        self,
        open: S,
        future: F,
    ) -> impl Future<Output = F::Output> + use<F, S> {
        let span = {
            let _attached = self.0.clone().attach();
            open()
        };
        // A span that is not exported has no context of its own; the caller's passes through then.
        let own = span.context();
        let context = if own.has_active_span() { own } else { self.0 };
        future.with_context(context).instrument(span)
    }
}

/// The context in `headers`; empty when they hold none. Costs one look-up then.
pub(crate) fn extract(headers: &HeaderMap) -> Context {
    if !headers.contains_key(TRACEPARENT) {
        return Context::new();
    }
    TraceContextPropagator::new().extract_with_context(&Context::new(), &Reader(headers))
}

/// Writes the context of the running call into `headers`, unless there is none.
pub(crate) fn inject_current(headers: &mut HeaderMap) {
    Context::map_current(|context| inject(context, headers));
}

fn inject(context: &Context, headers: &mut HeaderMap) {
    if context.has_active_span() {
        TraceContextPropagator::new().inject_context(context, &mut Writer(headers));
    }
}

struct Reader<'h>(&'h HeaderMap);

impl Extractor for Reader<'_> {
    fn get(&self, key: &str) -> Option<&str> {
        self.0.get(key).and_then(|value| value.to_str().ok())
    }

    fn keys(&self) -> Vec<&str> {
        self.0.keys().map(HeaderName::as_str).collect()
    }
}

struct Writer<'h>(&'h mut HeaderMap);

impl Injector for Writer<'_> {
    fn set(&mut self, key: &str, value: String) {
        let name = HeaderName::from_bytes(key.as_bytes());
        // An empty tracestate says nothing and is left out.
        if let (Ok(name), Ok(value), false) = (name, HeaderValue::from_str(&value), value.is_empty()) {
            self.0.insert(name, value);
        }
    }
}
