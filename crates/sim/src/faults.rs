//! What goes wrong, and when: drawn from the seed, within a budget, for as long as the storm lasts.

use std::time::Duration;

use crate::chance::Chance;

/// A moment at which a process may die.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Boundary {
    /// A commit has been queued.
    Queued,
    /// A batch is about to be written; with a crash nothing of it is.
    BeforeWrite,
    /// A batch is durable and nobody knows yet.
    AfterWrite,
    /// A commit's ticket has resolved, the next one's has not.
    AfterTicket,
    /// An effect is about to be performed.
    BeforeEffect,
    /// A request has left.
    AfterSend,
    /// An answer has come and was not taken up yet.
    AfterAnswer,
}

impl Boundary {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::Queued,
        Self::BeforeWrite,
        Self::AfterWrite,
        Self::AfterTicket,
        Self::BeforeEffect,
        Self::AfterSend,
        Self::AfterAnswer,
    ];
}

/// How hard a world is hit. Shares are in thousandths.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Faults {
    /// How long the storm lasts.
    pub storm: Duration,
    /// Most crashes.
    pub crashes: u32,
    /// A crash at a boundary.
    pub crash: u64,
    /// A message, or an answer, that is lost.
    pub lose: u64,
    /// A message that comes twice.
    pub double: u64,
    /// A message that takes seconds instead of milliseconds.
    pub delay: u64,
    /// A stream that is cut after a frame.
    pub cut: u64,
    /// A commit that the disk refuses.
    pub refuse: u64,
    /// A crashed agent's store that never comes back.
    pub vanish: u64,
    /// A process that is asked to stop in good order within its first minute.
    pub drain: u64,
    /// A dispatch on whose arrival a proxy before its agent begins to turn away whatever comes, for some seconds.
    pub turn_away: u64,
}

impl Faults {
    /// Nothing goes wrong.
    pub const NONE: Self = Self {
        storm: Duration::ZERO,
        crashes: 0,
        crash: 0,
        lose: 0,
        double: 0,
        delay: 0,
        cut: 0,
        refuse: 0,
        vanish: 0,
        drain: 0,
        turn_away: 0,
    };

    /// Faults from a seed: each kind is off, rare or frequent.
    pub(crate) fn draw(chance: &mut Chance) -> Self {
        let mut share = |shares: [u64; 3]| shares[chance.below(3) as usize];
        let (crash, lose, double) = (share([0, 8, 30]), share([0, 20, 120]), share([0, 50, 200]));
        let (delay, cut) = (share([0, 40, 200]), share([0, 30, 150]));
        let (refuse, vanish, drain) = (share([0, 5, 30]), share([0, 100, 400]), share([0, 200, 600]));
        let turn_away = share([0, 20, 100]);
        let storm = chance.millis(5_000, 90_000);
        Self { storm, crashes: 12, crash, lose, double, delay, cut, refuse, vanish, drain, turn_away }
    }

    /// The kinds that are on, each taken away: simpler worlds to look for the same failure in.
    pub(crate) fn simpler(&self) -> Vec<Self> {
        let off: [fn(&mut Self); 10] = [
            |it| (it.crash, it.vanish) = (0, 0),
            |it| it.vanish = 0,
            |it| it.lose = 0,
            |it| it.double = 0,
            |it| it.delay = 0,
            |it| it.cut = 0,
            |it| it.refuse = 0,
            |it| it.drain = 0,
            |it| it.turn_away = 0,
            |it| it.crashes /= 2,
        ];
        let without = off.map(|off| {
            let mut less = self.clone();
            off(&mut less);
            less
        });
        without.into_iter().filter(|less| less != self).collect()
    }
}
