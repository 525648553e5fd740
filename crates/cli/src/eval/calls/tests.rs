//! What a file of labelled calls may hold, and how a bad line is told.

use super::*;

fn refused(text: &str) -> String {
    parse(text.as_bytes(), "calls.jsonl").map(|calls| calls.len()).unwrap_err().to_string()
}

const GOOD: &str = r#"{"text": "help", "services": ["fire"], "location": null}"#;

#[test]
fn a_bad_line_is_named_by_its_number_and_says_what_is_wrong() {
    for (bad, words) in [
        ("{", "not a labelled call: EOF while parsing an object, column 1"),
        (r#"{"services": []}"#, "missing field `text`"),
        (r#"{"text": "help"}"#, "missing field `services`"),
        (r#"{"text": "help", "services": ["coastguard"]}"#, r#"unknown service "coastguard""#),
        (r#"{"text": "help", "services": [], "location": 7}"#, "invalid type: integer `7`"),
    ] {
        let why = refused(&format!("{GOOD}\n\n{bad}\n{GOOD}"));
        assert!(why.starts_with("calls.jsonl, line 3: ") && why.contains(words), "{why}");
    }
}

#[test]
fn a_file_without_calls_is_refused() {
    assert_eq!(refused("\n  \n"), "calls.jsonl has no calls");
}

#[test]
fn bytes_that_are_no_text_are_named_by_their_line() {
    let failure = parse([GOOD.as_bytes(), b"\n", &[0xff, 0xfe]].concat().as_slice(), "calls.jsonl").unwrap_err();
    assert!(failure.to_string().starts_with("cannot read calls.jsonl, line 2"), "{failure}");
}

#[test]
fn what_a_line_leaves_out_is_not_said() {
    let calls = parse(format!("{GOOD}\r\n").as_bytes(), "calls.jsonl").unwrap();
    assert_eq!(calls[0].label, Label { services: vec![Service::Fire], ..Label::default() });
    assert!(calls[0].id.is_null());
}
