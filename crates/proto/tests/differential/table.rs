//! Where we and Python differ, and why. Each entry has a text that shows it and is tried.

/// Who refuses what the other one reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Side {
    Ours,
    Python,
}

/// A difference, known by what the refusing side says.
pub(crate) struct Difference {
    pub(crate) refuses: Side,
    pub(crate) saying: &'static str,
    pub(crate) message: &'static str,
    pub(crate) text: &'static str,
    #[allow(dead_code, reason = "for the reader")]
    pub(crate) reason: &'static str,
}

const fn ours(saying: &'static str, message: &'static str, text: &'static str, reason: &'static str) -> Difference {
    Difference { refuses: Side::Ours, saying, message, text, reason }
}

const fn python(saying: &'static str, message: &'static str, text: &'static str, reason: &'static str) -> Difference {
    Difference { refuses: Side::Python, saying, message, text, reason }
}

pub(crate) const DIFFERENCES: [Difference; 15] = [
    ours(
        "is no base64",
        "lf.a2a.v1.Part",
        r#"{"raw":"?"}"#,
        "Python drops what is no letter of the alphabet; bytes would be lost unseen",
    ),
    ours(
        "where its place is taken",
        "lf.a2a.v1.Part",
        r#"{"text":"x","data":null}"#,
        "null is a value of `data`, so two cases are given",
    ),
    ours(
        "where its place is taken",
        "lf.a2a.v1.Part",
        r#"{"mediaType":"a","media_type":"b"}"#,
        "Python takes the later of two spellings",
    ),
    ours(
        "expected an object",
        "lf.a2a.v1.Part",
        "[]",
        "Python takes everything that has no members for an empty message",
    ),
    ours("expected an object", "lf.a2a.v1.Task", r#"{"status":""}"#, "the same of a member"),
    ours("expected value", "lf.a2a.v1.Part", r#"{"data":NaN}"#, "NaN and Infinity are no JSON"),
    ours("number out of range", "lf.a2a.v1.Part", r#"{"data":1e400}"#, "it would be Infinity, which JSON cannot say"),
    ours(
        "there is no",
        "lf.a2a.v1.TaskStatus",
        r#"{"state":"NO_SUCH"}"#,
        "a filter that is not understood must not read as none",
    ),
    ours(
        "there is no",
        "lf.a2a.v1.TaskStatus",
        r#"{"state":"2"}"#,
        "an enum has names and numbers, and no numbers in strings",
    ),
    ours("is no whole number of 32 bits", "lf.a2a.v1.TaskStatus", r#"{"state":1.5}"#, "Python cuts the fraction off"),
    ours("expected the name of a value", "lf.a2a.v1.TaskStatus", r#"{"state":true}"#, "Python takes true for 1"),
    ours(
        "is no time of RFC 3339",
        "lf.a2a.v1.TaskStatus",
        r#"{"timestamp":"2026-1-1T5:0:0Z"}"#,
        "Python reads times with digits missing",
    ),
    ours(
        "is no time of RFC 3339",
        "lf.a2a.v1.TaskStatus",
        r#"{"timestamp":"2026-11-21T05:00:00+25:00"}"#,
        "and offsets of more than a day",
    ),
    ours(
        "invalid float literal",
        "lf.a2a.v1.GetTaskRequest",
        r#"{"historyLength":"1_0"}"#,
        "Python reads its own spelling of numbers",
    ),
    python("duplicate key", "lf.a2a.v1.Part", r#"{"unknown":{"a":1,"a":2}}"#, "what is not known is not looked at"),
];
