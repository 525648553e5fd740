//! How much people are shown.

use proto::a2a::{Part, part};

use super::{MOST, parts};

fn shown(text: String) -> String {
    parts(&[Part { content: Some(part::Content::Text(text)), ..Part::default() }])
}

#[test]
fn long_texts_are_cut_between_letters_and_say_so() {
    assert_eq!(shown("ü".repeat(MOST)), "ü".repeat(MOST));
    let expected = format!("{}… (6 more bytes; --json shows all)", "ü".repeat(MOST));
    assert_eq!(shown("ü".repeat(MOST + 3)), expected);
}
