//! What a unit does by itself, and when. Pure: time is passed in, chance comes from the scenario's seed.
//!
//! | state | for | then |
//! |---|---|---|
//! | Available | – | – |
//! | Assigned | until the crew answers, at most 30 s | Acknowledged, or OutOfService (withdrawn) |
//! | Acknowledged | until it is on the road, at most 90 s | EnRoute, or OutOfService (withdrawn) |
//! | EnRoute | until its ETA, at most 1.5 times of it from the assignment or redirect | OnScene, or OutOfService (withdrawn, or broken down) |
//! | OnScene | the work there | Transporting where it has a patient, else Cleared |
//! | Transporting | the drive to the nearest hospital | AtHospital |
//! | AtHospital | the handover | Cleared |
//! | Cleared | getting ready | Available |
//! | AssignmentCancelled | no time | Available |
//! | OutOfService | a repair; for ever where its row cannot be read | Available |
//!
//! A redirect moves a crew that answers or turns out at no other time; one on the road or on scene drives to the new
//! place from where it is.
//!
//! A unit that is available away from its station is on its way home and can be sent from where it is.

use std::sync::Arc;
use std::time::Duration;

use types::Timestamp;

use super::chance::share;
use super::geo::Position;
use super::scenario::{Failing, Scenario, Unit};
use super::unit::{Assignment, Next, Reason, Record, Spot, State};

/// A crew that has not answered by then is withdrawn.
const ACKNOWLEDGE: Duration = Duration::from_secs(30);
/// A crew that has not left so long after its answer is withdrawn.
pub(crate) const TURN_OUT: Duration = Duration::from_secs(90);
/// A unit that is not there after so many times its ETA is withdrawn.
const OVERRUN: f64 = 1.5;
/// Until a crew on the road has read its new orders.
const RADIO: Duration = Duration::from_secs(10);
/// Until a unit that fell out is back in service.
const REPAIR: Duration = Duration::from_secs(900);
/// A unit has come home within so many metres of its station.
pub(crate) const HOME: f64 = 1.0;
/// A drive takes up to this share longer than estimated.
const NOISE: f64 = 0.1;
/// How often an ambulance on scene has a patient to transport.
const PATIENT: f64 = 0.7;
/// Nothing follows on anything in less.
const TICK: Duration = Duration::from_secs(1);

/// A unit and the world that it lives in.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Crew<'s> {
    pub(crate) scenario: &'s Scenario,
    pub(crate) unit: &'s Unit,
}

impl Crew<'_> {
    /// The record after a step that the table has, with what comes next.
    pub(crate) fn entered(&self, record: &Record, to: State, now: Timestamp) -> Option<Record> {
        self.placed(record, record.entered(to, now)?)
    }

    /// The record after an assignment, unless the unit is taken.
    pub(crate) fn assigned(&self, record: &Record, part: Arc<Assignment>, now: Timestamp) -> Option<Record> {
        self.placed(record, record.assigned(part, now)?)
    }

    /// The record with what comes next, where an earlier release did not keep it.
    pub(crate) fn resumed(&self, record: Record) -> Record {
        let next = record.next.or_else(|| self.next(&record));
        Record { next, ..record }
    }

    /// Seconds from an assignment to the arrival, by a guess that leaves chance out.
    pub(crate) fn estimate(&self, record: &Record, to: Position, now: Timestamp) -> Duration {
        let from = self.scenario.position(self.unit, record, now);
        self.turn_out(self.is_home(from)) + self.drive(from, to)
    }

    /// The same as it will be: for each assignment of a unit another chance.
    pub(crate) fn eta(&self, record: &Record, to: Position, now: Timestamp) -> u32 {
        let from = self.scenario.position(self.unit, record, now);
        self.seconds(self.turn_out(self.is_home(from)), self.drive(from, to), record.epoch + 1)
    }

    /// The record after its dispatch was told another place; `None` where it goes there already, or nowhere any more.
    pub(crate) fn redirected(&self, record: &Record, to: &Spot, now: Timestamp) -> Option<Record> {
        let (part, now) = (record.assignment.as_deref()?, now.max(record.since));
        let place = to.place.clone();
        if part.scene == Some(to.scene) {
            let renamed = (part.place != to.place).then(|| Arc::new(Assignment { place, ..part.clone() }))?;
            return self.unhurried(record, record.redirected(record.state, renamed, now)?);
        }
        let (scene, eta) = (Some(to.scene), self.detour(record, part, to.scene, now));
        let part = Arc::new(Assignment { place, scene, redirected_at: Some(now), eta, ..part.clone() });
        match record.state {
            State::Assigned | State::Acknowledged => {
                self.unhurried(record, record.redirected(record.state, part, now)?)
            }
            State::EnRoute | State::OnScene => self.placed(record, record.redirected(State::EnRoute, part, now)?),
            State::Available
            | State::Transporting
            | State::AtHospital
            | State::Cleared
            | State::OutOfService
            | State::AssignmentCancelled => None,
        }
    }

    /// Seconds from a redirect to the arrival.
    fn detour(&self, record: &Record, part: &Assignment, to: Position, now: Timestamp) -> u32 {
        let on_the_road = matches!(record.state, State::EnRoute | State::OnScene);
        let turn_out = part.assigned_at.after(self.turn_out(record.from.is_none()));
        let before = if on_the_road { RADIO } else { turn_out.since(now) };
        self.seconds(before, self.drive(self.scenario.position(self.unit, record, now), to), record.epoch)
    }

    /// A drive by the chance of an assignment, and what comes before it.
    fn seconds(&self, before: Duration, drive: Duration, epoch: u64) -> u32 {
        let drive = drive.mul_f64(1.0 + NOISE * self.chance(epoch, "drive"));
        let seconds = (before + drive).as_secs_f64().round().clamp(1.0, 86_400.0);
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        let seconds = seconds as u32;
        seconds
    }

    /// The record with what comes next as it was: the place makes no difference to it.
    fn unhurried(&self, before: &Record, after: Record) -> Option<Record> {
        self.placed(before, after).map(|after| Record { next: before.next, ..after })
    }

    fn placed(&self, before: &Record, after: Record) -> Option<Record> {
        let at = self.scenario.position(self.unit, before, after.since);
        let from = (!self.is_home(at)).then_some(at);
        let after = Record { from, next: None, ..after };
        let next = self.next(&after);
        Some(Record { next, ..after })
    }

    /// What comes after the record's state, by the table above.
    fn next(&self, record: &Record) -> Option<Next> {
        let part = record.assignment.as_deref();
        match record.state {
            State::Available => None,
            State::Assigned => Some(self.answer(record)),
            State::Acknowledged => Some(self.leave(record, part?)),
            State::EnRoute => Some(self.arrive(record, part?)),
            State::OnScene => Some(self.work(record)),
            State::Transporting => {
                let at = self.scenario.position(self.unit, record, record.since);
                let drive = self.scenario.hospital(at).map_or(TICK, |hospital| self.drive(at, hospital).max(TICK));
                Some(after(record, drive, State::AtHospital))
            }
            State::AtHospital => {
                Some(after(record, self.varied(record, "handover", self.pace().hospital), State::Cleared))
            }
            State::Cleared => Some(after(record, self.varied(record, "ready", self.pace().ready), State::Available)),
            State::AssignmentCancelled => Some(after(record, Duration::ZERO, State::Available)),
            State::OutOfService => (record.seq > 0).then(|| after(record, REPAIR, State::Available)),
        }
    }

    fn answer(&self, record: &Record) -> Next {
        if self.fails(record, Failing::Acknowledge) {
            return withdrawn(record.since.after(ACKNOWLEDGE));
        }
        after(
            record,
            Duration::from_secs(3) + Duration::from_secs(9).mul_f64(self.chance(record.epoch, "answer")),
            State::Acknowledged,
        )
    }

    fn leave(&self, record: &Record, part: &Assignment) -> Next {
        if self.fails(record, Failing::TurnOut) {
            return withdrawn(record.since.after(TURN_OUT));
        }
        let ready = part.assigned_at.after(self.turn_out(record.from.is_none()));
        Next { at: ready.max(record.since.after(TICK)), to: State::EnRoute, reason: Reason::Progress }
    }

    fn arrive(&self, record: &Record, part: &Assignment) -> Next {
        let arrival = part.arrival().max(record.since.after(TICK));
        if self.fails(record, Failing::Arrive) {
            let deadline = part.sent_at().after(Duration::from_secs(part.eta.into()).mul_f64(OVERRUN));
            return withdrawn(deadline.max(record.since.after(TICK)));
        }
        if self.fails(record, Failing::BreakDown) {
            return after(record, arrival.since(record.since) / 2, State::OutOfService);
        }
        Next { at: arrival, to: State::OnScene, reason: Reason::Progress }
    }

    fn work(&self, record: &Record) -> Next {
        let patient = self.unit.service == triage::Service::Ambulance && self.chance(record.epoch, "patient") < PATIENT;
        let hospital = self.scenario.hospital(self.unit.station.position);
        let to = if patient && hospital.is_some() { State::Transporting } else { State::Cleared };
        after(record, self.varied(record, "work", self.pace().scene), to)
    }

    /// From three quarters to five quarters of `usual`.
    fn varied(&self, record: &Record, what: &str, usual: f64) -> Duration {
        Duration::from_secs_f64(usual * (0.75 + 0.5 * self.chance(record.epoch, what))).max(TICK)
    }

    fn chance(&self, epoch: u64, what: &str) -> f64 {
        share(self.scenario.seed(), &[&self.unit.id, &epoch, &what])
    }

    fn fails(&self, record: &Record, at: Failing) -> bool {
        self.unit
            .fails
            .is_some_and(|failure| failure.at == at && record.epoch.is_multiple_of(failure.every.get().into()))
    }

    fn turn_out(&self, at_home: bool) -> Duration {
        if at_home { Duration::from_secs_f64(self.pace().turnout) } else { RADIO }
    }

    fn drive(&self, from: Position, to: Position) -> Duration {
        self.pace().drive(from, to)
    }

    fn is_home(&self, at: Position) -> bool {
        at.distance(self.unit.station.position) < HOME
    }

    fn pace(&self) -> super::geo::Travel {
        self.scenario.travel(self.unit.service)
    }
}

fn after(record: &Record, span: Duration, to: State) -> Next {
    Next { at: record.since.after(span), to, reason: Reason::Progress }
}

fn withdrawn(at: Timestamp) -> Next {
    Next { at, to: State::OutOfService, reason: Reason::Withdrawn }
}
