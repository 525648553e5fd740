//! The base forms a word may have: `stabbed` and `stabbing` are both `stab`. Candidates only; the lexicon knows which exist.

/// Hands every base form that the word's ending allows to `each`; itself is not among them.
pub(crate) fn endings(word: &str, mut each: impl FnMut(&str)) {
    if word.len() <= 3 || !word.is_ascii() {
        return;
    }
    match word.as_bytes().last() {
        Some(b's') => plural(word, &mut each),
        Some(b'd') => past(word, &mut each),
        Some(b'g' | b'n') => participle(word, &mut each),
        Some(_) | None => {}
    }
}

fn with(stem: &str, ending: char, each: &mut impl FnMut(&str)) {
    let mut form = String::with_capacity(stem.len() + 1);
    form.push_str(stem);
    form.push(ending);
    each(&form);
}

fn plural(word: &str, each: &mut impl FnMut(&str)) {
    if let Some(stem) = word.strip_suffix("ies") {
        with(stem, 'y', each);
    }
    let sibilant = |stem: &&str| stem.len() >= 3 && stem.ends_with(['s', 'x', 'z', 'h', 'o']);
    if let Some(stem) = word.strip_suffix("es").filter(sibilant) {
        each(stem);
    }
    if let Some(stem) = word.strip_suffix('s').filter(|stem| !stem.ends_with('s')) {
        each(stem);
    }
}

fn past(word: &str, each: &mut impl FnMut(&str)) {
    if let Some(stem) = word.strip_suffix("ied") {
        with(stem, 'y', each);
    }
    if let Some(stem) = word.strip_suffix("ed") {
        verb(stem, each);
    }
}

/// Also without its last letter, as it is often spoken and typed: `burnin`.
fn participle(word: &str, each: &mut impl FnMut(&str)) {
    let spoken = word.strip_suffix("in").filter(|stem| stem.len() > 3);
    if let Some(stem) = word.strip_suffix("ing").or(spoken) {
        verb(stem, each);
    }
}

fn verb(stem: &str, each: &mut impl FnMut(&str)) {
    if stem.len() < 3 {
        return;
    }
    each(stem);
    with(stem, 'e', each);
    let last = &stem[stem.len() - 1..];
    if stem[..stem.len() - 1].ends_with(last) {
        each(&stem[..stem.len() - 1]);
    }
}
