//! Simulated runs under faults: every invariant holds, every deliberate defect is caught by the invariant that is
//! there for it, a seed repeats itself, and what is simulated does exercise what it is there for.
#![allow(clippy::panic, clippy::print_stdout, reason = "clippy spares test functions but not their helpers")]

use sim::hunt::{Found, hunt};
use sim::{Boundary, Coverage, Defect, Faults, Setting, simulate};

/// Seeds of this suite; `make sim` takes 10,000.
const SEEDS: u64 = 600;

fn sound(found: &Found) {
    if let Some((setting, violation)) = found.first() {
        panic!("seed {}: {violation}; SEED={} N=1 make sim tells it", setting.seed, setting.seed);
    }
}

/// Seeds in which a defect must be caught; most are within the first hundred.
const PATIENCE: u64 = 4_000;

/// Names of one kind that never happened.
fn missing<'n>(coverage: &Coverage, kind: &'static str, names: impl IntoIterator<Item = &'n str>) -> Vec<String> {
    let never = names.into_iter().filter(|name| coverage.of(kind, name) == 0);
    never.map(|name| format!("{kind}: {name}")).collect()
}

#[test]
fn every_invariant_holds_under_faults_and_everything_is_exercised() {
    let found = hunt(SEEDS, |_| true, Setting::of);
    sound(&found);
    println!("{}", found.coverage);
    let crashes: Vec<String> = Boundary::ALL
        .iter()
        .flat_map(|at| [format!("operator {at:?}"), format!("agent {at:?}")])
        // Agents only answer: they perform no effect outside and send nothing.
        .filter(|name| !["agent BeforeEffect", "agent AfterSend", "agent AfterAnswer"].contains(&name.as_str()))
        .collect();
    let coverage = &found.coverage;
    let mut never = missing(coverage, "crash", crashes.iter().map(String::as_str));
    never.extend(missing(coverage, "fault", FAULTS));
    never.extend(missing(coverage, "event", EVENTS));
    never.extend(missing(coverage, "effect", ["Dispatch", "Follow", "Fence", "AwaitRoute"]));
    never.extend(missing(coverage, "refusal", ["seen", "expired", "superseded", "fenced", "row"]));
    never.extend(missing(coverage, "caller", ["cancels", "cancels too late", "answers", "resumes"]));
    never.extend(missing(
        coverage,
        "agent",
        ["decides again on a changed row", "answers with a message", "is told something"],
    ));
    never.extend(missing(coverage, "snapshot", ["operator", "agent"]));
    let around = AROUND.iter().flat_map(|event| CRASHED.map(|at| format!("{at:?} {event}"))).collect::<Vec<_>>();
    never.extend(missing(coverage, "crash around an event", around.iter().map(String::as_str)));
    assert!(never.is_empty(), "never happened: {never:#?}");
}

const FAULTS: [&str; 12] = [
    "stop in good order",
    "foreign agent that forgets",
    "foreign agent that dies when it is done",
    "dispatches turned away",
    "crash",
    "message lost",
    "answer lost",
    "message doubled",
    "message delayed",
    "stream cut",
    "refused commit",
    "store that vanishes",
];

/// Every fact of the engine.
const EVENTS: [&str; 23] = [
    "Accepted",
    "CancelRequested",
    "TimedOut",
    "DeadlineMoved",
    "Asked",
    "Answered",
    "Compensating",
    "Ended",
    "Dispatched",
    "Parked",
    "ChildKnown",
    "ChildProgressed",
    "ChildWaiting",
    "Stopping",
    "AttemptFailed, another follows",
    "AttemptFailed",
    "Completed",
    "Failed",
    "Skipped",
    "Canceled",
    "LateAnswer",
    "Strayed",
    "Carried",
];

/// Moments around a commit, and what a process has crashed around at each of them.
const CRASHED: [Boundary; 4] = [Boundary::Queued, Boundary::BeforeWrite, Boundary::AfterWrite, Boundary::AfterTicket];
const AROUND: [&str; 8] = [
    "Accepted",
    "Dispatched",
    "ChildKnown",
    "Stopping",
    "Completed",
    "a child is accepted",
    "a child goes on",
    "a child ends",
];

#[test]
fn every_invariant_holds_without_faults() {
    sound(&hunt(100, |_| true, |seed| Setting { faults: Faults::NONE, ..Setting::of(seed) }));
}

#[test]
fn a_seed_repeats_itself() {
    for seed in 0..60 {
        let setting = Setting { traced: true, ..Setting::of(seed) };
        let (one, other) = (simulate(&setting), simulate(&setting));
        let place = one.trace.iter().zip(&other.trace).position(|(one, other)| one != other);
        let around = place.map(|place| {
            (&one.trace[place.saturating_sub(12)..place + 2], &other.trace[place.saturating_sub(2)..place + 2])
        });
        assert_eq!(around, None, "seed {seed}");
        assert_eq!((one.digest, &one.coverage), (other.digest, &other.coverage), "seed {seed}");
    }
}

#[test]
fn every_defect_is_caught_by_its_invariant() {
    for (defect, invariant) in Defect::ALL {
        let bent = |seed| Setting { defect: Some(defect), ..Setting::of(seed) };
        let found = hunt(PATIENCE, |broken| broken == invariant, bent);
        for (setting, violation) in found.broken.values() {
            println!("{defect:?}, seed {}: {violation}", setting.seed);
        }
        let caught = found.broken.contains_key(&invariant);
        assert!(caught, "{defect:?} did not break {invariant:?} in {PATIENCE} seeds, but {:?}", found.broken.keys());
    }
}
