//! Pages of incidents, newest first: their size, and the place of the next as text that holds for one filter.

use std::cmp::Reverse;

use prost::Message as _;
use proto::watchroom::emergency::v1 as wire;
use store::BodyDigest;
use types::limits;

use super::fault::Fault;

/// Where an incident stands in a list.
type Place = (Reverse<(i64, i32)>, String);

/// A page that is asked for.
#[derive(Debug)]
pub(super) struct Page {
    pub(super) size: usize,
    after: Option<Place>,
}

impl Page {
    pub(super) fn read(request: &wire::ListIncidentsRequest) -> Result<Self, Fault> {
        let size = match request.page_size {
            None => limits::PAGE,
            Some(size) => usize::try_from(size)
                .ok()
                .filter(|size| (1..=limits::PAGE_MAX).contains(size))
                .ok_or_else(|| Fault::invalid("page_size", format!("must be from 1 to {}", limits::PAGE_MAX)))?,
        };
        let after = if request.page_token.is_empty() { None } else { Some(read(request)?) };
        Ok(Self { size, after })
    }

    /// Whether it comes after the page before.
    pub(super) fn follows(&self, incident: &wire::Incident) -> bool {
        self.after.as_ref().is_none_or(|after| place(incident) > *after)
    }
}

pub(super) fn place(incident: &wire::Incident) -> Place {
    let opened = incident.opened_at.unwrap_or_default();
    (Reverse((opened.seconds, opened.nanos)), incident.id.clone())
}

/// The token of the page after `last`.
pub(super) fn token(request: &wire::ListIncidentsRequest, last: &wire::Incident) -> String {
    let (Reverse((seconds, nanos)), id) = place(last);
    format!("{seconds}.{nanos}.{}.{id}", filter(request))
}

fn read(request: &wire::ListIncidentsRequest) -> Result<Place, Fault> {
    let bad = |why: &str| Fault::invalid("page_token", why);
    let mut parts = request.page_token.splitn(4, '.');
    let mut part = || parts.next().ok_or_else(|| bad("is not a token of this service"));
    let (seconds, nanos, of, id) = (part()?, part()?, part()?, part()?);
    let (Ok(seconds), Ok(nanos)) = (seconds.parse(), nanos.parse()) else {
        return Err(bad("is not a token of this service"));
    };
    if of != filter(request) {
        return Err(bad("is from a list with another filter"));
    }
    Ok((Reverse((seconds, nanos)), id.to_owned()))
}

/// What tells one filter from another; chance makes two alike once in four billion.
fn filter(request: &wire::ListIncidentsRequest) -> String {
    let BodyDigest(digest) = BodyDigest::of([request.filter.clone().unwrap_or_default().encode_to_vec().as_slice()]);
    digest.iter().take(4).map(|byte| format!("{byte:02x}")).collect()
}
