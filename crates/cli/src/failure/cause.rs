//! The causes of failures, in words for people.

use a2a::ClientError;
use tonic::Status;

/// The last cause: "Connection refused" says more than "transport error".
pub(crate) fn innermost(error: &(dyn std::error::Error + 'static)) -> String {
    let mut inner = error;
    while let Some(source) = inner.source() {
        inner = source;
    }
    // A status that was made here shows its code and its details too.
    inner.downcast_ref::<Status>().map_or_else(|| inner.to_string(), |status| status.message().to_owned())
}

/// Why there is no answer, without the name of who was asked: that may be a registry as well as an agent.
pub(crate) fn unanswered(error: &ClientError) -> String {
    match error {
        ClientError::Timeout => "the time for an answer is over".to_owned(),
        ClientError::Ambiguous(_) => format!("the connection broke: {}", innermost(error)),
        ClientError::Refused(refused) => refused.to_string(),
        ClientError::Unreachable(_)
        | ClientError::Invalid(_)
        | ClientError::Address(_)
        | ClientError::NoInterface
        | ClientError::NoCard => innermost(error),
    }
}
