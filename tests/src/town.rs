//! A town with many times the units of the sample, for loads that would empty it.

use std::fs;
use std::path::{Path, PathBuf};

use crate::tools::repository;

/// Writes the sample town with each unit `times` over, and returns where.
pub fn large_town(dir: &Path, times: usize) -> PathBuf {
    let sample = fs::read_to_string(repository().join("crates/agents/scenario.toml")).unwrap();
    let mut town = sample.clone();
    for unit in sample.split("[[unit]]").skip(1) {
        let block = unit.split("\n[[").next().unwrap();
        let id = block.lines().find_map(|line| line.strip_prefix("id = \"")?.strip_suffix('"')).unwrap();
        for time in 1..times {
            let block = block.replacen(&format!("\"{id}\""), &format!("\"{id}-{time}\""), 1);
            town.push_str(&format!("\n[[unit]]\n{}\n", block.trim()));
        }
    }
    let path = dir.join("town.toml");
    fs::write(&path, town).unwrap();
    path
}
