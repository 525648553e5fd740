//! Weighs a call as a whole: a linear model over what the rules found and the words around it, its weights learned
//! from labelled calls (`learn.rs`, decision 0043). The rules say what was said; the weights say what that has meant.

mod clues;
#[cfg(test)]
mod learn;
mod rows;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::LazyLock;

use crate::outcome::Service;
use crate::quick::Table;

pub(crate) use clues::Reading;

use self::clues::clues;

/// Every set of services that a call may need: bit 0 fire, bit 1 police, bit 2 ambulance.
const SETS: usize = 8;

/// How much worse it is to leave a needed service at home than to be inexact in another way.
const MISSING: f64 = 2.0;

/// A weight of the table is in hundredths.
const UNIT: f64 = 100.0;

/// One line for each clue: its weight for each set of services, in hundredths, and its name. Learned, not written.
const TABLE: &str = include_str!("weights.txt");

/// A clue's place in the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Row(u16);

/// The table: the name of each clue, and what it weighs for each set of services.
static WEIGHTS: LazyLock<Vec<(&'static str, [i16; SETS])>> = LazyLock::new(|| TABLE.lines().filter_map(line).collect());

/// The rows by name.
static ROWS: LazyLock<Table<&'static str, Row>> = LazyLock::new(|| names().zip((0..).map(Row)).collect());

fn line(line: &'static str) -> Option<(&'static str, [i16; SETS])> {
    let mut weights = [0; SETS];
    let mut parts = line.splitn(SETS + 1, ' ');
    for weight in &mut weights {
        *weight = parts.next()?.parse().ok()?;
    }
    Some((parts.next()?, weights))
}

/// The clues that have a weight.
pub(crate) fn names() -> impl Iterator<Item = &'static str> {
    WEIGHTS.iter().map(|(name, _)| *name)
}

/// Where the table has the clue of this name.
pub(crate) fn row(name: &str) -> Option<Row> {
    ROWS.get(name).copied()
}

/// A call, weighed.
#[derive(Debug)]
pub(crate) struct Weighed {
    /// How probable each set of services is.
    sets: [f64; SETS],
    /// The set that is least bad to send.
    best: usize,
    /// What it was weighed by, and on which tokens each rests; none of what rests on the whole call.
    given: Vec<(Row, Range<usize>)>,
}

/// Weighs a call. Each clue counts once, however often it is given.
pub(crate) fn weigh(call: Reading<'_>) -> Weighed {
    let mut given: Vec<(Row, Range<usize>)> = Vec::with_capacity(4 * call.tokens.len());
    let (mut counted, mut sums) = (vec![false; WEIGHTS.len()], [0; SETS]);
    clues(call, |clue, at| {
        let Some(row) = rows::of(clue) else { return };
        if !std::mem::replace(&mut counted[usize::from(row.0)], true) {
            sums.iter_mut().zip(row.weights()).for_each(|(sum, weight)| *sum += i32::from(*weight));
        }
        if !at.is_empty() {
            given.push((row, at));
        }
    });
    let sets = probable(sums.map(|sum| f64::from(sum) / UNIT));
    Weighed { sets, best: least_bad(&sets), given }
}

impl Row {
    #[cfg(test)]
    fn name(self) -> &'static str {
        WEIGHTS[usize::from(self.0)].0
    }

    fn weights(self) -> &'static [i16; SETS] {
        &WEIGHTS[usize::from(self.0)].1
    }
}

/// Sums as probabilities.
fn probable(sums: [f64; SETS]) -> [f64; SETS] {
    let most = sums.into_iter().fold(f64::MIN, f64::max);
    let raised = sums.map(|sum| (sum - most).exp());
    let whole: f64 = raised.iter().sum();
    raised.map(|part| part / whole)
}

/// The set that costs least to expect: being inexact costs one, leaving a needed service out costs more.
fn least_bad(sets: &[f64; SETS]) -> usize {
    let cost = |sent: usize| -> f64 {
        let costs = sets.iter().enumerate().map(|(needed, probable)| {
            let inexact = if needed == sent { 0.0 } else { 1.0 };
            let missing = if needed & !sent == 0 { 0.0 } else { MISSING };
            probable * (inexact + missing)
        });
        costs.sum()
    };
    (0..SETS).min_by(|a, b| cost(*a).total_cmp(&cost(*b))).unwrap_or(0)
}

const fn bit(service: Service) -> usize {
    match service {
        Service::Fire => 1,
        Service::Police => 2,
        Service::Ambulance => 4,
    }
}

impl Weighed {
    pub(crate) const fn sends(&self, service: Service) -> bool {
        self.best & bit(service) != 0
    }

    /// How probable it is that the service is needed.
    pub(crate) fn needs(&self, service: Service) -> f64 {
        let with = self.sets.iter().enumerate().filter(|(set, _)| set & bit(service) != 0);
        with.map(|(_, probable)| probable).sum::<f64>().clamp(0.0, 1.0)
    }

    /// How probable it is that exactly these are needed.
    pub(crate) fn sure(&self, services: &[Service]) -> f64 {
        self.sets[services.iter().map(|service| bit(*service)).sum::<usize>()]
    }

    /// The words that speak most for something, each with all its clues; the weightiest first.
    pub(crate) fn speaking(&self, towards: Towards) -> Vec<Range<usize>> {
        let mut words: BTreeMap<(usize, usize), i32> = BTreeMap::new();
        for (row, at) in &self.given {
            *words.entry((at.start, at.end)).or_default() += towards.weight(row.weights());
        }
        let mut speaking: Vec<_> = words.into_iter().filter(|(_, weight)| *weight > 0).collect();
        speaking.sort_by_key(|(at, weight)| (-*weight, *at));
        speaking.into_iter().map(|((start, end), _)| start..end).collect()
    }
}

/// What weights can speak for.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Towards {
    Needed(Service),
    NotNeeded(Service),
    Nobody,
}

impl Towards {
    /// How much a clue speaks for it, among all sets.
    fn weight(self, of: &[i16; SETS]) -> i32 {
        let whole: i32 = of.iter().map(|weight| i32::from(*weight)).sum();
        let with = |service: Service| -> i32 {
            let sets = of.iter().enumerate().filter(|(set, _)| set & bit(service) != 0);
            sets.map(|(_, weight)| i32::from(*weight)).sum()
        };
        match self {
            Self::Needed(service) => 2 * with(service) - whole,
            Self::NotNeeded(service) => whole - 2 * with(service),
            Self::Nobody => SETS as i32 * i32::from(of[0]) - whole,
        }
    }
}
