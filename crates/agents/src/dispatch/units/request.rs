//! The edge: requests become what the board understands, or an error that names the field.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use prost::Message;
use proto::watchroom::emergency::v1 as wire;
use types::{StoreId, limits};

use super::error::Error;
use super::filter::Filter;

/// Most values of one field of a filter.
const VALUES: usize = 100;

/// A page that is asked for.
#[derive(Debug)]
pub(crate) struct Page {
    pub(crate) filter: Filter,
    /// The same as it came.
    pub(crate) asked: wire::UnitFilter,
    pub(crate) size: usize,
    /// The last unit of the page before; empty for the first.
    pub(crate) after: String,
}

/// A watch that is asked for.
#[derive(Debug)]
pub(crate) struct Start {
    pub(crate) filter: Filter,
    /// 0 asks for a snapshot.
    pub(crate) version: u64,
}

/// Opaque to clients, tied to a store and a filter.
#[derive(Clone, PartialEq, Message)]
struct Token {
    #[prost(bytes = "vec", tag = "1")]
    store: Vec<u8>,
    #[prost(message, optional, tag = "2")]
    filter: Option<wire::UnitFilter>,
    #[prost(string, tag = "3")]
    after: String,
}

/// The token of the page after the unit `after`.
pub(crate) fn token(store: StoreId, filter: &wire::UnitFilter, after: &str) -> String {
    let token = Token { store: store.as_bytes().to_vec(), filter: Some(filter.clone()), after: after.to_owned() };
    URL_SAFE_NO_PAD.encode(token.encode_to_vec())
}

pub(crate) fn page(store: StoreId, request: wire::ListUnitsRequest) -> Result<Page, Error> {
    let asked = request.filter.unwrap_or_default();
    let after = match request.page_token.as_str() {
        "" => String::new(),
        token => read_token(store, &asked, token)?,
    };
    let size = match request.page_size.map_or(Ok(limits::PAGE), usize::try_from) {
        Ok(size @ 1..=limits::PAGE_MAX) => size,
        _ => return Err(Error::invalid("page_size", format!("must be 1 to {}", limits::PAGE_MAX))),
    };
    Ok(Page { filter: filter(&asked)?, asked, size, after })
}

fn read_token(store: StoreId, filter: &wire::UnitFilter, text: &str) -> Result<String, Error> {
    let foreign = || Error::invalid("page_token", "is not a page token of this store");
    let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| foreign())?;
    let token = Token::decode(bytes.as_slice()).map_err(|_| foreign())?;
    match (token.store == store.as_bytes(), token.filter.as_ref() == Some(filter)) {
        (true, true) => Ok(token.after),
        (true, false) => Err(Error::invalid("page_token", "belongs to a query with another filter")),
        (false, _) => Err(foreign()),
    }
}

pub(crate) fn watch(store: StoreId, request: wire::WatchUnitsRequest) -> Result<Start, Error> {
    let version = request.from_version;
    if version > 0 && !request.store_id.is_empty() {
        let named: StoreId = request.store_id.parse().map_err(|error| Error::invalid("store_id", error))?;
        if named != store {
            return Err(Error::OtherStore { given: version, here: store });
        }
    }
    Ok(Start { filter: filter(&request.filter.unwrap_or_default())?, version })
}

fn filter(asked: &wire::UnitFilter) -> Result<Filter, Error> {
    Ok(Filter {
        ids: bounded("filter.ids", &asked.ids)?,
        types: bounded("filter.types", &asked.types)?,
        stations: bounded("filter.stations", &asked.stations)?,
        statuses: bounded("filter.statuses", &asked.statuses)?.into_iter().map(status).collect::<Result<_, _>>()?,
        incidents: bounded("filter.incidents", &asked.incidents)?,
        dispatches: bounded("filter.dispatches", &asked.dispatches)?,
    })
}

fn bounded<T: Clone>(field: &'static str, values: &[T]) -> Result<Vec<T>, Error> {
    let count = values.len();
    if count > VALUES {
        return Err(Error::invalid(field, format!("has {count} values, the limit is {VALUES}")));
    }
    Ok(values.to_vec())
}

fn status(given: i32) -> Result<wire::UnitStatus, Error> {
    let known = wire::UnitStatus::try_from(given).ok().filter(|known| *known != wire::UnitStatus::Unspecified);
    known.ok_or_else(|| Error::invalid("filter.statuses", format!("has no value {given}")))
}
