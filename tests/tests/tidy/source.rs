//! The Rust files of the workspace, parsed once, and the rules of shape: opening line, length, functions, mains.

use std::collections::BTreeSet;
use std::fs;
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};

use proc_macro2::{TokenStream, TokenTree};
use syn::spanned::Spanned as _;
use syn::visit::{self, Visit};

use crate::{Finding, assert_none};

const FILE_LINES: usize = 500;
const FUNCTION_LINES: usize = 60;
const MAIN_LINES: usize = 10;

/// One source file and what the rules want to know of it.
pub(crate) struct Rust {
    pub(crate) path: PathBuf,
    pub(crate) text: String,
    pub(crate) tokens: TokenStream,
    /// Every identifier, also those inside macros.
    pub(crate) idents: BTreeSet<String>,
    /// Whether the whole file is test code.
    pub(crate) is_test: bool,
    /// Lines of test code in a file that is not.
    pub(crate) test_lines: Vec<RangeInclusive<usize>>,
    /// Lines of the functions named `eventually`: the ones that poll.
    polling: Vec<RangeInclusive<usize>>,
    syntax: syn::File,
}

impl Rust {
    /// Its items.
    pub(crate) fn syntax(&self) -> &syn::File {
        &self.syntax
    }

    /// Whether a line is where polling waits between two looks.
    pub(crate) fn polls(&self, line: usize) -> bool {
        self.polling.iter().any(|range| range.contains(&line))
    }

    /// Whether a line belongs to test code.
    pub(crate) fn tests(&self, line: usize) -> bool {
        self.is_test || self.test_lines.iter().any(|range| range.contains(&line))
    }
}

#[test]
fn every_file_opens_by_saying_what_it_is() {
    let silent = |file: &&Rust| !file.text.starts_with("//! ");
    let findings: Vec<Finding> = rust_files()
        .iter()
        .filter(silent)
        .map(|file| Finding::new(&file.path, 1, "the file does not open with `//! ` and a sentence"))
        .collect();
    assert_none(&findings);
}

#[test]
fn files_and_mains_are_short() {
    let mut findings = Vec::new();
    for file in rust_files() {
        let lines = file.text.lines().count();
        let limit = if file.path.ends_with("src/main.rs") { MAIN_LINES } else { FILE_LINES };
        if lines > limit {
            findings.push(Finding::new(&file.path, limit, format!("{lines} lines, the limit is {limit}")));
        }
    }
    assert_none(&findings);
}

#[test]
fn functions_are_short() {
    let mut findings = Vec::new();
    for file in rust_files() {
        let mut long = Functions { path: &file.path, findings: &mut findings };
        long.visit_file(&file.syntax);
    }
    assert_none(&findings);
}

/// Measures from `fn` to the closing brace; attributes and doc comments are free.
struct Functions<'a> {
    path: &'a Path,
    findings: &'a mut Vec<Finding>,
}

impl Functions<'_> {
    fn measure(&mut self, name: &syn::Ident, block: &syn::Block) {
        let (start, end) = (name.span().start().line, block.span().end().line);
        let lines = end - start + 1;
        if lines > FUNCTION_LINES {
            let text = format!("function {name} has {lines} lines, the limit is {FUNCTION_LINES}");
            self.findings.push(Finding::new(self.path, start, text));
        }
    }
}

impl<'ast> Visit<'ast> for Functions<'_> {
    fn visit_item_fn(&mut self, item: &'ast syn::ItemFn) {
        self.measure(&item.sig.ident, &item.block);
        visit::visit_item_fn(self, item);
    }

    fn visit_impl_item_fn(&mut self, item: &'ast syn::ImplItemFn) {
        self.measure(&item.sig.ident, &item.block);
        visit::visit_impl_item_fn(self, item);
    }

    fn visit_trait_item_fn(&mut self, item: &'ast syn::TraitItemFn) {
        if let Some(block) = &item.default {
            self.measure(&item.sig.ident, block);
        }
        visit::visit_trait_item_fn(self, item);
    }
}

/// The workspace's root directory.
pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap()
}

/// Every Rust file of ours; generated code is not read by people and not here.
pub(crate) fn rust_files() -> Vec<Rust> {
    let mut files: Vec<Rust> = all_paths().into_iter().filter(|path| !is_generated(path)).map(parse).collect();
    let declared: BTreeSet<PathBuf> = files.iter().flat_map(test_modules).collect();
    for file in &mut files {
        file.is_test |=
            declared.iter().any(|stem| file.path.starts_with(stem) || file.path == stem.with_extension("rs"));
    }
    files
}

/// Identifiers of every Rust file below `dir`, generated ones too.
pub(crate) fn words_below(dir: &Path) -> BTreeSet<String> {
    let mut words = BTreeSet::new();
    for path in all_paths().iter().filter(|path| path.starts_with(dir)) {
        let text = fs::read_to_string(path).unwrap();
        for borrowed in borrowed(path, &text) {
            identifiers(fs::read_to_string(borrowed).unwrap().parse().unwrap(), &mut words);
        }
        identifiers(text.parse().unwrap(), &mut words);
    }
    words
}

/// Files of other crates that a file takes in as modules.
fn borrowed(path: &Path, text: &str) -> Vec<PathBuf> {
    let named = text.lines().filter_map(|line| line.strip_prefix("#[path = \"")?.strip_suffix("\"]"));
    named.filter(|named| named.starts_with("../")).map(|named| path.with_file_name(named)).collect()
}

fn all_paths() -> Vec<PathBuf> {
    let mut paths = Vec::new();
    for top in ["crates", "tests"] {
        collect(&root().join(top), &mut paths);
    }
    paths.sort();
    paths
}

fn is_generated(path: &Path) -> bool {
    path.parent().is_some_and(|dir| dir.ends_with("src/gen"))
}

fn collect(dir: &Path, paths: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() && !path.ends_with("target") {
            collect(&path, paths);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            paths.push(path);
        }
    }
}

fn parse(path: PathBuf) -> Rust {
    let text = fs::read_to_string(&path).unwrap();
    let syntax = syn::parse_file(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let tokens: TokenStream = text.parse().unwrap();
    let mut idents = BTreeSet::new();
    identifiers(tokens.clone(), &mut idents);
    let mut items = Items::default();
    items.visit_file(&syntax);
    let within = path.strip_prefix(root()).unwrap();
    let is_test = within.starts_with("tests")
        || within.components().any(|part| matches!(part.as_os_str().to_str(), Some("tests" | "benches" | "tests.rs")));
    Rust { text, tokens, idents, is_test, test_lines: items.tests, polling: items.polling, syntax, path }
}

fn identifiers(tokens: TokenStream, into: &mut BTreeSet<String>) {
    for token in tokens {
        match token {
            TokenTree::Ident(ident) => drop(into.insert(ident.to_string())),
            TokenTree::Group(group) => identifiers(group.stream(), into),
            TokenTree::Punct(_) | TokenTree::Literal(_) => {}
        }
    }
}

/// Line ranges of items that only tests compile, and of those that poll.
#[derive(Default)]
struct Items {
    tests: Vec<RangeInclusive<usize>>,
    polling: Vec<RangeInclusive<usize>>,
}

impl<'ast> Visit<'ast> for Items {
    fn visit_item_mod(&mut self, item: &'ast syn::ItemMod) {
        if only_tests(&item.attrs) {
            self.tests.push(lines(item));
        }
        visit::visit_item_mod(self, item);
    }

    fn visit_item_fn(&mut self, item: &'ast syn::ItemFn) {
        if only_tests(&item.attrs) {
            self.tests.push(lines(item));
        }
        if item.sig.ident == "eventually" {
            self.polling.push(lines(item));
        }
        visit::visit_item_fn(self, item);
    }
}

fn lines(item: &impl syn::spanned::Spanned) -> RangeInclusive<usize> {
    item.span().start().line..=item.span().end().line
}

/// Paths, without extension, of modules declared as `#[cfg(test)] mod name;`.
fn test_modules(file: &Rust) -> Vec<PathBuf> {
    let stem = file.path.file_stem().unwrap();
    let owns_dir = ["lib", "main", "mod"].iter().any(|name| stem == *name);
    let dir = if owns_dir { file.path.with_file_name("") } else { file.path.with_extension("") };
    let modules = file.syntax.items.iter().filter_map(|item| match item {
        syn::Item::Mod(item) if item.content.is_none() && only_tests(&item.attrs) => Some(item.ident.to_string()),
        _ => None,
    });
    modules.map(|name| dir.join(name)).collect()
}

/// `#[test]`, `#[tokio::test]`, `#[cfg(test)]` and `#[cfg(any(test, …))]`, but not `#[cfg(not(test))]`.
fn only_tests(attrs: &[syn::Attribute]) -> bool {
    attrs.iter().any(|attr| {
        let last = attr.path().segments.last().map(|segment| segment.ident.to_string());
        let words = || attr.meta.require_list().map(|list| list.tokens.to_string()).unwrap_or_default();
        match last.as_deref() {
            Some("test") => true,
            Some("cfg") => {
                words().split(|c: char| !c.is_alphanumeric()).any(|word| word == "test") && !words().contains("not")
            }
            _ => false,
        }
    })
}
