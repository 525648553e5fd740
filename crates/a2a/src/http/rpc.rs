//! The JSON-RPC 2.0 binding: every answer is HTTP 200, errors are inside.

mod envelope;
mod fault;

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::response::{IntoResponse as _, Response};
use axum::routing::post;
use http::request::Parts;
use http::{HeaderMap, StatusCode};
use serde_json::Value;
use service::RPC_PATH;
use tonic::Code;

use crate::backend::Backend;
use crate::call::check_version;
use crate::error::Error;
use crate::http::in_time::in_time;
use crate::http::invoke::Outcome;
use crate::http::media::{self, Media};
use crate::http::operation::Operation;
use crate::http::params::Params;
use crate::http::rpc::envelope::{Envelope, NoRequest};
use crate::http::rpc::fault::Fault;
use crate::http::{body, headers, reply};
use crate::operations::{Answer, Operations};

/// The binding at its path, with and without a trailing slash.
pub(super) fn routes<B: Backend>(operations: Operations<B>) -> Router {
    let slashed = format!("{RPC_PATH}/");
    Router::new().route(RPC_PATH, post(handle::<B>)).route(&slashed, post(handle::<B>)).with_state(operations)
}

async fn handle<B: Backend>(State(operations): State<Operations<B>>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let deadline = parts.extensions.get().copied();
    let Envelope { id, method, params } = match in_time(deadline, receive(&parts.headers, body)).await {
        Ok(envelope) => envelope,
        Err(NoRequest { id, fault }) => return refuse(&id, &fault),
    };
    let answered = in_time(deadline, call(&operations, parts, &method, params)).await;
    let code = answered.as_ref().err().map_or(Code::Ok, Fault::code);
    let mut response = match (id, answered) {
        // A notification: what came of it is not told, as JSON-RPC has it.
        (None, _) => StatusCode::NO_CONTENT.into_response(),
        (Some(id), Ok(answer)) => respond(id, answer),
        (Some(id), Err(fault)) => refuse(&id, &fault),
    };
    reply::mark(&mut response, Operation::named(&method), code);
    response
}

/// The content type is checked before anything else.
async fn receive(headers: &HeaderMap, body: Body) -> Result<Envelope, NoRequest> {
    media::require(headers, &[Media::Json])?;
    Envelope::parse(body::read(headers, body).await?)
}

async fn call<B: Backend>(
    operations: &Operations<B>,
    parts: Parts,
    method: &str,
    params: Params,
) -> Result<Answer<Outcome<B::Frames>>, Fault> {
    let caller = headers::caller(parts)?;
    // Before the method, whose name may be that of another version.
    check_version(&caller.headers)?;
    let operation = Operation::named(method).ok_or_else(|| Fault::NoMethod(method.to_owned()))?;
    Ok(operation.invoke(operations, caller, params).await?)
}

fn respond<F>(id: Value, answer: Answer<Outcome<F>>) -> Response
where
    F: futures::Stream<Item = Result<bytes::Bytes, Error>> + Send + 'static,
{
    let Answer { value, activated } = answer;
    let mut response = match value {
        Outcome::One(result) => reply::json(StatusCode::OK, Media::Json, success(&id, &result)),
        Outcome::Frames(frames) => reply::events(frames, move |frame| match frame {
            Ok(frame) => (None, success(&id, &frame)),
            Err(error) => (None, failure(&id, &error.to_rpc())),
        }),
    };
    reply::echo(&mut response, &activated);
    response
}

fn refuse(id: &Value, fault: &Fault) -> Response {
    let mut response = reply::json(StatusCode::OK, Media::Json, failure(id, &fault.to_json()));
    reply::mark(&mut response, None, fault.code());
    response
}

fn success(id: &Value, result: &str) -> String {
    format!(r#"{{"jsonrpc":"2.0","id":{id},"result":{result}}}"#)
}

fn failure(id: &Value, error: &Value) -> String {
    format!(r#"{{"jsonrpc":"2.0","id":{id},"error":{error}}}"#)
}
