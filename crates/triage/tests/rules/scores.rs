//! The score itself: what counts as missed, too many, and the same place.

use triage::{Label, Oversight, PlaceScore, Score, Service, Tally, triage};

fn label(services: &[Service], location: Option<&str>) -> Label {
    Label { services: services.to_vec(), location: location.map(str::to_owned), location_optional: false }
}

fn score(text: &str, label: &Label) -> Score {
    Score::of(label, &triage(text))
}

const BURNING: &str = "Our shed is on fire at 12 Acacia Avenue, nobody is hurt.";

#[test]
fn a_place_is_the_same_whatever_its_case_article_preposition_and_edges() {
    for wanted in ["12 Acacia Avenue", "at 12 acacia avenue.", "near the 12 ACACIA AVENUE,"] {
        assert_eq!(score(BURNING, &label(&[Service::Fire], Some(wanted))).place, PlaceScore::Exact, "{wanted}");
    }
    for wanted in ["Acacia Avenue", "12 Acacia Avenue Sutton", "2 Acacia Avenue"] {
        assert_eq!(score(BURNING, &label(&[Service::Fire], Some(wanted))).place, PlaceScore::Wrong, "{wanted}");
    }
    assert_eq!(score(BURNING, &label(&[Service::Fire], None)).place, PlaceScore::Invented);
    let nowhere = "Our shed is on fire!";
    assert_eq!(score(nowhere, &label(&[Service::Fire], Some("the shed"))).place, PlaceScore::Missed);
    let optional = Label { location_optional: true, ..label(&[Service::Fire], Some("the shed")) };
    assert_eq!(score(nowhere, &optional).place, PlaceScore::Exact);
}

#[test]
fn a_service_that_is_missing_or_too_many_is_named_with_its_cause() {
    let both = score(BURNING, &label(&[Service::Police, Service::Ambulance], Some("12 Acacia Avenue")));
    assert_eq!(both.missed[1], (Service::Ambulance, Oversight::Withheld));
    assert_eq!(both.excess, [(Service::Fire, "something burns or smokes")]);
    assert!(!both.exact_set());
    assert!(both.causes().contains(&"fire too many: something burns or smokes".to_owned()), "{:?}", both.causes());
    assert!(score(BURNING, &label(&[Service::Fire], Some("12 Acacia Avenue"))).met());
}

#[test]
fn rates_are_shares_of_all_calls() {
    let mut tally = Tally::default();
    for needed in [&[Service::Fire][..], &[Service::Police], &[Service::Fire, Service::Police], &[]] {
        let label = label(needed, None);
        tally.add(&label, &score(BURNING, &label));
    }
    let rates = [tally.exact_set(), tally.under_dispatch(), tally.over_dispatch(), tally.location_exact()];
    assert_eq!((tally.calls(), rates), (4, [0.25, 0.5, 0.5, 0.0]));
    let of = |service| tally.services().find(|(name, _)| *name == service).expect("every service").1;
    let (fire, police, ambulance) = (of(Service::Fire), of(Service::Police), of(Service::Ambulance));
    assert_eq!((fire.precision(), fire.recall()), (0.5, 1.0));
    assert!((fire.f1() - 2.0 / 3.0).abs() < 1e-9);
    assert_eq!((police.needed, police.sent, police.recall()), (2, 0, 0.0));
    assert_eq!((ambulance.precision(), ambulance.recall(), ambulance.f1()), (1.0, 1.0, 1.0));
}
