//! The tables on stdout and the progress on stderr.

use std::fmt;
use std::io::{self, Write};
use std::time::Duration;

use crate::error::Error;
use crate::matrix::{Column, Results, Row};
use crate::readers::Readers;
use crate::stats::{Sample, Spread};
use crate::subject::Subject;
use crate::targets;

/// Says on stderr how far the run is.
pub(crate) fn progress(line: fmt::Arguments<'_>) {
    // A closed stderr is nobody's loss.
    let _ = writeln!(io::stderr(), "{line}");
}

/// Prints everything as Markdown.
pub(crate) fn print(results: &Results) -> Result<(), Error> {
    write(&mut io::stdout().lock(), results).map_err(Error::io("write", "stdout"))
}

fn write(out: &mut impl Write, results: &Results) -> io::Result<()> {
    writeln!(out, "## Targets\n")?;
    writeln!(out, "| what | target | measured | |\n|---|---|---|---|")?;
    for target in targets::all(results) {
        writeln!(out, "{target}")?;
    }
    writeln!(out, "\n## Requests, as ratios to bare tonic in the same round: median (lowest–highest)\n")?;
    requests(out, &results.rows)?;
    writeln!(out, "\nWith a trace of every request exported, as a ratio to none:\n")?;
    requests(out, &results.telemetry)?;
    commits(out, results)?;
    readers(out, &results.readers)?;
    machine(out, results)
}

fn requests(out: &mut impl Write, rows: &[Row]) -> io::Result<()> {
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

fn request_line(out: &mut impl Write, row: &Row, column: &Column) -> io::Result<()> {
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

fn commits(out: &mut impl Write, results: &Results) -> io::Result<()> {
    writeln!(out, "\n## The commit loop: one task row and one log row of 256 bytes per commit\n")?;
    writeln!(out, "| store | callers waiting | commits per second | rows per second | p50 | p99 | worst |")?;
    writeln!(out, "|---|--:|--:|--:|--:|--:|--:|")?;
    for row in &results.commits {
        let of = |value: fn(&Sample) -> f64| Spread::of(row.samples.iter().map(value));
        let rate = of(|sample| sample.rate);
        writeln!(
            out,
            "| {} | {} | {:.0} ({:.0}–{:.0}) | {:.0} | {:.2} ms | {:.2} ms | {:.1} ms |",
            row.kind.name(),
            row.in_flight,
            rate.median,
            rate.min,
            rate.max,
            2.0 * rate.median,
            of(|sample| sample.p50.as_secs_f64()).median * 1e3,
            of(|sample| sample.p99.as_secs_f64()).median * 1e3,
            of(|sample| sample.worst.as_secs_f64()).max * 1e3,
        )?;
    }
    Ok(())
}

fn readers(out: &mut impl Write, found: &[Readers]) -> io::Result<()> {
    let of = |value: fn(&Readers) -> f64| {
        let Spread { median, min, max } = Spread::of(found.iter().map(value));
        format!("{median:.2} ({min:.2}–{max:.2})")
    };
    let (alone, read) = (of(|it| it.alone.as_secs_f64()), of(|it| it.read.as_secs_f64()));
    let ratio = of(|it| it.alone.as_secs_f64() / it.read.as_secs_f64());
    writeln!(out, "\n## A writer of 10,000 events, strict, and a reader that takes one per second, then drains\n")?;
    writeln!(out, "| what | figure |\n|---|---|")?;
    writeln!(out, "| the writer, nobody reading | {alone} s |")?;
    writeln!(out, "| the writer, with the slow reader | {read} s |")?;
    writeln!(out, "| its speed with the reader, as a ratio to alone | {ratio} |")?;
    writeln!(out, "| draining the rest: every event, in order | {} s |", of(|it| it.drained.as_secs_f64()))?;
    writeln!(out, "| memory for the slow reader | {} MiB |", of(|it| it.grown_kib as f64 / 1024.0))?;
    writeln!(out, "| CPU of 1,000 idle subscribers | {} % of a core |", of(|it| it.idle_cpu * 100.0))?;
    writeln!(out, "| memory of one of them | {} KiB |", of(|it| it.idle_kib))
}

fn machine(out: &mut impl Write, results: &Results) -> io::Result<()> {
    writeln!(out, "\n## The machine, and an idle service\n\n| what | figure |\n|---|---|")?;
    let cores = std::thread::available_parallelism().map_or(0, std::num::NonZero::get);
    writeln!(out, "| cores | {cores} |")?;
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
