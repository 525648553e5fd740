//! Labelled calls, and how far the rules meet them.
//! The calls are those of `tests/data/calls.jsonl`, or of the file that `WATCHROOM_CALLS` names.

use std::path::{Path, PathBuf};

use serde::Deserialize;
use triage::{Place, triage};

#[derive(Debug, Deserialize)]
pub(crate) struct Call {
    id: u32,
    pub(crate) text: String,
    services: Vec<String>,
    location: Option<String>,
    #[serde(default)]
    location_optional: bool,
}

/// One call's outcome, and its report when it was missed.
#[derive(Debug, Default)]
struct Score {
    under: bool,
    over: bool,
    located: bool,
    report: String,
}

pub(crate) fn calls() -> Vec<Call> {
    let ours = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/data/calls.jsonl");
    let file = std::env::var_os("WATCHROOM_CALLS").map_or(ours, PathBuf::from);
    let text = std::fs::read_to_string(file).expect("the labelled calls are there");
    text.lines().map(|line| serde_json::from_str(line).expect("one call per line")).collect()
}

/// As locations are compared: casefolded, without a leading article or preposition and edge punctuation.
fn bare(place: &str) -> String {
    const LEADING: [&str; 12] =
        ["the", "a", "an", "at", "in", "on", "near", "outside", "by", "of", "behind", "opposite"];
    let folded = place.to_lowercase();
    let mut rest = folded.trim_matches(|c: char| !c.is_alphanumeric());
    while let Some((_, tail)) = rest.split_once(' ').filter(|(first, _)| LEADING.contains(first)) {
        rest = tail.trim_start();
    }
    rest.to_owned()
}

fn located(call: &Call, place: Option<&Place>) -> bool {
    match (&call.location, place) {
        (None, found) => found.is_none(),
        (Some(_), None) => call.location_optional,
        (Some(wanted), Some(found)) => bare(wanted) == bare(&found.text),
    }
}

fn score(call: &Call) -> Score {
    let result = triage(&call.text);
    let sent: Vec<&str> = result.services.iter().map(|service| service.as_str()).collect();
    let under = call.services.iter().any(|wanted| !sent.contains(&wanted.as_str()));
    let over = sent.iter().any(|sent| !call.services.iter().any(|wanted| wanted == sent));
    let located = located(call, result.place.as_ref());
    if !under && !over && located {
        return Score { located, ..Score::default() };
    }
    let place = result.place.map(|place| place.text);
    let trace: String = result.trace.iter().map(|decision| format!("      {decision}\n")).collect();
    let (id, text, services, location) = (call.id, &call.text, &call.services, &call.location);
    let report = format!("{id}: {text}\n   wanted {services:?} at {location:?}, got {sent:?} at {place:?}\n{trace}");
    Score { under, over, located, report }
}

fn share(scores: &[Score], of: impl Fn(&Score) -> bool) -> f64 {
    let count = |n: usize| f64::from(u32::try_from(n).unwrap_or(u32::MAX));
    100.0 * count(scores.iter().filter(|score| of(score)).count()) / count(scores.len())
}

#[test]
fn labelled_calls_are_met_within_the_targets() {
    let scores: Vec<Score> = calls().iter().map(score).collect();
    scores.iter().for_each(|score| print!("{}", score.report));
    let (under, over) = (share(&scores, |s| s.under), share(&scores, |s| s.over));
    let (exact, located) = (share(&scores, |s| !s.under && !s.over), share(&scores, |s| s.located));
    println!(
        "{} calls: under {under:.1} %, over {over:.1} %, exact {exact:.1} %, location {located:.1} %",
        scores.len()
    );
    assert!(under <= 5.0, "under-dispatch {under:.1} %");
    assert!(over <= 25.0, "over-dispatch {over:.1} %");
    assert!(exact >= 80.0, "exact set {exact:.1} %");
    assert!(located >= 85.0, "location exact {located:.1} %");
}
