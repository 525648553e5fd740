//! Word fields: everything of a kind that a call taker would know. No rule reads them;
//! what a field says of each service is learned, see `weigh`.

mod body;
mod deeds;
mod talk;
mod things;

use super::Class;

/// All fields.
pub(crate) fn fields() -> impl Iterator<Item = &'static Class> {
    [body::FIELDS, deeds::FIELDS, talk::FIELDS, things::FIELDS].into_iter().flatten()
}
