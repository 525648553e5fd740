//! One watch: what it has to catch up on, a mark, then what changes, never more than a bound behind.

use futures::{Stream, StreamExt as _, stream};
use proto::watchroom::emergency::v1 as wire;
use proto::watchroom::emergency::v1::watch_incidents_response::Event;
use service::Listening;
use tonic::Status;
use types::{Owner, StoreId};

use super::api::bare;
use super::book::Change;
use super::desk::Shared;
use super::fault::Fault;
use super::filter::Filter;
use super::record::Record;

/// Starts a watch; nothing that changes from now on is missed, and nothing told twice.
pub(super) fn start(
    shared: &Shared,
    store: StoreId,
    owner: Owner,
    request: wire::WatchIncidentsRequest,
) -> Result<impl Stream<Item = Result<wire::WatchIncidentsResponse, Status>> + Send + use<>, Fault> {
    let wire::WatchIncidentsRequest { filter, from_version: from, store_id } = request;
    let filter = Filter::read(filter)?;
    let mut book = shared.book.write();
    check(from, &store_id, store, book.version())?;
    let mut items = backlog(&filter, from, book.since(&owner, from).map(|record| &**record));
    items.push(item(book.version(), Event::Synced(wire::IncidentsSynced { store_id: store.to_string() })));
    let watch = book.watch(owner);
    let changes = stream::unfold(Some((watch, filter)), next);
    Ok(stream::iter(items.into_iter().map(Ok)).chain(changes))
}

fn check(from: u64, store_id: &str, store: StoreId, current: u64) -> Result<(), Fault> {
    match from {
        0 => Ok(()),
        given if !store_id.is_empty() && store_id != store.to_string() => Err(Fault::OtherStore { given, here: store }),
        given if given > current => Err(Fault::Beyond { given, current }),
        _ => Ok(()),
    }
}

/// A snapshot shows what matches; what was missed is told whatever its status, for it may have left the filter.
fn backlog<'r>(
    filter: &Filter,
    from: u64,
    records: impl Iterator<Item = &'r Record>,
) -> Vec<wire::WatchIncidentsResponse> {
    let wanted = |record: &&Record| {
        if from == 0 { filter.admits(&record.shown) } else { filter.describes(&record.shown) }
    };
    let version = |record: &Record| if from == 0 { 0 } else { record.shown.version };
    records.filter(wanted).map(|record| item(version(record), upsert(filter, record))).collect()
}

type State = Option<(Listening<Change>, Filter)>;

/// The next change that the filter lets through; after the end nothing.
async fn next(state: State) -> Option<(Result<wire::WatchIncidentsResponse, Status>, State)> {
    let (mut watch, filter) = state?;
    while let Some(Change { before, now }) = watch.rx.recv().await {
        let was = before.is_some_and(|before| filter.admits(&before.shown));
        if filter.admits(&now.shown) || (was && filter.describes(&now.shown)) {
            let told = item(now.shown.version, upsert(&filter, &now));
            return Some((Ok(told), Some((watch, filter))));
        }
    }
    let end = if watch.is_slow() { Fault::Slow } else { Fault::Stopped };
    Some((Err(end.into()), None))
}

fn upsert(filter: &Filter, record: &Record) -> Event {
    Event::Upsert(if filter.is_narrow() { record.shown.clone() } else { bare(record) })
}

fn item(version: u64, event: Event) -> wire::WatchIncidentsResponse {
    wire::WatchIncidentsResponse { version, event: Some(event) }
}
