//! The network: a set. What is in it may arrive any number of times, in any order, at any later moment.

use super::{ATTEMPTS, STORES};

/// What is sent. Attempts and stores are numbered from zero.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Message {
    /// The step's message, meant for `store`.
    Dispatch {
        /// Which attempt.
        attempt: u8,
        /// The `store_id` in it.
        store: u8,
    },
    /// "Let it not be", meant for `store`.
    Fence {
        /// Which attempt.
        attempt: u8,
        /// The `store_id` in it.
        store: u8,
    },
    /// The attempt has a result.
    Completed(u8),
    /// The attempt was accepted and has ended without a result.
    Ended(u8),
    /// The attempt was never accepted and never will be.
    Never(u8),
    /// Nothing of the attempt lives; what it did is not known.
    Unknown(u8),
}

/// The set of messages under way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Net(u32);

impl Message {
    fn bit(self) -> u32 {
        let place = match self {
            Self::Dispatch { attempt, store } => attempt * STORES + store,
            Self::Fence { attempt, store } => (ATTEMPTS + attempt) * STORES + store,
            Self::Completed(attempt) => 2 * ATTEMPTS * STORES + attempt,
            Self::Ended(attempt) => 2 * ATTEMPTS * STORES + ATTEMPTS + attempt,
            Self::Never(attempt) => 2 * ATTEMPTS * STORES + 2 * ATTEMPTS + attempt,
            Self::Unknown(attempt) => 2 * ATTEMPTS * STORES + 3 * ATTEMPTS + attempt,
        };
        1 << place
    }

    /// Every message there can be.
    pub(crate) fn all() -> impl Iterator<Item = Self> {
        (0..ATTEMPTS).flat_map(|attempt| {
            let answers =
                [Self::Completed(attempt), Self::Ended(attempt), Self::Never(attempt), Self::Unknown(attempt)];
            let asked =
                (0..STORES).flat_map(move |store| [Self::Dispatch { attempt, store }, Self::Fence { attempt, store }]);
            answers.into_iter().chain(asked)
        })
    }
}

impl Net {
    pub(crate) fn has(self, message: Message) -> bool {
        self.0 & message.bit() != 0
    }

    pub(crate) fn send(&mut self, message: Message) {
        self.0 |= message.bit();
    }

    pub(crate) fn lose(&mut self, message: Message) {
        self.0 &= !message.bit();
    }
}
