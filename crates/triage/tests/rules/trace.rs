//! The trace: which words made which decision, and how sure it is.

use triage::{Decision, Effect, Service, triage};

use crate::calls::calls;

fn decision(text: &str, effect: Effect) -> Decision {
    let found = triage(text).trace.into_iter().find(|decision| decision.effect == effect);
    found.expect("a decision with this effect")
}

fn words(decision: &Decision) -> Vec<&str> {
    decision.words.iter().map(|quote| quote.text.as_str()).collect()
}

const CALL: &str = "Somebody broke into our shop at 4 Mill Lane, the till is on fire and my brother has been stabbed.";

#[test]
fn each_service_is_sent_for_words_of_the_caller() {
    let sends = |service| decision(CALL, Effect::Sends(service));
    let (fire, police, ambulance) = (sends(Service::Fire), sends(Service::Police), sends(Service::Ambulance));
    assert!(words(&fire).iter().any(|words| words.contains("fire")), "{fire}");
    assert!(words(&police).iter().any(|words| words.contains("broke into")), "{police}");
    assert!(words(&ambulance).iter().any(|words| words.contains("stabbed")), "{ambulance}");
    assert!(!words(&ambulance).iter().any(|words| words.contains("fire")), "{ambulance}");
    for decision in [fire, police, ambulance] {
        assert!(decision.confidence.is_some_and(|sure| sure >= 0.6), "{decision:?}");
    }
}

#[test]
fn a_service_that_stays_at_home_after_a_denial_is_told_with_the_denial() {
    let withheld = decision("The shed is burning, nobody is hurt. 4 Mill Lane", Effect::Withholds(Service::Ambulance));
    assert!(words(&withheld).iter().any(|words| words.contains("hurt")), "{withheld}");
}

#[test]
fn a_cry_without_a_cause_is_told_as_unsure() {
    let call = triage("Please come quickly to 4 Mill Lane, hurry up please.");
    assert!(call.confidence < 0.6);
    let sends: Vec<&Decision> = call.trace.iter().filter(|decision| decision.effect.service().is_some()).collect();
    assert_eq!(sends.len(), 3, "{:?}", call.trace);
    assert!(sends.iter().all(|decision| decision.confidence.is_some_and(|sure| sure < 0.6)), "{sends:?}");
}

#[test]
fn words_are_told_once_and_in_their_order() {
    let fire =
        decision("Fire! The house is on fire, smoke everywhere, fire! 4 Mill Lane", Effect::Sends(Service::Fire));
    let starts: Vec<usize> = fire.words.iter().map(|quote| quote.span.start).collect();
    assert!(starts.len() >= 3 && starts.windows(2).all(|pair| pair[0] < pair[1]), "{fire}");
}

#[test]
fn a_choice_of_the_weights_names_the_words_that_weighed_most() {
    let all = calls("odd.jsonl").into_iter().flat_map(|call| triage(&call.text).trace);
    let weighed: Vec<Decision> = all.filter(|decision| decision.rule.starts_with("the weight of")).collect();
    let sends = |decision: &&Decision| matches!(decision.effect, Effect::Sends(_));
    let sent = weighed.iter().filter(sends).count();
    assert!(sent > 0 && sent < weighed.len(), "{sent} of {}", weighed.len());
    for decision in weighed {
        assert!((1..=4).contains(&decision.words.len()), "{decision}");
        assert!(decision.confidence.is_some_and(|sure| sure > 0.0 && sure < 1.0), "{decision}");
    }
}
