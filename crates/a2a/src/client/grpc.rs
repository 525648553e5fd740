//! Calls over gRPC.

use std::borrow::Cow;
use std::marker::PhantomData;

use bytes::Bytes;
use futures::StreamExt as _;
use http::uri::PathAndQuery;
use outbound::Dialer;
use prost::DecodeError;
use proto::Plain;
use proto::a2a::{SendMessageResponse, StreamResponse};
use service::client::Traced;
use tokio::time::timeout;
use tonic::codec::Codec;
use tonic::metadata::MetadataMap;
use tonic::{Request, Status, Streaming};
use tonic_prost::{ProstCodec, ProstDecoder};

use crate::client::ask::Ask;
use crate::client::terms::Terms;
use crate::client::{ANSWER_LIMIT, Events};
use crate::client_error::ClientError;
use crate::frame::{self, Event};

/// What an address of gRPC alone may begin with, in plaintext and by TLS.
const PLAIN: &str = "grpc://";
const SECURE: &str = "grpcs://";

const SEND: PathAndQuery = PathAndQuery::from_static("/lf.a2a.v1.A2AService/SendMessage");

/// An agent's gRPC interface. Clones share the connection.
#[derive(Debug, Clone)]
pub(crate) struct Grpc(tonic::client::Grpc<Traced>);

impl Grpc {
    pub(super) fn connect(address: &str, dialer: Dialer) -> Result<Self, ClientError> {
        let channel = service::client::channel(&as_url(address), dialer).map_err(ClientError::Address)?;
        Ok(Self(tonic::client::Grpc::new(channel).max_decoding_message_size(ANSWER_LIMIT)))
    }

    pub(super) async fn once<A: Ask>(&self, request: A::Request, terms: &Terms) -> Result<A::Answer, ClientError> {
        self.unary(path(A::METHOD), A::encoded(&request), terms).await
    }

    /// Sends an encoded message, of whose answer what the caller itself has said is left out.
    pub(super) async fn hand_over(&self, request: Bytes, terms: &Terms) -> Result<SendMessageResponse, ClientError> {
        frame::answered(self.call(SEND, request, terms).await?).map_err(undecodable)
    }

    /// One call of any service at the address.
    pub(super) async fn unary<A>(&self, path: PathAndQuery, body: Bytes, terms: &Terms) -> Result<A, ClientError>
    where
        A: prost::Message + Default,
    {
        A::decode(self.call(path, body, terms).await?).map_err(undecodable)
    }

    /// The same with the answer as it came.
    async fn call(&self, path: PathAndQuery, body: Bytes, terms: &Terms) -> Result<Bytes, ClientError> {
        let mut request = prepared(body, terms);
        request.set_timeout(terms.deadline);
        let mut grpc = self.0.clone();
        let call = async {
            grpc.ready().await.map_err(Status::from_error)?;
            grpc.unary(request, path, Plain).await
        };
        let answer = timeout(terms.deadline, call).await.map_err(|_| ClientError::Timeout)?;
        Ok(answer?.into_inner())
    }

    pub(super) async fn stream<A>(&self, request: A::Request, terms: &Terms) -> Result<Events, ClientError>
    where
        A: Ask<Answer = StreamResponse>,
    {
        let request = prepared(A::encoded(&request), terms);
        let mut grpc = self.0.clone();
        let call = async {
            grpc.ready().await.map_err(Status::from_error)?;
            grpc.server_streaming(request, path(A::METHOD), Encoded::default()).await
        };
        let answer = timeout(terms.deadline, call).await.map_err(|_| ClientError::Timeout)?;
        let frames: Streaming<StreamResponse> = answer?.into_inner();
        Ok(frames.map(|frame| Ok(Event::try_from(frame?)?)).boxed())
    }
}

/// Requests that are encoded already, and answers that are to be decoded.
struct Encoded<A>(PhantomData<A>);

impl<A> Default for Encoded<A> {
    fn default() -> Self {
        Self(PhantomData)
    }
}

impl<A: prost::Message + Default + 'static> Codec for Encoded<A> {
    type Encode = Bytes;
    type Decode = A;
    type Encoder = <Plain as Codec>::Encoder;
    type Decoder = ProstDecoder<A>;

    fn encoder(&mut self) -> Self::Encoder {
        Plain.encoder()
    }

    fn decoder(&mut self) -> Self::Decoder {
        ProstCodec::<A, A>::default().decoder()
    }
}

/// Whether an address says that it is of gRPC and nothing else.
pub(super) fn is_named(address: &str) -> bool {
    address.starts_with(PLAIN) || address.starts_with(SECURE)
}

/// The same as a URL of HTTP, or as a bare `host:port`.
pub(super) fn as_url(address: &str) -> Cow<'_, str> {
    match (address.strip_prefix(PLAIN), address.strip_prefix(SECURE)) {
        (Some(bare), _) => Cow::Borrowed(bare),
        (None, Some(bare)) => Cow::Owned(format!("https://{bare}")),
        (None, None) => Cow::Borrowed(address),
    }
}

fn undecodable(error: DecodeError) -> ClientError {
    Status::internal(error.to_string()).into()
}

fn prepared(body: Bytes, terms: &Terms) -> Request<Bytes> {
    let mut request = Request::new(body);
    *request.metadata_mut() = MetadataMap::from_headers(terms.headers());
    request
}

fn path(method: &str) -> PathAndQuery {
    let path = format!("/lf.a2a.v1.A2AService/{method}");
    path.try_into().expect("method names are plain words")
}
