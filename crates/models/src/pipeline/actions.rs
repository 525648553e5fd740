//! What can happen next in the pipeline.

use super::{Input, Pipeline, World};

/// One thing that happens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Action {
    /// A copy of an input is decided on the volatile head.
    Decide(Input),
    /// A commit that has left the head reaches the queue.
    Queue(usize),
    /// It does, and there is no room for it.
    Full(usize),
    /// The writer checks and writes what is queued.
    Write,
    /// The sync returns.
    Sync,
    /// The next ticket resolves.
    Land,
    /// The task is loaded again from disk.
    Reload,
    /// Somebody reads the task.
    Read,
    /// A read that waited is answered or begins again.
    Answer,
    /// A refusal that waited goes out, or its input is decided again.
    Refuse,
    /// Another task writes the row.
    Overtake,
    /// The process dies and comes back.
    Crash,
}

pub(super) fn possible(world: &World, actions: &mut Vec<Action>) {
    if !world.head.broken {
        let copies = Input::ALL.into_iter().filter(|input| world.unsent[*input as usize] > 0);
        actions.extend(copies.filter(|_| world.refusing.is_none()).map(Action::Decide));
        if world.reads > 0 && world.reading.is_none() {
            actions.push(Action::Read);
        }
    }
    // Commits reach the queue in the order in which they left the head; out of order is a fault.
    let reach = if world.faults > 0 { world.departed.len() } else { world.departed.len().min(1) };
    actions.extend((0..reach).map(Action::Queue));
    if !world.queue.is_empty() && world.batch.is_none() && world.landing.is_empty() {
        actions.push(Action::Write);
    }
    let ready = [
        (world.batch.is_some(), Action::Sync),
        (!world.landing.is_empty(), Action::Land),
        (world.head.broken, Action::Reload),
        (world.reading.is_some(), Action::Answer),
        (world.refusing.is_some(), Action::Refuse),
    ];
    actions.extend(ready.into_iter().filter_map(|(is_ready, action)| is_ready.then_some(action)));
    if world.faults > 0 {
        let messages = (0..world.departed.len()).filter(|at| world.departed[*at].input.is_message());
        actions.extend(messages.map(Action::Full));
        actions.extend([Action::Overtake, Action::Crash]);
    }
}

impl Pipeline {
    pub(super) fn perform(&self, world: &mut World, action: Action) {
        match action {
            Action::Decide(input) => self.decide(world, input),
            Action::Queue(at) => {
                world.faults -= u8::from(at > 0);
                let item = world.departed.remove(at);
                world.queue.push(item);
            }
            Action::Full(at) => {
                world.faults -= 1;
                self.refuse_room(world, at);
            }
            Action::Write => self.write(world),
            Action::Sync => self.sync(world),
            Action::Land => {
                let (item, outcome) = world.landing.remove(0);
                self.land(world, &item, outcome);
            }
            Action::Reload => Self::reload(world),
            Action::Read => self.read(world),
            Action::Answer => Self::answer(world),
            Action::Refuse => self.refuse(world),
            Action::Overtake if world.batch.is_none() => {
                world.faults -= 1;
                world.disk.row += 1;
            }
            Action::Overtake => {}
            Action::Crash => Self::crash(world),
        }
    }
}
