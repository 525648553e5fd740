//! Scores added up. Every rate is a share of all calls, from 0 to 1; of no calls, each is the best there is.

use super::{Label, PlaceScore, Score};
use crate::outcome::Service;

/// The scores of many calls.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tally {
    calls: usize,
    exact: usize,
    under: usize,
    over: usize,
    located: usize,
    services: [ServiceTally; Service::ALL.len()],
}

/// How often one service was needed, sent, and both.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ServiceTally {
    /// Calls that need it.
    pub needed: usize,
    /// Calls that it is sent to.
    pub sent: usize,
    /// Calls that need it and that it is sent to.
    pub right: usize,
}

impl Tally {
    /// Adds one call.
    pub fn add(&mut self, label: &Label, score: &Score) {
        self.calls += 1;
        self.exact += usize::from(score.exact_set());
        self.under += usize::from(!score.missed.is_empty());
        self.over += usize::from(!score.excess.is_empty());
        self.located += usize::from(score.place == PlaceScore::Exact);
        for (service, tally) in Service::ALL.into_iter().zip(&mut self.services) {
            tally.add(service, label, score);
        }
    }

    /// How many calls were added.
    #[must_use]
    pub const fn calls(&self) -> usize {
        self.calls
    }

    /// Share of the calls that get exactly the needed services.
    #[must_use]
    pub fn exact_set(&self) -> f64 {
        share(self.exact, self.calls, 1.0)
    }

    /// Share of the calls that lack a needed service: the safety figure.
    #[must_use]
    pub fn under_dispatch(&self) -> f64 {
        share(self.under, self.calls, 0.0)
    }

    /// Share of the calls that get a service too many.
    #[must_use]
    pub fn over_dispatch(&self) -> f64 {
        share(self.over, self.calls, 0.0)
    }

    /// Share of the calls whose place is exact.
    #[must_use]
    pub fn location_exact(&self) -> f64 {
        share(self.located, self.calls, 1.0)
    }

    /// Each service's part, in the order of [`Service::ALL`].
    pub fn services(&self) -> impl Iterator<Item = (Service, ServiceTally)> + '_ {
        Service::ALL.into_iter().zip(self.services)
    }
}

impl ServiceTally {
    fn add(&mut self, service: Service, label: &Label, score: &Score) {
        let needed = label.services.contains(&service);
        let missed = score.missed.iter().any(|(missed, _)| *missed == service);
        let excess = score.excess.iter().any(|(excess, _)| *excess == service);
        let right = needed && !missed;
        self.needed += usize::from(needed);
        self.right += usize::from(right);
        self.sent += usize::from(right || excess);
    }

    /// Share of the sendings that were needed.
    #[must_use]
    pub fn precision(self) -> f64 {
        share(self.right, self.sent, 1.0)
    }

    /// Share of the needs that were met.
    #[must_use]
    pub fn recall(self) -> f64 {
        share(self.right, self.needed, 1.0)
    }

    /// The harmonic mean of precision and recall.
    #[must_use]
    pub fn f1(self) -> f64 {
        share(2 * self.right, self.sent + self.needed, 1.0)
    }
}

/// `part` of `all`, or `otherwise` when there is nothing to take a part of.
fn share(part: usize, all: usize, otherwise: f64) -> f64 {
    let float = |count: usize| f64::from(u32::try_from(count).unwrap_or(u32::MAX));
    if all == 0 { otherwise } else { float(part) / float(all) }
}
