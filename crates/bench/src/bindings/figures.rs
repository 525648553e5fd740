//! The table of bindings, and how far the JSON ones are from what is wanted.

use std::fmt;
use std::io::{self, Write};
use std::time::Duration;

use super::servers::Server;
use super::wire::Binding;
use super::{Cell, Row};
use crate::args::Work;
use crate::sections::Findings;
use crate::stats::{Sample, Spread};
use crate::targets::Target;

/// What a send over JSON-RPC, in memory, must reach of the bare server.
const JSON_SEND: f64 = 0.50;

/// Everything that was measured.
#[derive(Debug, Default)]
pub(crate) struct Bindings {
    pub(super) rows: Vec<Row>,
    /// What could not be measured here.
    pub(super) absent: Vec<String>,
    /// p50 of an append with fdatasync, before and after.
    pub(super) fdatasync: Vec<Duration>,
}

impl Row {
    fn cell(&self, server: Server, binding: Binding) -> Option<&Cell> {
        self.cells.iter().find(|cell| cell.server == server && cell.binding == binding)
    }

    fn ratio(&self, own: &Cell, server: Server, binding: Binding) -> Option<Ratio> {
        self.cell(server, binding).map(|base| Ratio::of(&own.samples, &base.samples))
    }

    fn target(&self) -> Option<Target> {
        if self.work != Work::Send || self.in_flight == 1 {
            return None;
        }
        let own = self.cell(Server::Memory, Binding::JsonRpc)?;
        let ratio = self.ratio(own, Server::BareHttp, Binding::JsonRpc)?;
        Some(Target {
            what: format!("send over JSON-RPC, kit, in memory, {}, {} in flight", self.placement, self.in_flight),
            wanted: format!("≥ {JSON_SEND:.2} of bare HTTP"),
            measured: format!("{ratio} by CPU"),
            met: ratio.rate.median >= JSON_SEND,
        })
    }
}

/// Of two servers in the same rounds: how fast the one is, as a part of the other.
#[derive(Debug)]
struct Ratio {
    /// By requests per second: what others do on the machine shows.
    rate: Spread,
    /// By CPU per request, which depends on that much less.
    cpu: f64,
}

impl Ratio {
    /// A round in which one of them answered nothing says nothing.
    fn of(own: &[Sample], base: &[Sample]) -> Self {
        let rounds = || own.iter().zip(base).filter(|(own, base)| own.rate > 0.0 && base.rate > 0.0);
        let rate = Spread::of(rounds().map(|(own, base)| own.rate / base.rate));
        let cpu = Spread::of(rounds().map(|(own, base)| base.cpu.as_secs_f64() / own.cpu.as_secs_f64())).median;
        Self { rate, cpu }
    }
}

impl fmt::Display for Ratio {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Spread { median, min, max } = self.rate;
        match median {
            none if none.is_nan() => f.write_str("–"),
            large if large >= 10.0 => write!(f, "{large:.0}; {:.0}", self.cpu),
            small if small < 0.1 => write!(f, "{small:.3}; {:.3}", self.cpu),
            _ => write!(f, "{median:.2} ({min:.2}–{max:.2}); {:.2}", self.cpu),
        }
    }
}

impl Findings for Bindings {
    fn targets(&self) -> Vec<Target> {
        self.rows.iter().filter_map(Row::target).collect()
    }

    fn write(&self, out: &mut dyn Write) -> io::Result<()> {
        let sync = Spread::of(self.fdatasync.iter().map(|took| took.as_secs_f64() * 1e6)).median;
        writeln!(
            out,
            "\n## Bindings\n\nRatios in the same round, by rate and, after the semicolon, by CPU per request."
        )?;
        writeln!(out, "An append with fdatasync takes {sync:.0} µs at the median.\n")?;
        writeln!(
            out,
            "| server is | work | in flight | server | binding | per second | CPU each | p50 | p99 | to the bare server | to its gRPC | to official Python | to official Rust |"
        )?;
        writeln!(out, "|---|---|--:|---|---|--:|--:|--:|--:|---|---|---|---|")?;
        for row in &self.rows {
            row.cells.iter().try_for_each(|cell| line(out, row, cell))?;
        }
        self.absent.iter().try_for_each(|absent| writeln!(out, "\n{absent}"))
    }
}

fn line(out: &mut dyn Write, row: &Row, cell: &Cell) -> io::Result<()> {
    let of = |value: fn(&Sample) -> f64| cell.spread(value).median;
    let to = |server, binding| match row.ratio(cell, server, binding) {
        Some(_) if server == cell.server && binding == cell.binding => "1".to_owned(),
        Some(ratio) => ratio.to_string(),
        None => "–".to_owned(),
    };
    writeln!(
        out,
        "| {} | {} | {} | {} | {} | {:.0} | {:.1} µs | {:.2} ms | {:.2} ms | {} | {} | {} | {} |",
        row.placement,
        row.work,
        row.in_flight,
        cell.server.title(),
        cell.binding,
        of(|sample| sample.rate),
        of(|sample| sample.cpu.as_secs_f64() * 1e6),
        of(|sample| sample.p50.as_secs_f64() * 1e3),
        of(|sample| sample.p99.as_secs_f64() * 1e3),
        to(Server::bare(cell.binding), cell.binding),
        to(cell.server, Binding::Grpc),
        to(Server::OfficialPython, cell.binding),
        to(Server::OfficialRust, cell.binding),
    )
}

#[cfg(test)]
mod tests {
    use hdrhistogram::Histogram;

    use super::*;

    fn sample(requests: u64, cpu: Duration) -> Sample {
        let mut latencies = Histogram::new_with_bounds(1, 1_000_000_000, 3).unwrap();
        latencies.record_n(1_000_000, requests).unwrap();
        Sample::new(&latencies, Duration::from_secs(1), cpu)
    }

    #[test]
    fn a_round_without_an_answer_is_left_out_of_a_ratio() {
        let base = [sample(100, Duration::from_millis(10)), sample(0, Duration::from_millis(10))];
        let own = [sample(50, Duration::from_millis(20)), sample(60, Duration::from_millis(20))];
        assert_eq!(Ratio::of(&own, &base).to_string(), "0.50 (0.50–0.50); 0.25");
        assert_eq!(Ratio::of(&own[1..], &base[1..]).to_string(), "–");
    }
}
