//! The commit pipeline of one task: a volatile head, generations, tickets, a writer, a reader, and what fails.
//! Not modelled: other tasks, epochs, snapshots, timers, byte bounds; a batch is what is queued.

mod actions;
mod memory;
mod properties;
mod rules;
mod world;
mod writer;

use stateright::{Model, Property};

pub use actions::Action;
pub use rules::PipelineRule;
pub use world::{Counts, Disk, Head, Input, Item, Outcome, Waiting, World};

/// The model: which rule is dropped.
#[derive(Debug, Clone, Copy, Default)]
pub struct Pipeline {
    /// The rule that nobody keeps; `None`: all are kept.
    pub dropped: Option<PipelineRule>,
}

impl Pipeline {
    pub(crate) fn keeps(&self, rule: PipelineRule) -> bool {
        self.dropped != Some(rule)
    }
}

impl Model for Pipeline {
    type State = World;
    type Action = Action;

    /// Every input once, the plain message twice; one read; two faults.
    fn init_states(&self) -> Vec<World> {
        vec![World { unsent: [2, 1, 1], reads: 1, faults: 2, ..World::default() }]
    }

    fn actions(&self, world: &World, actions: &mut Vec<Action>) {
        actions::possible(world, actions);
    }

    fn next_state(&self, world: &World, action: Action) -> Option<World> {
        let mut next = world.clone();
        self.perform(&mut next, action);
        (next != *world).then_some(next)
    }

    fn properties(&self) -> Vec<Property<Self>> {
        properties::all()
    }
}
