//! How plans read, with and without titles, steps and questions.

use engine::{Mode, Origin, Payload, Plan, Step};

use super::{plan, plan_created};
use crate::call::Call;
use crate::settings::Settings;

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
    assert!(words.contains("You will be asked: What has happened") && words.contains("confidence 0."), "{words}");
    let (decided, asked) = words.split_once("You will be asked").unwrap();
    let said_twice = decided.lines().skip(1).map(str::trim).find(|line| !line.is_empty() && asked.contains(*line));
    assert_eq!(said_twice, None, "{words}");
    let placeless = Call::new("There is a fire, come quickly!".to_owned()).plan(None, &Settings::default());
    assert!(
        plan(&placeless, Some(&Call::of_plan(&placeless, None)))
            .ends_with("You will be asked: Where is help needed? (no place is named)")
    );
}
