//! What is shown of a watch of units: a terminal shows one table that is drawn anew, a pipe a table of what is new and
//! a line for every change, a script every item.

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::io::Write;

use proto::watchroom::emergency::v1::watch_units_response::Event;
use proto::watchroom::emergency::v1::{Unit, UnitChange, WatchUnitsResponse};

use super::{sorted, table, wanted};
use crate::args::Units;
use crate::failure::Failure;
use crate::live::Position;
use crate::screen::{Mark, Screen, proto_json};
use crate::show;

/// The units of all stores.
pub(super) struct Board<'a, W: Write> {
    args: &'a Units,
    screen: &'a mut Screen<W>,
    /// What is said where there are no units.
    none: String,
    sheets: BTreeMap<String, Sheet>,
    /// Whether the first table was shown: before that somebody is waited for.
    begun: bool,
}

/// The units of one store, as far as they were told.
#[derive(Debug, Default)]
struct Sheet {
    units: BTreeMap<String, Unit>,
    /// A snapshot that is not complete yet.
    fresh: Option<BTreeMap<String, Unit>>,
    position: Position,
    /// Whether an agent answers from it, as far as the registry knows. The units of one that is gone are not shown;
    /// when it is back its watch goes on from its position.
    here: bool,
    /// Whether nobody waits for it any more: it has told its units, or does not answer.
    heard: bool,
}

impl<'a, W: Write> Board<'a, W> {
    pub(super) fn new(args: &'a Units, none: String, screen: &'a mut Screen<W>) -> Self {
        Self { args, screen, none, sheets: BTreeMap::new(), begun: false }
    }

    /// Says which stores there are now.
    pub(super) fn keep<'s>(&mut self, stores: impl Iterator<Item = &'s String>) -> Result<(), Failure> {
        self.sheets.values_mut().for_each(|sheet| sheet.here = false);
        for store in stores {
            self.sheets.entry(store.clone()).or_default().here = true;
        }
        self.draw()
    }

    /// From where the watch of a store goes on.
    pub(super) fn position(&self, store: &str) -> Position {
        self.sheets.get(store).map(|sheet| sheet.position.clone()).unwrap_or_default()
    }

    /// A snapshot of a store follows.
    pub(super) fn begin_anew(&mut self, store: &str) {
        if let Some(sheet) = self.sheets.get_mut(store) {
            (sheet.fresh, sheet.position) = (Some(BTreeMap::new()), Position::default());
        }
    }

    /// A store does not answer: the others are shown without it.
    pub(super) fn lost(&mut self, store: &str) -> Result<(), Failure> {
        if let Some(sheet) = self.sheets.get_mut(store) {
            sheet.heard = true;
        }
        self.draw()
    }

    /// Takes an item of the watch of a store.
    pub(super) fn item(&mut self, store: &str, item: WatchUnitsResponse) -> Result<(), Failure> {
        let Some(sheet) = self.sheets.get_mut(store) else { return Ok(()) };
        sheet.position.see(&item);
        let about = match &item.event {
            Some(Event::Unit(unit)) => Some(unit),
            Some(Event::Change(change)) => change.after.as_ref(),
            Some(Event::Synced(_)) | None => None,
        };
        if about.is_some_and(|unit| !wanted(self.args, unit)) {
            return Ok(());
        }
        if self.screen.is_for_script() {
            return Ok(self.screen.json(&proto_json(&item)?)?);
        }
        match item.event {
            Some(Event::Unit(unit)) => sheet.put(self.args, unit),
            Some(Event::Synced(_)) => self.synced(store)?,
            Some(Event::Change(change)) => self.change(store, change)?,
            None => {}
        }
        Ok(())
    }

    /// The units of a snapshot take the place of all that were known.
    fn synced(&mut self, store: &str) -> Result<(), Failure> {
        let Some(sheet) = self.sheets.get_mut(store) else { return Ok(()) };
        sheet.heard = true;
        let Some(fresh) = sheet.fresh.take() else { return self.draw() };
        sheet.units = fresh;
        if self.begun && !self.screen.is_terminal() && !sheet.units.is_empty() {
            let text = table(sorted(sheet.units.values()), &self.none);
            self.screen.say(Mark::None, &text)?;
        }
        self.draw()
    }

    fn change(&mut self, store: &str, change: UnitChange) -> Result<(), Failure> {
        if !self.screen.is_terminal() {
            self.screen.say(Mark::None, &show::unit_change(&change))?;
        }
        if let (Some(sheet), Some(unit)) = (self.sheets.get_mut(store), change.after) {
            sheet.put(self.args, unit);
        }
        self.draw()
    }

    /// Shows all units once they are known; a pipe gets them once.
    fn draw(&mut self) -> Result<(), Failure> {
        let first = !self.begun;
        let heard = self.here().all(|sheet| sheet.heard);
        self.begun |= heard;
        if !self.begun || self.screen.is_for_script() {
            return Ok(());
        }
        let table = table(sorted(self.here().flat_map(|sheet| sheet.units.values())), &self.none);
        match (self.screen.is_terminal(), first) {
            (true, _) => Ok(self.screen.board(&table)?),
            (false, true) => Ok(self.screen.say(Mark::None, &table)?),
            (false, false) => Ok(()),
        }
    }

    fn here(&self) -> impl Iterator<Item = &Sheet> {
        self.sheets.values().filter(|sheet| sheet.here)
    }
}

impl Sheet {
    /// A unit that has left the statuses that are asked for is no longer shown.
    fn put(&mut self, args: &Units, unit: Unit) {
        let units = self.fresh.as_mut().unwrap_or(&mut self.units);
        if args.status.is_empty() || args.status.contains(&unit.status()) {
            units.insert(unit.id.clone(), unit);
        } else {
            units.remove(&unit.id);
        }
    }
}
