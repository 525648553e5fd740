//! Calls over HTTP+JSON.

use axum::body::Body;
use http::{HeaderValue, Method, Request, Response, StatusCode, header};
use outbound::Dialer;
use proto::a2a::StreamResponse;
use serde_json::{Map, Value};
use tokio::time::timeout;

use crate::client::ask::{Ask, Route, segment};
use crate::client::sse::Said;
use crate::client::terms::Terms;
use crate::client::web::{self, Http};
use crate::client::{ANSWER_LIMIT, EVENT_STREAM, Events, JSON, decode, encode, events};
use crate::client_error::ClientError;
use crate::error::Error;

/// What a path says of whatever it names.
const IN_PATH: [&str; 2] = ["id", "taskId"];

/// An agent's HTTP+JSON interface. Clones share the connections.
#[derive(Debug, Clone)]
pub(super) struct Rest {
    http: Http,
    base: String,
}

impl Rest {
    pub(super) fn connect(url: &str, dialer: Dialer) -> Result<Self, ClientError> {
        Ok(Self { http: Http::new(dialer), base: web::base(url).map_err(ClientError::Address)? })
    }

    pub(super) async fn once<A: Ask>(&self, request: A::Request, terms: &Terms) -> Result<A::Answer, ClientError> {
        let call = async {
            let (head, body) = self.send::<A>(request, terms, JSON).await?.into_parts();
            match head.status.is_success() {
                true if A::SILENT => Ok(Value::Object(Map::new())),
                true => web::read_json(body, ANSWER_LIMIT).await,
                false => Err(refused(head.status, body).await),
            }
        };
        decode(timeout(terms.deadline, call).await.map_err(|_| ClientError::Timeout)??)
    }

    pub(super) async fn stream<A>(&self, request: A::Request, terms: &Terms) -> Result<Events, ClientError>
    where
        A: Ask<Answer = StreamResponse>,
    {
        let call = async {
            let (head, body) = self.send::<A>(request, terms, EVENT_STREAM).await?.into_parts();
            match head.status.is_success() {
                true if web::is_of(&head.headers, EVENT_STREAM) => Ok(events::frames(body, frame)),
                true => Err(ClientError::Invalid("it is no stream of events")),
                false => Err(refused(head.status, body).await),
            }
        };
        timeout(terms.deadline, call).await.map_err(|_| ClientError::Timeout)?
    }

    /// Sends a request; again with the other verb, where there is one and the agent does not know the first.
    async fn send<A: Ask>(
        &self,
        mut request: A::Request,
        terms: &Terms,
        accept: &'static str,
    ) -> Result<Response<Body>, ClientError> {
        let tenant = std::mem::take(A::tenant(&mut request));
        let Route { verb, path, or_else } = A::route(&request);
        let place = Place { base: &self.base, tenant: &tenant, path: &path };
        let params = encode(&request)?;
        let answer = self.http.send(place.request(&verb, &params, terms, accept)?).await?;
        match or_else {
            Some(other) if is_unknown(answer.status()) => {
                self.http.send(place.request(&other, &params, terms, accept)?).await
            }
            Some(_) | None => Ok(answer),
        }
    }
}

/// Where an operation is.
struct Place<'a> {
    base: &'a str,
    tenant: &'a str,
    path: &'a str,
}

impl Place<'_> {
    fn request(
        &self,
        verb: &Method,
        params: &Value,
        terms: &Terms,
        accept: &'static str,
    ) -> Result<Request<Body>, ClientError> {
        let mut url = self.base.to_owned();
        if !self.tenant.is_empty() {
            url.push('/');
            url.push_str(&segment(self.tenant));
        }
        url.push_str(self.path);
        let mut request = Request::new(Body::empty());
        *request.headers_mut() = terms.headers();
        if *verb == Method::POST {
            // Every server takes this one; that of the protocol's own is not known to all of them.
            request.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(JSON));
            *request.body_mut() = Body::from(params.to_string());
        } else {
            url.push_str(&query(params));
        }
        request.headers_mut().insert(header::ACCEPT, HeaderValue::from_static(accept));
        *request.method_mut() = verb.clone();
        *request.uri_mut() = web::uri(&url)?;
        Ok(request)
    }
}

/// Parameters as a query.
fn query(params: &Value) -> String {
    let mut pairs = form_urlencoded::Serializer::new(String::new());
    for (name, value) in params.as_object().into_iter().flatten().filter(|(name, _)| !IN_PATH.contains(&name.as_str()))
    {
        match value {
            Value::String(text) if text.is_empty() => {}
            Value::String(text) => {
                pairs.append_pair(name, text);
            }
            other => {
                pairs.append_pair(name, &other.to_string());
            }
        }
    }
    let pairs = pairs.finish();
    if pairs.is_empty() { pairs } else { format!("?{pairs}") }
}

/// Whether nothing is there for the verb. A task that is not there has the same status, and the same answer twice.
fn is_unknown(status: StatusCode) -> bool {
    matches!(status, StatusCode::NOT_FOUND | StatusCode::METHOD_NOT_ALLOWED | StatusCode::NOT_IMPLEMENTED)
}

async fn refused(status: StatusCode, body: Body) -> ClientError {
    let body = web::read_json(body, ANSWER_LIMIT).await.unwrap_or_default();
    Error::status_of_http(status, &body).into()
}

/// The frame in an event, or the error that it is instead.
fn frame(said: &Said, data: Value) -> Result<Value, ClientError> {
    if data["error"].is_object() || said.name == "error" {
        return Err(Error::status_of_http(StatusCode::INTERNAL_SERVER_ERROR, &data).into());
    }
    Ok(data)
}
