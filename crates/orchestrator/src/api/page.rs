//! Pages of a list of runs: as many as fit one answer, and the place of the next as text.

use a2a::Error;
use prost::Message as _;
use proto::watchroom::orchestrator::v1 as wire;
use store::{BodyDigest, PageKey, Summary};
use types::{Timestamp, limits};

const FOREIGN: &str = "is not a token of this service";
const OTHER_FILTER: &str = "is from a list with another context_id or state";

/// The runs of a page so far.
#[derive(Debug, Default)]
pub(super) struct Page {
    runs: Vec<wire::Run>,
    size: usize,
    last: Option<PageKey>,
}

/// The page holds no more; the next one begins after `last`.
#[derive(Debug)]
pub(super) struct Full {
    pub(super) last: PageKey,
}

impl Page {
    /// Adds a run. The first one always fits, so that every page leads on.
    pub(super) fn push(&mut self, key: PageKey, run: wire::Run) -> Result<(), Full> {
        self.size += run.encoded_len();
        match self.last {
            Some(last) if self.size > limits::INLINE_TASK => Err(Full { last }),
            Some(_) | None => {
                self.runs.push(run);
                self.last = Some(key);
                Ok(())
            }
        }
    }

    pub(super) fn into_runs(self) -> Vec<wire::Run> {
        self.runs
    }
}

/// A run's place in the list.
pub(super) fn key(summary: &Summary) -> PageKey {
    PageKey { changed_at: summary.changed_at, id: summary.id }
}

/// The token of the page after `key`. It holds for the filter of `request` alone.
pub(super) fn token(key: PageKey, request: &wire::ListRunsRequest) -> String {
    format!("{}-{}-{}", key.changed_at.as_millis(), key.id, filter(request))
}

/// The place that the token of `request` names.
pub(super) fn place(request: &wire::ListRunsRequest) -> Result<PageKey, Error> {
    let bad = |why: &str| Error::invalid("page_token", why);
    let (millis, rest) = request.page_token.split_once('-').ok_or_else(|| bad(FOREIGN))?;
    let (id, of) = rest.rsplit_once('-').ok_or_else(|| bad(FOREIGN))?;
    let changed_at = millis.parse().map(Timestamp::from_millis).map_err(|_| bad(FOREIGN))?;
    let id = id.parse().map_err(|_| bad(FOREIGN))?;
    if of == filter(request) { Ok(PageKey { changed_at, id }) } else { Err(bad(OTHER_FILTER)) }
}

/// What tells one filter from another; chance makes two alike once in four billion.
fn filter(request: &wire::ListRunsRequest) -> String {
    let BodyDigest(digest) = BodyDigest::of([request.context_id.as_bytes(), &request.state.to_be_bytes()]);
    digest.iter().take(4).map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests;
