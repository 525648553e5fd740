//! The owner's half: decisions on the volatile head, and what happens when a ticket resolves.

use super::{Head, Input, Item, Outcome, Pipeline, PipelineRule, Waiting, World};

impl Pipeline {
    /// Decides a copy of `input` on the newest state, durable or not.
    pub(super) fn decide(&self, world: &mut World, input: Input) {
        world.unsent[input as usize] -= 1;
        if !self.keeps(PipelineRule::AcceptIsACondition) && input.is_message() && world.disk.log.contains(&input) {
            world.acked[input as usize] = true;
        } else if world.head.log.contains(&Input::Last) || self.is_repeated(world, input) {
            self.decline(world, input);
        } else {
            self.depart(world, input);
        }
    }

    /// A handler that runs again repeats its signals; those that were applied are known by their keys.
    fn is_repeated(&self, world: &World, input: Input) -> bool {
        input == Input::Signal && world.head.log.contains(&input) && self.keeps(PipelineRule::KeysAreKept)
    }

    fn depart(&self, world: &mut World, input: Input) {
        let expected = Self::length(&world.head.log);
        // The row is read from disk when the signal is decided.
        let row = (input == Input::Signal).then_some(world.disk.row);
        let generation = world.head.generation;
        world.departed.push(Item { input, generation, expected, row, full: false });
        world.head.log.push(input);
        world.under_way[input as usize] += 1;
        if !self.keeps(PipelineRule::EffectsAfterCommit) {
            world.effects[input as usize] = true;
        }
    }

    /// The task has ended or has the input already, as far as the newest state knows: nothing to commit.
    fn decline(&self, world: &mut World, input: Input) {
        if self.keeps(PipelineRule::RefusalsWait) {
            world.refusing = Some((input, Self::waiting(world)));
        } else {
            self.say_no(world, input);
        }
    }

    fn say_no(&self, world: &mut World, input: Input) {
        if world.disk.log.contains(&input) && self.keeps(PipelineRule::SeenBeforeState) {
            world.acked[input as usize] = true;
        } else {
            world.refused[input as usize] = true;
        }
    }

    /// The state on which a refusal was decided is durable, or it is decided again.
    pub(super) fn refuse(&self, world: &mut World) {
        let Some((input, waiting)) = world.refusing.take() else { return };
        match Self::settled(world, &waiting) {
            Some(true) => self.say_no(world, input),
            Some(false) => world.unsent[input as usize] += 1,
            None => world.refusing = Some((input, waiting)),
        }
    }

    pub(super) fn read(&self, world: &mut World) {
        world.reads -= 1;
        if self.keeps(PipelineRule::ReadsWait) {
            world.reading = Some(Self::waiting(world));
        } else {
            world.told.clone_from(&world.head.log);
        }
    }

    /// The state that a reader looked at is durable, or the reader looks again.
    pub(super) fn answer(world: &mut World) {
        let Some(waiting) = world.reading.take() else { return };
        match Self::settled(world, &waiting) {
            Some(true) => world.told = waiting.view,
            Some(false) => world.reads += 1,
            None => world.reading = Some(waiting),
        }
    }

    fn waiting(world: &World) -> Waiting {
        Waiting { view: world.head.log.clone(), failures: world.head.failures }
    }

    /// Whether what was looked at is durable; `None` while that is not known.
    fn settled(world: &World, waiting: &Waiting) -> Option<bool> {
        if world.head.failures != waiting.failures {
            return Some(false);
        }
        (world.head.mark >= Self::length(&waiting.view)).then_some(true)
    }

    /// A ticket resolves.
    pub(super) fn land(&self, world: &mut World, item: &Item, outcome: Outcome) {
        let at = item.input as usize;
        world.under_way[at] -= 1;
        match outcome {
            Outcome::Done => {
                world.head.mark = item.expected + 1;
                (world.acked[at], world.effects[at]) = (true, true);
            }
            Outcome::Seen => {
                world.acked[at] = true;
                self.fail(world, item.generation);
            }
            Outcome::Failed => {
                world.unsent[at] += 1;
                self.fail(world, item.generation);
            }
        }
    }

    fn fail(&self, world: &mut World, generation: u8) {
        let old = generation != world.head.generation && self.keeps(PipelineRule::OldTicketDropsNothing);
        if old || world.head.broken {
            return;
        }
        world.head.failures += 1;
        world.head.broken = self.keeps(PipelineRule::HeadIsDropped);
    }

    pub(super) fn reload(world: &mut World) {
        let generation = world.head.generation + 1;
        Self::load(world, generation);
    }

    /// Takes up what the disk has.
    pub(super) fn load(world: &mut World, generation: u8) {
        let log = world.disk.log.clone();
        let mark = Self::length(&log);
        world.head = Head { log, generation, broken: false, mark, failures: world.head.failures };
    }

    /// A log's length is the head after it; there are but a few inputs.
    fn length(log: &[Input]) -> u8 {
        u8::try_from(log.len()).unwrap_or(u8::MAX)
    }
}
