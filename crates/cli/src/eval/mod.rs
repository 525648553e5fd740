//! `eval`: how far triage meets labelled calls. Offline; it asks no service.

mod calls;
mod show;

use std::io::Write;

use triage::{Score, Tally, Triage, triage};

use self::calls::Call;
use crate::args::Eval;
use crate::failure::Failure;
use crate::outcome::Outcome;
use crate::screen::{Mark, Screen};

/// A call that was not met, and what was made of it.
#[derive(Debug)]
struct Missed {
    call: Call,
    triage: Triage,
    score: Score,
}

/// Measures triage on the calls of a file.
pub(crate) fn run<W: Write>(args: &Eval, screen: &mut Screen<W>) -> Result<Outcome, Failure> {
    let (tally, missed) = measure(calls::read(&args.file)?);
    let listed = args.failures.then_some(missed.as_slice());
    if screen.is_for_script() {
        screen.object(&show::json(&tally, listed))?;
    } else {
        screen.say(Mark::None, &show::text(&tally, listed))?;
    }
    Ok(Outcome::Done)
}

fn measure(calls: Vec<Call>) -> (Tally, Vec<Missed>) {
    let (mut tally, mut missed) = (Tally::default(), Vec::new());
    for call in calls {
        let triage = triage(&call.text);
        let score = Score::of(&call.label, &triage);
        tally.add(&call.label, &score);
        if !score.met() {
            missed.push(Missed { call, triage, score });
        }
    }
    (tally, missed)
}
