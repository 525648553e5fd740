//! The operator: what it has committed about the step and its attempts, and how it takes an answer.

use super::{ATTEMPTS, Dispatch, DispatchRule, Kind, LAST, World};

/// What the operator has committed. A crash loses nothing of it but the route, if that is not part of it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct Operator {
    /// The attempts, the older first.
    pub attempts: [Attempt; ATTEMPTS as usize],
    /// What became of the step.
    pub step: Step,
    /// The caller wants it to stop.
    pub canceled: bool,
    /// The run is terminal.
    pub ended: bool,
    /// The step's policy went on past an attempt whose outcome is not known.
    pub went_on: bool,
    /// The operator has crashed and does not know any more where the open attempt went.
    pub lost_route: bool,
}

/// One attempt as the operator sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Attempt {
    /// Where it was sent.
    pub store: u8,
    /// `not_after`.
    pub deadline: u8,
    /// What is known of it.
    pub view: View,
}

/// What the operator knows of an attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum View {
    /// Not committed.
    #[default]
    None,
    /// Dispatched.
    Open,
    /// Given up; the fence's answer is awaited.
    Fencing,
    /// The fence was not answered in time: a listed duty.
    Duty,
    /// The same without a list.
    Forgotten,
    /// Over.
    Over(How),
}

/// How an attempt ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum How {
    /// With a result.
    Completed,
    /// Accepted, and without a result.
    Ended,
    /// Never accepted.
    Never,
    /// Not known.
    Unknown,
}

/// What became of the step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Step {
    /// Nothing yet.
    #[default]
    Open,
    /// The result of this attempt counts.
    Completed(u8),
    /// It failed or was canceled.
    Failed,
}

impl Operator {
    /// How many attempts are committed.
    pub(crate) fn committed(&self) -> u8 {
        let used = self.attempts.iter().filter(|it| it.view != View::None).count();
        u8::try_from(used).unwrap_or(ATTEMPTS)
    }

    pub(crate) fn attempt(&self, attempt: u8) -> &Attempt {
        &self.attempts[usize::from(attempt)]
    }

    pub(crate) fn attempt_mut(&mut self, attempt: u8) -> &mut Attempt {
        &mut self.attempts[usize::from(attempt)]
    }
}

impl Dispatch {
    /// Whether a further attempt may be committed now.
    pub(crate) fn may_dispatch(&self, world: &World) -> bool {
        let operator = &world.operator;
        let free = operator.step == Step::Open && !operator.canceled && !operator.ended && world.now < LAST;
        match operator.committed() {
            0 => free,
            ATTEMPTS.. => false,
            next => free && self.may_follow(world, operator.attempt(next - 1)),
        }
    }

    fn may_follow(&self, world: &World, old: &Attempt) -> bool {
        let bold = self.kind == Kind::AtMostOnce && !self.keeps(DispatchRule::OnlyAfterNever);
        match old.view {
            View::None | View::Fencing => false,
            View::Open => !self.keeps(DispatchRule::FenceFirst),
            View::Duty | View::Forgotten => {
                let over = world.now >= old.deadline || !self.keeps(DispatchRule::PolicyAfterDeadline);
                self.kind == Kind::OrAnother && over
            }
            View::Over(How::Never) => true,
            View::Over(How::Ended | How::Completed) => self.kind != Kind::AtMostOnce || bold,
            View::Over(How::Unknown) => self.kind == Kind::OrAnother || bold,
        }
    }

    /// Whether the step's policy, and no answer, lets a further attempt go out.
    pub(crate) fn is_policy(old: View) -> bool {
        match old {
            View::Duty | View::Forgotten | View::Over(How::Unknown) => true,
            View::None | View::Open | View::Fencing | View::Over(How::Never | How::Ended | How::Completed) => false,
        }
    }

    /// Whether the run may become terminal now.
    pub(crate) fn may_end(&self, world: &World) -> bool {
        let operator = &world.operator;
        let closed = |view| match view {
            View::None | View::Duty | View::Forgotten | View::Over(_) => true,
            View::Open | View::Fencing => !self.keeps(DispatchRule::RunWaits),
        };
        let decided = operator.step != Step::Open || operator.canceled || !self.may_dispatch(world);
        !operator.ended && decided && operator.attempts.iter().all(|it| closed(it.view))
    }

    /// Takes an answer about `attempt`. Of an attempt that is over, nothing is taken.
    pub(crate) fn hear(&self, world: &mut World, attempt: u8, how: How) {
        let newest = world.operator.committed() == attempt + 1;
        let operator = &mut world.operator;
        let counts = how == How::Completed && (newest || !self.keeps(DispatchRule::LateIsNotApplied));
        match operator.attempt(attempt).view {
            View::None | View::Over(_) => return,
            View::Open | View::Fencing | View::Duty | View::Forgotten => {}
        }
        operator.attempt_mut(attempt).view = View::Over(how);
        if counts && !operator.ended && self.keeps(DispatchRule::CompletedIsAdopted) && operator.step == Step::Open {
            operator.step = Step::Completed(attempt);
        }
    }
}
