//! The catalogue against random histories, and its table.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;
use crate::fixture::{NOT_SERVING, SERVING, identity, wish};

const TERMS: Terms =
    Terms { min: Duration::from_secs(3), default: Duration::from_secs(10), max: Duration::from_secs(60) };

fn moment(start: Instant, seconds: u64) -> Moment {
    Moment { at: start + Duration::from_secs(seconds), wall: Timestamp::from_millis(seconds * 1000) }
}

fn empty() -> Catalog {
    Catalog::restore(TERMS, 0, Vec::new(), moment(Instant::now(), 0))
}

fn held(change: &Change) -> &Entry {
    match &change.now {
        Now::Held(entry) => entry,
        Now::Gone(reason) => panic!("gone: {reason:?}"),
    }
}

#[test]
fn a_lease_is_granted_within_the_bounds() {
    let now = moment(Instant::now(), 0);
    let seconds = |wanted: Option<u64>| {
        let change = empty().register(wish(1, &[], wanted.map(Duration::from_secs)), now);
        held(&change).record.ttl.as_secs()
    };
    assert_eq!(seconds(None), 10);
    assert_eq!(seconds(Some(1)), 3);
    assert_eq!(seconds(Some(20)), 20);
    assert_eq!(seconds(Some(3600)), 60);
}

#[test]
fn r1_a_lease_ends_one_term_after_its_last_renewal() {
    let start = Instant::now();
    let mut catalog = empty();
    let epoch = held(&catalog.register(wish(1, &[], None), moment(start, 0))).record.epoch;
    let lease = identity(1).lease();
    catalog.renew(lease, epoch, SERVING, moment(start, 9)).unwrap();
    assert_eq!(catalog.expire(start + Duration::from_secs(18)), []);
    let gone = catalog.expire(start + Duration::from_secs(19));
    assert!(matches!(gone[..], [Change { version: 2, now: Now::Gone(Reason::LeaseExpired), .. }]));
    assert_eq!(catalog.renew(lease, epoch, SERVING, moment(start, 19)).unwrap_err(), Refused::Unknown);
}

#[test]
fn a_renewal_that_was_held_up_takes_no_time_back() {
    let start = Instant::now();
    let mut catalog = empty();
    let epoch = held(&catalog.register(wish(1, &[], None), moment(start, 5))).record.epoch;
    catalog.renew(identity(1).lease(), epoch, SERVING, moment(start, 1)).unwrap();
    assert_eq!(catalog.expire(start + Duration::from_secs(14)), []);
}

#[test]
fn r4_a_stale_epoch_has_no_effect_also_after_an_absence() {
    let start = Instant::now();
    let mut catalog = empty();
    let lease = identity(1).lease();
    let old = held(&catalog.register(wish(1, &[], None), moment(start, 0))).record.epoch;
    catalog.deregister(lease, old).unwrap();
    let new = held(&catalog.register(wish(1, &[], None), moment(start, 1))).record.epoch;
    assert!(new > old);
    let before = catalog.clone();
    let stale = Refused::Stale { given: old, newest: new };
    assert_eq!(catalog.renew(lease, old, NOT_SERVING, moment(start, 2)).unwrap_err(), stale);
    assert_eq!(catalog.deregister(lease, old).unwrap_err(), stale);
    assert_eq!(catalog.deregister(lease, new + 7).unwrap_err(), Refused::Unknown);
    assert_eq!(catalog, before);
}

#[test]
fn r5_what_was_stored_gets_one_full_term() {
    let start = Instant::now();
    let record = Record::clone(&held(&empty().register(wish(1, &[], None), moment(start, 0))).record);
    let mut catalog = Catalog::restore(TERMS, 41, vec![record.clone()], moment(start, 1000));
    assert_eq!(catalog.version(), 41);
    assert_eq!(catalog.expire(start + Duration::from_secs(1009)), []);
    assert!(catalog.renew(identity(1).lease(), record.epoch, SERVING, moment(start, 1009)).is_ok());
    assert_eq!(catalog.expire(start + Duration::from_secs(1018)), []);
    assert_eq!(catalog.expire(start + Duration::from_secs(1019)).len(), 1);
}

/// Thirty leases of ten seconds, of which the first `renewed` were renewed after seven.
fn crowd(start: Instant, renewed: u8) -> Catalog {
    let mut catalog = empty();
    for number in 0..30 {
        let epoch = catalog.register(wish(number, &[], None), moment(start, 0)).version;
        if number < renewed {
            catalog.renew(identity(number).lease(), epoch, SERVING, moment(start, 7)).unwrap();
        }
    }
    catalog
}

#[test]
fn r1_a_mass_loss_evicts_nobody_for_three_terms() {
    let start = Instant::now();
    let mut catalog = crowd(start, 25);
    let at = |seconds| start + Duration::from_secs(seconds);
    assert_eq!(catalog.standing(at(10)), Standing::MassLoss, "25 of 30 are fewer than 85 %");
    assert_eq!(catalog.expire(at(10)), []);
    assert_eq!(catalog.expire(at(39)), []);
    assert_eq!(catalog.expire(at(40)).len(), 5, "a term and three more after the last renewal");
    assert_eq!(catalog.expire(at(46)), []);
    assert_eq!(catalog.expire(at(47)).len(), 25);
    assert_eq!(catalog.standing(at(47)), Standing::Sound);
}

#[test]
fn r1_a_few_that_fall_silent_in_a_crowd_are_evicted_in_time() {
    let start = Instant::now();
    let mut catalog = crowd(start, 26);
    assert_eq!(catalog.standing(start + Duration::from_secs(10)), Standing::Sound);
    assert_eq!(catalog.expire(start + Duration::from_secs(10)).len(), 4);
}

#[test]
fn r4_only_the_newest_registration_is_marked_and_the_next_forgets_it() {
    let start = Instant::now();
    let mut catalog = empty();
    let lease = identity(1).lease();
    let old = catalog.register(wish(1, &[], None), moment(start, 0)).version;
    let new = catalog.register(wish(1, &[], None), moment(start, 1)).version;
    let stale = Refused::Stale { given: old, newest: new };
    assert_eq!(catalog.set_intake(lease, old, Intake::Draining).unwrap_err(), stale);
    assert_eq!(catalog.set_intake(identity(2).lease(), 0, Intake::Draining).unwrap_err(), Refused::Unknown);
    let marked = catalog.set_intake(lease, 0, Intake::Draining).unwrap();
    assert!(held(&marked).is_draining() && held(&marked).record.epoch == new && marked.version == new + 1);
    let renewed = catalog.renew(lease, new, SERVING, moment(start, 2)).unwrap();
    assert!(renewed.now.is_draining(), "a renewal does not overrule it");
    let again = catalog.register(wish(1, &[], None), moment(start, 3));
    assert!(!held(&again).is_draining());
}

#[derive(Debug, Clone)]
enum Step {
    Register(u8, u64),
    Renew(u8, Held),
    Deregister(u8, Held),
    Expire(u64),
}

/// Which epoch a call names.
#[derive(Debug, Clone, Copy)]
enum Held {
    Newest,
    Older,
    Unheard,
}

fn held_epoch() -> impl Strategy<Value = Held> {
    prop_oneof![4 => Just(Held::Newest), 2 => Just(Held::Older), 1 => Just(Held::Unheard)]
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        (0..4u8, 0..70u64).prop_map(|(number, ttl)| Step::Register(number, ttl)),
        (0..4u8, held_epoch()).prop_map(|(number, held)| Step::Renew(number, held)),
        (0..4u8, held_epoch()).prop_map(|(number, held)| Step::Deregister(number, held)),
        (0..20u64).prop_map(Step::Expire),
    ]
}

/// What a holder believes: epoch, and the end of its lease in seconds.
type Leases = BTreeMap<u8, (u64, u64)>;

struct Run {
    start: Instant,
    now: u64,
    catalog: Catalog,
    leases: Leases,
    newest: BTreeMap<u8, u64>,
}

impl Run {
    fn epoch(&self, number: u8, held: Held) -> u64 {
        let newest = self.newest.get(&number).copied().unwrap_or(0);
        match held {
            Held::Newest => newest,
            Held::Older => newest.saturating_sub(1),
            Held::Unheard => newest + 1000,
        }
    }

    /// The changes of one step; the model is kept beside.
    fn take(&mut self, step: Step) -> Vec<Change> {
        match step {
            Step::Register(number, ttl) => {
                let ttl = Duration::from_secs(ttl);
                let change = self.catalog.register(wish(number, &[], Some(ttl)), moment(self.start, self.now));
                let record = &held(&change).record;
                assert!(self.newest.insert(number, record.epoch).is_none_or(|last| last < record.epoch));
                self.leases.insert(number, (record.epoch, self.now + record.ttl.as_secs()));
                vec![change]
            }
            Step::Renew(number, epoch) => {
                let epoch = self.epoch(number, epoch);
                let lease = identity(number).lease();
                let renewed = self.catalog.renew(lease, epoch, SERVING, moment(self.start, self.now));
                assert_eq!(renewed.is_ok(), self.leases.get(&number).is_some_and(|(held, _)| *held == epoch));
                if let Ok(renewal) = renewed {
                    let end = self.now + renewal.now.record.ttl.as_secs();
                    self.leases.insert(number, (epoch, end));
                }
                Vec::new()
            }
            Step::Deregister(number, epoch) => {
                let epoch = self.epoch(number, epoch);
                let removed = self.catalog.deregister(identity(number).lease(), epoch);
                assert_eq!(removed.is_ok(), self.leases.get(&number).is_some_and(|(held, _)| *held == epoch));
                if removed.is_ok() {
                    self.leases.remove(&number);
                }
                removed.into_iter().collect()
            }
            Step::Expire(seconds) => {
                self.now += seconds;
                let now = self.now;
                self.leases.retain(|_, (_, end)| *end > now);
                self.catalog.expire(moment(self.start, now).at)
            }
        }
    }

    fn agrees(&self) {
        let kept: Leases = self.catalog.entries().values().map(|entry| self.line(entry)).collect();
        assert_eq!(kept, self.leases);
        assert_eq!(self.catalog.leases.len(), self.catalog.entries.len());
    }

    fn line(&self, entry: &Entry) -> (u8, (u64, u64)) {
        let record = &entry.record;
        let number = record.store_id.as_bytes()[0];
        (number, (record.epoch, (entry.deadline - self.start).as_secs()))
    }
}

proptest! {
    #[test]
    fn versions_rise_by_one_leases_end_in_time_and_stale_epochs_do_nothing(steps in prop::collection::vec(step(), 1..60)) {
        let start = Instant::now();
        let mut run = Run { start, now: 0, catalog: empty(), leases: Leases::new(), newest: BTreeMap::new() };
        for step in steps {
            let (before, version) = (run.catalog.clone(), run.catalog.version());
            let quiet = matches!(step, Step::Renew(..));
            let changes = run.take(step);
            let versions: Vec<u64> = changes.iter().map(|change| change.version).collect();
            prop_assert_eq!(versions, (version + 1..=run.catalog.version()).collect::<Vec<_>>());
            run.agrees();
            if !quiet {
                let mut undone = run.catalog.clone();
                undone.undo(changes);
                prop_assert_eq!(undone, before);
            }
        }
    }
}
