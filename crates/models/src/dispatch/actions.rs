//! What can happen next, to whom.

use super::{ATTEMPTS, Attempt, Child, Dispatch, DispatchRule, FAULTS, How, Message, Row, STORES, Step, View, World};

/// One thing that happens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Action {
    /// Time passes.
    Tick,
    /// The caller wants the run to stop.
    Cancel,
    /// The operator commits the next attempt and sends it to this store.
    Send(u8),
    /// The operator sends what is open to this store again, because it was lost.
    Resend(u8, u8),
    /// The operator stops waiting for an attempt and asks for its fence.
    GiveUp(u8),
    /// The fence is not answered in time and goes to the reaper.
    HandOver(u8),
    /// The run becomes terminal.
    End,
    /// The operator dies and comes back.
    CrashOperator,
    /// A store dies and comes back.
    CrashStore(u8),
    /// A store cannot be reached any more.
    Vanish(u8),
    /// A message is lost.
    Lose(Message),
    /// A message arrives at a store; for an answer, which has only one reader, at the operator.
    Arrive(Message, u8),
    /// A queued accept becomes durable, or fails its conditions.
    Commit(u8, u8),
    /// A child takes its next step.
    Work(u8, u8),
    /// A child fails.
    Fail(u8, u8),
    /// A store drops a row.
    Drop(u8, u8),
}

impl Dispatch {
    pub(super) fn operator_actions(&self, world: &World, actions: &mut Vec<Action>) {
        let operator = &world.operator;
        if self.may_dispatch(world) {
            // The stores are alike, so the first attempt may as well go to the first.
            let stores = if operator.committed() == 0 { 1 } else { STORES };
            actions.extend((0..stores).map(Action::Send));
        }
        if self.may_end(world) {
            actions.push(Action::End);
        }
        if !operator.ended && !operator.canceled && operator.step == Step::Open {
            actions.push(Action::Cancel);
        }
        for (number, attempt) in (0..).zip(&operator.attempts) {
            Self::attempt_actions(operator.lost_route, number, attempt, actions);
        }
        let open = operator.attempts.iter().any(|it| it.view == View::Open);
        if open && !self.keeps(DispatchRule::StoreIsRecorded) && world.faults < FAULTS {
            actions.push(Action::CrashOperator);
        }
    }

    fn attempt_actions(lost_route: bool, number: u8, attempt: &Attempt, actions: &mut Vec<Action>) {
        match attempt.view {
            View::Open => {
                actions.push(Action::GiveUp(number));
                let stores = 0..STORES;
                let routes = stores.filter(|store| lost_route || *store == attempt.store);
                actions.extend(routes.map(|store| Action::Resend(number, store)));
            }
            View::Fencing => actions.extend([Action::HandOver(number), Action::Resend(number, attempt.store)]),
            View::Duty => actions.push(Action::Resend(number, attempt.store)),
            View::None | View::Forgotten | View::Over(_) => {}
        }
    }

    pub(super) fn store_actions(&self, world: &World, actions: &mut Vec<Action>) {
        for store in 0..STORES {
            for attempt in 0..ATTEMPTS {
                match world.child(store, attempt) {
                    Child::Queued => actions.push(Action::Commit(store, attempt)),
                    Child::Live => actions.extend([Action::Work(store, attempt), Action::Fail(store, attempt)]),
                    Child::Started | Child::Acted => actions.push(Action::Work(store, attempt)),
                    Child::None | Child::Completed | Child::Ended => {}
                }
                let kept = self.keeps(DispatchRule::RowsAreKept) && !world.is_expired(attempt);
                if world.row(store, attempt) != Row::None && !world.child(store, attempt).is_live() && !kept {
                    actions.push(Action::Drop(store, attempt));
                }
            }
            if world.faults < FAULTS {
                actions.extend([Action::CrashStore(store), Action::Vanish(store)]);
            }
        }
    }

    pub(super) fn net_actions(&self, world: &World, actions: &mut Vec<Action>) {
        for message in Message::all().filter(|message| world.net.has(*message)) {
            if world.faults < FAULTS {
                actions.push(Action::Lose(message));
            }
            match message {
                Message::Dispatch { store, .. } | Message::Fence { store, .. } => {
                    // An address may by now belong to another store.
                    let reached = (0..STORES).filter(|at| *at == store || !self.keeps(DispatchRule::OwnStoreOnly));
                    let alive = reached.filter(|at| !world.stores[usize::from(*at)].gone);
                    actions.extend(alive.map(|at| Action::Arrive(message, at)));
                }
                Message::Completed(_) | Message::Ended(_) | Message::Never(_) | Message::Unknown(_) => {
                    actions.push(Action::Arrive(message, 0));
                }
            }
        }
    }

    pub(super) fn perform(&self, world: &mut World, action: Action) {
        match action {
            Action::Tick => world.now += 1,
            Action::Cancel => world.operator.canceled = true,
            Action::Send(store) => Self::send(world, store),
            Action::Resend(attempt, store) => Self::resend(world, attempt, store),
            Action::GiveUp(attempt) => Self::give_up(world, attempt),
            Action::HandOver(attempt) => self.hand_over(world, attempt),
            Action::End => Self::end(world),
            Action::CrashOperator => {
                world.faults += 1;
                world.operator.lost_route = true;
            }
            Action::CrashStore(store) => {
                let before = world.stores.clone();
                self.crash(world, store);
                world.faults += u8::from(before != world.stores);
            }
            Action::Vanish(store) => {
                let gone = std::mem::replace(&mut world.stores[usize::from(store)].gone, true);
                world.faults += u8::from(!gone);
            }
            Action::Lose(message) => {
                world.faults += 1;
                world.net.lose(message);
            }
            Action::Arrive(message, at) => self.arrive(world, message, at),
            Action::Commit(store, attempt) => Self::commit(world, store, attempt),
            Action::Work(store, attempt) => self.work(world, store, attempt),
            Action::Fail(store, attempt) => world.set_child(store, attempt, Child::Ended),
            Action::Drop(store, attempt) => world.set_row(store, attempt, Row::None),
        }
    }

    fn send(world: &mut World, store: u8) {
        let number = world.operator.committed();
        let deadline = world.now + 1;
        if number > 0 {
            world.operator.went_on |= Self::is_policy(world.operator.attempt(number - 1).view);
        }
        *world.operator.attempt_mut(number) = Attempt { store, deadline, view: View::Open };
        world.operator.lost_route = false;
        world.net.send(Message::Dispatch { attempt: number, store });
    }

    fn resend(world: &mut World, attempt: u8, store: u8) {
        let entry = world.operator.attempt_mut(attempt);
        entry.store = store;
        let message = match entry.view {
            View::Open => Message::Dispatch { attempt, store },
            View::None | View::Fencing | View::Duty | View::Forgotten | View::Over(_) => {
                Message::Fence { attempt, store }
            }
        };
        world.operator.lost_route = false;
        world.net.send(message);
    }

    fn give_up(world: &mut World, attempt: u8) {
        let entry = world.operator.attempt_mut(attempt);
        entry.view = View::Fencing;
        let store = entry.store;
        world.net.send(Message::Fence { attempt, store });
    }

    fn hand_over(&self, world: &mut World, attempt: u8) {
        let listed = self.keeps(DispatchRule::DutyIsListed);
        world.operator.attempt_mut(attempt).view = if listed { View::Duty } else { View::Forgotten };
    }

    fn end(world: &mut World) {
        world.operator.ended = true;
        if world.operator.step == Step::Open {
            world.operator.step = Step::Failed;
        }
    }

    fn arrive(&self, world: &mut World, message: Message, at: u8) {
        match message {
            Message::Dispatch { attempt, .. } if self.waits(world, at, attempt) => {}
            Message::Dispatch { attempt, .. } => self.accept(world, at, attempt),
            // The fence's own commit is queued behind the accept.
            Message::Fence { attempt, .. } if world.child(at, attempt) == Child::Queued => {}
            Message::Fence { attempt, .. } => self.fence(world, at, attempt),
            Message::Completed(attempt) => self.hear(world, attempt, How::Completed),
            Message::Ended(attempt) => self.hear(world, attempt, How::Ended),
            Message::Never(attempt) => self.hear(world, attempt, How::Never),
            Message::Unknown(attempt) => self.hear(world, attempt, How::Unknown),
        }
    }

    fn waits(&self, world: &World, store: u8, attempt: u8) -> bool {
        world.child(store, attempt) == Child::Queued && self.keeps(DispatchRule::RefusalWaits)
    }

    /// The absence of the row and of a newer attempt are conditions of the commit.
    fn commit(world: &mut World, store: u8, attempt: u8) {
        let newer = world.stores[usize::from(store)].rows[usize::from(attempt) + 1..].contains(&Row::Accepted);
        if world.row(store, attempt) == Row::None && !newer {
            world.set_row(store, attempt, Row::Accepted);
            world.set_child(store, attempt, Child::Live);
        } else {
            world.set_child(store, attempt, Child::None);
        }
    }
}
