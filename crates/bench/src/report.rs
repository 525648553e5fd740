//! The tables on stdout and the progress on stderr.

use std::fmt;
use std::io::{self, Write};
use std::time::Duration;

use crate::error::Error;
use crate::matrix::{Column, Results, Row};
use crate::stats::Spread;

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
    writeln!(out, "## Requests, as ratios to bare tonic in the same round (median of the repeats, min–max)\n")?;
    writeln!(
        out,
        "| placement | work | in flight | server | ratio | per second | p50 | p99 | worst | CPU/request | peak |"
    )?;
    writeln!(out, "|---|---|---|---|---|---|---|---|---|---|---|")?;
    for row in &results.rows {
        for column in &row.columns {
            request_line(out, row, column)?;
        }
    }
    writeln!(out, "\n## The machine\n\n| what | figure |\n|---|---|")?;
    let fsync = Spread::of(results.fdatasync.iter().map(Duration::as_secs_f64));
    writeln!(out, "| p50 of a 256-byte append with fdatasync | {:.0} µs |", fsync.median * 1e6)?;
    for (subject, time) in &results.started_in {
        let (median, max) = (time.median * 1e3, time.max * 1e3);
        writeln!(out, "| start of {} to ready | {median:.0} ms, at most {max:.0} |", subject.name())?;
    }
    Ok(())
}

fn request_line(out: &mut impl Write, row: &Row, column: &Column) -> io::Result<()> {
    let of = |value: fn(&crate::stats::Sample) -> f64| Spread::of(column.samples.iter().map(value));
    let millis = |time: f64| format!("{:.2} ms", time * 1e3);
    writeln!(
        out,
        "| {} | {} | {} | {} | {:.2} ({:.2}–{:.2}) | {:.0} | {} | {} | {} | {:.1} µs | {:.0} MiB |",
        row.placement,
        row.work,
        row.in_flight,
        column.subject.name(),
        column.ratio.median,
        column.ratio.min,
        column.ratio.max,
        of(|sample| sample.rate).median,
        millis(of(|sample| sample.p50.as_secs_f64()).median),
        millis(of(|sample| sample.p99.as_secs_f64()).median),
        millis(of(|sample| sample.worst.as_secs_f64()).max),
        of(|sample| sample.cpu.as_secs_f64()).median * 1e6,
        of(|sample| sample.peak_kib as f64).max / 1024.0,
    )
}
