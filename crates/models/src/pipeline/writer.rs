//! The store's half: the queue, the checks, the sync.

use super::{Disk, Item, Outcome, Pipeline, PipelineRule, World};

impl Pipeline {
    /// There is no room for a commit: it fails in its place, or at once.
    pub(super) fn refuse_room(&self, world: &mut World, at: usize) {
        let item = world.departed.remove(at);
        if self.keeps(PipelineRule::TicketsInOrder) {
            world.queue.push(Item { full: true, ..item });
        } else {
            self.land(world, &item, Outcome::Failed);
        }
    }

    /// Takes all that is queued; each commit is checked against the disk and what was written before it.
    pub(super) fn write(&self, world: &mut World) {
        let mut disk = world.disk.clone();
        let mut settled = Vec::new();
        for item in std::mem::take(&mut world.queue) {
            let outcome = self.check(&disk, world.failed, &item);
            match outcome {
                Outcome::Done => Self::append(&mut disk, &item),
                Outcome::Seen | Outcome::Failed => world.failed = world.failed.max(Some(item.generation)),
            }
            settled.push((item, outcome));
        }
        if self.keeps(PipelineRule::ReceiptAfterSync) {
            world.batch = Some((disk, settled));
        } else {
            world.batch = Some((disk, Vec::new()));
            world.landing = settled;
        }
    }

    fn check(&self, disk: &Disk, failed: Option<u8>, item: &Item) -> Outcome {
        let old = self.keeps(PipelineRule::OldGenerationFails) && failed.is_some_and(|it| item.generation <= it);
        let known = item.input.is_message() && disk.log.contains(&item.input);
        let moved = usize::from(item.expected) != disk.log.len() && self.keeps(PipelineRule::HeadIsCompared);
        let stale = item.row.is_some_and(|row| row != disk.row) && self.keeps(PipelineRule::RowIsCompared);
        if old || item.full {
            Outcome::Failed
        } else if known && self.keeps(PipelineRule::AcceptIsACondition) {
            Outcome::Seen
        } else if moved || stale {
            Outcome::Failed
        } else {
            Outcome::Done
        }
    }

    fn append(disk: &mut Disk, item: &Item) {
        disk.log.push(item.input);
        if let Some(read) = item.row {
            disk.overwritten |= read != disk.row;
            disk.row += 1;
        }
    }

    /// What was written is durable, and its tickets resolve.
    pub(super) fn sync(&self, world: &mut World) {
        if let Some((disk, settled)) = world.batch.take() {
            world.disk = disk;
            world.landing.extend(settled);
        }
    }

    /// Everything but the disk is gone; callers who were not answered send again.
    pub(super) fn crash(world: &mut World) {
        let fresh = World::default();
        let mut unsent = world.unsent;
        for (copies, lost) in unsent.iter_mut().zip(world.under_way) {
            *copies += lost;
        }
        if let Some((input, _)) = &world.refusing {
            unsent[*input as usize] += 1;
        }
        let reads = world.reads + u8::from(world.reading.is_some());
        let mut next = World {
            disk: world.disk.clone(),
            unsent,
            acked: world.acked,
            refused: world.refused,
            effects: world.effects,
            told: world.told.clone(),
            reads,
            faults: world.faults - 1,
            ..fresh
        };
        Self::load(&mut next, 0);
        *world = next;
    }
}
