//! The HTTP+JSON binding: resources and verbs, errors by status with the body of `google.rpc.Status`.

mod query;
mod route;

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::response::{IntoResponse as _, Response};
use axum::routing::any;
use http::request::Parts;
use http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use serde_json::Map;
use tonic::Code;

use crate::backend::Backend;
use crate::call::check_version;
use crate::error::Error;
use crate::http::in_time::in_time;
use crate::http::invoke::Outcome;
use crate::http::media::{self, Media};
use crate::http::params::{Given, Params};
use crate::http::rest::route::{Lost, Route};
use crate::http::{body, headers, reply};
use crate::operations::{Answer, Answered, Operations};

/// Everything that the binding answers; each also below a tenant. What a path means is [`Route`]'s business.
const PATHS: [&str; 5] = ["/message:send", "/message:stream", "/tasks", "/tasks/{*rest}", "/extendedAgentCard"];

pub(super) fn routes<B: Backend>(operations: Operations<B>) -> Router {
    let add = |router: Router<Operations<B>>, path: &str| {
        router.route(path, any(handle::<B>)).route(&format!("/{{tenant}}{path}"), any(handle::<B>))
    };
    PATHS.into_iter().fold(Router::new(), add).with_state(operations)
}

async fn handle<B: Backend>(State(operations): State<Operations<B>>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let media = Media::of_answer(&parts.headers);
    let route = match Route::find(&parts.method, parts.uri.path()) {
        Ok(route) => route,
        Err(lost) => return misdirected(&lost, media),
    };
    let operation = route.operation;
    let deadline = parts.extensions.get().copied();
    let answered = in_time(deadline, call(&operations, route, parts, body)).await;
    let code = answered.as_ref().err().map_or(Code::Ok, |error| error.wire().0);
    let mut response = match answered {
        Ok(answer) => respond(answer, media),
        Err(error) => refuse(&error, media),
    };
    reply::mark(&mut response, Some(operation), code);
    response
}

async fn call<B: Backend>(
    operations: &Operations<B>,
    route: Route,
    parts: Parts,
    body: Body,
) -> Answered<Outcome<B::Frames>> {
    let given = match parts.method {
        Method::POST => from_body(&parts.headers, body).await?,
        _ => Given::Named(query::read(parts.uri.query().unwrap_or_default())?),
    };
    let caller = headers::caller(parts)?;
    check_version(&caller.headers)?;
    route.operation.invoke(operations, caller, Params::placed(given, route.fields)).await
}

/// A body may be left out where the path says everything; then its type does not matter.
async fn from_body(headers: &HeaderMap, body: Body) -> Result<Given, Error> {
    let body = body::read(headers, body).await?;
    if body.is_empty() {
        return Ok(Given::Named(Map::new()));
    }
    media::require(headers, &[Media::A2a, Media::Json])?;
    Ok(Given::Body(body))
}

fn respond<F>(answer: Answer<Outcome<F>>, media: Media) -> Response
where
    F: futures::Stream<Item = Result<bytes::Bytes, Error>> + Send + 'static,
{
    let Answer { value, activated } = answer;
    let mut response = match value {
        Outcome::One(value) => reply::json(StatusCode::OK, media, value),
        Outcome::Frames(frames) => reply::events(frames, |frame| match frame {
            Ok(frame) => (None, frame),
            // Data that is no frame has a name, or clients read it as a frame without content.
            Err(error) => (Some("error"), error.to_http().to_string()),
        }),
    };
    reply::echo(&mut response, &activated);
    response
}

fn refuse(error: &Error, media: Media) -> Response {
    let mut response = reply::json(error.http_status(), media, error.to_http().to_string());
    if let Some(pause) = error.retry_after() {
        // The header has whole seconds; a client that comes too early is told again.
        let seconds = pause.as_secs() + u64::from(pause.subsec_nanos() > 0);
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    response
}

fn misdirected(lost: &Lost, media: Media) -> Response {
    let (status, code, allowed) = match lost {
        Lost::Nowhere => (StatusCode::NOT_FOUND, Code::NotFound, None),
        Lost::Verb(allowed) => (StatusCode::METHOD_NOT_ALLOWED, Code::Unimplemented, Some(*allowed)),
    };
    let body = service::error_body(status, code, &lost.to_string(), Vec::new());
    let mut response = reply::json(status, media, body.to_string());
    if let Some(allowed) = allowed {
        response.headers_mut().insert(header::ALLOW, HeaderValue::from_static(allowed));
    }
    reply::mark(&mut response, None, code);
    response.into_response()
}
