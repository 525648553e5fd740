//! Whether a call as a whole is a question: by its marks, or by the order of its words where the caller typed none.

use crate::text::{Break, Word};

/// Verbs that stand before their subject in a question.
const VERBS: &[&str] = &[
    "is", "are", "was", "were", "do", "does", "did", "can", "could", "should", "would", "will", "has", "have", "isn't",
    "aren't", "don't", "doesn't", "didn't", "can't", "couldn't", "may",
];
/// Their subjects.
const SUBJECTS: &[&str] = &["i", "you", "he", "she", "it", "we", "they", "there", "that", "this", "anyone", "anybody"];
/// Words that open a question before a verb.
const OPENERS: &[&str] =
    &["what", "what's", "whats", "who", "who's", "whose", "where", "where's", "when", "when's", "why", "how", "which"];
/// A plea has the order of a question.
const PLEAS: &[&str] = &["send", "help", "come", "hurry", "get", "hear", "please", "smell", "see"];

/// Most of its words are asked, or a clause of it is put as a question and is no plea.
pub(crate) fn asks(words: &[Word<'_>]) -> bool {
    let marked = words.iter().filter(|word| word.asked).count();
    2 * marked >= words.len() || (0..words.len()).any(|at| opens(words, at) && inverted(words, at) && !plea(words, at))
}

fn opens(words: &[Word<'_>], at: usize) -> bool {
    at == 0 || words[at - 1].after != Break::None
}

/// `is he`, `what does`, `how long`.
fn inverted(words: &[Word<'_>], at: usize) -> bool {
    let is = |at: usize, list: &[&str]| words.get(at).is_some_and(|word| list.contains(&word.lower()));
    let verb = is(at, VERBS) && is(at + 1, SUBJECTS);
    let opener = is(at, OPENERS) && (words[at].lower.contains('\'') || is(at + 1, VERBS) || is(at + 2, VERBS));
    verb || opener
}

fn plea(words: &[Word<'_>], at: usize) -> bool {
    words[at..].iter().take(6).any(|word| PLEAS.contains(&word.lower()))
}
