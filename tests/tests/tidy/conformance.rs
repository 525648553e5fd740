//! The tables of docs/conformance.md: which tests hold which requirement, by the numbers that test names carry.
//! `UPDATE_CONFORMANCE=1 cargo test -p tests --test tidy` writes them.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use syn::visit::{self, Visit};

use crate::source::{Rust, root, rust_files};
use crate::{Finding, assert_none};

const PAGE: &str = "docs/conformance.md";

/// A test that holds a requirement.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Held {
    /// Its file, from the root.
    file: String,
    /// Its name without the numbers.
    rest: String,
}

/// The tests of each number, and where each is.
type Tests = BTreeMap<u32, BTreeSet<Held>>;

/// A row of a table: the number, the requirement, and the tests as they are written down.
struct Row<'l> {
    number: u32,
    requirement: &'l str,
    tests: &'l str,
}

#[test]
fn every_requirement_has_a_test_and_every_number_a_requirement() {
    let path = root().join(PAGE);
    let text = fs::read_to_string(&path).unwrap();
    let tests = tests();
    let mut findings = unknown(&text, &tests);
    let mut fresh = String::new();
    for (index, line) in text.lines().enumerate() {
        let Some(row) = Row::read(line) else {
            fresh.push_str(&format!("{line}\n"));
            continue;
        };
        let held = tests.get(&row.number).map(written).unwrap_or_default();
        if held.is_empty() {
            findings.push(Finding::new(&path, index + 1, format!("no test has the number c{:02}", row.number)));
        } else if held != row.tests && std::env::var_os("UPDATE_CONFORMANCE").is_none() {
            findings.push(Finding::new(&path, index + 1, "its tests are others by now; run with UPDATE_CONFORMANCE=1"));
        }
        fresh.push_str(&format!("| {} | {} | {held} |\n", row.number, row.requirement));
    }
    assert_none(&findings);
    if std::env::var_os("UPDATE_CONFORMANCE").is_some() {
        fs::write(&path, fresh).unwrap();
    }
}

#[test]
fn a_row_is_read_and_the_numbers_of_a_name_are_all_found() {
    let row = Row::read("| 7 | what the card promises (§3) | [old](../x.rs) |").unwrap();
    assert_eq!((row.number, row.requirement, row.tests), (7, "what the card promises (§3)", "[old](../x.rs)"));
    assert_eq!(Row::read("| 81 | a stream | |").map(|row| (row.number, row.tests)), Some((81, "")));
    assert!(Row::read("| no. | requirement | tests |").is_none());
    assert!(Row::read("|---|---|---|").is_none());
    assert_eq!(numbers("c04_every_error"), (vec![4], "every_error"));
    assert_eq!(numbers("c104_c85_ten_turns"), (vec![104, 85], "ten_turns"));
    assert_eq!(numbers("calls_a_friend"), (vec![], "calls_a_friend"));
    assert_eq!(numbers("c2_short"), (vec![], "c2_short"));
    let held = |rest: &str| Held { file: "crates/a/tests/b.rs".to_owned(), rest: rest.to_owned() };
    let both = BTreeSet::from([held("one_thing"), held("another")]);
    assert_eq!(written(&both), "[another](../crates/a/tests/b.rs), [one thing](../crates/a/tests/b.rs)");
}

/// Tests whose number is nobody's, and requirements that share one.
fn unknown(text: &str, tests: &Tests) -> Vec<Finding> {
    let mut known = BTreeSet::new();
    let mut findings = Vec::new();
    for (index, row) in text.lines().enumerate().filter_map(|(index, line)| Some((index, Row::read(line)?))) {
        if !known.insert(row.number) {
            findings.push(Finding::new(Path::new(PAGE), index + 1, format!("{} stands there twice", row.number)));
        }
    }
    for (number, held) in tests.iter().filter(|(number, _)| !known.contains(number)) {
        let each = held.iter().map(|held| {
            Finding::new(
                Path::new(&held.file),
                1,
                format!("{} has c{number:02}, which {PAGE} does not know", held.rest),
            )
        });
        findings.extend(each);
    }
    findings
}

fn tests() -> Tests {
    let mut tests = Tests::new();
    for file in rust_files() {
        for (name, line) in functions(&file) {
            let (numbers, rest) = numbers(&name);
            let held = Held { file: within(&file.path), rest: rest.to_owned() };
            if file.tests(line) {
                numbers.into_iter().for_each(|number| tests.entry(number).or_default().extend([held.clone()]));
            }
        }
    }
    tests
}

fn within(path: &Path) -> String {
    path.strip_prefix(root()).unwrap().to_str().unwrap().to_owned()
}

/// The numbers at the beginning of a name, and what follows them.
fn numbers(name: &str) -> (Vec<u32>, &str) {
    let (mut numbers, mut rest) = (Vec::new(), name);
    while let Some((number, after)) = number(rest) {
        numbers.push(number);
        rest = after;
    }
    (numbers, rest)
}

fn number(name: &str) -> Option<(u32, &str)> {
    let (word, rest) = name.split_once('_')?;
    let digits = word.strip_prefix('c').filter(|digits| digits.len() >= 2)?;
    Some((digits.parse().ok()?, rest))
}

fn written(tests: &BTreeSet<Held>) -> String {
    let one = |Held { file, rest }: &Held| format!("[{}](../{file})", rest.replace('_', " "));
    tests.iter().map(one).collect::<Vec<_>>().join(", ")
}

impl<'l> Row<'l> {
    fn read(line: &'l str) -> Option<Self> {
        let cells = line.strip_prefix('|')?.strip_suffix('|')?;
        let (number, rest) = cells.split_once('|')?;
        let (requirement, tests) = rest.rsplit_once('|')?;
        Some(Self { number: number.trim().parse().ok()?, requirement: requirement.trim(), tests: tests.trim() })
    }
}

/// The functions of a file outside of impls, with their lines.
fn functions(file: &Rust) -> Vec<(String, usize)> {
    let mut functions = Functions(Vec::new());
    functions.visit_file(file.syntax());
    functions.0
}

struct Functions(Vec<(String, usize)>);

impl<'ast> Visit<'ast> for Functions {
    fn visit_item_fn(&mut self, item: &'ast syn::ItemFn) {
        self.0.push((item.sig.ident.to_string(), item.sig.ident.span().start().line));
        visit::visit_item_fn(self, item);
    }
}
