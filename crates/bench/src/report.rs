//! The tables on stdout and the progress on stderr.

use std::fmt;
use std::io::{self, Write};
use std::time::Duration;

use crate::error::Error;
use crate::matrix::{Column, Results, Row};
use crate::sections::Findings;
use crate::stats::{Sample, Spread};
use crate::subject::Subject;

/// Says on stderr how far the run is.
pub(crate) fn progress(line: fmt::Arguments<'_>) {
    // A closed stderr is nobody's loss.
    let _ = writeln!(io::stderr(), "{line}");
}

/// Prints everything as Markdown. `loads` are the load averages before and after.
pub(crate) fn print(found: &[Box<dyn Findings>], loads: &[String; 2]) -> Result<(), Error> {
    write(&mut io::stdout().lock(), found, loads).map_err(Error::io("write", "stdout"))
}

fn write(out: &mut dyn Write, found: &[Box<dyn Findings>], loads: &[String; 2]) -> io::Result<()> {
    let targets: Vec<_> = found.iter().flat_map(|section| section.targets()).collect();
    if !targets.is_empty() {
        writeln!(out, "## Targets\n\n| what | target | measured | |\n|---|---|---|---|")?;
        targets.iter().try_for_each(|target| writeln!(out, "{target}"))?;
    }
    found.iter().try_for_each(|section| section.write(out))?;
    let cores = std::thread::available_parallelism().map_or(0, std::num::NonZero::get);
    writeln!(out, "\nOn {cores} cores; load average {} before and {} after.", loads[0], loads[1])
}

/// The tables of requests to one service.
pub(crate) fn requests(out: &mut dyn Write, results: &Results) -> io::Result<()> {
    writeln!(out, "\n## Requests, as ratios to bare tonic in the same round: median (lowest–highest)\n")?;
    table(out, &results.rows)?;
    writeln!(out, "\nWith a trace of every request exported, as a ratio to none:\n")?;
    table(out, &results.telemetry)?;
    machine(out, results)
}

fn table(out: &mut dyn Write, rows: &[Row]) -> io::Result<()> {
    writeln!(
        out,
        "| server is | work | in flight | server | ratio | per second | p50 | p99 | worst | CPU each | cores busy | peak |"
    )?;
    writeln!(out, "|---|---|--:|---|---|--:|--:|--:|--:|--:|--:|--:|")?;
    for row in rows {
        for column in &row.columns {
            request_line(out, row, column)?;
        }
    }
    Ok(())
}

fn request_line(out: &mut dyn Write, row: &Row, column: &Column) -> io::Result<()> {
    let of = |value: fn(&Sample) -> f64| Spread::of(column.samples.iter().map(value));
    writeln!(
        out,
        "| {} | {} | {} | {} | {:.2} ({:.2}–{:.2}) | {:.0} | {:.2} ms | {:.2} ms | {:.1} ms | {:.1} µs | {:.2} | {:.0} MiB |",
        row.placement,
        row.work,
        row.in_flight,
        column.subject.title(),
        column.ratio.median,
        column.ratio.min,
        column.ratio.max,
        of(|sample| sample.rate).median,
        of(|sample| sample.p50.as_secs_f64()).median * 1e3,
        of(|sample| sample.p99.as_secs_f64()).median * 1e3,
        of(|sample| sample.worst.as_secs_f64()).max * 1e3,
        of(|sample| sample.cpu.as_secs_f64()).median * 1e6,
        // Well below one where the server is pinned: the load is what limits the rate.
        of(|sample| sample.cpu.as_secs_f64() * sample.rate).median,
        of(|sample| sample.peak_kib as f64).max / 1024.0,
    )
}

fn machine(out: &mut dyn Write, results: &Results) -> io::Result<()> {
    writeln!(out, "\n## The machine, and an idle service\n\n| what | figure |\n|---|---|")?;
    let fsync = Spread::of(results.fdatasync.iter().map(Duration::as_secs_f64));
    let micros = |time: f64| time * 1e6;
    let (median, min, max) = (micros(fsync.median), micros(fsync.min), micros(fsync.max));
    writeln!(out, "| p50 of a 256-byte append with fdatasync | {median:.0} µs ({min:.0}–{max:.0}) |")?;
    for subject in [Subject::Raw, Subject::Memory, Subject::Strict] {
        let starts = || results.starts.iter().filter(move |start| start.subject == subject);
        let took = Spread::of(starts().map(|start| start.took.as_secs_f64()));
        let idle = Spread::of(starts().map(|start| start.idle_kib as f64));
        let (title, median, max, idle) = (subject.title(), took.median * 1e3, took.max * 1e3, idle.median / 1024.0);
        writeln!(out, "| {title}: start to ready; memory then | {median:.0} ms, at most {max:.0}; {idle:.0} MiB |")?;
    }
    writeln!(out, "\nEvery server runs on the same allocator, the baseline too; a fresh process for each measurement.")
}
