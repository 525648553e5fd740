//! A wall clock of a test's own for services: libfaketime, which can step while they run. What measures durations
//! (CLOCK_MONOTONIC) stays as it is, as when somebody sets a machine's clock.

use std::fs;
use std::path::{Path, PathBuf};

/// A clock that shows the time plus an offset.
#[derive(Debug)]
pub struct FakeTime {
    library: PathBuf,
    file: PathBuf,
}

impl FakeTime {
    /// A clock that is right so far, described by a file in `dir`.
    pub fn in_dir(dir: &Path) -> Self {
        let clock = Self { library: library(), file: dir.join("clock") };
        clock.set("+0");
        clock
    }

    /// What a service needs in its environment to look at it.
    pub fn env(&self) -> Vec<(String, String)> {
        let variable = |name: &str, value: &Path| (name.to_owned(), value.to_str().unwrap().to_owned());
        let switch = |name: &str| (name.to_owned(), "1".to_owned());
        vec![
            variable("LD_PRELOAD", &self.library),
            variable("FAKETIME_TIMESTAMP_FILE", &self.file),
            switch("FAKETIME_NO_CACHE"),
            switch("FAKETIME_DONT_FAKE_MONOTONIC"),
            switch("DONT_FAKE_MONOTONIC"),
            switch("NO_FAKE_STAT"),
        ]
    }

    /// Sets the offset from now on, such as `-1h`.
    pub fn set(&self, offset: &str) {
        // Nobody reads a part of it.
        let next = self.file.with_extension("next");
        fs::write(&next, format!("{offset}\n")).unwrap();
        fs::rename(next, &self.file).unwrap();
    }
}

/// Where the package `faketime` puts it.
fn library() -> PathBuf {
    let here = fs::read_dir("/usr/lib").unwrap().map(|entry| entry.unwrap().path());
    let all =
        here.flat_map(|dir| [dir.clone(), dir.join("faketime")]).chain([PathBuf::from("/usr/local/lib/faketime")]);
    let mut found = all.map(|dir| dir.join("libfaketimeMT.so.1")).filter(|path| path.exists());
    found.next().unwrap_or_else(|| panic!("libfaketimeMT.so.1 is missing; install the package faketime"))
}
