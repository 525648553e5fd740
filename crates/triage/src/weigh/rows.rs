//! Which row of the table a clue has. All names are looked up once, so that weighing a call reads no text.

use std::sync::LazyLock;

use super::clues::{Choice, Clue, Whole};
use super::{Row, row};
use crate::outcome::Service;
use crate::scan::Finding;
use crate::scope::Scope;
use crate::text::Token;
use crate::words::{self, FIGURES, Rule};

/// The rows of all clues but words and kinds, which the lexicon knows.
struct Rows {
    /// By the rule's number and the scope: the row of the fact, and that of the rule.
    found: Vec<[(Option<Row>, Option<Row>); Scope::ALL.len()]>,
    /// By service, whether it is sent, whether that is clear.
    choices: [[[Option<Row>; 2]; 2]; Service::ALL.len()],
    whole: [Option<Row>; 4],
}

static ROWS: LazyLock<Rows> = LazyLock::new(|| Rows {
    found: FIGURES.iter().chain(words::rules()).map(|rule| Scope::ALL.map(|scope| found(rule, scope))).collect(),
    choices: Service::ALL.map(|service| {
        let choice = |sent, clearly| named(Clue::Choice(Choice { service, sent, clearly }));
        [false, true].map(|sent| [false, true].map(|clearly| choice(sent, clearly)))
    }),
    whole: [Whole::Any, Whole::Question, Whole::Calm, Whole::Placed].map(|what| named(Clue::Whole(what))),
});

fn found(rule: &'static Rule, scope: Scope) -> (Option<Row>, Option<Row>) {
    let Rule { name, fact, strength, .. } = rule;
    let found = Finding { rule: name, number: 0, fact: *fact, strength: *strength, scope, at: 0..0 };
    (named(Clue::Fact(&found)), named(Clue::Rule(&found)))
}

fn named(clue: Clue<'_>) -> Option<Row> {
    row(&clue.to_string())
}

/// The row of a clue, if it has one.
pub(super) fn of(clue: Clue<'_>) -> Option<Row> {
    let of_finding = |found: &Finding| ROWS.found[usize::from(found.number)][found.scope as usize];
    match clue {
        Clue::Word(token) => of_word(token),
        Clue::Kind(kind) => kind.row,
        Clue::Fact(found) => of_finding(found).0,
        Clue::Rule(found) => of_finding(found).1,
        Clue::Choice(Choice { service, sent, clearly }) => {
            ROWS.choices[service as usize][usize::from(sent)][usize::from(clearly)]
        }
        Clue::Whole(what) => ROWS.whole[what as usize],
    }
}

/// A word is weighed in the first of its base forms that has a weight, else as it is. One that no ending explains has
/// the base that the tables name, and is weighed in no other form.
fn of_word(token: &Token) -> Option<Row> {
    let known = &token.known;
    let base = known.bases.iter().find_map(|base| base.row);
    if known.own.is_some_and(|own| own.root.is_some()) { base } else { base.or_else(|| known.own?.row) }
}
