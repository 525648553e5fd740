//! When a matrix is green.

use serde_json::json;

use super::{Cell, Column, Matrix};
use crate::interop::known::Known;

static KNOWN: [Known; 1] = [Known {
    client: "js",
    server: "",
    binding: "GRPC",
    operation: "list",
    symptom: "no such method",
    evidence: "the SDK has none",
}];

fn judged(known: &'static [Known], lines: &[(&str, &str, &str)]) -> (bool, String) {
    let column = Column { client: "js".into(), server: "fire".into(), binding: "GRPC".into() };
    let cells = lines.iter().map(|(operation, result, why)| {
        Cell::read(&json!({
            "client": "js", "sdk": "sdk 1", "server": "fire", "binding": "GRPC",
            "operation": operation, "result": result, "why": why,
        }))
    });
    let expected = [(column.clone(), "send"), (column, "list")];
    let matrix = Matrix::of(&expected, cells.collect(), known);
    (matrix.is_green(), matrix.to_string())
}

#[test]
fn a_matrix_of_what_works_is_green() {
    let (green, shown) = judged(&[], &[("send", "ok", ""), ("list", "ok", "")]);
    assert!(green, "{shown}");
    assert!(shown.contains("### js: sdk 1") && shown.contains("| list | ok |"), "{shown}");
}

#[test]
fn a_cell_that_failed_or_was_not_filled_is_not() {
    let (green, shown) = judged(&[], &[("send", "ok", ""), ("list", "failed", "timed out")]);
    assert!(!green && shown.contains("js with fire over GRPC, list: timed out"), "{shown}");
    let (green, shown) = judged(&[], &[("send", "ok", "")]);
    assert!(!green && shown.contains("list: was not tried"), "{shown}");
}

#[test]
fn what_an_sdk_cannot_do_is_not_applicable_as_long_as_it_shows_so() {
    let (green, shown) = judged(&KNOWN, &[("send", "ok", ""), ("list", "failed", "Error: no such method here")]);
    assert!(green && shown.contains("| list | n/a (1) |") && shown.contains("the SDK has none"), "{shown}");
    let (green, shown) = judged(&KNOWN, &[("send", "ok", ""), ("list", "failed", "connection refused")]);
    assert!(!green && shown.contains("list: connection refused"), "{shown}");
    let (green, shown) = judged(&KNOWN, &[("send", "ok", ""), ("list", "ok", "")]);
    assert!(!green && shown.contains("STALE"), "{shown}");
}
