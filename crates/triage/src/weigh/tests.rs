//! What is weighed, and what the weights are worth.

use std::collections::BTreeSet;

use super::learn::named;
use super::{Reading, SETS, bit, least_bad, probable};
use crate::outcome::Service;
use crate::read;

fn names(text: &str, known: &[&str]) -> BTreeSet<String> {
    let heard = read(text);
    let (tokens, found) = (&heard.tokens, &heard.findings.all);
    let reading = Reading { tokens, found, sent: &[Service::Fire], grounded: true, heard: heard.heard };
    named(reading, |word| known.contains(&word))
}

#[test]
fn words_kinds_findings_and_choices_are_weighed() {
    let names = names("The smouldering sofa stands beside our hedge", &["smoulder"]);
    for name in ["smoulder", "@flames", "@what-burns", "fire sent clearly", "police not sent clearly"] {
        assert!(names.contains(name), "{name}: {names:?}");
    }
    assert!(names.iter().any(|name| name.starts_with("Smoke/Holds")), "{names:?}");
    assert!(!names.contains("smouldering") && !names.contains("a place"), "{names:?}");
}

#[test]
fn a_place_and_a_figure_of_speech_are_not_weighed() {
    let names = names("My boss fired him from the bakery, 12 Gunfire Lane", &["bakery", "fire", "gunfire", "lane"]);
    assert!(names.contains("bakery") && names.contains("a place"), "{names:?}");
    assert!(["fire", "@flames", "gunfire", "lane"].iter().all(|name| !names.contains(*name)), "{names:?}");
}

#[test]
fn probabilities_are_of_all_sets_together() {
    let sets = probable([0.0, 2.0, -900.0, 900.0, 0.0, 0.0, 1.0, 0.0]);
    assert!((sets.iter().sum::<f64>() - 1.0).abs() < 1e-9);
    assert!(sets[3] > 0.99);
}

#[test]
fn in_doubt_too_many_are_sent_and_not_too_few() {
    let (fire, both) = (bit(Service::Fire), bit(Service::Fire) | bit(Service::Ambulance));
    let doubt = |of_fire: f64| {
        let mut sets = [0.0; SETS];
        (sets[fire], sets[both]) = (of_fire, 1.0 - of_fire);
        least_bad(&sets)
    };
    assert_eq!((doubt(0.9), doubt(0.6), doubt(0.1)), (fire, both, both));
}
