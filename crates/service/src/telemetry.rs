//! Logs to stderr, and traces to a collector when there is one.

use std::backtrace::Backtrace;
use std::io::IsTerminal as _;
use std::panic::PanicHookInfo;

use opentelemetry::KeyValue;
use opentelemetry::trace::TracerProvider as _;
use opentelemetry_otlp::{SpanExporter, WithExportConfig as _};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::SdkTracerProvider;
use tracing::level_filters::LevelFilter;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{EnvFilter, Layer, Registry};

use crate::args::LogFormat;
use crate::rpc::TARGET;
use crate::{Fatal, Process};

type Boxed = Box<dyn Layer<Registry> + Send + Sync>;

/// What must be flushed at the end.
#[derive(Debug)]
pub(crate) struct Telemetry {
    provider: Option<SdkTracerProvider>,
}

impl Telemetry {
    /// Sets up logs and traces for the whole process. Call it inside the runtime.
    pub(crate) fn init(process: &Process) -> Result<Self, Fatal> {
        let args = process.args();
        let provider = args.otlp_endpoint.as_deref().map(|url| provider(process, url)).transpose()?;
        let filter = EnvFilter::try_new(&args.log).map_err(|error| Fatal::usage(format!("--log: {error}")))?;
        let logs = logs(args.log_format).with_filter(filter).boxed();
        let traces = provider.as_ref().map(|provider| traces(process.name(), provider));
        tracing_subscriber::registry()
            .with(traces.into_iter().chain([logs]).collect::<Vec<Boxed>>())
            .try_init()
            .map_err(|error| Fatal::internal("cannot set up logging", error))?;
        std::panic::set_hook(Box::new(log_panic));
        Ok(Self { provider })
    }

    /// Sends the spans that are still here; a collector that is gone costs a few seconds at most.
    pub(crate) fn shutdown(self) {
        let Some(provider) = self.provider else { return };
        if let Err(error) = provider.shutdown() {
            tracing::warn!(%error, "the last spans were not exported");
        }
    }
}

/// A panic is logged like any other fault, so that it is found where the others are.
fn log_panic(panic: &PanicHookInfo<'_>) {
    let message = panic.payload_as_str().unwrap_or("no message");
    let location = panic.location().map(ToString::to_string).unwrap_or_default();
    let backtrace = Backtrace::capture();
    tracing::error!(panic = message, location, %backtrace, "panicked");
}

fn logs(format: LogFormat) -> Boxed {
    let terminal = std::io::stderr().is_terminal();
    let layer = tracing_subscriber::fmt::layer().with_writer(std::io::stderr).with_ansi(terminal);
    match (format, terminal) {
        (LogFormat::Text, _) | (LogFormat::Auto, true) => layer.boxed(),
        (LogFormat::Json, _) | (LogFormat::Auto, false) => layer.json().flatten_event(true).boxed(),
    }
}

/// Spans of `info` and above, and the spans of calls; nothing of the exporter's own.
fn traces(name: &'static str, provider: &SdkTracerProvider) -> Boxed {
    let filter = Targets::new()
        .with_default(LevelFilter::INFO)
        .with_target(TARGET, LevelFilter::DEBUG)
        .with_target("opentelemetry", LevelFilter::OFF);
    tracing_opentelemetry::layer().with_tracer(provider.tracer(name)).with_filter(filter).boxed()
}

fn provider(process: &Process, url: &str) -> Result<SdkTracerProvider, Fatal> {
    let exporter = SpanExporter::builder()
        .with_tonic()
        .with_endpoint(url)
        .build()
        .map_err(|error| Fatal::usage(format!("--otlp-endpoint {url}: {error}")))?;
    let resource = Resource::builder()
        .with_service_name(process.name())
        .with_attribute(KeyValue::new("service.namespace", "watchroom"))
        .with_attribute(KeyValue::new("service.version", process.version().to_owned()))
        .build();
    Ok(SdkTracerProvider::builder().with_batch_exporter(exporter).with_resource(resource).build())
}
