//! Which of several instances gets the next piece of work: one code for the registry's Resolve and for every dispatcher.
//! Pure: whose turn it is and what chance says are passed in.

#[cfg(test)]
mod tests;

use std::cmp::Reverse;
use std::collections::HashMap;
use std::hash::Hash;

use types::{InstanceId, StoreId};

use crate::Health;

/// Kinds of work whose turns are counted; beyond that all begin anew, which costs a little evenness.
const KINDS: usize = 1024;

/// How instances are ordered.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum Policy {
    /// Everybody in turn.
    RoundRobin,
    /// Fewest tasks under way; of equals everybody in turn.
    LeastInFlight,
    /// Of two drawn at random the less loaded one. Bears figures that are some seconds old, where everybody who picks
    /// the least loaded of all would pick the same.
    #[default]
    PowerOfTwo,
    /// The same context goes to the same instance for as long as that takes work; others move only when theirs goes.
    Sticky,
}

/// What is known of an instance.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Candidate<'c> {
    /// The store that it answers from.
    pub store_id: StoreId,
    /// Which process.
    pub instance: &'c InstanceId,
    /// What it says of itself.
    pub health: Health,
    /// Tasks that it has under way.
    pub in_flight: u32,
    /// Share of what it can do that is taken, in percent, where it has a measure of it.
    pub load: Option<u32>,
    /// Whether its callers say that it fails.
    pub failing: bool,
}

/// What distinguishes one choice from the next among the same instances.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Occasion<'o> {
    /// How many choices of this kind of work came before.
    pub turn: u64,
    /// Anything, evenly distributed.
    pub chance: u64,
    /// The conversation that the work belongs to.
    pub context: &'o str,
}

/// An instance that may get the work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// Its number among the candidates.
    pub index: usize,
    /// Why it stands here.
    pub why: Why,
}

/// Why an instance has its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Why {
    /// It is its turn.
    Turn,
    /// Nobody behind it has fewer tasks under way.
    LeastInFlight,
    /// It was drawn with another one that is no less loaded.
    LessLoadedOfTwo,
    /// The context belongs there.
    Context,
    /// Its callers say that it fails, so all others come first. It is not left out: what callers say may be
    /// the fault of their network, and must not take the last instance away.
    Failing,
}

/// Orders the candidates that take new work, best first. Who is draining or does not serve is not among them.
pub fn order(policy: Policy, occasion: Occasion<'_>, candidates: &[Candidate<'_>]) -> Vec<Place> {
    let able = (0..candidates.len()).filter(|&index| candidates[index].health == Health::Serving);
    let (failing, sound): (Vec<usize>, Vec<usize>) = able.partition(|&index| candidates[index].failing);
    let why = match policy {
        Policy::RoundRobin => Why::Turn,
        Policy::LeastInFlight => Why::LeastInFlight,
        Policy::PowerOfTwo => Why::LessLoadedOfTwo,
        Policy::Sticky => Why::Context,
    };
    let sound = ranked(policy, occasion, candidates, sound).into_iter().map(|index| Place { index, why });
    let failing = ranked(policy, occasion, candidates, failing);
    sound.chain(failing.into_iter().map(|index| Place { index, why: Why::Failing })).collect()
}

fn ranked(policy: Policy, occasion: Occasion<'_>, candidates: &[Candidate<'_>], mut of: Vec<usize>) -> Vec<usize> {
    match policy {
        Policy::RoundRobin => rotate(&mut of, occasion.turn),
        Policy::LeastInFlight => {
            rotate(&mut of, occasion.turn);
            of.sort_by_key(|&index| candidates[index].in_flight);
        }
        Policy::PowerOfTwo => of = drawn(occasion.chance, candidates, of),
        Policy::Sticky => of.sort_by_cached_key(|&index| Reverse(affinity(occasion.context, &candidates[index]))),
    }
    of
}

fn rotate(of: &mut [usize], turn: u64) {
    let length = of.len() as u64;
    if length > 0 {
        // Less than the length, which is a usize.
        of.rotate_left((turn % length) as usize);
    }
}

/// Draws two of the rest, takes the less loaded, and so on.
fn drawn(chance: u64, candidates: &[Candidate<'_>], mut rest: Vec<usize>) -> Vec<usize> {
    let mut state = chance;
    let mut order = Vec::with_capacity(rest.len());
    while rest.len() > 1 {
        let first = below(&mut state, rest.len());
        let second = (first + 1 + below(&mut state, rest.len() - 1)) % rest.len();
        let lighter = lighter(&candidates[rest[first]], &candidates[rest[second]]);
        order.push(rest.remove(if lighter { first } else { second }));
    }
    order.append(&mut rest);
    order
}

/// Whether the first is no more loaded than the second.
fn lighter(one: &Candidate<'_>, other: &Candidate<'_>) -> bool {
    match (one.load, other.load) {
        (Some(load), Some(least)) if load != least => load < least,
        _ => one.in_flight <= other.in_flight,
    }
}

/// A number below `bound`, which is not 0; the bias of the remainder is that of one in 2^64.
fn below(state: &mut u64, bound: usize) -> usize {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    (scatter(*state) % bound as u64) as usize
}

/// The finaliser of SplitMix64.
fn scatter(value: u64) -> u64 {
    let value = (value ^ (value >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let value = (value ^ (value >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    value ^ (value >> 31)
}

/// How strongly a context is drawn to an instance: rendezvous hashing, the same in every process and version.
fn affinity(context: &str, candidate: &Candidate<'_>) -> u64 {
    let instance = candidate.instance.as_str().as_bytes();
    // FNV-1a; a byte that no text holds keeps the parts apart.
    let bytes = context.bytes().chain([0xff]).chain(candidate.store_id.as_bytes().iter().copied());
    let bytes = bytes.chain(instance.iter().copied());
    scatter(bytes.fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)))
}

/// Counts the choices of each kind of work. Bounded.
#[derive(Debug)]
pub struct Turns<K>(HashMap<K, u64>);

impl<K> Default for Turns<K> {
    fn default() -> Self {
        Self(HashMap::new())
    }
}

impl<K: Eq + Hash> Turns<K> {
    /// How many choices of that kind came before.
    pub fn so_far(&self, kind: &K) -> u64 {
        self.0.get(kind).copied().unwrap_or(0)
    }

    /// As [`Turns::so_far`], and counts one more.
    pub fn next(&mut self, kind: K) -> u64 {
        if self.0.len() >= KINDS && !self.0.contains_key(&kind) {
            self.0.clear();
        }
        let turn = self.0.entry(kind).or_insert(0);
        let now = *turn;
        *turn = now.wrapping_add(1);
        now
    }
}
