//! What goes along with every call, whichever binding it takes.

use std::time::Duration;

use http::{HeaderMap, HeaderName, HeaderValue};
use service::BEHALF_KEY;
use service::client::Credential;
use types::{Seq, StoreId};

use crate::call::{CURSOR_KEY, EXTENSIONS_KEY, STORE_KEY, VERSION, VERSION_KEY};
use crate::metadata::{CURSOR, IDEMPOTENCY};

/// The conditions of one call.
#[derive(Debug, Clone)]
pub(super) struct Terms {
    /// How long it may take; of a stream, its beginning.
    pub(super) deadline: Duration,
    /// The store that it is meant for.
    pub(super) store: Option<StoreId>,
    /// Of a stream: the frame after which it goes on.
    pub(super) after: Option<Seq>,
    /// What it says of its caller.
    pub(super) credential: Option<Credential>,
    /// Whom that one calls for, where it is not itself.
    pub(super) behalf: Option<HeaderValue>,
}

impl Terms {
    /// The headers of HTTP, which are the metadata of gRPC.
    pub(super) fn headers(&self) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert(HeaderName::from_static(VERSION_KEY), HeaderValue::from_static(VERSION));
        // Callers repeat what brought no answer, so they always count on it.
        headers.insert(HeaderName::from_static(EXTENSIONS_KEY), HeaderValue::from_static(IDEMPOTENCY));
        if let Some(after) = self.after {
            headers.insert(HeaderName::from_static(CURSOR_KEY), HeaderValue::from(after.0));
            headers.append(HeaderName::from_static(EXTENSIONS_KEY), HeaderValue::from_static(CURSOR));
        }
        if let Some(store) = self.store {
            let id = HeaderValue::from_str(&store.to_string()).expect("an id is digits and hyphens");
            headers.insert(HeaderName::from_static(STORE_KEY), id);
        }
        if let Some(behalf) = &self.behalf {
            headers.insert(HeaderName::from_static(BEHALF_KEY), behalf.clone());
        }
        if let Some(credential) = &self.credential {
            credential.add_to(&mut headers);
        }
        headers
    }
}

#[cfg(test)]
mod tests;
