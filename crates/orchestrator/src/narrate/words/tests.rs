//! How plans read, with and without titles, steps and questions.

use engine::{FollowUp, Mode, Origin, Payload, Plan, Reply, Step};

use super::{answered, plan_created};
use crate::call::Call;
use crate::settings::Settings;

/// Where all go.
fn plan(plan: &Plan, call: Option<&Call>) -> String {
    super::plan(plan, call, |_| true)
}

fn steps(names: &[&str]) -> Vec<Step> {
    let step = |name: &&str| Step::new(name.parse().unwrap(), "Worker".parse().unwrap(), Payload::default());
    names.iter().map(step).collect()
}

#[test]
fn a_plan_says_its_title_if_it_has_one_its_size_and_its_order() {
    let parallel = Plan { mode: Mode::Parallel, ..Plan::new("two", Origin::Explicit, steps(&["a", "b"])) };
    let cases = [
        (Plan::new("", Origin::Explicit, steps(&["a"])), "1 step, sequential\n1. Worker"),
        (Plan::new("one", Origin::Explicit, steps(&["a"])), "one: 1 step, sequential\n1. Worker"),
        (parallel, "two: 2 steps, parallel\n1. Worker\n2. Worker"),
    ];
    for (case, words) in cases {
        assert_eq!(plan(&case, None), words);
    }
}

#[test]
fn that_nobody_is_needed_is_said_once() {
    let nobody = Plan::new("Nobody is needed", Origin::Text, Vec::new());
    assert_eq!((plan(&nobody, None).as_str(), plan_created(&nobody)), ("Nobody is needed", None));
}

#[test]
fn a_doubt_is_told_with_its_reasons() {
    let unsure = Call::new("Please help, come quickly".to_owned()).plan(None, &Settings::default());
    let words = plan(&unsure, Some(&Call::of_plan(&unsure, None)));
    assert!(
        words.contains("Open question: What has happened") && words.contains(" % sure of who is needed; "),
        "{words}"
    );
    let (decided, asked) = words.split_once("Open question").unwrap();
    let said_twice = decided.lines().skip(1).map(str::trim).find(|line| !line.is_empty() && asked.contains(*line));
    assert_eq!(said_twice, None, "{words}");
    let placeless = Call::new("There is a fire, come quickly!".to_owned()).plan(None, &Settings::default());
    assert!(
        plan(&placeless, Some(&Call::of_plan(&placeless, None)))
            .ends_with("Open question: Where is help needed? (no place is named); it may be answered at any time")
    );
}

#[test]
fn an_open_question_is_told_with_the_plan() {
    let words = |call: &str| plan_created(&Call::new(call.to_owned()).plan(None, &Settings::default()));
    let asked = "Dispatch plan created: Fire Brigade Agent. Open question: Where is help needed?";
    assert_eq!(words("There is a fire, come quickly!").as_deref(), Some(asked));
    assert_eq!(words("A fire at 12 Mill Lane").as_deref(), Some("Dispatch plan created: Fire Brigade Agent"));
}

#[test]
fn an_answer_says_the_place_who_else_is_needed_and_who_is_told() {
    let call = Call::new("A fire at 12 Mill Lane".to_owned());
    let mut added = steps(&["a", "b"]);
    added[1].follow_up = Some(FollowUp::Tell("a".parse().unwrap()));
    let reply = |steps: &[Step], question| Reply {
        title: None,
        question,
        renewed: Vec::new(),
        steps: steps.to_vec(),
        about: Payload::default(),
    };
    let open = call.plan(None, &Settings::default()).question;
    let place = Call::new("help".to_owned()).plan(None, &Settings::default()).question;
    let words = [
        (
            &added[..],
            open,
            Some(&call),
            "The place is 12 Mill Lane. Also needed: Worker. To be told the place: Worker.",
        ),
        (&added[1..], None, None, "Nobody else is needed. To be told the place: Worker."),
        (
            &added[..1],
            place,
            None,
            "Also needed: Worker. Open question: What has happened, where, and is anybody hurt?",
        ),
    ];
    for (added, question, call, expected) in words {
        assert_eq!(answered(&reply(added, question), call), format!("Answer received. {expected}"));
    }
}

#[test]
fn who_was_sent_on_what_was_known_before_is_told_beside_what_is_known_now() {
    let asked = Call::new("help".to_owned()).plan(None, &Settings::default());
    assert_eq!(asked.steps.len(), 3);
    let before = "\n   sent on what was known before, and not called off: ";
    assert!(!plan(&asked, Some(&Call::of_plan(&asked, None))).contains(before));
    let now = |words: &str| plan(&asked, Some(&Call::of_plan(&asked, Some(words.to_owned()))));
    let (nobody, fire) = (now("nobody is hurt"), now("A fire at 12 Mill Lane, nobody is hurt"));
    assert!(nobody.contains(&format!("{before}Fire Brigade Agent, Police Agent, Ambulance Agent")), "{nobody}");
    assert!(fire.contains(&format!("{before}Police Agent, Ambulance Agent\n")), "{fire}");
}

#[test]
fn another_place_and_where_units_go_is_said() {
    let call = Call::new("There is a fire at 5 Elm Street and another at 9 Oak Road".to_owned());
    let words = plan(&call.plan(None, &Settings::default()), Some(&call));
    assert!(words.contains("also named: \"9 Oak Road\"; units go to 5 Elm Street"), "{words}");
}

#[test]
fn that_nobody_is_needed_has_its_reason() {
    let call = Call::new("Two cars scraped each other, no injuries, both drivers are here".to_owned());
    let words = plan(&call.plan(None, &Settings::default()), Some(&call));
    let reason = words.lines().nth(1).unwrap_or_default();
    assert!(reason.contains("send nobody (\"injuries\")"), "{words}");
}
