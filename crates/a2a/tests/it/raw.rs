//! A client without our client's manners: any metadata, any bytes.

use bytes::Bytes;
use futures::StreamExt as _;
use http::uri::PathAndQuery;
use prost::Message;
use tonic::metadata::{AsciiMetadataKey, MetadataMap};
use tonic::transport::{Channel, Endpoint};
use tonic::{Request, Response, Status};

use crate::stage::Served;

/// The metadata that a client with manners sends.
pub(crate) const VERSION: (&str, &str) = ("a2a-version", "1.0");

/// A unary call with these bytes as its body; what the answer holds is not looked at.
pub(crate) async fn call_with(
    served: &Served,
    method: &str,
    body: Bytes,
    metadata: &[(&str, &str)],
) -> Result<Response<()>, Status> {
    let mut grpc = tonic::client::Grpc::new(channel(served));
    grpc.ready().await.unwrap();
    grpc.unary(request(body, metadata), path(method), proto::Prepared::default()).await
}

/// A unary call that ends in an error, with the right version.
pub(crate) async fn refused(served: &Served, method: &str, body: &impl Message) -> Status {
    let body = body.encode_to_vec().into();
    call_with(served, method, body, &[VERSION]).await.expect_err("the call is refused")
}

/// The metadata of the answer to a call that succeeds.
pub(crate) async fn accepted(
    served: &Served,
    method: &str,
    body: &impl Message,
    metadata: &[(&str, &str)],
) -> MetadataMap {
    let body = body.encode_to_vec().into();
    call_with(served, method, body, metadata).await.expect("the call succeeds").metadata().clone()
}

/// A unary call, and the bytes of its answer.
pub(crate) async fn unary(
    served: &Served,
    method: &str,
    body: Bytes,
    metadata: &[(&str, &str)],
) -> Result<Response<Bytes>, Status> {
    let mut grpc = tonic::client::Grpc::new(channel(served));
    grpc.ready().await.unwrap();
    grpc.unary(request(body, metadata), path(method), proto::Plain).await
}

/// A streaming call, and the bytes of its items up to the end or the error.
pub(crate) async fn items(
    served: &Served,
    method: &str,
    body: Bytes,
    metadata: &[(&str, &str)],
) -> Result<Vec<Result<Bytes, Status>>, Status> {
    let mut grpc = tonic::client::Grpc::new(channel(served));
    grpc.ready().await.unwrap();
    let answer = grpc.server_streaming(request(body, metadata), path(method), proto::Plain).await?;
    Ok(answer.into_inner().collect().await)
}

fn request(body: Bytes, metadata: &[(&str, &str)]) -> Request<Bytes> {
    let mut request = Request::new(body);
    for (key, value) in metadata {
        let key: AsciiMetadataKey = key.parse().unwrap();
        request.metadata_mut().append(key, value.parse().unwrap());
    }
    request
}

fn path(method: &str) -> PathAndQuery {
    format!("/lf.a2a.v1.A2AService/{method}").try_into().unwrap()
}

fn channel(served: &Served) -> Channel {
    Endpoint::from_shared(format!("http://{}", served.address)).unwrap().tcp_nodelay(true).connect_lazy()
}
