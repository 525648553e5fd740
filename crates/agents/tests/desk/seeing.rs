//! What one caller sees of units that work for another: that they are there, and busy.

use std::sync::Arc;

use proto::watchroom::emergency::v1::{Unit, UnitChangeReason, UnitFilter, UnitStatus};
use service::{Identity, Role};
use store::{MemoryStore, Store};
use tokio_util::sync::CancellationToken;

use crate::served::{Client, change, client_as, list, synced, watch};
use crate::town::{Sent, Town, release, send, start};

/// E1 works for the anonymous caller, E2 for Mallory, of the same tenant.
async fn town() -> Town {
    let store: Arc<dyn Store> = Arc::new(MemoryStore::new());
    let town = start(&store, &CancellationToken::new()).await;
    let there = || Sent { context: Some("there"), ..Sent::words("My shed is burning, 170 London road SM6 7AN") };
    send(&town, there()).await;
    send(&town, Sent { principal: "mallory", ..there() }).await;
    town
}

async fn mallory(town: &Town) -> Client {
    client_as(town, Identity::new("mallory", "", &[Role::Caller])).await
}

async fn unit(client: &mut Client, id: &str) -> Unit {
    list(client, UnitFilter { ids: vec![id.to_owned()], ..UnitFilter::default() }).await.units.remove(0)
}

#[tokio::test]
async fn a_unit_of_anothers_is_busy_and_nothing_else_is_told() {
    let town = town().await;
    let mut units = mallory(&town).await;
    let (theirs, own) = (unit(&mut units, "E1").await, unit(&mut units, "E2").await);
    let station = theirs.station.clone();
    assert!(station.as_ref().is_some_and(|station| !station.name.is_empty()));
    let (id, service, kind) = ("E1".to_owned(), "fire".to_owned(), "engine".to_owned());
    let status = UnitStatus::Busy.into();
    assert_eq!(theirs, Unit { id, service, r#type: kind, station, status, ..Unit::default() });
    assert_eq!((own.status(), own.epoch), (UnitStatus::Assigned, 1));
    assert_eq!(own.assignment.unwrap().place, "170 London road SM6 7AN");
    assert!(own.position.is_some() && own.since.is_some());
    let idle = unit(&mut units, "E3").await;
    assert_eq!((idle.status(), idle.position), (UnitStatus::Available, idle.station.unwrap().position));
}

#[tokio::test]
async fn no_filter_finds_out_more() {
    let town = town().await;
    let mut units = mallory(&town).await;
    let by_status = |status: UnitStatus| UnitFilter { statuses: vec![status.into()], ..UnitFilter::default() };
    let found = async |units: &mut Client, filter| {
        let page = list(units, filter).await;
        assert_eq!(page.units.len(), page.total_size as usize);
        page.units.into_iter().map(|unit| unit.id).collect::<Vec<_>>()
    };
    assert_eq!(found(&mut units, by_status(UnitStatus::Assigned)).await, ["E2"]);
    assert_eq!(found(&mut units, by_status(UnitStatus::Busy)).await, ["E1"]);
    let incident = UnitFilter { incidents: vec!["there".to_owned()], ..UnitFilter::default() };
    assert_eq!(found(&mut units, incident.clone()).await, ["E2"], "the other's has the same name");
    let mut stranger = client_as(&town, Identity::new("carl", "south", &[Role::Caller])).await;
    assert!(found(&mut stranger, incident).await.is_empty());
    // The same name within another tenant is another caller.
    let mut other = client_as(&town, Identity::new("mallory", "south", &[Role::Caller])).await;
    assert_eq!(found(&mut other, by_status(UnitStatus::Busy)).await, ["E1", "E2"]);
}

#[tokio::test]
async fn a_watch_tells_when_anothers_unit_is_busy_and_when_it_is_free() {
    let town = town().await;
    let mut units = mallory(&town).await;
    // From before both dispatches: what was missed is seen no better than what comes.
    let mut items = watch(&mut units, 1).await.unwrap();
    let theirs = change(&mut items).await;
    assert_eq!((theirs.unit.as_str(), theirs.from(), theirs.to()), ("E1", UnitStatus::Available, UnitStatus::Busy));
    assert_eq!((theirs.reason(), theirs.eta_s), (UnitChangeReason::Unspecified, 0));
    assert!(theirs.dispatch.is_empty() && theirs.incident.is_empty() && theirs.after.unwrap().assignment.is_none());
    let own = change(&mut items).await;
    assert_eq!((own.unit.as_str(), own.to(), own.incident.as_str()), ("E2", UnitStatus::Assigned, "there"));
    synced(&mut items).await;
    send(&town, Sent { context: Some("there"), ..release(None) }).await;
    let free = change(&mut items).await;
    assert_eq!((free.unit.as_str(), free.from(), free.to()), ("E1", UnitStatus::Busy, UnitStatus::Available));
    assert!(free.seq > own.seq + 1, "that it was called off is not told");
}

#[tokio::test]
async fn whoever_may_act_for_all_sees_what_all_have_and_whose_it_is() {
    let town = town().await;
    for role in [Role::Delegate, Role::Admin] {
        let mut units = client_as(&town, Identity::new("services", "elsewhere", &[role])).await;
        for (id, principal) in [("E1", "anonymous"), ("E2", "mallory")] {
            let caller = unit(&mut units, id).await.assignment.and_then(|part| part.caller).unwrap();
            assert_eq!((caller.tenant.as_str(), caller.principal.as_str()), ("", principal), "{role}");
        }
        let told = change(&mut watch(&mut units, 1).await.unwrap()).await;
        assert_eq!(told.caller.unwrap().principal, "anonymous");
    }
}
