//! The numbers of enums in the log: their places in these lists, from 1. Append only.

use std::time::Duration;

use engine::{ChildEnd, Code, Held, Mode, OnFailure, Origin, Outcome, Reason, StopReason, WaitsOn};

use super::Undecodable;

/// An enum whose values have numbers in the log.
pub(super) trait Numbered: Copy + PartialEq + 'static {
    const ALL: &'static [Self];

    fn number(self) -> u32 {
        let place = Self::ALL.iter().position(|value| *value == self);
        place.and_then(|place| u32::try_from(place + 1).ok()).expect("each value is in its list, which a test checks")
    }

    fn of(number: u32) -> Result<Self, Undecodable> {
        let place = usize::try_from(number).ok().and_then(|number| number.checked_sub(1));
        place.and_then(|place| Self::ALL.get(place).copied()).ok_or(Undecodable)
    }
}

macro_rules! numbered {
    ($($name:ident: $($value:ident),+;)+) => {
        $(impl Numbered for $name {
            const ALL: &'static [Self] = &[$(Self::$value),+];
        })+
    };
}

numbered! {
    Origin: Text, Explicit;
    Mode: Sequential, Parallel;
    OnFailure: SkipDependents, Continue;
    Reason: Location, Clarification;
    Outcome: Completed, Failed, Canceled;
    WaitsOn: Queue, Following, Input, Authorisation;
    StopReason: Timeout, WaitTimeout, RunTimeout, Cancel;
    ChildEnd: Completed, Failed, NotAccepted, Unknown;
    Held: Reaper, Nobody;
    Code: NoEndpoint, Unreachable, Overloaded, Refused, AgentFailed, AgentCanceled, AgentRejected, Timeout,
        WaitTimeout, RunTimeout, OutcomeUnknown, DependencyFailed;
}

/// A duration in whole milliseconds.
pub(super) fn millis(span: Duration) -> u64 {
    u64::try_from(span.as_millis()).unwrap_or(u64::MAX)
}
