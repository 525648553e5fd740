//! What the words of a call lean to: each service's trade has its vocabulary.
//! It narrows an unclear call to the services that its words belong to.

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
            ambulance: said(found, Fact::HintAmbulance) + inside(found),
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
    /// A quarter is enough for the ambulance, which is missed worst.
    pub(super) fn choices(self) -> Option<Vec<(Service, Reason)>> {
        let most = self.fire.max(self.police).max(self.ambulance);
        let leaning = Service::ALL.into_iter().filter(|service| self.weighs(*service) * self.towards(*service) > most);
        (most >= LEANS).then(|| leaning.map(|service| (service, Reason::leaning(service))).collect())
    }

    const fn weighs(self, service: Service) -> usize {
        match service {
            Service::Fire | Service::Police => 2,
            Service::Ambulance => 4,
        }
    }
}

/// People who are heard or seen inside weigh as a body's word does.
fn inside(found: &[Finding]) -> usize {
    found.iter().filter(|f| f.fact == Fact::PeopleInside && f.scope == Scope::Holds).count()
}

/// How many words of a trade are said; a word that two rules name is one.
fn said(found: &[Finding], trade: Fact) -> usize {
    let at = found.iter().filter(|f| f.fact == trade && f.scope != Scope::Denied).map(|f| f.at.start);
    at.collect::<BTreeSet<usize>>().len()
}
