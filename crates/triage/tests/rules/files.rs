//! The labelled calls in `tests/data` that triage was written beside or has learned from: development sets, all.
//! The unit tests that learn the weights include this file too.

/// Those whose authors knew the rules, or the rules them.
pub(crate) const OURS: [&str; 3] = ["calls.jsonl", "fresh.jsonl", "situations.jsonl"];

/// Those of authors who knew nothing of the rules.
const OTHERS: [&str; 6] =
    ["odd.jsonl", "odder.jsonl", "table.jsonl", "borders.jsonl", "settings.jsonl", "indirect.jsonl"];

/// All of them.
pub(crate) fn files() -> impl Iterator<Item = &'static str> {
    OURS.into_iter().chain(OTHERS)
}
