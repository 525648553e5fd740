//! Fetches a card back from where it says that its agent is, and compares it with the registered one.

use std::future::Future;

use bytes::Bytes;
use outbound::{DialError, Dialer, FetchError};
use proto::a2a::AgentCard;

use crate::verification::{Level, Verification};

/// Where published cards come from.
pub(crate) trait Published: Send + Sync + 'static {
    /// The card at `url`, as JSON.
    fn card(&self, url: &str) -> impl Future<Output = Result<Bytes, FetchError>> + Send;
}

/// The network.
#[derive(Debug, Clone)]
pub(crate) struct OverHttp(pub(crate) Dialer);

impl Published for OverHttp {
    async fn card(&self, url: &str) -> Result<Bytes, FetchError> {
        outbound::fetch(url, &self.0).await
    }
}

/// What a look at a published card brought.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Looked {
    /// It is the registered one.
    Same(Verification),
    /// It is not, or not there; another look may find otherwise.
    NotYet(String),
    /// It never will be with this card.
    Never(String),
}

/// Looks whether the registered card is the published one.
pub(crate) async fn look<P: Published>(published: &P, registered: &[u8]) -> Looked {
    let whole = proto::decode_exact::<AgentCard>(registered).ok().filter(|card| card.is_whole);
    let Some(card) = whole.map(|card| card.message) else {
        return Looked::Never("it has parts that are not known here".to_owned());
    };
    let Some(url) = cards::published_at(&card) else {
        return Looked::Never("it names no place over HTTP".to_owned());
    };
    match published.card(&url).await {
        Ok(json) if is_same(&json, &card) => {
            Looked::Same(Verification::new(Level::Reachable, format!("published at {url}")))
        }
        Ok(_) => Looked::NotYet(format!("another card is published at {url}")),
        Err(error @ FetchError::Url(..)) => Looked::Never(error.to_string()),
        Err(error @ FetchError::Dial(DialError::Forbidden)) => Looked::Never(format!("{url}: {error}")),
        Err(error) => Looked::NotYet(format!("{url}: {error}")),
    }
}

fn is_same(json: &[u8], registered: &AgentCard) -> bool {
    let text = std::str::from_utf8(json).ok();
    text.and_then(|text| proto::from_json_exact::<AgentCard>(text).ok()).is_some_and(|card| card == *registered)
}
