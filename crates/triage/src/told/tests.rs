//! Numbers of people who are hurt, and numbers that are none; postcodes as callers write them.

use super::{casualties, postcode};

#[test]
fn a_number_of_people_who_are_hurt_is_counted() {
    let cases = [
        ("two people are hurt", 2),
        ("there's been a crash, 3 injured", 3),
        ("at least four seriously injured here", 4),
        ("two of the guests are bleeding", 2),
        ("One person is unconscious", 1),
        ("two adults and three children are hurt", 5),
        ("two adults, three children hurt in the van", 5),
        ("two people hurt, no wait, three people hurt", 3),
        ("we have 12 casualties at 40 Mill Lane", 12),
        ("a dozen people are vomiting", 12),
        ("two people in the car are badly injured", 2),
    ];
    for (words, wanted) in cases {
        assert_eq!(casualties(words), Some(wanted), "{words}");
    }
}

#[test]
fn what_is_no_number_of_people_who_are_hurt_is_not() {
    let cases = [
        "my aunt is hurt",
        "nobody is hurt at 12 Mill Lane",
        "two people are not hurt",
        "two men stabbed him",
        "two cars crashed and somebody is hurt",
        "my 3 year old is hurt",
        "a man at number 7 injured himself",
        "flat 2, injured man",
        "three people are trapped",
        "not one person is hurt",
        "ring 07700900123 injured",
        "",
    ];
    for words in cases {
        assert_eq!(casualties(words), None, "{words}");
    }
}

#[test]
fn a_postcode_is_found_wherever_it_stands_and_however_it_is_written() {
    let cases = [
        ("31 Quarry Rise SM6 7AN", Some("SM6 7AN")),
        ("sm67an", Some("SM6 7AN")),
        ("flat 3, W1A 1HQ, London", Some("W1A 1HQ")),
        ("Mill Lane kt19 8qz please", Some("KT19 8QZ")),
        ("12 Mill Lane", None),
        ("M25 junction 9", None),
        ("", None),
    ];
    for (words, wanted) in cases {
        assert_eq!(postcode(words).as_deref(), wanted, "{words}");
    }
}

#[test]
fn no_text_is_too_odd() {
    for words in
        ["1", "two", "one one one one one one one", "12 and 12 and 12 and 12 hurt", "é 3 ñ hurt", "2, 3, 4, 5 and"]
    {
        let _ = (casualties(words), postcode(words));
    }
}
