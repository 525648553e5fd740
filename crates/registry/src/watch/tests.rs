//! The filter's view of changes, and the bound of a watch.

use std::time::Instant;

use futures::{FutureExt, StreamExt};
use types::Timestamp;

use super::*;

const BEHIND: usize = Fanout::<News>::BEHIND;
use crate::catalog::{Moment, Terms};
use crate::fixture::{NOT_SERVING, SERVING, identity, wish};
use crate::record::Health;

fn now() -> Moment {
    Moment { at: Instant::now(), wall: Timestamp::from_millis(1) }
}

fn catalog() -> Catalog {
    Catalog::restore(Terms::default(), 0, Vec::new(), now())
}

fn skilled(skill: &str) -> Filter {
    Filter { skills: vec![skill.to_owned()], ..Filter::default() }
}

fn healthy() -> Filter {
    Filter { health: vec![Health::Serving], ..Filter::default() }
}

fn tell(hub: &mut Hub, change: Change) {
    hub.tell(&News::Changes([Arc::new(change)].into()));
}

fn told(watch: &mut Watch) -> Option<Result<Event, Error>> {
    watch.next().now_or_never().flatten()
}

#[test]
fn an_instance_that_stops_matching_is_removed_as_filtered() {
    let (mut catalog, mut hub) = (catalog(), Hub::default());
    let mut watch = hub.join(skilled("a"), Vec::new());
    tell(&mut hub, catalog.register(wish(1, &["a"], None), now()));
    tell(&mut hub, catalog.register(wish(1, &["b"], None), now()));
    tell(&mut hub, catalog.register(wish(1, &["c"], None), now()));
    assert!(matches!(told(&mut watch), Some(Ok(Event::Upsert { version: 1, .. }))));
    assert_eq!(told(&mut watch), Some(Ok(filtered(2, identity(1)))));
    assert_eq!(told(&mut watch), None);
}

#[test]
fn a_filter_of_health_follows_health_without_a_version() {
    let (mut catalog, mut hub) = (catalog(), Hub::default());
    let mut watch = hub.join(healthy(), Vec::new());
    let change = catalog.register(wish(1, &[], None), now());
    let (lease, epoch) = (change.identity.lease(), change.version);
    tell(&mut hub, change);
    for vitals in [NOT_SERVING, SERVING] {
        let renewal = catalog.renew(lease, epoch, vitals, now()).unwrap();
        hub.tell(&News::Reports([renewal].into()));
    }
    assert!(matches!(told(&mut watch), Some(Ok(Event::Upsert { version: 1, .. }))));
    assert_eq!(told(&mut watch), Some(Ok(filtered(0, identity(1)))));
    assert!(matches!(told(&mut watch), Some(Ok(Event::Upsert { version: 0, .. }))));
}

#[test]
fn a_watch_that_reads_too_slowly_is_cut_after_what_it_was_told_and_delays_nobody() {
    let (mut catalog, mut hub) = (catalog(), Hub::default());
    let mut slow = hub.join(Filter::default(), Vec::new());
    let mut quick = hub.join(Filter::default(), Vec::new());
    for round in 0..=BEHIND {
        tell(&mut hub, catalog.register(wish(1, &[], None), now()));
        assert!(matches!(told(&mut quick), Some(Ok(Event::Upsert { version, .. })) if version == round as u64 + 1));
    }
    assert_eq!(hub.prune(), 1);
    let mut last = 0;
    let end = loop {
        match told(&mut slow) {
            Some(Ok(Event::Upsert { version, .. })) => last = version,
            other => break other,
        }
    };
    assert_eq!(last, BEHIND as u64);
    assert_eq!(end, Some(Err(Error::SlowWatch)));
    assert_eq!(told(&mut slow), None);
}

#[test]
fn a_batch_larger_than_the_bound_cuts_nobody() {
    let (mut catalog, mut hub) = (catalog(), Hub::default());
    let mut watch = hub.join(Filter::default(), Vec::new());
    let changes: Vec<_> = (0..BEHIND * 4).map(|_| Arc::new(catalog.register(wish(1, &[], None), now()))).collect();
    hub.tell(&News::Changes(changes.into()));
    for version in 1..=BEHIND as u64 * 4 {
        assert!(matches!(told(&mut watch), Some(Ok(Event::Upsert { version: told, .. })) if told == version));
    }
    assert_eq!(hub.prune(), 1);
}

#[test]
fn a_bookmark_comes_only_where_it_says_something_new() {
    let (mut catalog, mut hub) = (catalog(), Hub::default());
    let mut all = hub.join(Filter::default(), Vec::new());
    let mut none = hub.join(skilled("z"), Vec::new());
    tell(&mut hub, catalog.register(wish(1, &["a"], None), now()));
    let mark = |standing| News::Bookmark { version: 1, standing };
    hub.tell(&mark(Standing::Sound));
    hub.tell(&mark(Standing::MassLoss));
    hub.tell(&mark(Standing::MassLoss));
    assert!(matches!(told(&mut all), Some(Ok(Event::Upsert { version: 1, .. }))));
    let lost = Event::Bookmark { version: 1, standing: Standing::MassLoss };
    assert_eq!((told(&mut all), told(&mut all)), (Some(Ok(lost.clone())), None));
    let sound = Event::Bookmark { version: 1, standing: Standing::Sound };
    assert_eq!((told(&mut none), told(&mut none), told(&mut none)), (Some(Ok(sound)), Some(Ok(lost)), None));
}

#[test]
fn a_watch_whose_reader_has_gone_is_forgotten() {
    let mut hub = Hub::default();
    drop(hub.join(Filter::default(), Vec::new()));
    assert_eq!(hub.prune(), 0);
}
