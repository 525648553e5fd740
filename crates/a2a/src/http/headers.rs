//! Headers of HTTP requests, brought into the form that gRPC metadata has.

use http::request::Parts;
use http::{HeaderMap, HeaderValue, Uri};

use crate::call::{CURSOR_KEY, VERSION_KEY};
use crate::error::Error;
use crate::operations::Caller;
use crate::who::Who;

/// What event sources send when they connect again: the id of the last event that they have.
const LAST_EVENT: &str = "last-event-id";

/// Who asks, by the headers of the request and by what its query says in the place of headers.
pub(super) fn caller(parts: Parts) -> Result<Caller, Error> {
    let who = Who::of(&parts.extensions);
    let mut headers = parts.headers;
    take_version(&mut headers, &parts.uri);
    take_last_event(&mut headers)?;
    Ok(Caller { headers, who })
}

/// A version in the query counts where no header names one.
fn take_version(headers: &mut HeaderMap, uri: &Uri) {
    if headers.get(VERSION_KEY).is_some_and(|version| !version.is_empty()) {
        return;
    }
    let mut pairs = form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes());
    let named = pairs.find(|(name, _)| name.eq_ignore_ascii_case(VERSION_KEY));
    if let Some(version) = named.and_then(|(_, version)| HeaderValue::from_str(&version).ok()) {
        headers.insert(VERSION_KEY, version);
    }
}

/// The id of an event is the number of its frame, so the last one seen is a cursor, unless another is given.
fn take_last_event(headers: &mut HeaderMap) -> Result<(), Error> {
    let Some(last) = headers.get(LAST_EVENT).filter(|last| !last.is_empty()).cloned() else { return Ok(()) };
    if headers.contains_key(CURSOR_KEY) {
        return Ok(());
    }
    if last.to_str().ok().and_then(|last| last.trim().parse::<u64>().ok()).is_none() {
        return Err(Error::invalid(LAST_EVENT, "must be the id of an event of ours, the number of a frame"));
    }
    headers.insert(CURSOR_KEY, last);
    Ok(())
}
