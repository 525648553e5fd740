//! The matrix as Markdown: a table per client, and notes on what is not applicable, has failed, or is stale.

use std::collections::BTreeMap;
use std::fmt::{self, Display, Formatter};

use super::{Cell, Column, Matrix, Verdict};

impl Display for Matrix {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        for client in firsts(self.cells.iter().map(|cell| cell.column.client.as_str())) {
            self.table(client, f)?;
        }
        self.notes(f)?;
        let count = |is: fn(&Verdict) -> bool| self.cells.iter().filter(|cell| is(&cell.verdict)).count();
        let fine = count(|verdict| *verdict == Verdict::Fine);
        let excused = count(|verdict| matches!(verdict, Verdict::NotApplicable(_)));
        let failed = self.failures().count();
        writeln!(f, "{fine} ok, {excused} n/a, {failed} failed, {} stale", self.stale.len())
    }
}

impl Matrix {
    fn table(&self, client: &str, f: &mut Formatter<'_>) -> fmt::Result {
        let own: Vec<&Cell> = self.cells.iter().filter(|cell| cell.column.client == client).collect();
        let columns: Vec<&Column> = firsts(own.iter().map(|cell| &cell.column));
        let sdk = own.iter().map(|cell| cell.sdk.as_str()).find(|sdk| !sdk.is_empty()).unwrap_or("did not run");
        writeln!(f, "### {client}: {sdk}\n")?;
        let names: Vec<String> = columns.iter().map(|column| format!("{} {}", column.server, column.binding)).collect();
        writeln!(f, "| operation | {} |\n|---|{}", names.join(" | "), "---|".repeat(columns.len()))?;
        let marks: BTreeMap<(&Column, &str), String> =
            own.iter().map(|cell| ((&cell.column, cell.operation.as_str()), mark(&cell.verdict))).collect();
        for operation in firsts(own.iter().map(|cell| cell.operation.as_str())) {
            let row: Vec<&str> =
                columns.iter().map(|column| marks.get(&(*column, operation)).map_or("", String::as_str)).collect();
            writeln!(f, "| {operation} | {} |", row.join(" | "))?;
        }
        writeln!(f)
    }

    fn notes(&self, f: &mut Formatter<'_>) -> fmt::Result {
        for (number, known) in self.known.iter().enumerate() {
            writeln!(f, "{}. {known}", number + 1)?;
        }
        writeln!(f)?;
        for (Cell { column, operation, .. }, why) in self.failures() {
            let Column { client, server, binding } = column;
            writeln!(f, "FAILED: {client} with {server} over {binding}, {operation}: {why}")?;
        }
        for number in &self.stale {
            writeln!(f, "STALE: nothing shows note {} any more", number + 1)?;
        }
        Ok(())
    }
}

fn mark(verdict: &Verdict) -> String {
    match verdict {
        Verdict::Fine => "ok".to_owned(),
        Verdict::Failed(_) => "**FAILED**".to_owned(),
        Verdict::NotApplicable(number) => format!("n/a ({})", number + 1),
    }
}

/// Each once, in the order in which they came first.
fn firsts<T: PartialEq>(all: impl Iterator<Item = T>) -> Vec<T> {
    all.fold(Vec::new(), |mut firsts, one| {
        if !firsts.contains(&one) {
            firsts.push(one);
        }
        firsts
    })
}
