//! `card` and `keys`: what an agent says of itself, who signed it, and the keys for that.

use std::fs;
use std::io::Write;
use std::path::Path;

use cards::{KeyFileError, Signer, TrustedKeys, Unverified, WELL_KNOWN};
use outbound::{DialError, Dialer, FetchError};
use serde_json::{Value, json};

use crate::args::{Card, Common, Keys};
use crate::failure::{Failure, innermost};
use crate::outcome::Outcome;
use crate::screen::{Mark, Screen};

/// Fetches a card and shows it; with trusted keys also who signed it.
pub(crate) async fn run<W: Write>(args: &Card, common: &Common, screen: &mut Screen<W>) -> Result<Outcome, Failure> {
    let trusted = args.verify.as_deref().map(trusted).transpose()?;
    let url = place(&args.url);
    // Whoever types an address means it.
    let bytes =
        outbound::fetch(&url, &Dialer::anywhere(common.roots()?)).await.map_err(|error| unfetched(&url, &error))?;
    let text = std::str::from_utf8(&bytes).map_err(|_| no_card(&url, "it is no text".to_owned()))?;
    let card: Value = serde_json::from_str(text).map_err(|error| no_card(&url, told(text, &error)))?;
    let verified = trusted.map(|trusted| cards::verify_json(text, &trusted));
    show(&card, verified, screen)
}

/// Prints the public halves of private keys, for those who verify.
pub(crate) fn public<W: Write>(args: &Keys, screen: &mut Screen<W>) -> Result<Outcome, Failure> {
    let read = args.keys.iter().map(cards::KeyFile::read).collect::<Result<Vec<_>, _>>();
    let keys = read.map_err(|error| match error {
        KeyFileError::Io(file, source) => Failure::io(format_args!("cannot read {}", file.display()), source),
        KeyFileError::Key { .. } => Failure::Usage(error.to_string()),
    })?;
    screen.say(Mark::None, &cards::jwks(&keys))?;
    Ok(Outcome::Done)
}

fn show<W: Write>(
    card: &Value,
    verified: Option<Result<Signer, Unverified>>,
    screen: &mut Screen<W>,
) -> Result<Outcome, Failure> {
    let outcome = if matches!(verified, Some(Err(_))) { Outcome::Failed } else { Outcome::Done };
    if screen.is_for_script() {
        let told = match &verified {
            None => Value::Null,
            Some(Ok(Signer { kid, algorithm })) => json!({"signed": true, "kid": kid, "alg": algorithm}),
            Some(Err(why)) => json!({"signed": false, "why": why.to_string()}),
        };
        screen.object(&json!({"card": card, "verification": told}))?;
        return Ok(outcome);
    }
    screen.say(Mark::None, &format!("{card:#}"))?;
    match verified {
        None => {}
        Some(Ok(Signer { kid, algorithm })) => screen.say(Mark::Success, &format!("signed by {kid} ({algorithm})"))?,
        Some(Err(why)) => screen.say(Mark::Failure, &format!("not verified: {why}"))?,
    }
    Ok(outcome)
}

fn trusted(file: &Path) -> Result<TrustedKeys, Failure> {
    let name = file.display();
    let text = fs::read_to_string(file).map_err(|error| Failure::io(format_args!("cannot read {name}"), error))?;
    TrustedKeys::from_jwks(&text).map_err(|error| Failure::Usage(format!("{name}: {error}")))
}

/// The address of the card: what has a path is taken by its word.
fn place(url: &str) -> String {
    let full = if url.contains("://") { url.to_owned() } else { format!("http://{url}") };
    let bare = full.strip_suffix('/').unwrap_or(&full);
    let has_path = bare.split_once("://").is_some_and(|(_, rest)| rest.contains('/'));
    if has_path { full } else { format!("{bare}{WELL_KNOWN}") }
}

/// What answers is no card.
fn no_card(url: &str, why: String) -> Failure {
    let hint = "is an agent there? Its card is at the address of its protocol port, or where it says; `watchroom agents` \
                lists those that are registered";
    Failure::Stranger { what: format!("an agent's card at {url}"), why, hint: hint.to_owned(), exit: 70 }
}

/// What a text is that is no JSON.
fn told(text: &str, error: &serde_json::Error) -> String {
    match text.trim_start() {
        "" => "it is empty".to_owned(),
        page if page.starts_with('<') => "it is a page for people (HTML or XML)".to_owned(),
        _ => format!("it is no JSON ({error})"),
    }
}

fn unfetched(url: &str, error: &FetchError) -> Failure {
    match error {
        FetchError::Url(..) => Failure::Usage(error.to_string()),
        FetchError::Status(_) | FetchError::TooLarge => no_card(url, error.to_string()),
        FetchError::Dial(DialError::Tls(tls)) => Failure::tls(url, tls),
        FetchError::Dial(_) | FetchError::Broken(_) | FetchError::Slow => Failure::Unreachable {
            what: url.to_owned(),
            why: innermost(error),
            hint: "`watchroom agents` lists addresses; a card is published over HTTP".to_owned(),
        },
    }
}
