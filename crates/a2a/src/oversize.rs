//! Refusals for size in the words of others: the stacks of gRPC give no reason beside them, and HTTP has a status. What is
//! too large now is too large later, while whoever is only busy can be asked again.

use tonic::Code;

use crate::error::Error;

/// How stacks refuse what they were sent: tonic, those of Go and of the core, Java's; and our words for HTTP.
const TAKEN: [&str; 4] =
    ["decoded message length too large", "larger than max", "exceeds maximum size", "is too large"];

/// How they refuse to send their own answer.
const SENT: [&str; 3] = ["encoded message length too large", "send message larger", "sent message larger"];

/// Whether a status that gives no reason refuses a request for its size.
pub(crate) fn is_said(code: Code, message: &str) -> bool {
    says(code, message, &TAKEN) && !says(code, message, &SENT)
}

/// What such a status is, where its words say enough.
pub(crate) fn named(code: Code, message: &str) -> Option<Error> {
    if says(code, message, &SENT) {
        return Some(Error::InvalidAgentResponse("it is larger than the agent may send".to_owned()));
    }
    let numbers = message.split(|letter: char| !letter.is_ascii_digit()).filter_map(|digits| digits.parse().ok());
    match numbers.collect::<Vec<usize>>()[..] {
        // Some name the limit first; what was refused is the larger of the two.
        [one, other] if is_said(code, message) => {
            Some(Error::TooLarge { field: "request".to_owned(), size: one.max(other), limit: one.min(other) })
        }
        _ => None,
    }
}

fn says(code: Code, message: &str, words: &[&str]) -> bool {
    let message = message.to_ascii_lowercase();
    matches!(code, Code::ResourceExhausted | Code::OutOfRange) && words.iter().any(|one| message.contains(one))
}
