//! How much of a reason is kept.

use super::{LONGEST, Level, Verification};

#[test]
fn a_reason_is_bounded_at_a_letter_and_says_that_there_was_more() {
    let short = Verification::new(Level::Signed, "signed by one");
    assert_eq!(short.detail, "signed by one");
    for letter in ["a", "é", "火"] {
        let long = Verification::unverified(letter.repeat(LONGEST + 1)).detail;
        assert!(long.len() <= LONGEST && long.len() > LONGEST - 8 && long.ends_with('…'), "{}", long.len());
    }
}
