//! When which process is struck, and how: all of it follows from the seed.

use std::time::Duration;

use crate::cluster::Service;
use crate::random::Random;

/// The operator has the most to lose, so it is hit most often.
const VICTIMS: [Service; 8] = [
    Service::Operator,
    Service::Operator,
    Service::Operator,
    Service::Fire,
    Service::Police,
    Service::Ambulance,
    Service::Ambulance,
    Service::Registry,
];

/// Per cent of the strikes that hit two processes at once.
const PAIRS: u64 = 20;

/// Per cent of the strikes that stop the process where it stands, and let it go on later.
const FREEZES: u64 = 10;
/// Per cent of the strikes that ask the process to stop.
const DRAINS: u64 = 10;

/// What is done to a process.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Blow {
    /// `kill -9`, and a restart.
    Kill,
    /// SIGSTOP, and SIGCONT.
    Freeze,
    /// SIGTERM, and a restart.
    Drain,
}

/// One strike.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Strike {
    /// After everything of the strike before runs again.
    pub after: Duration,
    /// Who is struck, all at the same moment.
    pub victims: Vec<Service>,
    /// How.
    pub blow: Blow,
    /// From the blow until the process may go on.
    pub down: Duration,
}

/// Strikes that kill `kills` processes in all, and others between them.
pub(super) fn schedule(seed: u64, kills: usize) -> Vec<Strike> {
    let mut random = Random::of(seed, 0);
    let mut strikes = Vec::new();
    let mut left = kills;
    while left > 0 {
        let mut victims = vec![*random.pick(&VICTIMS)];
        let other = *random.pick(&VICTIMS);
        if random.percent(PAIRS) && other != victims[0] && left > 1 {
            victims.push(other);
        }
        let blow = blow(random.below(100));
        if blow == Blow::Kill {
            left -= victims.len();
        }
        let after = Duration::from_millis(100 + random.below(1_400));
        let down = Duration::from_millis(random.below(800)) * if blow == Blow::Freeze { 4 } else { 1 };
        strikes.push(Strike { after, victims, blow, down });
    }
    strikes
}

const fn blow(chance: u64) -> Blow {
    match chance {
        ..FREEZES => Blow::Freeze,
        chance if chance < FREEZES + DRAINS => Blow::Drain,
        _ => Blow::Kill,
    }
}

#[cfg(test)]
mod tests {
    use super::{Blow, schedule};

    #[test]
    fn a_seed_repeats_its_schedule_and_another_has_another() {
        assert_eq!(schedule(7, 50), schedule(7, 50));
        assert_ne!(schedule(7, 50), schedule(8, 50));
    }

    #[test]
    fn so_many_are_killed_and_others_are_struck_otherwise() {
        let struck = |blow| {
            let strikes = schedule(7, 50).into_iter().filter(|strike| strike.blow == blow);
            strikes.map(|strike| strike.victims.len()).sum::<usize>()
        };
        assert_eq!(struck(Blow::Kill), 50);
        assert!(struck(Blow::Freeze) > 0 && struck(Blow::Drain) > 0);
    }
}
