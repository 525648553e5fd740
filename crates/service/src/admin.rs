//! The admin listener: health over gRPC and HTTP, metrics, build information.

use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use serde_json::json;
use tonic::service::Routes;

use crate::health::Health;
use crate::metrics::CONTENT_TYPE;
use crate::{Fatal, Process, health, reflection};

/// Everything that the admin listener answers.
pub(crate) fn routes(process: &Process, health: &Health) -> Result<Routes, Fatal> {
    let services = [health::NAME.to_owned()];
    let grpc = reflection::add(health.add_to(Routes::default()), services.iter(), &reflection::COMMON)?;
    let http = Router::new()
        .route("/", get(build))
        .route("/healthz", get(async || "ok\n"))
        .route("/readyz", get(ready))
        .route("/metrics", get(metrics))
        .with_state(process.clone());
    Ok(Routes::from(grpc.into_axum_router().merge(http).fallback(unknown)))
}

async fn build(State(process): State<Process>) -> Response {
    let build = if cfg!(debug_assertions) { "debug" } else { "release" };
    json_response(
        StatusCode::OK,
        &json!({
            "name": process.name(),
            "version": process.version(),
            "build": build,
            "commit": option_env!("WATCHROOM_COMMIT"),
            "pid": std::process::id(),
        }),
    )
}

async fn ready(State(process): State<Process>) -> Response {
    let missing = process.board().missing();
    let code = if missing.is_empty() { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    let parts: Vec<_> = missing.iter().map(|(part, reason)| json!({"part": part, "reason": reason})).collect();
    json_response(code, &json!({"ready": missing.is_empty(), "missing": parts}))
}

async fn metrics(State(process): State<Process>) -> Response {
    match process.metrics().text() {
        Ok(text) => ([(header::CONTENT_TYPE, CONTENT_TYPE)], text).into_response(),
        Err(fatal) => {
            tracing::error!(error = fatal.line(), "no metrics");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

async fn unknown() -> Response {
    let body = "not here; try / /healthz /readyz /metrics, or gRPC with reflection\n";
    (StatusCode::NOT_FOUND, body).into_response()
}

fn json_response(code: StatusCode, body: &serde_json::Value) -> Response {
    (code, [(header::CONTENT_TYPE, "application/json")], format!("{body}\n")).into_response()
}
