//! What must hold in every moment of the pipeline, and what must come to be.

use stateright::Property;

use super::{Input, Pipeline, World};

pub(super) fn all() -> Vec<Property<Pipeline>> {
    vec![
        Property::always("no effect without its commit", |_, world| in_log(world, &world.effects)),
        Property::always("what is acknowledged stays", |_, world| in_log(world, &world.acked)),
        Property::always("what is read stays", |_, world: &World| world.disk.log.starts_with(&world.told)),
        Property::always("no input is applied twice", |_, world| once(world)),
        Property::always("a refusal is true", |_, world| refusals_are_true(world)),
        Property::always("an accepted input is not refused", |_, world| no_accepted_is_refused(world)),
        Property::always("no row is overwritten unread", |_, world: &World| !world.disk.overwritten),
        Property::always("nothing follows the end", |_, world| nothing_follows_the_end(world)),
        Property::eventually("every input is answered", |_, world| all_answered(world)),
        Property::sometimes("three inputs are applied", |_, world: &World| world.disk.log.len() == Input::ALL.len()),
        Property::sometimes("a third generation", |_, world: &World| world.head.generation > 1),
    ]
}

fn in_log(world: &World, inputs: &[bool; 3]) -> bool {
    Input::ALL.into_iter().all(|input| !inputs[input as usize] || world.disk.log.contains(&input))
}

fn once(world: &World) -> bool {
    let count = |input| world.disk.log.iter().filter(|it| **it == input).count();
    Input::ALL.into_iter().all(|input| count(input) <= 1)
}

fn refusals_are_true(world: &World) -> bool {
    !world.refused.contains(&true) || world.disk.log.contains(&Input::Last)
}

fn no_accepted_is_refused(world: &World) -> bool {
    Input::ALL.into_iter().all(|input| !(world.refused[input as usize] && world.disk.log.contains(&input)))
}

/// The end is the last commit: nothing was decided on a state that never was.
fn nothing_follows_the_end(world: &World) -> bool {
    let end = world.disk.log.iter().position(|input| *input == Input::Last);
    end.is_none_or(|at| at + 1 == world.disk.log.len())
}

fn all_answered(world: &World) -> bool {
    Input::ALL.into_iter().all(|input| world.acked[input as usize] || world.refused[input as usize])
}
