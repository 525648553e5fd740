//! Calls of the services' own APIs. The generated clients hold answers to the limit of requests; a record of a task
//! may be larger than any request was.

use a2a::ClientError;
use http::uri::PathAndQuery;
use prost::Message;
use service::client::Traced;
use tokio::time::timeout;
use tonic::client::Grpc;
use tonic::{Request, Status, Streaming};
use tonic_prost::ProstCodec;

use crate::endpoints::Endpoint;
use crate::failure::Failure;
use crate::pages::Pages;
use crate::waiting::{self, ANSWER, Limit};

/// The largest answer that is read, in bytes; `a2a::Client` has the same.
pub(crate) const ANSWER_LIMIT: usize = 64 << 20;

/// A client of one service.
#[derive(Debug)]
pub(crate) struct Caller<'e> {
    endpoint: &'e Endpoint,
    grpc: Grpc<Traced>,
    /// Whether a wait is told.
    tells: bool,
}

impl<'e> Caller<'e> {
    /// Connects at the first call.
    pub(crate) fn new(endpoint: &'e Endpoint) -> Result<Self, Failure> {
        let grpc = Grpc::new(endpoint.channel()?).max_decoding_message_size(ANSWER_LIMIT);
        Ok(Self { endpoint, grpc, tells: true })
    }

    /// The same where somebody has said already that there is no answer.
    pub(crate) fn quietly(self, quietly: bool) -> Self {
        Self { tells: !quietly, ..self }
    }

    /// Calls `method`, such as `/package.Service/Method`.
    pub(crate) async fn unary<Q, A>(&mut self, method: &'static str, body: Q) -> Result<A, Failure>
    where
        Q: Message + 'static,
        A: Message + Default + 'static,
    {
        let (endpoint, tells) = (self.endpoint, self.tells);
        let asked = timeout(ANSWER, async {
            self.ready().await?;
            let answer = self.grpc.unary(Request::new(body), PathAndQuery::from_static(method), ProstCodec::default());
            Ok(answer.await.map_err(|status| self.failure(status))?.into_inner())
        });
        let in_time = if tells { waiting::told(endpoint, Limit::Unanswered(ANSWER), asked).await } else { asked.await };
        in_time.unwrap_or_else(|_| Err(Failure::of_call(endpoint, ClientError::Timeout)))
    }

    /// All that `method` lists, page after page: `ask` makes the request for the page of a token, `read` takes the items
    /// of a page and the token of the next one, which is empty on the last.
    pub(crate) async fn pages<Q, A, T>(
        &mut self,
        method: &'static str,
        ask: impl Fn(String) -> Q,
        read: impl Fn(A) -> (Vec<T>, String),
    ) -> Result<Vec<T>, Failure>
    where
        Q: Message + 'static,
        A: Message + Default + 'static,
    {
        let (mut all, mut token, mut pages) = (Vec::new(), String::new(), Pages::of(self.endpoint));
        loop {
            let (items, next) = read(self.unary(method, ask(token)).await?);
            all.extend(items);
            match pages.next(next)? {
                Some(next) => token = next,
                None => return Ok(all),
            }
        }
    }

    /// Calls a `method` that answers with a stream. How long it may prepare that is its own business, as long as it is
    /// there.
    pub(crate) async fn streaming<Q, A>(&mut self, method: &'static str, body: Q) -> Result<Streaming<A>, Failure>
    where
        Q: Message + 'static,
        A: Message + Default + 'static,
    {
        let (endpoint, tells) = (self.endpoint, self.tells);
        let asked = async {
            self.ready().await?;
            let path = PathAndQuery::from_static(method);
            let answer = self.grpc.server_streaming(Request::new(body), path, ProstCodec::default());
            Ok(answer.await.map_err(|status| self.failure(status))?.into_inner())
        };
        if tells { waiting::told(endpoint, Limit::Dead, asked).await } else { asked.await }
    }

    async fn ready(&mut self) -> Result<(), Failure> {
        let ready = self.grpc.ready().await;
        ready.map_err(|error| self.failure(Status::from_error(error)))
    }

    fn failure(&self, status: Status) -> Failure {
        Failure::of_status(self.endpoint, status)
    }
}
