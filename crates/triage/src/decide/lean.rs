//! What the words of a call lean to: each service's trade has its vocabulary.
//! It decides where nothing clear is said, and it doubts a service that no word of the call belongs to.

use std::collections::BTreeSet;

use super::who::Reason;
use crate::fact::Fact;
use crate::outcome::Service;
use crate::scan::Finding;
use crate::scope::Scope;

/// So many words of one trade lean towards it; a single one is chance.
const LEANS: usize = 2;

/// How many words of the call belong to each trade.
#[derive(Debug, Clone, Copy)]
pub(super) struct Lean {
    fire: usize,
    police: usize,
    ambulance: usize,
}

impl Lean {
    pub(super) fn of(found: &[Finding]) -> Self {
        Self {
            fire: said(found, Fact::HintFire),
            police: said(found, Fact::HintPolice),
            ambulance: said(found, Fact::HintAmbulance),
        }
    }

    const fn towards(self, service: Service) -> usize {
        match service {
            Service::Fire => self.fire,
            Service::Police => self.police,
            Service::Ambulance => self.ambulance,
        }
    }

    /// The trade with most words, and every other with more than half as many; none where no trade has enough of them.
    pub(super) fn choices(self) -> Option<Vec<(Service, Reason)>> {
        let most = self.fire.max(self.police).max(self.ambulance);
        let leaning = Service::ALL.into_iter().filter(|service| 2 * self.towards(*service) > most);
        (most >= LEANS).then(|| leaning.map(|service| (service, Reason::leaning(service))).collect())
    }

    /// Takes out a service that one reading alone sends and no word of its trade supports, where words of others do.
    /// Never the ambulance: too much is said of a body in plain words.
    pub(super) fn doubt(self, found: &[Finding], chosen: &mut Vec<(Service, Reason)>) {
        let backed = |service: Service| self.towards(service) > 0;
        let alone = |why: &Reason| found.iter().filter(|f| why.rests_on(f)).count() == 1;
        if chosen.iter().any(|(service, _)| backed(*service)) {
            chosen.retain(|(service, why)| {
                backed(*service) || *service == Service::Ambulance || !why.is_read() || !alone(why)
            });
        }
    }
}

/// How many words of a trade are said; a word that two rules name is one.
fn said(found: &[Finding], trade: Fact) -> usize {
    let at = found.iter().filter(|f| f.fact == trade && f.scope != Scope::Denied).map(|f| f.at.start);
    at.collect::<BTreeSet<usize>>().len()
}
