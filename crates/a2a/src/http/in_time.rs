//! The caller's `grpc-timeout`, kept in the words of the JSON bindings: the transport's own answer would be gRPC's.

use std::future::Future;

use service::Deadline;
use tokio::time::timeout_at;
use tonic::Code;

use crate::error::Error;

/// What `work` brings, or, once the caller's time is over, that it is.
pub(super) async fn in_time<T, E: From<Error>>(
    deadline: Option<Deadline>,
    work: impl Future<Output = Result<T, E>>,
) -> Result<T, E> {
    let Some(Deadline(deadline)) = deadline else { return work.await };
    let late = Error::Other {
        code: Code::DeadlineExceeded,
        reason: None,
        message: "the time that the caller gave is over; what was begun goes on".to_owned(),
    };
    timeout_at(deadline, work).await.unwrap_or_else(|_| Err(late.into()))
}
