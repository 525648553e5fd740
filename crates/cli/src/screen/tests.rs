//! What a terminal gets, and what it does not.

use super::{Mark, Reader, Screen};

fn said(reader: Reader, mark: Mark, text: &str) -> String {
    let mut screen = Screen::to(Vec::new(), reader);
    screen.say(mark, text).unwrap();
    String::from_utf8(screen.into_inner()).unwrap()
}

#[test]
fn symbols_and_colours_are_for_terminals_only() {
    for (mark, symbol) in [
        (Mark::Plan, "📋"),
        (Mark::Dispatch, "🚨"),
        (Mark::Success, "✅"),
        (Mark::Failure, "❌"),
        (Mark::Warning, "⚠️"),
    ] {
        let line = said(Reader::Terminal, mark, "words");
        assert!(line.contains(symbol) && line.contains("words"), "{line}");
        assert_eq!(said(Reader::Pipe, mark, "words"), "words\n");
    }
    assert_eq!(said(Reader::Terminal, Mark::None, "words"), "words\n");
}

#[test]
fn what_others_wrote_moves_no_cursor() {
    let evil = "a\u{1b}[31mred\u{1b}]0;title\u{7}\r\u{9b}2J\nb\tc";
    assert_eq!(said(Reader::Terminal, Mark::None, evil), "a[31mred]0;title2J\nb\tc\n");
}
