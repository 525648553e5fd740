//! A client without our client's manners: any metadata, any bytes.

use bytes::Bytes;
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
    let mut request = Request::new(body);
    for (key, value) in metadata {
        let key: AsciiMetadataKey = key.parse().unwrap();
        request.metadata_mut().append(key, value.parse().unwrap());
    }
    let path = format!("/lf.a2a.v1.A2AService/{method}");
    grpc.unary(request, path.try_into().unwrap(), proto::Prepared::default()).await
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

fn channel(served: &Served) -> Channel {
    Endpoint::from_shared(format!("http://{}", served.address)).unwrap().tcp_nodelay(true).connect_lazy()
}
