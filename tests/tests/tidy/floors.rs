//! Who may use whom. The table is that of ARCHITECTURE.md; an edge only points to a lower floor.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use cargo_metadata::{DependencyKind, Metadata, MetadataCommand, Package, PackageId};

use crate::source::words_below;
use crate::{Finding, assert_none};

/// A crate's place in the house.
struct Place {
    name: &'static str,
    floor: i8,
    /// Not even through another crate.
    never: &'static [&'static str],
    /// Not by a dependency of its own; what its libraries do inside is theirs.
    not_directly: &'static [&'static str],
}

const fn place(name: &'static str, floor: i8, never: &'static [&'static str]) -> Place {
    Place { name, floor, never, not_directly: &[] }
}

const HOUSE: [Place; 24] = [
    // Below the ground floor: even what every process needs goes out by it.
    Place {
        name: "outbound",
        floor: -1,
        never: &["proto", "types", "service", "a2a", "tonic", "prost"],
        not_directly: &["axum", "ring"],
    },
    // The generated clients and servers sit on tonic, which itself links tokio.
    Place { name: "proto", floor: 0, never: &[], not_directly: &["tokio"] },
    place("types", 0, &["tokio", "tonic", "prost"]),
    place("service", 0, &["proto", "types", "engine", "store", "a2a", "triage", "discovery"]),
    Place { name: "engine", floor: 1, never: &["tokio", "tonic", "prost"], not_directly: &["serde", "rand"] },
    place("store", 1, &["tonic"]),
    place("a2a", 1, &["store", "engine"]),
    Place { name: "cards", floor: 1, never: &["store", "engine"], not_directly: &["tokio", "tonic"] },
    place("triage", 1, &["tokio", "tonic", "prost"]),
    place("discovery", 1, &[]),
    place("push", 1, &["store", "engine", "a2a", "tonic"]),
    place("agent", 2, &["engine"]),
    place("orchestrator", 3, &[]),
    place("registry", 3, &[]),
    place("agents", 3, &["engine", "orchestrator"]),
    place("operator", 4, &[]),
    place("cli", 4, &["store", "engine"]),
    place("tests", 5, &[]),
    place("bench", 5, &[]),
    // What it simulates has no sockets; that the kit links tonic is the kit's affair.
    Place { name: "sim", floor: 5, never: &[], not_directly: &["tonic", "discovery", "registry"] },
    // A model that used the code would prove the code by itself.
    place("models", 5, &["proto", "types", "service", "engine", "store", "a2a", "discovery", "agent", "orchestrator"]),
    // Room on the plan: these come later, and tidy already knows where.
    place("providers", 2, &[]),
    place("knowledge", 2, &[]),
    place("dashboard", 3, &["store", "engine"]),
];

#[test]
fn every_crate_has_a_floor_and_edges_point_down() {
    let metadata = metadata();
    let mut findings = Vec::new();
    for package in metadata.workspace_packages() {
        let manifest = package.manifest_path.as_std_path();
        let Some(own) = find(&package.name) else {
            findings.push(Finding::new(manifest, 1, format!("crate {} is not in the table of floors", package.name)));
            continue;
        };
        for used in direct(package).into_iter().filter_map(find) {
            if used.floor >= own.floor {
                let text =
                    format!("{} (floor {}) must not use {} (floor {})", own.name, own.floor, used.name, used.floor);
                findings.push(Finding::new(manifest, line_of(manifest, used.name), text));
            }
        }
    }
    assert_none(&findings);
}

#[test]
fn no_crate_uses_what_it_must_never_use() {
    let metadata = metadata();
    let reached = Reach::new(&metadata);
    let mut findings = Vec::new();
    for package in metadata.workspace_packages() {
        let Some(own) = find(&package.name) else { continue };
        let manifest = package.manifest_path.as_std_path();
        let all = reached.from(&package.id);
        for banned in own.never.iter().filter(|banned| all.contains(**banned)) {
            let text = format!("{} must never use {banned}, not even through another crate", own.name);
            findings.push(Finding::new(manifest, line_of(manifest, banned), text));
        }
        let near = direct(package);
        for banned in own.not_directly.iter().filter(|banned| near.contains(**banned)) {
            let text = format!("{} must not depend on {banned} itself", own.name);
            findings.push(Finding::new(manifest, line_of(manifest, banned), text));
        }
    }
    assert_none(&findings);
}

#[test]
fn every_crate_takes_the_house_lints_and_is_not_published() {
    let mut findings = Vec::new();
    for package in metadata().workspace_packages() {
        let manifest = package.manifest_path.as_std_path();
        let text = std::fs::read_to_string(manifest).unwrap();
        if !text.contains("[lints]\nworkspace = true") {
            findings.push(Finding::new(manifest, 1, "[lints] workspace = true is missing"));
        }
        if package.publish.as_ref().is_none_or(|registries| !registries.is_empty()) {
            findings.push(Finding::new(manifest, 1, "publish = false is missing"));
        }
    }
    assert_none(&findings);
}

#[test]
fn every_declared_dependency_is_used() {
    let mut findings = Vec::new();
    for package in metadata().workspace_packages() {
        let manifest = package.manifest_path.as_std_path();
        let words = words_below(manifest.parent().unwrap());
        for dependency in &package.dependencies {
            let name = dependency.rename.as_ref().unwrap_or(&dependency.name);
            if !words.contains(&name.replace('-', "_")) {
                findings.push(Finding::new(manifest, line_of(manifest, name), format!("{name} is not used")));
            }
        }
    }
    assert_none(&findings);
}

fn metadata() -> Metadata {
    MetadataCommand::new().manifest_path(crate::source::root().join("Cargo.toml")).exec().unwrap()
}

fn find(name: impl AsRef<str>) -> Option<&'static Place> {
    HOUSE.iter().find(|place| place.name == name.as_ref())
}

/// Names of the normal and build dependencies; what tests use is their own affair.
fn direct(package: &Package) -> BTreeSet<&str> {
    let shipped = |kind: &DependencyKind| !matches!(kind, DependencyKind::Development);
    package.dependencies.iter().filter(|it| shipped(&it.kind)).map(|it| it.name.as_str()).collect()
}

/// What each package reaches over normal and build edges.
struct Reach<'m> {
    edges: BTreeMap<&'m PackageId, Vec<&'m PackageId>>,
    names: BTreeMap<&'m PackageId, &'m str>,
}

impl<'m> Reach<'m> {
    fn new(metadata: &'m Metadata) -> Self {
        let names = metadata.packages.iter().map(|package| (&package.id, package.name.as_str())).collect();
        let nodes = &metadata.resolve.as_ref().unwrap().nodes;
        let edges = nodes.iter().map(|node| {
            let shipped = node
                .deps
                .iter()
                .filter(|dep| dep.dep_kinds.iter().any(|info| !matches!(info.kind, DependencyKind::Development)));
            (&node.id, shipped.map(|dep| &dep.pkg).collect())
        });
        Self { edges: edges.collect(), names }
    }

    fn from(&self, start: &PackageId) -> BTreeSet<&'m str> {
        let mut seen = BTreeSet::new();
        let mut open: Vec<&PackageId> = self.edges[start].clone();
        while let Some(next) = open.pop() {
            if seen.insert(next) {
                open.extend(&self.edges[next]);
            }
        }
        seen.into_iter().map(|id| self.names[id]).collect()
    }
}

fn line_of(manifest: &Path, word: &str) -> usize {
    let text = std::fs::read_to_string(manifest).unwrap();
    text.lines().position(|line| line.starts_with(word)).map_or(1, |at| at + 1)
}
