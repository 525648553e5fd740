//! Tasks whose dispatch lives on, each woken only by what concerns it: a change of its units, of what it waits for, or of
//! its place in the queue where that is worth telling. A change of the board costs nobody else anything.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

use tokio::sync::Notify;

use super::board::Board;
use super::draft::Draft;
use super::unit::{Change, DispatchKey};

/// Changes that are kept for a task that does not listen; a dispatch has some ten for each of its units. A task that is
/// further behind looks at how things are instead.
const KEPT: usize = 256;
/// Up to this place of the queue each step is told; further behind only when the place has halved.
const NEAR: u32 = 10;

/// Everybody who listens.
#[derive(Debug, Default)]
pub(crate) struct Ears {
    of: HashMap<DispatchKey, Vec<Ear>>,
    /// The number that was given out last.
    last: u64,
}

/// One task's end here.
#[derive(Debug)]
struct Ear {
    number: u64,
    bell: Arc<Notify>,
    heard: Heard,
    /// The place in the queue that it has told; 0 where it tells none.
    place: u32,
}

/// What was heard since the last look.
#[derive(Debug, Default)]
pub(crate) struct Heard {
    /// Oldest first; nothing where some of it is missing.
    pub(crate) news: VecDeque<Arc<Change>>,
    /// Whether some of it is missing.
    pub(crate) behind: bool,
}

/// A task's own end; dropped, nobody listens any more.
#[derive(Debug)]
pub(crate) struct Listener<'b> {
    board: &'b Board,
    key: DispatchKey,
    number: u64,
    bell: Arc<Notify>,
}

impl Ears {
    fn join(&mut self, key: DispatchKey, heard: Heard) -> (u64, Arc<Notify>) {
        self.last += 1;
        let (number, bell) = (self.last, Arc::new(Notify::new()));
        self.of.entry(key).or_default().push(Ear { number, bell: bell.clone(), heard, place: 0 });
        (number, bell)
    }

    fn leave(&mut self, key: &DispatchKey, number: u64) {
        let Some(ears) = self.of.get_mut(key) else { return };
        ears.retain(|ear| ear.number != number);
        if ears.is_empty() {
            self.of.remove(key);
        }
    }

    fn ear(&mut self, key: &DispatchKey, number: u64) -> Option<&mut Ear> {
        self.of.get_mut(key)?.iter_mut().find(|ear| ear.number == number)
    }

    /// Whether nobody listens.
    pub(crate) fn is_empty(&self) -> bool {
        self.of.is_empty()
    }

    /// Tells what units have done to those whose units they are.
    pub(crate) fn tell(&mut self, changes: &[Arc<Change>]) {
        for change in changes {
            let ears = change.part.as_ref().and_then(|part| self.of.get_mut(&part.dispatch));
            ears.into_iter().flatten().for_each(|ear| ear.hear(change));
        }
    }

    /// Wakes who listens for a dispatch whose wait has changed.
    pub(crate) fn wake(&mut self, key: &DispatchKey) {
        self.of.get(key).into_iter().flatten().for_each(|ear| ear.bell.notify_one());
    }

    /// Wakes those whose place in the queue is worth telling by now.
    pub(crate) fn place<'k>(&mut self, queue: impl Iterator<Item = &'k DispatchKey>) {
        for (place, key) in (1..).zip(queue) {
            let moved = self.of.get(key).into_iter().flatten();
            moved
                .filter(|ear| ear.place > 0 && is_worth_telling(ear.place, place))
                .for_each(|ear| ear.bell.notify_one());
        }
    }
}

impl Ear {
    fn hear(&mut self, change: &Arc<Change>) {
        if self.heard.news.len() == KEPT {
            self.heard = Heard { news: VecDeque::new(), behind: true };
        }
        if !self.heard.behind {
            self.heard.news.push_back(change.clone());
        }
        self.bell.notify_one();
    }
}

impl<'b> Listener<'b> {
    /// Listens for a dispatch, from after the change `from` on.
    pub(crate) fn start(board: &'b Board, key: &DispatchKey, from: u64) -> Self {
        let (number, bell) = board.look(|inner| {
            let ours = |change: &&Arc<Change>| change.part.as_ref().is_some_and(|part| part.dispatch == *key);
            let heard = match inner.history.since(from) {
                Ok(changes) => Heard { news: changes.filter(ours).cloned().collect(), behind: false },
                Err(_) => Heard { news: VecDeque::new(), behind: true },
            };
            inner.ears.join(key.clone(), heard)
        });
        Self { board, key: key.clone(), number, bell }
    }

    /// Takes what was heard, and looks at the board as it is then.
    pub(crate) fn look<T>(&self, look: impl FnOnce(Heard, &Draft<'_>) -> T) -> T {
        self.board.look(|inner| {
            let heard = inner.ears.ear(&self.key, self.number).map(|ear| std::mem::take(&mut ear.heard));
            look(heard.unwrap_or_default(), &inner.draft())
        })
    }

    /// Says which place in the queue was told last.
    pub(crate) fn told(&self, place: u32) {
        self.board.look(|inner| {
            if let Some(ear) = inner.ears.ear(&self.key, self.number) {
                ear.place = place;
            }
        });
    }

    /// Waits until there is something to hear or to see; what came since the last time counts.
    pub(crate) async fn rung(&self) {
        self.bell.notified().await;
    }
}

impl Drop for Listener<'_> {
    fn drop(&mut self) {
        self.board.look(|inner| inner.ears.leave(&self.key, self.number));
    }
}

/// Whether a place in the queue is told after another one was.
pub(crate) fn is_worth_telling(told: u32, place: u32) -> bool {
    place != told && (place <= NEAR || place <= told / 2 || place / 2 >= told)
}
