//! An agent's store: the row and the child of each attempt, and what becomes of a dispatch or a fence that arrives.

use super::{ATTEMPTS, Dispatch, DispatchRule, Kind, Message, World};

/// One store.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct Store {
    /// By attempt: the row of its message id.
    pub rows: [Row; ATTEMPTS as usize],
    /// By attempt: the task that it became.
    pub children: [Child; ATTEMPTS as usize],
    /// It cannot be reached any more; what lives in it lives on.
    pub gone: bool,
}

/// The one row of a message id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Row {
    /// There is none.
    #[default]
    None,
    /// The message was accepted.
    Accepted,
    /// It never will be.
    Fenced,
}

/// A child task.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Child {
    /// There is none.
    #[default]
    None,
    /// Its accept is queued and not durable.
    Queued,
    /// Accepted.
    Live,
    /// The start of its effect is recorded.
    Started,
    /// The effect has happened, and that is not recorded.
    Acted,
    /// It has a result.
    Completed,
    /// It failed, was canceled, or does not know what it did.
    Ended,
}

impl Child {
    /// Whether something of it may still happen.
    pub(crate) fn is_live(self) -> bool {
        match self {
            Self::Queued | Self::Live | Self::Started | Self::Acted => true,
            Self::None | Self::Completed | Self::Ended => false,
        }
    }

    fn answer(self, attempt: u8) -> Option<Message> {
        match self {
            Self::Completed => Some(Message::Completed(attempt)),
            Self::Ended => Some(Message::Ended(attempt)),
            Self::None | Self::Queued | Self::Live | Self::Started | Self::Acted => None,
        }
    }
}

impl World {
    pub(crate) fn child(&self, store: u8, attempt: u8) -> Child {
        self.stores[usize::from(store)].children[usize::from(attempt)]
    }

    pub(crate) fn row(&self, store: u8, attempt: u8) -> Row {
        self.stores[usize::from(store)].rows[usize::from(attempt)]
    }

    pub(crate) fn set_row(&mut self, store: u8, attempt: u8, row: Row) {
        self.stores[usize::from(store)].rows[usize::from(attempt)] = row;
    }

    /// Changes a child; one that ends says so.
    pub(crate) fn set_child(&mut self, store: u8, attempt: u8, child: Child) {
        self.stores[usize::from(store)].children[usize::from(attempt)] = child;
        self.send(child.answer(attempt));
    }

    fn send(&mut self, answer: Option<Message>) {
        if let Some(answer) = answer {
            self.net.send(answer);
        }
    }

    /// Whether a row of this attempt may have been dropped by now.
    pub(crate) fn is_expired(&self, attempt: u8) -> bool {
        self.now > self.operator.attempt(attempt).deadline
    }
}

impl Dispatch {
    /// A dispatch arrives at `store`.
    pub(crate) fn accept(&self, world: &mut World, store: u8, attempt: u8) {
        let newer = world.stores[usize::from(store)].rows[usize::from(attempt) + 1..].contains(&Row::Accepted);
        let over = world.now >= world.operator.attempt(attempt).deadline && self.keeps(DispatchRule::DeadlineIsChecked);
        let refused = newer || over;
        match world.row(store, attempt) {
            Row::Accepted | Row::Fenced if refused && !self.keeps(DispatchRule::RowFirst) => {
                self.refuse(world, attempt);
            }
            Row::Accepted => {
                let answer = world.child(store, attempt).answer(attempt);
                world.send(answer);
            }
            Row::Fenced => self.refuse(world, attempt),
            Row::None if refused => self.refuse(world, attempt),
            Row::None => {
                world.late |= world.operator.committed() > attempt + 1;
                world.set_child(store, attempt, Child::Queued);
            }
        }
    }

    /// Says no. That it never will be accepted is only said while it is certain that it never was.
    fn refuse(&self, world: &mut World, attempt: u8) {
        let certain = !world.is_expired(attempt) || !self.keeps(DispatchRule::NeverIsCertain);
        world.net.send(if certain { Message::Never(attempt) } else { Message::Unknown(attempt) });
    }

    /// A fence arrives at `store`.
    pub(crate) fn fence(&self, world: &mut World, store: u8, attempt: u8) {
        match world.row(store, attempt) {
            Row::Accepted if world.child(store, attempt).is_live() => world.set_child(store, attempt, Child::Ended),
            Row::Accepted => {
                let answer = world.child(store, attempt).answer(attempt);
                world.send(answer);
            }
            Row::Fenced => self.refuse(world, attempt),
            Row::None => {
                if !world.is_expired(attempt) && self.keeps(DispatchRule::OneRow) {
                    world.set_row(store, attempt, Row::Fenced);
                }
                self.refuse(world, attempt);
            }
        }
    }

    /// The handler's next step.
    pub(crate) fn work(&self, world: &mut World, store: u8, attempt: u8) {
        let next = match (self.kind, world.child(store, attempt)) {
            // The effect is a row and commits with the result.
            (Kind::OrFail | Kind::OrAnother, Child::Live) => Child::Completed,
            (Kind::AtMostOnce, Child::Live) if self.keeps(DispatchRule::StartIsRecorded) => Child::Started,
            (Kind::AtMostOnce, Child::Live | Child::Started) => Child::Acted,
            (Kind::AtMostOnce, Child::Acted) => Child::Completed,
            (_, other) => other,
        };
        let outside = next == Child::Acted;
        let inside = self.kind != Kind::AtMostOnce && next == Child::Completed;
        world.effects += u8::from(outside || inside);
        world.set_child(store, attempt, next);
    }

    /// The process dies and comes back; what was not durable is gone.
    pub(crate) fn crash(&self, world: &mut World, store: u8) {
        for attempt in 0..ATTEMPTS {
            match world.child(store, attempt) {
                Child::Queued => world.set_child(store, attempt, Child::None),
                // A recorded start without a result: the outcome is not known.
                Child::Started => world.set_child(store, attempt, Child::Ended),
                Child::Acted if self.keeps(DispatchRule::StartIsRecorded) => {
                    world.set_child(store, attempt, Child::Ended);
                }
                Child::Acted => world.set_child(store, attempt, Child::Live),
                Child::None | Child::Live | Child::Completed | Child::Ended => {}
            }
        }
    }
}
