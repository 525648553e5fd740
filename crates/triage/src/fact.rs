//! What the words of a call can say of the situation.

/// One thing that a caller may say, whatever the words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Fact {
    /// Nothing that matters here.
    Harmless,
    Burning,
    /// Smoke, heat, a burning smell, an alarm: what is left when a fire is said to be out.
    Smoke,
    FireOut,
    /// What was said before is over, was a mistake, or has been seen to.
    Resolved,
    /// The caller is not sure.
    Doubt,
    Gas,
    CarbonMonoxide,
    Chemical,
    FuelSpill,
    Explosion,
    Trapped,
    /// A weight on a body, or a body in a machine.
    Pinned,
    StuckHigh,
    InWater,
    AnimalInWater,
    /// Brought out of the water: hurt perhaps, but not to be rescued any more.
    Ashore,
    /// Down a hole or a slope.
    Confined,
    AnimalConfined,
    Collapse,
    Flood,
    Frail,
    PeopleInside,
    EveryoneOut,
    /// Somebody says that those involved are well.
    Unhurt,
    Injury,
    /// Hurt by one's own tool: no crime.
    Mishap,
    /// Somebody fell.
    Fall,
    Illness,
    Unresponsive,
    Crisis,
    Labour,
    Violence,
    /// Somebody is struck by somebody, and very probably hurt.
    Blow,
    Weapon,
    Threat,
    Theft,
    Intruder,
    Damage,
    Arson,
    Suspicious,
    Missing,
    Disorder,
    Arrest,
    Death,
    /// Dead beyond doubt and help.
    LongDead,
    RoadHazard,
    DangerousAnimal,
    Collision,
    PersonStruck,
    Fled,
    WantFire,
    WantPolice,
    WantAmbulance,
    WantHelp,
    /// Words that go with what a service does.
    HintFire,
    HintPolice,
    HintAmbulance,
    NotUrgent,
    Order,
}

impl Fact {
    /// Whether the words are about something said or wanted and not about the situation.
    pub(crate) fn is_speech(self) -> bool {
        use Fact::{Doubt, NotUrgent, Order, Resolved, WantAmbulance, WantFire, WantHelp, WantPolice};
        matches!(self, WantFire | WantPolice | WantAmbulance | WantHelp | NotUrgent | Order | Doubt | Resolved)
    }

    /// Whether it is about a body, which stays hurt or ill when the danger is over.
    pub(crate) fn is_bodily(self) -> bool {
        use Fact::{Ashore, Blow, Death, Fall, Illness, Injury, Labour, LongDead, Unresponsive};
        matches!(self, Ashore | Injury | Fall | Illness | Unresponsive | Labour | Blow | Death | LongDead)
    }

    /// Whether it says that something is well.
    pub(crate) fn is_reassurance(self) -> bool {
        matches!(self, Self::FireOut | Self::EveryoneOut | Self::Unhurt | Self::Harmless) || self.is_hint()
    }

    /// Whether it only goes with a service.
    pub(crate) fn is_hint(self) -> bool {
        matches!(self, Self::HintFire | Self::HintPolice | Self::HintAmbulance)
    }

    /// Whether it becomes a threat when somebody says that he will do it.
    pub(crate) fn can_be_threatened(self) -> bool {
        use Fact::{Arson, Burning, Damage, Explosion, Injury, Violence};
        matches!(self, Burning | Arson | Violence | Injury | Explosion | Damage)
    }
}
