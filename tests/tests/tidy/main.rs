//! The house rules as a test: floors, sizes, opening lines, and words that do not belong in code.
//! What clippy already denies is left to clippy, except where macros hide it from clippy.
#![allow(clippy::unwrap_used, clippy::panic, reason = "clippy spares test functions but not their helpers")]

mod conformance;
mod floors;
mod source;
mod words;

use std::fmt;
use std::path::{Path, PathBuf};

/// One broken rule, with the place to go and look.
#[derive(Debug)]
struct Finding {
    path: PathBuf,
    line: usize,
    text: String,
}

impl Finding {
    fn new(path: &Path, line: usize, text: impl Into<String>) -> Self {
        Self { path: path.to_owned(), line, text: text.into() }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.path.display(), self.line, self.text)
    }
}

fn assert_none(findings: &[Finding]) {
    let list: Vec<String> = findings.iter().map(ToString::to_string).collect();
    assert!(list.is_empty(), "{} findings:\n{}", list.len(), list.join("\n"));
}
