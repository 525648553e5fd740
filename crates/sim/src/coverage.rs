//! What a simulation exercised: how often each kind of thing happened, so that one that exercises nothing is seen.

use std::collections::BTreeMap;
use std::fmt;

/// Counts by kind and name.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Coverage(BTreeMap<(&'static str, String), u64>);

impl Coverage {
    pub(crate) fn count(&mut self, kind: &'static str, name: impl Into<String>) {
        *self.0.entry((kind, name.into())).or_default() += 1;
    }

    /// Adds what another simulation exercised.
    pub fn absorb(&mut self, other: &Self) {
        for (key, count) in &other.0 {
            *self.0.entry(key.clone()).or_default() += count;
        }
    }

    /// How often a thing of that kind and name happened.
    pub fn of(&self, kind: &'static str, name: &str) -> u64 {
        self.0.get(&(kind, name.to_owned())).copied().unwrap_or(0)
    }

    /// Everything of one kind.
    pub fn kind(&self, kind: &'static str) -> impl Iterator<Item = (&str, u64)> {
        self.0.iter().filter(move |((it, _), _)| *it == kind).map(|((_, name), count)| (name.as_str(), *count))
    }
}

impl fmt::Display for Coverage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut kind = "";
        for ((of, name), count) in &self.0 {
            if *of != kind {
                kind = of;
                writeln!(f, "{kind}")?;
            }
            writeln!(f, "  {count:>9}  {name}")?;
        }
        Ok(())
    }
}
