//! The examples of RFC 8785, for the library that writes the form.

use serde_json::Value;

use super::{canonical, first_empty, without_empty};

fn form(json: &str) -> String {
    let value: Value = serde_json::from_str(json).unwrap();
    String::from_utf8(canonical(&value).unwrap()).unwrap()
}

#[test]
fn values_are_written_as_the_rfc_writes_them() {
    let given = r#"{
        "numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],
        "string": "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/",
        "literals": [null, true, false]
    }"#;
    let wanted = concat!(
        r#"{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"#,
        "\"string\":\"€$\\u000f\\nA'B\\\"\\\\\\\\\\\"/\"}"
    );
    assert_eq!(form(given), wanted);
}

#[test]
fn members_are_ordered_by_utf_16() {
    let given = r#"{"\u20ac":1,"\r":2,"\ufb33":3,"1":4,"\ud83d\ude00":5,"\u0080":6,"\u00f6":7}"#;
    let wanted = "{\"\\r\":2,\"1\":4,\"\u{80}\":6,\"ö\":7,\"€\":1,\"😀\":5,\"\u{fb33}\":3}";
    assert_eq!(form(given), wanted);
}

#[test]
fn numbers_are_written_as_ecmascript_writes_them() {
    for (given, wanted) in [
        ("0", "0"),
        ("-0.0", "0"),
        ("1.0", "1"),
        ("9007199254740992", "9007199254740992"),
        ("5e-324", "5e-324"),
        ("1.7976931348623157e308", "1.7976931348623157e+308"),
        ("1e21", "1e+21"),
        ("1e20", "100000000000000000000"),
        ("0.000001", "0.000001"),
        ("0.0000001", "1e-7"),
        ("333333333.33333325", "333333333.33333325"),
    ] {
        assert_eq!(form(given), wanted, "{given}");
    }
}

#[test]
fn what_is_empty_is_found_and_left_out_at_any_depth() {
    let value: Value = serde_json::from_str(r#"{"a":{"b":[{"c":""}]},"d":0,"e":false,"f":["x",""],"g":null}"#).unwrap();
    assert_eq!(first_empty(&value).as_deref(), Some("a.b[0].c"));
    assert_eq!(without_empty(&value).unwrap().to_string(), r#"{"d":0,"e":false,"f":["x"]}"#);
    assert_eq!(first_empty(&serde_json::json!({"a": {"b": 1}})), None);
}
