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

#[test]
fn the_line_at_the_bottom_makes_room_for_what_is_said_and_comes_back() {
    let mut screen = Screen::to(Vec::new(), Reader::Terminal);
    screen.status("1 s").unwrap();
    screen.say(Mark::None, "said").unwrap();
    screen.clear().unwrap();
    screen.clear().unwrap();
    let out = String::from_utf8(screen.into_inner()).unwrap();
    let (before, after) = out.split_once("\r\u{1b}[2Ksaid\n").unwrap();
    assert!(before.contains("1 s") && after.contains("1 s") && after.ends_with("\r\u{1b}[2K"), "{out:?}");
    assert_eq!(out.matches("1 s").count(), 2, "{out:?}");
}

#[test]
fn the_line_at_the_bottom_never_wraps() {
    let mut screen = Screen::to(Vec::new(), Reader::Terminal);
    screen.status(&"long\n".repeat(100)).unwrap();
    let out = String::from_utf8(screen.into_inner()).unwrap();
    assert!(!out.contains('\n') && out.contains("longlong"), "{out:?}");
}

#[test]
fn pipes_and_scripts_have_no_line_at_the_bottom() {
    for reader in [Reader::Pipe, Reader::Script] {
        let mut screen = Screen::to(Vec::new(), reader);
        screen.status("1 s").unwrap();
        screen.clear().unwrap();
        assert!(screen.into_inner().is_empty());
    }
}

#[test]
fn a_board_is_written_over_by_the_next_one_and_cut_to_the_screen() {
    let mut screen = Screen::to(Vec::new(), Reader::Terminal);
    screen.board("one\ntwo").unwrap();
    screen.board(&"line\n".repeat(100)).unwrap();
    screen.board("last").unwrap();
    let out = String::from_utf8(screen.into_inner()).unwrap();
    let (first, rest) = out.split_once("\r\u{1b}[2A\u{1b}[J").unwrap();
    assert_eq!(first, "one\ntwo\n");
    let (long, last) = rest.split_once("\r\u{1b}[").unwrap();
    let shown = long.lines().count();
    assert!(long.ends_with(&format!("… and {} more lines\n", 101 - shown)), "{long}");
    assert_eq!(last, format!("{shown}A\u{1b}[Jlast\n"));
    let mut pipe = Screen::to(Vec::new(), Reader::Pipe);
    pipe.board("one").unwrap();
    assert!(pipe.into_inner().is_empty());
}
