//! What a file of tokens may say.

use proptest::prelude::*;

use super::{FileError, digest, read};
use crate::Role;

const SECRET: &str = "correct-horse-battery-staple";

fn one(more: &str) -> Result<Vec<super::Grant>, FileError> {
    read(&format!("[[token]]\nprincipal = \"anna\"\n{more}"))
}

#[test]
fn a_token_is_kept_as_its_digest() {
    let plain = one(&format!("roles = [\"caller\", \"agent\"]\nsecret = \"{SECRET}\"")).unwrap();
    let hex: String = digest(SECRET.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect();
    let hashed = one(&format!("roles = [\"caller\", \"agent\"]\nsha256 = \"{hex}\"")).unwrap();
    assert_eq!(plain, hashed);
    let identity = &plain[0].identity;
    assert_eq!((identity.principal(), identity.tenant()), ("anna", ""));
    assert!(identity.is(Role::Caller) && identity.is(Role::Agent) && !identity.is(Role::Admin));
    assert!(!format!("{plain:?}").contains(SECRET));
}

#[test]
fn an_empty_file_admits_nobody() {
    assert_eq!(read("").unwrap(), []);
}

#[test]
fn what_is_wrong_is_told_without_the_secret() {
    let secret = format!("secret = \"{SECRET}\"");
    let roles = "roles = [\"caller\"]";
    for (text, wanted) in [
        (format!("{roles}\nsecret = {SECRET}"), "line 4"),
        (format!("{roles}\n{secret}\nsecert = \"x\""), "line"),
        ("roles = [\"king\"]\nsecret = \"x\"".to_owned(), "line 3 has a role that is not known"),
        (format!("{secret}\nroles = [\"caller\", \"{SECRET}\"]"), "line 4 has a role that is not known"),
        (roles.to_owned(), "needs either"),
        (format!("{roles}\n{secret}\nsha256 = \"00\""), "needs either"),
        (format!("{roles}\nsha256 = \"00\""), "64 hexadecimal"),
        (format!("{roles}\nsha256 = \"{}\"", "+a".repeat(32)), "64 hexadecimal"),
        (format!("{roles}\nsecret = \"short\""), "16 characters"),
        (format!("{roles}\nsecret = \"with a space in it\""), "no header"),
        (format!("roles = []\n{secret}"), "no roles"),
        (format!("{roles}\n{secret}\nexpires = \"soon\""), "expiry"),
        (format!("{roles}\n{secret}\n[[token]]\nprincipal = \"ben\"\n{roles}\n{secret}"), "1 and 2"),
    ] {
        let error = one(&text).unwrap_err().to_string();
        assert!(error.contains(wanted) && !error.contains("horse"), "{text}: {error}");
    }
    for principal in ["", "anonymous", "an\\nna"] {
        let text = format!("[[token]]\nprincipal = \"{principal}\"\n{roles}\n{secret}");
        assert!(matches!(read(&text), Err(FileError::Token(1, _))), "{principal}");
    }
}

#[test]
fn whoever_names_a_role_that_there_is_not_is_told_those_that_there_are() {
    let told = one(&format!("roles = [\"operator\"]\nsecret = \"{SECRET}\"")).unwrap_err();
    assert_eq!(told, FileError::Role(3));
    let told = told.to_string();
    let (_, known) = told.split_once("there are ").unwrap();
    let mut known: Vec<&str> = known.split([',', ' ']).filter(|word| !matches!(*word, "" | "and")).collect();
    known.retain(|role| one(&format!("roles = [\"{role}\"]\nsecret = \"{SECRET}\"")).is_ok());
    assert_eq!(known, [Role::Caller, Role::Agent, Role::Delegate, Role::Admin].map(|role| role.to_string()), "{told}");
}

/// What files of tokens are made of, right and wrong.
const LINES: [&str; 22] = [
    "[[token]]",
    "[token]",
    "[[token",
    "principal = \"anna\"",
    "principal = \"\"",
    "principal = \"anonymous\"",
    "principal = 7",
    "tenant = \"\\u0007\"",
    "tenant = \"ward\"",
    "roles = [\"caller\"]",
    "roles = []",
    "roles = [\"king\"]",
    "secret = \"correct-horse-battery-staple\"",
    "secret = \"correct horse battery staple\"",
    "secret = correct-horse-battery-staple",
    "sha256 = \"correct-horse-battery-staple\"",
    "sha256 = \"0000000000000000000000000000000000000000000000000000000000000000\"",
    "expires = \"2027-01-31T00:00:00Z\"",
    "expires = \"99999-99-99T99:99:99.9999999999999Z\"",
    "expires = \"-292277026597-01-01T00:00:00Z\"",
    "\u{feff}",
    "",
];

proptest! {
    #[test]
    fn any_file_gives_tokens_or_says_why_without_repeating_one(
        lines in prop::collection::vec(prop_oneof![9 => prop::sample::select(&LINES[..]).prop_map(str::to_owned), 1 => ".{0,20}"], 0..12),
    ) {
        match read(&lines.join("\n")) {
            Ok(grants) => prop_assert!(grants.iter().all(|grant| !grant.identity.principal().is_empty())),
            Err(error) => {
                let words = error.to_string();
                prop_assert!(!words.contains("horse") && !words.is_empty(), "{words}");
            }
        }
    }
}
