//! What a caller is asked, turn by turn, and the place that an answer names in words of its own. All of it follows from
//! the caller's words alone, so that a restart and a run that goes on from this one find the same.

use engine::{Question, Reason};
use triage::{Quote, Triage, triage};

use crate::bounds;

/// Most turns of a caller, the call among them: a run keeps and repeats them all.
const TURNS: usize = 16;

const WHERE: &str = "Where is help needed?";
const STILL_WHERE: &str = "No place was found in that answer. Where is help needed?";
const WHAT: &str = "What has happened, and is anybody hurt?";
const WHAT_AND_WHERE: &str = "What has happened, where, and is anybody hurt?";

/// What a call leaves open.
pub(crate) fn first(call: &Triage) -> Option<Question> {
    call.question().map(|question| match (question, call.place.is_none()) {
        (triage::Question::Location, _) => asks(Reason::Location, WHERE),
        (triage::Question::Clarification, true) => asks(Reason::Clarification, WHAT_AND_WHERE),
        (triage::Question::Clarification, false) => asks(Reason::Clarification, WHAT),
    })
}

/// What call and answers together leave open after the question about `asked`. What has happened is asked once; where,
/// until somebody says so, since whoever is sent has to go somewhere.
pub(crate) fn next(asked: Reason, whole: &Triage, turns: &[String]) -> Option<Question> {
    let room = turns.len() < TURNS && turns.iter().map(String::len).sum::<usize>() < 2 * bounds::CALL;
    (whole.lacks_place() && room).then(|| match asked {
        Reason::Clarification => asks(Reason::Location, WHERE),
        Reason::Location => asks(Reason::Location, STILL_WHERE),
    })
}

/// Triages the turns of a caller, joined by ends of lines.
pub(crate) fn heard(turns: &[String]) -> Triage {
    let whole = triage(&turns.join("\n"));
    match whole.lacks_place().then(|| place_answered(turns)).flatten() {
        Some(place) => whole.located(place),
        None => whole,
    }
}

/// The first answer to "where?" that names a place, where triage knows none; a call alone answers nothing.
fn place_answered(turns: &[String]) -> Option<Quote> {
    let (call, [_, ..]) = turns.split_first()? else { return None };
    let mut asked = first(&triage(call))?.reason;
    for (at, answer) in turns.iter().enumerate().skip(1) {
        let so_far = &turns[..=at];
        let place = triage::place_in_own_words(answer).filter(|_| asked == Reason::Location);
        if let Some(Quote { text, span }) = place {
            let before = so_far[..at].iter().map(|turn| turn.len() + 1).sum::<usize>();
            return Some(Quote { text, span: before + span.start..before + span.end });
        }
        asked = next(asked, &triage(&so_far.join("\n")), so_far)?.reason;
    }
    None
}

fn asks(reason: Reason, text: &str) -> Question {
    Question { reason, text: text.into() }
}
