//! Calls below the typed clients: any bytes to any method, and an error with its details taken apart.

use bytes::Bytes;
use http::uri::PathAndQuery;
use proto::Plain;
use tonic::client::Grpc;
use tonic::metadata::{AsciiMetadataKey, AsciiMetadataValue};
use tonic::transport::Channel;
use tonic::{Code, Request, Status, Streaming};
use tonic_types::StatusExt as _;

/// The metadata that every A2A call needs.
pub const VERSION: (&str, &str) = ("a2a-version", "1.0");

/// A refusal as a client sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The status code.
    pub code: Code,
    /// Its message.
    pub message: String,
    /// The reason of its `ErrorInfo`; empty when it has none.
    pub reason: String,
    /// The fields that its `BadRequest` names.
    pub fields: Vec<String>,
}

impl From<Status> for Problem {
    fn from(status: Status) -> Self {
        let details = status.get_error_details();
        let violations = details.bad_request().map(|bad| bad.field_violations.as_slice()).unwrap_or_default();
        Self {
            code: status.code(),
            message: status.message().to_owned(),
            reason: details.error_info().map(|info| info.reason.clone()).unwrap_or_default(),
            fields: violations.iter().map(|violation| violation.field.clone()).collect(),
        }
    }
}

/// Calls `method`, such as `lf.a2a.v1.A2AService/GetTask`, with these bytes; of a stream, the first answer.
pub async fn raw(channel: &Channel, method: &str, body: Bytes, metadata: &[(&str, &str)]) -> Result<Bytes, Problem> {
    let frames = raw_stream(channel, method, body, metadata).await?;
    Ok(frames.into_iter().next().unwrap_or_default())
}

/// As [`raw`], with every answer of the stream.
pub(crate) async fn raw_stream(
    channel: &Channel,
    method: &str,
    body: Bytes,
    metadata: &[(&str, &str)],
) -> Result<Vec<Bytes>, Status> {
    let mut frames = raw_open(channel, method, body, metadata).await?;
    let mut all = Vec::new();
    while let Some(frame) = frames.message().await? {
        all.push(frame);
    }
    Ok(all)
}

/// As [`raw_stream`], to be read as it comes.
pub(crate) async fn raw_open(
    channel: &Channel,
    method: &str,
    body: Bytes,
    metadata: &[(&str, &str)],
) -> Result<Streaming<Bytes>, Status> {
    let mut grpc = Grpc::new(channel.clone()).max_decoding_message_size(usize::MAX);
    let mut request = Request::new(body);
    for (key, value) in metadata {
        let (key, value): (AsciiMetadataKey, AsciiMetadataValue) = (key.parse().unwrap(), value.parse().unwrap());
        request.metadata_mut().insert(key, value);
    }
    let path: PathAndQuery = format!("/{method}").parse().unwrap();
    grpc.ready().await.unwrap();
    Ok(grpc.server_streaming(request, path, Plain).await?.into_inner())
}
