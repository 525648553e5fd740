//! The parts of a run, each a module of its own: it measures, says how far it is from its targets, and prints its tables.

use std::fs;
use std::io::{self, Write};

use crate::args::{RunArgs, Section};
use crate::error::Error;
use crate::report;
use crate::targets::Target;
use crate::{bindings, child, commits, dispatch, lists, matrix, readers, recovery, registry};

/// What a section found out.
pub(crate) trait Findings {
    /// What is wanted, beside what was measured.
    fn targets(&self) -> Vec<Target>;

    /// Its tables, as Markdown.
    fn write(&self, out: &mut dyn Write) -> io::Result<()>;
}

/// Measures the sections that are asked for and prints them.
pub(crate) fn run(args: &RunArgs) -> Result<(), Error> {
    fs::create_dir_all(&args.dir).map_err(Error::io("create", &args.dir))?;
    let before = load_average();
    let mut found = Vec::new();
    for section in Section::wanted(&args.only) {
        report::progress(format_args!("# {section}"));
        found.push(measure(section, args)?);
    }
    report::print(&found, &[before, load_average()])
}

fn measure(section: Section, args: &RunArgs) -> Result<Box<dyn Findings>, Error> {
    child::place_load(crate::args::Placement::Unpinned)?;
    Ok(match section {
        Section::Requests => Box::new(matrix::measure(args)?),
        Section::Commits => Box::new(commits::measure_all(args)?),
        Section::Readers => Box::new(readers::measure_all(args)?),
        Section::Dispatch => Box::new(dispatch::measure(args)?),
        Section::Recovery => Box::new(recovery::measure(args)?),
        Section::Registry => Box::new(registry::measure(args)?),
        Section::Lists => Box::new(lists::measure(args)?),
        Section::Bindings => Box::new(bindings::measure(args)?),
    })
}

/// A directory for one measurement, removed with it.
pub(crate) fn scratch(args: &RunArgs) -> Result<tempfile::TempDir, Error> {
    tempfile::tempdir_in(&args.dir).map_err(Error::io("create a directory in", &args.dir))
}

/// Processes that wanted a core over the last minute: those of this run, and whoever else is at work here.
fn load_average() -> String {
    let listed = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    listed.split_whitespace().next().unwrap_or("unknown").to_owned()
}
