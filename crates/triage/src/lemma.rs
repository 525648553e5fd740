//! The base forms a word may have: `stabbed` and `stabbing` are both `stab`. Candidates only; the lexicon knows which exist.

use crate::words::spelling;

/// Every base form that the word may have, itself first.
pub(crate) fn lemmas(word: &str) -> Vec<String> {
    let mut forms = vec![word.to_owned()];
    if let Some((_, base)) = spelling::IRREGULAR.iter().find(|(form, _)| *form == word) {
        forms.push((*base).to_owned());
        return forms;
    }
    if word.is_ascii() && word.len() > 3 {
        plural(word, &mut forms);
        past(word, &mut forms);
        participle(word, &mut forms);
    }
    forms
}

fn plural(word: &str, forms: &mut Vec<String>) {
    if let Some(stem) = word.strip_suffix("ies") {
        forms.push(format!("{stem}y"));
    }
    let sibilant = |stem: &&str| stem.len() >= 3 && stem.ends_with(['s', 'x', 'z', 'h', 'o']);
    if let Some(stem) = word.strip_suffix("es").filter(sibilant) {
        forms.push(stem.to_owned());
    }
    if let Some(stem) = word.strip_suffix('s').filter(|stem| !stem.ends_with('s')) {
        forms.push(stem.to_owned());
    }
}

fn past(word: &str, forms: &mut Vec<String>) {
    if let Some(stem) = word.strip_suffix("ied") {
        forms.push(format!("{stem}y"));
    }
    if let Some(stem) = word.strip_suffix("ed") {
        verb(stem, forms);
    }
}

/// Also without its last letter, as it is often spoken and typed: `burnin`.
fn participle(word: &str, forms: &mut Vec<String>) {
    let spoken = word.strip_suffix("in").filter(|stem| stem.len() > 3);
    if let Some(stem) = word.strip_suffix("ing").or(spoken) {
        verb(stem, forms);
    }
}

fn verb(stem: &str, forms: &mut Vec<String>) {
    if stem.len() < 3 {
        return;
    }
    forms.push(stem.to_owned());
    forms.push(format!("{stem}e"));
    let last = &stem[stem.len() - 1..];
    if stem[..stem.len() - 1].ends_with(last) {
        forms.push(stem[..stem.len() - 1].to_owned());
    }
}
