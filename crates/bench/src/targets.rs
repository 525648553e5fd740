//! What the project wants to reach, beside what this run measured.

use std::fmt;
use std::time::Duration;

use crate::args::{Placement, Work};
use crate::matrix::{Column, Results, Row};
use crate::stats::{Sample, Spread};
use crate::subject::Subject;

/// A wish and a figure.
#[derive(Debug)]
pub(crate) struct Target {
    pub(crate) what: String,
    pub(crate) wanted: String,
    pub(crate) measured: String,
    pub(crate) met: bool,
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let verdict = if self.met { "met" } else { "**missed**" };
        write!(f, "| {} | {} | {} | {verdict} |", self.what, self.wanted, self.measured)
    }
}

/// A ratio to the baseline that is wanted.
struct Ratio(Subject, Placement, Work, usize, f64);

const RATIOS: [Ratio; 12] = {
    use Placement::{Pinned, Unpinned};
    use Subject::{Memory, Strict};
    use Work::{Get, Send, Stream};
    [
        Ratio(Memory, Pinned, Send, 16, 0.70),
        Ratio(Memory, Pinned, Send, 128, 0.70),
        Ratio(Memory, Unpinned, Send, 128, 0.70),
        Ratio(Strict, Pinned, Send, 128, 0.40),
        Ratio(Strict, Unpinned, Send, 128, 0.55),
        Ratio(Memory, Pinned, Stream, 128, 0.50),
        Ratio(Strict, Pinned, Stream, 128, 0.33),
        Ratio(Strict, Unpinned, Stream, 128, 0.42),
        Ratio(Memory, Pinned, Get, 128, 0.95),
        Ratio(Strict, Pinned, Get, 128, 0.95),
        Ratio(Memory, Unpinned, Get, 128, 0.95),
        Ratio(Strict, Unpinned, Get, 128, 0.95),
    ]
};

const TRACED: f64 = 0.75;
const STALL: Duration = Duration::from_millis(25);
const START: Duration = Duration::from_millis(300);
const IDLE_MIB: f64 = 30.0;
/// A lone strict send may cost one fdatasync, and a fifth of one more.
const LONE: f64 = 1.2;
/// KiB of an idle task in memory.
const PER_TASK_KIB: f64 = 1.0;

/// Every target that this run has a figure for.
pub(crate) fn all(results: &Results) -> Vec<Target> {
    let mut targets: Vec<Target> = RATIOS.iter().filter_map(|wanted| ratio(results, wanted)).collect();
    targets.extend([Placement::Pinned, Placement::Unpinned].into_iter().filter_map(|place| lone(results, place)));
    targets.extend(results.telemetry.iter().filter_map(traced));
    targets.extend(stall(results));
    targets.extend(started(results));
    targets.extend(idle(results));
    targets.extend(per_task(results));
    targets
}

fn find(results: &Results, placement: Placement, work: Work, in_flight: usize) -> Option<&Row> {
    results.rows.iter().find(|row| row.placement == placement && row.work == work && row.in_flight == in_flight)
}

impl Row {
    fn column(&self, subject: Subject) -> Option<&Column> {
        self.columns.iter().find(|column| column.subject == subject)
    }
}

fn spread(column: &Column, value: fn(&Sample) -> f64) -> Spread {
    Spread::of(column.samples.iter().map(value))
}

fn ratio(results: &Results, &Ratio(subject, placement, work, in_flight, wanted): &Ratio) -> Option<Target> {
    let Spread { median, min, max } = find(results, placement, work, in_flight)?.column(subject)?.ratio;
    Some(Target {
        what: format!("{work}, {}, {placement}, {in_flight} in flight", subject.title()),
        wanted: format!("≥ {wanted:.2} of bare tonic"),
        measured: format!("{median:.2} ({min:.2}–{max:.2})"),
        met: median >= wanted,
    })
}

fn lone(results: &Results, placement: Placement) -> Option<Target> {
    let row = find(results, placement, Work::Send, 1)?;
    let p50 = |subject| Some(spread(row.column(subject)?, |sample| sample.p50.as_secs_f64()).median * 1e6);
    let (raw, strict) = (p50(Subject::Raw)?, p50(Subject::Strict)?);
    let fsync = Spread::of(results.fdatasync.iter().map(Duration::as_secs_f64)).median * 1e6;
    let wanted = LONE.mul_add(fsync, raw);
    Some(Target {
        what: format!("send, kit, strict, {placement}, alone: p50"),
        wanted: format!("≤ {wanted:.0} µs = {raw:.0} of bare tonic + {LONE} × fdatasync of {fsync:.0}"),
        measured: format!("{strict:.0} µs"),
        met: strict <= wanted,
    })
}

fn traced(row: &Row) -> Option<Target> {
    let Spread { median, min, max } = row.column(Subject::Traced)?.ratio;
    Some(Target {
        what: format!("send with every trace exported, {}, {} in flight", row.placement, row.in_flight),
        wanted: format!("≥ {TRACED:.2} of none"),
        measured: format!("{median:.2} ({min:.2}–{max:.2})"),
        met: median >= TRACED,
    })
}

/// The longest wait at most load, in the median round: one round's worst is also the machine's.
fn stall(results: &Results) -> Vec<Target> {
    let rows = results.rows.iter().filter(|row| row.work == Work::Send && row.in_flight == 128);
    let columns = rows.flat_map(|row| {
        let of = |subject| Some((row, row.column(Subject::Raw)?, row.column(subject)?));
        [of(Subject::Memory), of(Subject::Strict)].into_iter().flatten()
    });
    let target = |(row, raw, kit): (&Row, &Column, &Column)| {
        let worst = |column| spread(column, |sample| sample.worst.as_secs_f64()).median * 1e3;
        let (raw, own) = (worst(raw), worst(kit));
        Target {
            what: format!("worst stall of a send, {}, {}", kit.subject.title(), row.placement),
            wanted: format!("≤ {} ms", STALL.as_millis()),
            measured: format!("{own:.1} ms (bare tonic {raw:.1})"),
            met: own <= STALL.as_secs_f64() * 1e3,
        }
    };
    columns.map(target).collect()
}

fn starts(results: &Results) -> impl Iterator<Item = &crate::matrix::Start> {
    results.starts.iter().filter(|start| start.subject == Subject::Strict)
}

fn started(results: &Results) -> Option<Target> {
    starts(results).next()?;
    let took = Spread::of(starts(results).map(|start| start.took.as_secs_f64() * 1e3));
    Some(Target {
        what: "start with an empty store to ready".to_owned(),
        wanted: format!("≤ {} ms", START.as_millis()),
        measured: format!("{:.0} ms ({:.0}–{:.0})", took.median, took.min, took.max),
        met: took.median <= START.as_secs_f64() * 1e3,
    })
}

fn idle(results: &Results) -> Option<Target> {
    starts(results).next()?;
    let idle = Spread::of(starts(results).map(|start| start.idle_kib as f64 / 1024.0));
    Some(Target {
        what: "memory of an idle service".to_owned(),
        wanted: format!("≤ {IDLE_MIB:.0} MiB"),
        measured: format!("{:.0} MiB ({:.0}–{:.0})", idle.median, idle.min, idle.max),
        met: idle.median <= IDLE_MIB,
    })
}

/// What a kept task costs: the growth over a run of sends, of which all tasks are kept.
fn per_task(results: &Results) -> Option<Target> {
    let column = find(results, Placement::Unpinned, Work::Send, 128)?.column(Subject::Memory)?;
    let each = spread(column, |sample| sample.grown_kib as f64 / sample.sent.max(1) as f64);
    Some(Target {
        what: "memory per task kept, in memory".to_owned(),
        wanted: format!("≤ {PER_TASK_KIB:.0} KiB"),
        measured: format!("{:.2} KiB ({:.2}–{:.2})", each.median, each.min, each.max),
        met: each.median <= PER_TASK_KIB,
    })
}
