//! What a file of tokens may say.

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
        ("roles = [\"king\"]\nsecret = \"x\"".to_owned(), "line 3"),
        (roles.to_owned(), "needs either"),
        (format!("{roles}\n{secret}\nsha256 = \"00\""), "needs either"),
        (format!("{roles}\nsha256 = \"00\""), "64 hexadecimal"),
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
