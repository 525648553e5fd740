//! Which words the calls of each service are made of, whatever is said with them.
//! None sends anybody by itself: they tell which way a call leans where nothing clear is said,
//! and whether a finding has anything of its service's subject around it.

mod ambulance;
mod fire;
mod police;

use super::{Class, Rule, weak};
use crate::fact::Fact;

/// The three vocabularies.
pub(crate) const CLASSES: &[Class] = &[fire::WORDS, police::WORDS, ambulance::WORDS];

pub(crate) const RULES: &[Rule] = &[
    weak(
        "a word of the fire service's trade",
        Fact::HintFire,
        &["@of-fire|@appliance|@fuelled|@gas|@poisonous|@craft|@wet|@hole|@pet"],
    ),
    weak("a word of the police's trade", Fact::HintPolice, &["@of-police|@villain|@deed|@arm|@goods|@wild"]),
    weak(
        "a word of the ambulance's trade",
        Fact::HintAmbulance,
        &["@of-ambulance|@ailment|@symptom|@tissue|@bone|@body|@tablet"],
    ),
];
