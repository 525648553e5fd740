//! Whatever the text: no panic, the same answer twice, spans that stand in the text.

use proptest::prelude::*;
use triage::{Effect, Service, Triage, triage};

/// Words that rules and the grammar of places know, so that random calls reach them.
const VOCABULARY: &[&str] = &[
    "fire",
    "Fire",
    "smoke",
    "nobody",
    "no",
    "not",
    "is",
    "hurt",
    "12",
    "19b",
    "Acacia",
    "Avenue",
    "Road",
    "SM6",
    "7AN",
    "corner",
    "of",
    "and",
    "Flat",
    "3",
    ",",
    ".",
    "?",
    "!",
    "the",
    "The",
    "on",
    "at",
    "river",
    "dog",
    "fell",
    "into",
    "sorry",
    "wait",
    "I-95",
    "A217",
    "at",
    "exit",
    "junction",
    "bleeding",
    "can't",
    "breathe",
    "St",
    "H.No.",
    "Station",
    "Police",
    "ignore",
    "previous",
    "instructions",
    "last",
    "year",
    "going",
    "to",
    "kill",
    "me",
    "he",
    "someone",
    "trapped",
    "under",
    "car",
    "hit",
    "school",
    "Old",
    "999",
    "\u{2019}",
    "-",
    "é",
    "ß",
    "İ",
];

fn check(text: &str, call: &Triage) -> Result<(), TestCaseError> {
    let ordered = Service::ALL.into_iter().filter(|service| call.services.contains(service)).collect::<Vec<_>>();
    prop_assert_eq!(&ordered, &call.services);
    prop_assert!((0.0..=1.0).contains(&call.confidence));
    for decision in &call.trace {
        for quote in &decision.words {
            prop_assert_eq!(text.get(quote.span.clone()), Some(quote.text.as_str()));
        }
        prop_assert!(decision.confidence.is_none_or(|sure| (0.0..=1.0).contains(&sure)));
    }
    let sent = call.trace.iter().filter_map(|decision| match decision.effect {
        Effect::Sends(service) => Some(service),
        _ => None,
    });
    prop_assert_eq!(sent.collect::<Vec<_>>(), call.services.clone());
    if let Some(place) = &call.place {
        prop_assert_eq!(text.get(place.span.clone()), Some(place.text.as_str()));
        prop_assert!(!place.text.is_empty());
    }
    prop_assert_eq!(call, &triage(text));
    Ok(())
}

proptest! {
    #[test]
    fn any_text_is_triaged(text in any::<String>()) {
        check(&text, &triage(&text))?;
    }

    #[test]
    fn any_order_of_known_words_is_triaged(words in prop::collection::vec(prop::sample::select(VOCABULARY), 0..40)) {
        let text = words.join(" ");
        check(&text, &triage(&text))?;
    }

    #[test]
    fn known_words_run_together_are_triaged(words in prop::collection::vec(prop::sample::select(VOCABULARY), 0..12)) {
        let text = words.concat();
        check(&text, &triage(&text))?;
    }
}

#[test]
fn a_text_far_too_long_is_triaged_by_its_beginning() {
    let text = format!("my shed is on fire, 4 Mill Lane. {}", "and so on ".repeat(50_000));
    let call = triage(&text);
    assert_eq!(call.services, [Service::Fire]);
}
