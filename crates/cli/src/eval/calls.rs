//! Labelled calls as they stand in a file: one JSON object per line, blank lines between them are nothing.

use std::fs::File;
use std::io::{self, BufRead, BufReader};
use std::path::Path;

use serde::Deserialize;
use triage::{Label, Service, UnknownName};

use crate::failure::Failure;

/// One line.
#[derive(Debug, Deserialize)]
struct Line {
    /// Whatever its author calls it.
    #[serde(default)]
    id: serde_json::Value,
    text: String,
    services: Vec<String>,
    location: Option<String>,
    #[serde(default)]
    location_optional: bool,
}

/// A call and what it needs.
#[derive(Debug)]
pub(super) struct Call {
    /// The line that it stands on, from 1.
    pub(super) line: usize,
    pub(super) id: serde_json::Value,
    pub(super) text: String,
    pub(super) label: Label,
}

/// Every call of the file; `-` is standard input.
pub(super) fn read(file: &Path) -> Result<Vec<Call>, Failure> {
    if file == Path::new("-") {
        return parse(io::stdin().lock(), "standard input");
    }
    let name = file.display().to_string();
    let open = File::open(file).map_err(|error| Failure::io(format_args!("cannot read {name}"), error))?;
    parse(BufReader::new(open), &name)
}

fn parse(lines: impl BufRead, name: &str) -> Result<Vec<Call>, Failure> {
    let mut calls = Vec::new();
    for (line, number) in lines.lines().zip(1..) {
        let text = line.map_err(|error| Failure::io(format_args!("cannot read {name}, line {number}"), error))?;
        if !text.trim().is_empty() {
            let call = call(&text, number);
            calls.push(call.map_err(|why| Failure::Usage(format!("{name}, line {number}: {why}")))?);
        }
    }
    if calls.is_empty() {
        return Err(Failure::Usage(format!("{name} has no calls")));
    }
    Ok(calls)
}

fn call(text: &str, line: usize) -> Result<Call, String> {
    let Line { id, text, services, location, location_optional } =
        serde_json::from_str(text).map_err(|error| format!("not a labelled call: {}", without_place(&error)))?;
    let services: Result<Vec<Service>, UnknownName> = services.iter().map(|word| word.parse()).collect();
    let services = services.map_err(|error| format!("{error}; it is fire, police or ambulance"))?;
    Ok(Call { line, id, text, label: Label { services, location, location_optional } })
}

/// The parser counts lines from the line that it was given, which only confuses beside the file's own.
fn without_place(error: &serde_json::Error) -> String {
    let text = error.to_string();
    match text.rsplit_once(" at line ") {
        Some((why, _)) => format!("{why}, column {}", error.column()),
        None => text,
    }
}

#[cfg(test)]
mod tests;
