//! How large what a caller says may be. A run repeats it: in its history, its dispatches, its plan and its report,
//! and all of them together must fit the one answer in which a client reads the run.

use std::borrow::Cow;

use a2a::Error;

/// Longest text of a call, or of the answer to a question, in bytes.
pub(crate) const CALL: usize = 64 << 10;

/// Largest explicit plan in bytes, encoded.
pub(crate) const PLAN: usize = 512 << 10;

/// Largest message in bytes: a plan as JSON takes more bytes than its own encoding.
pub(crate) const MESSAGE: usize = 1 << 20;

/// Longest quotation of a call in a report, in characters.
pub(crate) const QUOTE: usize = 1_000;

/// Refuses what is larger than `limit` bytes.
pub(crate) fn within(field: &str, size: usize, limit: usize) -> Result<(), Error> {
    if size <= limit { Ok(()) } else { Err(Error::TooLarge { field: field.to_owned(), size, limit }) }
}

/// The beginning of a text, as much of it as a report quotes.
pub(crate) fn quote(text: &str) -> Cow<'_, str> {
    match text.char_indices().nth(QUOTE) {
        None => Cow::Borrowed(text),
        Some((end, _)) => Cow::Owned(format!("{}…", &text[..end])),
    }
}
