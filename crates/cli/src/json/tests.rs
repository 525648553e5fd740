//! Which numbers change.

use super::integers;

#[test]
fn whole_numbers_lose_their_fraction_and_nothing_else_changes() {
    for (before, after) in [
        ("9.0", "9"),
        ("-0.0", "-0"),
        ("[10.0,0.5,1.05,100.25,7]", "[10,0.5,1.05,100.25,7]"),
        ("{\"a\":{\"seq\":9.0},\"b\":1.0e-7}", "{\"a\":{\"seq\":9},\"b\":1.0e-7}"),
        (r#"{"1.0":"2.0 \"3.0\" \\","x":4.0}"#, r#"{"1.0":"2.0 \"3.0\" \\","x":4}"#),
        ("1.5e300", "1.5e300"),
        ("\"\u{fc}.0\"", "\"\u{fc}.0\""),
    ] {
        assert_eq!(integers(before), after, "{before}");
    }
}
