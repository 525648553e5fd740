//! Alternatives as numbers, and sets of them as bits: whether a token fits a part of a pattern is one bit.

/// Alternatives that stand at one part of a pattern: `fire|smoke|@fuel` is one number wherever it is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Alternatives(pub(crate) u16);

/// The alternatives that a word, or a whole call, fits.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Fits {
    bits: Vec<u64>,
}

impl Fits {
    /// Room for so many alternatives, none of them fitted.
    pub(crate) fn none(count: usize) -> Self {
        Self { bits: vec![0; count.div_ceil(64)] }
    }

    pub(crate) fn add(&mut self, which: Alternatives) {
        if let Some(bits) = self.bits.get_mut(usize::from(which.0) / 64) {
            *bits |= 1 << (which.0 % 64);
        }
    }

    pub(crate) fn has(&self, which: Alternatives) -> bool {
        self.bits.get(usize::from(which.0) / 64).is_some_and(|bits| bits & (1 << (which.0 % 64)) != 0)
    }

    /// Adds all of `other`.
    pub(crate) fn join(&mut self, other: &Self) {
        self.bits.iter_mut().zip(&other.bits).for_each(|(mine, theirs)| *mine |= theirs);
    }

    /// Those that are also in `other`, in rising order.
    pub(crate) fn common<'a>(&'a self, other: &'a Self) -> impl Iterator<Item = Alternatives> + 'a {
        let words = self.bits.iter().zip(&other.bits).enumerate();
        words.filter_map(|(at, (mine, theirs))| Some((at, mine & theirs)).filter(|(_, bits)| *bits != 0)).flat_map(ones)
    }
}

/// The alternatives whose bits are set in the word at `at`.
fn ones((at, mut bits): (usize, u64)) -> impl Iterator<Item = Alternatives> {
    std::iter::from_fn(move || {
        let bit = (bits != 0).then(|| bits.trailing_zeros())?;
        bits &= bits - 1;
        u16::try_from(at * 64).ok().zip(u16::try_from(bit).ok()).map(|(base, bit)| Alternatives(base + bit))
    })
}
