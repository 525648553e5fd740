//! Calls over JSON-RPC 2.0.

use axum::body::Body;
use http::{HeaderValue, Method, Request, StatusCode, header};
use outbound::Dialer;
use proto::a2a::StreamResponse;
use serde_json::{Map, Value};
use tokio::time::timeout;

use crate::client::ask::Ask;
use crate::client::terms::Terms;
use crate::client::web::{self, Http};
use crate::client::{ANSWER_LIMIT, EVENT_STREAM, Events, JSON, decode, events};
use crate::client_error::ClientError;
use crate::error::Error;

/// The id of every request: each has an HTTP exchange of its own.
const ID: &str = "1";

/// An agent's JSON-RPC interface. Clones share the connections.
#[derive(Debug, Clone)]
pub(super) struct Rpc {
    http: Http,
    url: String,
}

impl Rpc {
    pub(super) fn connect(url: &str, dialer: Dialer) -> Result<Self, ClientError> {
        Ok(Self { http: Http::new(dialer), url: web::base(url).map_err(ClientError::Address)? })
    }

    pub(super) async fn once<A: Ask>(&self, request: &A::Request, terms: &Terms) -> Result<A::Answer, ClientError> {
        let request = self.request::<A>(request, terms, JSON)?;
        let call = async {
            let (head, body) = self.http.send(request).await?.into_parts();
            let answer = read_answer(head.status, body).await?;
            Ok::<_, ClientError>(if A::SILENT { Value::Object(Map::new()) } else { answer })
        };
        decode(timeout(terms.deadline, call).await.map_err(|_| ClientError::Timeout)??)
    }

    pub(super) async fn stream<A>(&self, request: &A::Request, terms: &Terms) -> Result<Events, ClientError>
    where
        A: Ask<Answer = StreamResponse>,
    {
        let request = self.request::<A>(request, terms, EVENT_STREAM)?;
        let call = async {
            let (head, body) = self.http.send(request).await?.into_parts();
            if head.status.is_success() && web::is_of(&head.headers, EVENT_STREAM) {
                return Ok(events::frames(body, |_, data| result(data)));
            }
            read_answer(head.status, body).await?;
            Err(ClientError::Invalid("it is no stream of events"))
        };
        timeout(terms.deadline, call).await.map_err(|_| ClientError::Timeout)?
    }

    fn request<A: Ask>(
        &self,
        params: &A::Request,
        terms: &Terms,
        accept: &'static str,
    ) -> Result<Request<Body>, ClientError> {
        let params = proto::write_text(params).map_err(|_| ClientError::Invalid("the request has no JSON form"))?;
        let body = format!(r#"{{"jsonrpc":"2.0","id":"{ID}","method":"{}","params":{params}}}"#, A::METHOD);
        let mut request = Request::new(Body::from(body));
        *request.method_mut() = Method::POST;
        *request.uri_mut() = web::uri(&self.url)?;
        *request.headers_mut() = terms.headers();
        request.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(JSON));
        request.headers_mut().insert(header::ACCEPT, HeaderValue::from_static(accept));
        Ok(request)
    }
}

/// The result of an answer. Whoever answers with another status than 200 need not know of JSON-RPC.
async fn read_answer(status: StatusCode, body: Body) -> Result<Value, ClientError> {
    match (web::read_json(body, ANSWER_LIMIT).await, status.is_success()) {
        (Ok(answer), true) => result(answer),
        (Ok(answer), false) if answer["jsonrpc"] == "2.0" && answer["error"].is_object() => {
            Err(Error::status_of_rpc(&answer["error"], status).into())
        }
        (Ok(answer), false) => Err(Error::status_of_http(status, &answer).into()),
        (Err(_), false) => Err(Error::status_of_http(status, &Value::Null).into()),
        (Err(error), true) => Err(error),
    }
}

/// The result in a response, or its error.
fn result(mut response: Value) -> Result<Value, ClientError> {
    if response["error"].is_object() {
        return Err(Error::status_of_rpc(&response["error"], StatusCode::OK).into());
    }
    match response.get_mut("result") {
        Some(result) => Ok(result.take()),
        None => Err(ClientError::Invalid("neither a result nor an error")),
    }
}
