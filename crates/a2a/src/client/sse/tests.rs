//! The event parser, as the standard has it, whatever the chunks.

use std::collections::VecDeque;

use proptest::prelude::*;

use super::{BadEvents, Parser, Said};

fn read<'c>(limit: usize, chunks: impl IntoIterator<Item = &'c [u8]>) -> Result<Vec<Said>, BadEvents> {
    let (mut parser, mut events) = (Parser::new(limit), VecDeque::new());
    for chunk in chunks {
        parser.feed(chunk, &mut events)?;
    }
    Ok(events.into())
}

fn said(name: &str, data: &str, id: &str) -> Said {
    Said { name: name.into(), data: data.into(), id: id.into() }
}

#[test]
fn fields_comments_and_line_ends_are_read_as_the_standard_has_them() {
    let table = [
        ("data: a\n\n", vec![said("", "a", "")]),
        ("data:a\n\n", vec![said("", "a", "")]),
        ("data:  a\n\n", vec![said("", " a", "")]),
        ("data: a\r\n\r\n", vec![said("", "a", "")]),
        ("data: a\r\r", vec![said("", "a", "")]),
        ("\u{feff}data: a\n\n", vec![said("", "a", "")]),
        ("data: a\ndata: b\ndata\n\n", vec![said("", "a\nb\n", "")]),
        (": a comment\n:\n\ndata: a\n\n", vec![said("", "a", "")]),
        ("event: error\nid: 7\ndata: a\n\ndata: b\n\n", vec![said("error", "a", "7"), said("", "b", "7")]),
        ("id: 7\ndata: a\n\nid\ndata: b\n\n", vec![said("", "a", "7"), said("", "b", "")]),
        ("id: a\0b\nretry: 10\nother: x\ndata: a\n\n", vec![said("", "a", "")]),
        ("event: named\n\ndata: a\n\n", vec![said("", "a", "")]),
        ("data: begun and never ended\n", vec![]),
        ("data: {\"a\": \"b: c\"}\n\n", vec![said("", "{\"a\": \"b: c\"}", "")]),
    ];
    for (text, events) in table {
        assert_eq!(read(1024, [text.as_bytes()]).unwrap(), events, "{text:?}");
    }
}

#[test]
fn what_is_no_event_yet_is_bounded() {
    let long = [b'x'; 65];
    assert_eq!(read(64, [&long[..]]), Err(BadEvents::TooLarge));
    let lines = b"data: 0123456789\n".repeat(8);
    assert_eq!(read(64, [&lines[..]]), Err(BadEvents::TooLarge));
    let events = b"data: 0123456789\n\n".repeat(100);
    assert_eq!(read(64, [&events[..]]).unwrap().len(), 100);
}

#[test]
fn events_share_the_id_that_holds_for_all_of_them() {
    let text = format!("id: {}\n{}", "x".repeat(1000), "data:\n\n".repeat(100));
    let events = read(2000, [text.as_bytes()]).unwrap();
    assert_eq!(events.len(), 100);
    assert!(events.windows(2).all(|pair| std::sync::Arc::ptr_eq(&pair[0].id, &pair[1].id)));
}

#[test]
fn a_line_that_is_no_text_ends_the_reading() {
    assert_eq!(read(64, [&b"data: \xff\n\n"[..]]), Err(BadEvents::Text));
}

proptest! {
    #[test]
    fn any_bytes_are_read_alike_in_any_chunks_within_the_limit(
        bytes in prop::collection::vec(
            prop_oneof![prop::sample::select(&b"\n\r: \xff\0dataidevent\xef\xbb\xbf"[..]), any::<u8>()], 0..400),
        limit in 1_usize..200,
        size in 1_usize..20,
    ) {
        let whole = read(limit, [&bytes[..]]);
        if let Ok(events) = &whole {
            prop_assert!(events.iter().all(|said| said.data.len() <= limit && said.id.len() <= limit));
        }
        // In small chunks a line is refused as soon as it is too long, and in a large one when it has been seen whole.
        match (read(limit, bytes.chunks(size)), whole) {
            (Ok(events), whole) => prop_assert_eq!(Ok(events), whole),
            (Err(_), whole) => prop_assert!(whole.is_err()),
        }
    }

    #[test]
    fn where_chunks_begin_and_end_makes_no_difference(
        lines in prop::collection::vec("(data|event|id|retry|)(: ?[a-zäß€ :]{0,6})?", 0..12),
        ends in prop::collection::vec(prop::sample::select(vec!["\n", "\r", "\r\n", "\n\n", "\r\n\r\n"]), 12),
        cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..8),
        mark in any::<bool>(),
    ) {
        let mut text = if mark { "\u{feff}".to_owned() } else { String::new() };
        for (line, end) in lines.iter().zip(&ends) {
            text.push_str(line);
            text.push_str(end);
        }
        let bytes = text.as_bytes();
        let mut at: Vec<usize> = cuts.iter().map(|cut| cut.index(bytes.len() + 1)).collect();
        at.extend([0, bytes.len()]);
        at.sort_unstable();
        let chunks = at.windows(2).map(|pair| &bytes[pair[0]..pair[1]]);
        let whole = read(4096, [bytes]);
        prop_assert_eq!(&read(4096, chunks), &whole);
        prop_assert_eq!(&read(4096, bytes.chunks(1)), &whole);
    }
}
