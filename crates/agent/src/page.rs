//! The page token of a list: the place in the list order, as text.

use a2a::Error;
use store::PageKey;
use types::Timestamp;

/// The token of the page after `key`.
pub(crate) fn token(key: PageKey) -> String {
    format!("{}-{}", key.changed_at.as_millis(), key.id)
}

/// The place that a token names.
pub(crate) fn parse(token: &str) -> Result<PageKey, Error> {
    let bad = || Error::invalid("page_token", "is not a token of this agent");
    let (millis, id) = token.split_once('-').ok_or_else(bad)?;
    let changed_at = millis.parse().map(Timestamp::from_millis).map_err(|_| bad())?;
    Ok(PageKey { changed_at, id: id.parse().map_err(|_| bad())? })
}
