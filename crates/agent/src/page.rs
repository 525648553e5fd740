//! Pages of a list: as many tasks as fit one answer, and the place of the next as text.

use a2a::Error;
use bytes::Bytes;
use store::PageKey;
use types::{Timestamp, limits};

/// A task of a page, with its place in the list.
pub(crate) struct Listed {
    pub(crate) key: PageKey,
    /// `None` when it is gone meanwhile.
    pub(crate) task: Option<Bytes>,
}

/// As many tasks as one answer holds, at least one; and where the rest begins, if some are left.
pub(crate) fn fitting(listed: Vec<Listed>) -> (Vec<Bytes>, Option<PageKey>) {
    let (mut tasks, mut size, mut last) = (Vec::with_capacity(listed.len()), 0, None);
    for Listed { key, task } in listed {
        let Some(task) = task else { continue };
        size += task.len();
        if size > limits::INLINE_TASK && last.is_some() {
            return (tasks, last);
        }
        tasks.push(task);
        last = Some(key);
    }
    (tasks, None)
}

/// The token of the page after `key`, in a list of so many.
pub(crate) fn token(key: PageKey, total: u64) -> String {
    format!("{}-{total}-{}", key.changed_at.as_millis(), key.id)
}

/// The place that a token names, and how many there are in all.
pub(crate) fn parse(token: &str) -> Result<(PageKey, u64), Error> {
    let bad = || Error::invalid("page_token", "is not a token of this agent");
    let (millis, rest) = token.split_once('-').ok_or_else(bad)?;
    let (total, id) = rest.split_once('-').ok_or_else(bad)?;
    let changed_at = millis.parse().map(Timestamp::from_millis).map_err(|_| bad())?;
    let key = PageKey { changed_at, id: id.parse().map_err(|_| bad())? };
    Ok((key, total.parse().map_err(|_| bad())?))
}

#[cfg(test)]
mod tests;
