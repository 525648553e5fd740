//! The dispatch protocol: one operator, two agent stores, two attempts at one step, and a network without manners.
//! Not modelled: the agents' domain, compensation, skew (it is part of the deadline here), foreign agents.

mod actions;
mod net;
mod operator;
mod properties;
mod rules;
mod store;

use stateright::{Model, Property};

pub use actions::Action;
pub use net::{Message, Net};
pub use operator::{Attempt, How, Operator, Step, View};
pub use rules::{DispatchRule, Kind};
pub use store::{Child, Row, Store};

/// Attempts that a step may have.
pub(crate) const ATTEMPTS: u8 = 2;
/// Stores of one agent.
pub(crate) const STORES: u8 = 2;
/// The last moment. One moment is an attempt's time, and as long are rows kept after it.
const LAST: u8 = 3;
/// Crashes, losses and disappearances in one history, together.
const FAULTS: u8 = 2;

/// The model: what sort of step it is, and which rule is dropped.
#[derive(Debug, Clone, Copy)]
pub struct Dispatch {
    /// What the step asks for.
    pub kind: Kind,
    /// The rule that nobody keeps; `None`: all are kept.
    pub dropped: Option<DispatchRule>,
}

impl Dispatch {
    pub(crate) fn keeps(&self, rule: DispatchRule) -> bool {
        self.dropped != Some(rule)
    }
}

/// Everything there is at one moment.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct World {
    /// The time, in attempts.
    pub now: u8,
    /// What has been sent and not been lost. What has arrived may arrive again.
    pub net: Net,
    /// The one that dispatches.
    pub operator: Operator,
    /// Those that are dispatched to.
    pub stores: [Store; STORES as usize],
    /// How often the step's effect has happened.
    pub effects: u8,
    /// An attempt began at a store after a newer one had been committed.
    pub late: bool,
    /// Faults so far.
    pub faults: u8,
}

impl Model for Dispatch {
    type State = World;
    type Action = Action;

    fn init_states(&self) -> Vec<World> {
        vec![World::default()]
    }

    fn actions(&self, world: &World, actions: &mut Vec<Action>) {
        if world.now < LAST {
            actions.push(Action::Tick);
        }
        self.operator_actions(world, actions);
        self.store_actions(world, actions);
        self.net_actions(world, actions);
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
