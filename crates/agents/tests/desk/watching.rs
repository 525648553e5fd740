//! ListUnits and WatchUnits: what callers see is durable, in order, and goes on from any version that is kept.

use std::sync::Arc;

use proto::watchroom::emergency::v1::watch_units_response::Event;
use proto::watchroom::emergency::v1::{ListUnitsRequest, UnitChangeReason, UnitFilter, UnitStatus, WatchUnitsRequest};
use store::{MemoryStore, Store};
use tokio_util::sync::CancellationToken;
use tonic::Code;

use crate::served::{change, client, list, synced, watch};
use crate::town::{Sent, release, send, start, told};

fn memory() -> Arc<dyn Store> {
    Arc::new(MemoryStore::new())
}

fn shed() -> Sent {
    Sent { context: Some("there"), ..Sent::words("My shed is burning, 170 London road SM6 7AN") }
}

fn assigned() -> UnitFilter {
    UnitFilter { statuses: vec![UnitStatus::Assigned.into()], ..UnitFilter::default() }
}

#[tokio::test]
async fn a_list_shows_what_a_caller_was_just_told() {
    let town = start(&memory(), &CancellationToken::new()).await;
    let mut units = client(&town).await;
    for sent in 1..=4 {
        send(&town, shed()).await;
        let page = list(&mut units, assigned()).await;
        assert_eq!((page.units.len(), page.total_size, page.version), (sent, sent as i32, sent as u64 + 1));
    }
    let page = list(&mut units, UnitFilter { ids: vec!["E1".into()], ..UnitFilter::default() }).await;
    let [e1] = &page.units[..] else { panic!("{page:?}") };
    let part = e1.assignment.as_ref().unwrap();
    assert_eq!((part.incident.as_str(), part.place.as_str(), part.priority), ("there", "170 London road SM6 7AN", 2));
    assert_eq!((e1.service.as_str(), e1.r#type.as_str(), e1.epoch), ("fire", "engine", 1));
    assert!(part.eta.unwrap().seconds > part.assigned_at.unwrap().seconds);
}

#[tokio::test]
async fn pages_hold_every_unit_once_in_natural_order() {
    let town = start(&memory(), &CancellationToken::new()).await;
    let mut units = client(&town).await;
    let (mut seen, mut page_token) = (Vec::new(), String::new());
    loop {
        let request = ListUnitsRequest { page_size: Some(5), page_token, ..ListUnitsRequest::default() };
        let page = units.list_units(request).await.unwrap().into_inner();
        seen.extend(page.units.into_iter().map(|unit| unit.id));
        page_token = page.next_page_token;
        if page_token.is_empty() {
            break;
        }
    }
    let all: Vec<String> =
        list(&mut units, UnitFilter::default()).await.units.into_iter().map(|unit| unit.id).collect();
    assert!(seen.is_sorted_by(|a, b| types::natural(a, b).is_lt()), "{seen:?}");
    assert_eq!(seen, all);
}

#[tokio::test]
async fn a_watch_tells_a_snapshot_then_each_change_with_its_reason() {
    let town = start(&memory(), &CancellationToken::new()).await;
    let mut units = client(&town).await;
    let mut items = watch(&mut units, 0).await.unwrap();
    let snapshot = synced(&mut items).await;
    let (last, units_of) = snapshot.split_last().unwrap();
    assert!(units_of.iter().all(|item| item.version == 0) && last.version == 1);
    let sent = send(&town, shed()).await;
    let dispatch = told(&sent, "dispatch");
    let dispatch = a2a::metadata::as_text(Some(&dispatch)).unwrap();
    send(&town, release(Some(dispatch))).await;
    let changes = [change(&mut items).await, change(&mut items).await, change(&mut items).await];
    let told = changes.each_ref().map(|change| (change.seq, change.from(), change.to(), change.reason()));
    let (free, sent, off) = (UnitStatus::Available, UnitStatus::Assigned, UnitStatus::AssignmentCancelled);
    assert_eq!(
        told,
        [
            (2, free, sent, UnitChangeReason::Dispatched),
            (3, sent, off, UnitChangeReason::Released),
            (4, off, free, UnitChangeReason::Released),
        ]
    );
    let parts = changes.each_ref().map(|change| (change.unit.as_str(), change.dispatch.as_str()));
    assert_eq!(parts, [("E1", dispatch), ("E1", dispatch), ("E1", "")]);
    assert_eq!(changes.each_ref().map(|change| change.incident.as_str()), ["there", "there", ""]);
    assert!(changes[0].eta_s > 60 && changes[1].eta_s == 0);
}

#[tokio::test]
async fn a_watch_goes_on_from_any_version_also_after_a_restart() {
    let store = memory();
    let closing = CancellationToken::new();
    let town = start(&store, &closing).await;
    for _ in 0..5 {
        send(&town, shed()).await;
    }
    closing.cancel();
    let town = start(&store, &CancellationToken::new()).await;
    let mut units = client(&town).await;
    for version in 1..=6 {
        let missed = synced(&mut watch(&mut units, version).await.unwrap()).await;
        let versions: Vec<u64> = missed.iter().map(|item| item.version).collect();
        assert_eq!(versions, (version + 1..=6).chain([6]).collect::<Vec<_>>());
    }
    send(&town, shed()).await;
    assert_eq!(list(&mut units, assigned()).await.version, 7);
}

#[tokio::test]
async fn a_watch_goes_on_from_a_store_in_which_nothing_had_happened() {
    let store = memory();
    let closing = CancellationToken::new();
    let town = start(&store, &closing).await;
    let mut units = client(&town).await;
    let version = synced(&mut watch(&mut units, 0).await.unwrap()).await.last().unwrap().version;
    assert_eq!((version, list(&mut units, assigned()).await.version), (1, 1));
    assert_eq!(synced(&mut watch(&mut units, version).await.unwrap()).await.len(), 1, "nothing was missed");
    closing.cancel();
    let town = start(&store, &CancellationToken::new()).await;
    send(&town, shed()).await;
    let missed = synced(&mut watch(&mut client(&town).await, version).await.unwrap()).await;
    assert_eq!(missed.iter().map(|item| item.version).collect::<Vec<_>>(), [2, 2]);
}

#[tokio::test]
async fn a_unit_has_a_time_once_it_was_sent() {
    let town = start(&memory(), &CancellationToken::new()).await;
    send(&town, shed()).await;
    let page = list(&mut client(&town).await, UnitFilter::default()).await;
    let sent: Vec<&str> = page.units.iter().filter(|unit| unit.since.is_some()).map(|unit| unit.id.as_str()).collect();
    assert_eq!(sent, ["E1"]);
}

#[tokio::test]
async fn a_version_that_is_not_kept_or_not_of_this_store_is_out_of_range() {
    let town = start(&memory(), &CancellationToken::new()).await;
    let mut units = client(&town).await;
    send(&town, shed()).await;
    assert_eq!(watch(&mut units, 3).await.unwrap_err().code(), Code::OutOfRange);
    let stranger = "019b0000-0000-7000-8000-0000000000fe";
    let request = WatchUnitsRequest { from_version: 1, store_id: stranger.into(), ..WatchUnitsRequest::default() };
    assert_eq!(units.watch_units(request).await.unwrap_err().code(), Code::OutOfRange);
    // Each round is three changes; four thousand and some are kept.
    for _ in 0..1400 {
        send(&town, shed()).await;
        send(&town, Sent { context: Some("there"), ..release(None) }).await;
    }
    assert_eq!(watch(&mut units, 1).await.unwrap_err().code(), Code::OutOfRange);
    let version = list(&mut units, UnitFilter::default()).await.version;
    let recent = synced(&mut watch(&mut units, version - 4000).await.unwrap()).await;
    assert_eq!(recent.len(), 4001);
}

#[tokio::test]
async fn a_watch_that_is_filtered_tells_only_what_was_asked_for() {
    let town = start(&memory(), &CancellationToken::new()).await;
    let mut units = client(&town).await;
    let filter = UnitFilter { incidents: vec!["elsewhere".into()], ..UnitFilter::default() };
    let request = WatchUnitsRequest { filter: Some(filter), ..WatchUnitsRequest::default() };
    let mut items = units.watch_units(request).await.unwrap().into_inner();
    assert!(matches!(synced(&mut items).await[..], [ref only] if matches!(only.event, Some(Event::Synced(_)))));
    send(&town, shed()).await;
    send(&town, Sent { context: Some("elsewhere"), ..shed() }).await;
    let change = change(&mut items).await;
    assert_eq!((change.seq, change.unit.as_str()), (3, "E2"));
}

#[tokio::test]
async fn a_watch_that_is_not_read_slows_nobody_and_is_cut() {
    let town = start(&memory(), &CancellationToken::new()).await;
    let mut units = client(&town).await;
    let mut items = watch(&mut units, 0).await.unwrap();
    synced(&mut items).await;
    for _ in 0..1500 {
        send(&town, shed()).await;
        send(&town, Sent { context: Some("there"), ..release(None) }).await;
    }
    let mut last = 0;
    let end = loop {
        match items.message().await {
            Ok(item) => last = item.unwrap().version,
            Err(status) => break status,
        }
    };
    assert_eq!(end.code(), Code::Unavailable, "{end}");
    let missed = synced(&mut watch(&mut units, last).await.unwrap()).await;
    assert_eq!((missed[0].version, missed.last().unwrap().version), (last + 1, 4501));
}

#[tokio::test]
async fn a_watch_ends_unavailable_when_its_service_stops() {
    let closing = CancellationToken::new();
    let town = start(&memory(), &closing).await;
    let mut units = client(&town).await;
    let mut items = watch(&mut units, 0).await.unwrap();
    synced(&mut items).await;
    closing.cancel();
    assert_eq!(items.message().await.unwrap_err().code(), Code::Unavailable);
}

#[tokio::test]
async fn requests_that_make_no_sense_name_the_field() {
    let town = start(&memory(), &CancellationToken::new()).await;
    let mut units = client(&town).await;
    let cases = [
        ListUnitsRequest { page_size: Some(0), ..ListUnitsRequest::default() },
        ListUnitsRequest { page_token: "x".into(), ..ListUnitsRequest::default() },
        ListUnitsRequest {
            filter: Some(UnitFilter { statuses: vec![77], ..UnitFilter::default() }),
            ..ListUnitsRequest::default()
        },
    ];
    for (request, field) in cases.into_iter().zip(["page_size", "page_token", "filter.statuses"]) {
        let refusal = units.list_units(request).await.unwrap_err();
        assert_eq!(refusal.code(), Code::InvalidArgument);
        assert!(refusal.message().starts_with(field), "{}", refusal.message());
    }
}
