//! When which process is killed: all of it follows from the seed.

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

/// One strike.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kill {
    /// After everything of the strike before runs again.
    pub after: Duration,
    /// Who is killed, all at the same moment.
    pub victims: Vec<Service>,
    /// From the kill to the restart.
    pub down: Duration,
}

/// Strikes that kill `kills` processes in all.
pub(super) fn schedule(seed: u64, kills: usize) -> Vec<Kill> {
    let mut random = Random::of(seed, 0);
    let mut strikes = Vec::new();
    let mut left = kills;
    while left > 0 {
        let mut victims = vec![*random.pick(&VICTIMS)];
        let other = *random.pick(&VICTIMS);
        if random.percent(PAIRS) && other != victims[0] && left > 1 {
            victims.push(other);
        }
        left -= victims.len();
        let after = Duration::from_millis(100 + random.below(1_400));
        let down = Duration::from_millis(random.below(800));
        strikes.push(Kill { after, victims, down });
    }
    strikes
}

#[cfg(test)]
mod tests {
    use super::schedule;

    #[test]
    fn a_seed_repeats_its_schedule_and_another_has_another() {
        assert_eq!(schedule(7, 50), schedule(7, 50));
        assert_ne!(schedule(7, 50), schedule(8, 50));
        assert_eq!(schedule(7, 50).iter().map(|kill| kill.victims.len()).sum::<usize>(), 50);
    }
}
