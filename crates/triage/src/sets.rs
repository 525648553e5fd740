//! Alternatives as numbers, and sets of them as bits: whether a token fits a part of a pattern is one bit.

/// Alternatives that stand at one part of a pattern: `fire|smoke|@fuel` is one number wherever it is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Alternatives(pub(crate) u16);

/// Bits in a block of a set.
const BLOCK: usize = 64;

/// The alternatives that a word, or a whole sentence, fits.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Fits {
    /// Empty where none is fitted: most words of the tables are in no pattern.
    bits: Vec<u64>,
}

impl Fits {
    /// Room for so many alternatives, none of them fitted.
    pub(crate) fn none(count: usize) -> Self {
        Self { bits: vec![0; count.div_ceil(BLOCK)] }
    }

    /// Those of a list; there are `count` in all.
    pub(crate) fn of(list: &[Alternatives], count: usize) -> Self {
        let mut fits = if list.is_empty() { Self::default() } else { Self::none(count) };
        for which in list {
            let (block, bit) = place(*which);
            if let Some(bits) = fits.bits.get_mut(block) {
                *bits |= bit;
            }
        }
        fits
    }

    pub(crate) fn has(&self, which: Alternatives) -> bool {
        let (block, bit) = place(which);
        self.bits.get(block).is_some_and(|bits| bits & bit != 0)
    }

    /// Adds all of `other`.
    pub(crate) fn join(&mut self, other: &Self) {
        self.bits.iter_mut().zip(&other.bits).for_each(|(mine, theirs)| *mine |= theirs);
    }
}

/// The block of alternatives, and the bit within it.
const fn place(Alternatives(which): Alternatives) -> (usize, u64) {
    (which as usize / BLOCK, 1 << (which as usize % BLOCK))
}
