//! Rules must generalise: nothing in the source quotes four words or more of a labelled call.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use crate::calls::calls;
use crate::files::files;

/// So many words in a row are a quotation.
const QUOTE: usize = 4;

fn words(text: &str) -> Vec<String> {
    let letters = |c: char| !c.is_alphanumeric() && c != '\'';
    text.to_lowercase().split(letters).filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

fn sources(dir: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(dir).expect("the sources are there");
    let paths = entries.map(|entry| entry.expect("an entry").path());
    paths.flat_map(|path| if path.is_dir() { sources(&path) } else { vec![path] }).collect()
}

/// The string literals of a source file, each one text.
fn literals(source: &str) -> Vec<String> {
    source.split('"').skip(1).step_by(2).map(str::to_owned).collect()
}

#[test]
fn no_rule_quotes_a_labelled_call() {
    let calls = files().flat_map(calls);
    let spoken: HashSet<Vec<String>> =
        calls.flat_map(|call| words(&call.text).windows(QUOTE).map(<[String]>::to_vec).collect::<Vec<_>>()).collect();
    for path in sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src")) {
        let source = std::fs::read_to_string(&path).expect("a source file");
        for literal in literals(&source) {
            for quote in words(&literal).windows(QUOTE) {
                assert!(!spoken.contains(quote), "{}: {quote:?}", path.display());
            }
        }
    }
}
