//! What must hold in every moment, and what must come to be.

use stateright::Property;

use super::{ATTEMPTS, Dispatch, STORES, Step, View, World};

pub(super) fn all() -> Vec<Property<Dispatch>> {
    vec![
        Property::always("no effect happens twice", |_, world| no_effect_twice(world)),
        Property::always("nothing begins after its run went on", |_, world: &World| !world.late),
        Property::always("no live child of an ended run is unlisted", |_, world| no_child_is_forgotten(world)),
        Property::always("the newest attempt's result counts", |_, world| newest_counts(world)),
        Property::always("a completed step has had its effect", |_, world| completed_is_true(world)),
        Property::eventually("the run ends", |_, world: &World| world.operator.ended),
        Property::eventually("duties are done where the store answers", |_, world| duties_are_done(world)),
        Property::sometimes("a step completes at its second attempt", |_, world: &World| {
            world.operator.step == Step::Completed(1)
        }),
        Property::sometimes("a run ends with a duty listed", |_, world: &World| {
            world.operator.ended && world.operator.attempts.iter().any(|it| it.view == View::Duty)
        }),
    ]
}

/// Unless the step's policy went on past an unknown outcome, which no `at_most_once` step allows.
fn no_effect_twice(world: &World) -> bool {
    world.effects <= 1 || world.operator.went_on && world.effects <= ATTEMPTS
}

fn no_child_is_forgotten(world: &World) -> bool {
    let listed = |store: u8, attempt: u8| {
        let entry = world.operator.attempt(attempt);
        entry.view == View::Duty && entry.store == store
    };
    let mut places = (0..STORES).flat_map(|store| (0..ATTEMPTS).map(move |attempt| (store, attempt)));
    let forgotten = places.any(|(store, attempt)| world.child(store, attempt).is_live() && !listed(store, attempt));
    !(world.operator.ended && forgotten)
}

fn newest_counts(world: &World) -> bool {
    match world.operator.step {
        Step::Completed(attempt) => world.operator.committed() == attempt + 1,
        Step::Open | Step::Failed => true,
    }
}

fn completed_is_true(world: &World) -> bool {
    match world.operator.step {
        Step::Completed(_) => world.effects > 0,
        Step::Open | Step::Failed => true,
    }
}

fn duties_are_done(world: &World) -> bool {
    let done = |view, store: u8| view != View::Duty || world.stores[usize::from(store)].gone;
    world.operator.ended && world.operator.attempts.iter().all(|it| done(it.view, it.store))
}
