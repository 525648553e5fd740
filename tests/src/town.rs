//! A town with many times the units of the sample, for loads that would empty it.

use std::fs;
use std::path::{Path, PathBuf};

use crate::tools::repository;

/// Writes the sample town with each unit `times` over, and returns where.
pub fn large_town(dir: &Path, times: usize) -> PathBuf {
    write(&dir.join("town.toml"), times, "")
}

/// As [`large_town`], for a second instance of a service: its units are others, named after it.
pub fn other_town(dir: &Path, times: usize, name: &str) -> PathBuf {
    write(&dir.join(format!("{name}.toml")), times, &format!("-{name}"))
}

fn write(path: &Path, times: usize, suffix: &str) -> PathBuf {
    let sample = fs::read_to_string(repository().join("crates/agents/scenario.toml")).unwrap();
    let (before, _) = sample.split_once("[[unit]]").unwrap();
    let mut town = before.to_owned();
    for unit in sample.split("[[unit]]").skip(1) {
        // After the last unit come tables of other kinds.
        let (block, rest) = unit.split_once("\n[[").map_or((unit, ""), |(block, rest)| (block, rest));
        let id = block.lines().find_map(|line| line.strip_prefix("id = \"")?.strip_suffix('"')).unwrap();
        for time in 0..times {
            let number = if time == 0 { String::new() } else { format!("-{time}") };
            let block = block.replacen(&format!("\"{id}\""), &format!("\"{id}{number}{suffix}\""), 1);
            town.push_str(&format!("\n[[unit]]\n{}\n", block.trim()));
        }
        if !rest.is_empty() {
            town.push_str(&format!("\n[[{rest}"));
        }
    }
    fs::write(path, town).unwrap();
    path.to_owned()
}
