//! Labelled calls, and how far the rules meet them.
//! The calls are those of `tests/data`, or of the file that `WATCHROOM_CALLS` names.

use std::path::{Path, PathBuf};

use serde::Deserialize;
use triage::{Label, Score, Service, Tally, triage};

use crate::files::files;

#[derive(Debug, Deserialize)]
pub(crate) struct Call {
    id: u32,
    pub(crate) text: String,
    services: Vec<String>,
    location: Option<String>,
    #[serde(default)]
    location_optional: bool,
}

impl Call {
    fn label(&self) -> Label {
        let service = |word: &String| word.parse::<Service>().expect("a service");
        Label {
            services: self.services.iter().map(service).collect(),
            location: self.location.clone(),
            location_optional: self.location_optional,
        }
    }
}

/// The calls of one file in `tests/data`.
pub(crate) fn calls(name: &str) -> Vec<Call> {
    let ours = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/data").join(name);
    let file = std::env::var_os("WATCHROOM_CALLS").map_or(ours, PathBuf::from);
    let text = std::fs::read_to_string(file).expect("the labelled calls are there");
    text.lines().map(|line| serde_json::from_str(line).expect("one call per line")).collect()
}

/// The rates of a file, and the calls that were not met with their causes.
fn measure(name: &str) -> (Tally, String) {
    let (mut tally, mut unmet) = (Tally::default(), String::new());
    for call in calls(name) {
        let (label, triage) = (call.label(), triage(&call.text));
        let score = Score::of(&label, &triage);
        tally.add(&label, &score);
        if !score.met() {
            let trace: Vec<String> = triage.trace.iter().map(ToString::to_string).collect();
            let (causes, trace) = (score.causes().join("; "), trace.join("\n      "));
            unmet += &format!("{}: {}\n   {causes}\n      {trace}\n", call.id, call.text);
        }
    }
    (tally, unmet)
}

#[track_caller]
fn meets_the_targets((tally, unmet): &(Tally, String)) {
    assert!(tally.under_dispatch() <= 0.05, "under-dispatch {}\n{unmet}", tally.under_dispatch());
    assert!(tally.over_dispatch() <= 0.25, "over-dispatch {}\n{unmet}", tally.over_dispatch());
    assert!(tally.exact_set() >= 0.80, "exact set {}\n{unmet}", tally.exact_set());
    assert!(tally.location_exact() >= 0.85, "location exact {}\n{unmet}", tally.location_exact());
}

#[test]
fn labelled_calls_are_met_within_the_targets() {
    for file in files() {
        meets_the_targets(&measure(file));
    }
}

/// Calls that nothing was written beside or learned from. Only the rates are told: who reads the calls that are not met
/// has to write others.
#[test]
fn calls_that_were_never_seen_are_met_within_a_point_of_the_targets() {
    let (tally, _) = measure("unseen.jsonl");
    let rates = (tally.under_dispatch(), tally.over_dispatch(), tally.exact_set(), tally.location_exact());
    let (under, over, exact, location) = rates;
    assert!(under <= 0.06 && over <= 0.26 && exact >= 0.79 && location >= 0.84, "{rates:?}");
}
