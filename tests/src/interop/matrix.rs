//! The matrix: what came of each operation of each client with each server over each binding, and the rules by which it
//! is green.

mod show;
#[cfg(test)]
mod tests;

use serde_json::Value;

use crate::interop::known::Known;
use crate::interop::text;

/// A client with a server over a binding.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Column {
    pub(super) client: String,
    pub(super) server: String,
    pub(super) binding: String,
}

/// What came of an operation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Verdict {
    Fine,
    Failed(String),
    /// An SDK cannot do it, as the entry of this number says.
    NotApplicable(usize),
}

/// One operation that was tried.
#[derive(Debug, Clone)]
pub(super) struct Cell {
    pub(super) column: Column,
    pub(super) operation: String,
    /// The SDK with its version.
    pub(super) sdk: String,
    pub(super) verdict: Verdict,
}

/// All of them.
#[derive(Debug)]
pub struct Matrix {
    /// In the order in which they were expected.
    cells: Vec<Cell>,
    known: &'static [Known],
    /// Entries of what is known that nothing showed any more.
    stale: Vec<usize>,
}

impl Cell {
    /// The line that a client prints.
    pub(super) fn read(line: &Value) -> Self {
        let column =
            Column { client: text(line, "client"), server: text(line, "server"), binding: text(line, "binding") };
        let verdict = match line["result"].as_str() {
            Some("ok") => Verdict::Fine,
            _ => Verdict::Failed(text(line, "why")),
        };
        Self { column, operation: text(line, "operation"), sdk: text(line, "sdk"), verdict }
    }
}

impl Matrix {
    /// Judges what was tried by what must have been and by what is known not to work.
    pub(super) fn of(expected: &[(Column, &str)], cells: Vec<Cell>, known: &'static [Known]) -> Self {
        let cells: Vec<Cell> =
            expected.iter().map(|(column, operation)| find(&cells, column, operation, known)).collect();
        let shown = |number: usize| cells.iter().any(|cell| cell.verdict == Verdict::NotApplicable(number));
        let stale = (0..known.len()).filter(|number| !shown(*number)).collect();
        Self { cells, known, stale }
    }

    /// Whether every operation was tried, and either worked or is known not to with this SDK.
    pub fn is_green(&self) -> bool {
        self.failures().next().is_none() && self.stale.is_empty()
    }

    fn failures(&self) -> impl Iterator<Item = (&Cell, &str)> {
        self.cells.iter().filter_map(|cell| match &cell.verdict {
            Verdict::Failed(why) => Some((cell, why.as_str())),
            Verdict::Fine | Verdict::NotApplicable(_) => None,
        })
    }
}

/// The cell of an operation, with the verdict that it gets in the end.
fn find(cells: &[Cell], column: &Column, operation: &str, known: &[Known]) -> Cell {
    let tried = cells.iter().find(|cell| cell.column == *column && cell.operation == operation);
    let Some(cell) = tried else {
        let verdict = Verdict::Failed("was not tried".to_owned());
        return Cell { column: column.clone(), operation: operation.to_owned(), sdk: String::new(), verdict };
    };
    let excused = known.iter().position(|known| known.is_about(column, operation));
    let verdict = match (&cell.verdict, excused) {
        (Verdict::Failed(why), Some(number)) if why.contains(known[number].symptom) => Verdict::NotApplicable(number),
        (Verdict::Fine, Some(_)) => Verdict::Failed("works, though it is known not to".to_owned()),
        (verdict, _) => verdict.clone(),
    };
    Cell { verdict, ..cell.clone() }
}
