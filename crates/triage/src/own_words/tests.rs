//! Answers to "where?", and the places that they name.

use super::{MOST, place_in_own_words};

fn place(answer: &str) -> Option<String> {
    let quote = place_in_own_words(answer)?;
    assert_eq!(quote.text, answer[quote.span.clone()], "{answer}");
    Some(quote.text)
}

#[test]
fn a_place_keeps_the_words_of_its_caller() {
    for (answer, expected) in [
        ("behind the old gasworks", "behind the old gasworks"),
        ("the old gasworks", "the old gasworks"),
        ("  It's in the industrial estate!! ", "the industrial estate"),
        ("We are at the old gasworks.", "the old gasworks"),
        ("um, I think it is behind the gasworks", "behind the gasworks"),
        ("Hauptstrasse 5", "Hauptstrasse 5"),
        ("Hauptstrasse 5, Berlin", "Hauptstrasse 5, Berlin"),
        ("12", "12"),
        ("No. 12", "12"),
        ("\"the burnt barn\"", "the burnt barn"),
        ("I don't know, behind the gasworks", "behind the gasworks"),
        ("Not sure.\nthe big car park", "the big car park"),
        ("behind the gasworks, please hurry", "behind the gasworks"),
        ("behind the gasworks, my wife is hurt", "behind the gasworks"),
        ("улица Ленина 5", "улица Ленина 5"),
    ] {
        assert_eq!(place(answer).as_deref(), Some(expected), "{answer}");
    }
}

#[test]
fn who_does_not_know_or_says_only_what_is_happening_names_no_place() {
    for answer in [
        "I don't know",
        "I don’t know where I am",
        "dont know the street, sorry",
        "no idea",
        "Not sure!",
        "IDK",
        "I have no clue where this is",
        "?",
        "...",
        " ",
        "here",
        "Help, please come quickly!",
        "Please hurry",
        "we are lost",
        "And somebody is hurt",
        "my wife is hurt",
        "we are trapped",
        "It is on fire!",
    ] {
        assert_eq!(place(answer), None, "{answer}");
    }
}

#[test]
fn a_place_is_no_longer_than_a_line() {
    let long = place(&"behind the old mill ".repeat(100)).unwrap();
    assert!(
        long.chars().count() <= MOST
            && long.starts_with("behind the old mill")
            && long.ends_with(char::is_alphanumeric)
    );
    assert_eq!(place(&"ö".repeat(1_000)).unwrap().chars().count(), MOST);
}
