//! JSON as scripts want it. ProtoJSON leaves open how a double is written, and its writer puts ".0" behind the
//! integers that a Struct can only hold as doubles.

/// The same JSON, its whole numbers written as integers.
pub(crate) fn integers(json: &str) -> String {
    let mut out = String::with_capacity(json.len());
    let mut rest = json;
    while let Some(at) = rest.find(['"', '.']) {
        let (before, special) = rest.split_at(at);
        out.push_str(before);
        let taken = if special.starts_with('"') {
            let string = string(special);
            out.push_str(string);
            string.len()
        } else {
            let fraction = fraction(special);
            out.push_str(if is_nothing(fraction) { "" } else { fraction });
            fraction.len()
        };
        rest = &special[taken..];
    }
    out.push_str(rest);
    out
}

/// The string literal at the beginning, quotes included.
fn string(json: &str) -> &str {
    let mut escaped = false;
    for (at, byte) in json.bytes().enumerate().skip(1) {
        match byte {
            b'"' if !escaped => return &json[..=at],
            _ => escaped = byte == b'\\' && !escaped,
        }
    }
    json
}

/// The fraction at the beginning, with its dot and exponent.
fn fraction(json: &str) -> &str {
    let is_part = |letter: char| letter.is_ascii_digit() || matches!(letter, '.' | 'e' | 'E' | '+' | '-');
    &json[..json.find(|letter| !is_part(letter)).unwrap_or(json.len())]
}

fn is_nothing(fraction: &str) -> bool {
    fraction == ".0"
}

#[cfg(test)]
mod tests;
