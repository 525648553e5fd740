//! The pages of a list, up to its last one: whoever names a page again, or pages without end, is not asked for ever.

use std::collections::HashSet;

use crate::endpoints::Endpoint;
use crate::failure::Failure;

/// Most pages of a list of ours: millions of lines, of which the largest store has fewer.
const MOST: usize = 100_000;

/// The tokens of a list so far.
#[derive(Debug)]
pub(crate) struct Pages<'e> {
    endpoint: &'e Endpoint,
    most: usize,
    seen: HashSet<String>,
}

impl<'e> Pages<'e> {
    pub(crate) fn of(endpoint: &'e Endpoint) -> Self {
        Self { endpoint, most: MOST, seen: HashSet::new() }
    }

    /// The same of a list that has no more pages than that.
    pub(crate) fn at_most(self, most: usize) -> Self {
        Self { most, ..self }
    }

    /// The token of the page after the one that names `token`; none where that is the last.
    pub(crate) fn next(&mut self, token: String) -> Result<Option<String>, Failure> {
        if token.is_empty() {
            return Ok(None);
        }
        let has_no_end = |why: String| Failure::Internal(format!("{}: its list has no end: {why}", self.endpoint));
        if self.seen.contains(&token) {
            return Err(has_no_end(format!("it names the page {token:?} again")));
        }
        if self.seen.len() + 1 >= self.most {
            return Err(has_no_end(format!("it has more than {} pages", self.most)));
        }
        self.seen.insert(token.clone());
        Ok(Some(token))
    }
}

#[cfg(test)]
mod tests;
