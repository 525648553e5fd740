//! One agent over its three bindings: what JSON costs beside gRPC, ours beside the official SDKs.

mod bare;
mod figures;
mod http;
mod servers;
mod wire;

use crate::args::{Placement, RunArgs, Work};
use crate::child::{self, Server as Running};
use crate::error::Error;
use crate::load::{self, Case};
use crate::sections::scratch;
use crate::stats::{Sample, Spread};
use crate::{disk, report};
use servers::Server;
use wire::Binding;

pub(crate) use bare::serve;
pub(crate) use figures::Bindings;

/// One server over one binding in one case, in every round.
#[derive(Debug)]
struct Cell {
    server: Server,
    binding: Binding,
    samples: Vec<Sample>,
}

/// All servers and bindings in one case.
#[derive(Debug)]
struct Row {
    placement: Placement,
    work: Work,
    in_flight: usize,
    cells: Vec<Cell>,
}

/// Measures every case, the servers in turn within each round, each fresh for each measurement.
pub(crate) fn measure(args: &RunArgs) -> Result<Bindings, Error> {
    let mut found = Bindings::default();
    let servers = installed(args, &mut found)?;
    found.fdatasync.push(disk::fdatasync_p50(&args.dir)?);
    for &placement in &args.placement {
        child::place_load(placement)?;
        for &work in &args.work {
            for &in_flight in &args.in_flight {
                let case = Case { work, in_flight, connections: args.connections, placement, window: args.window() };
                found.rows.push(row(args, &servers, case)?);
            }
        }
    }
    child::place_load(Placement::Unpinned)?;
    found.fdatasync.push(disk::fdatasync_p50(&args.dir)?);
    Ok(found)
}

/// The servers that can be started here.
fn installed(args: &RunArgs, found: &mut Bindings) -> Result<Vec<Server>, Error> {
    let scratch = scratch(args)?;
    let mut servers = Vec::new();
    for server in Server::ALL {
        match server.program(scratch.path())? {
            Some(_) => servers.push(server),
            None => found.absent.push(server.absent()),
        }
    }
    Ok(servers)
}

fn row(args: &RunArgs, servers: &[Server], case: Case) -> Result<Row, Error> {
    let each = servers.iter().flat_map(|server| server.bindings().iter().map(|binding| (*server, *binding)));
    let mut cells: Vec<Cell> = each.map(|(server, binding)| Cell { server, binding, samples: Vec::new() }).collect();
    for _ in 0..args.repeats {
        for cell in &mut cells {
            cell.samples.push(sample(args, cell.server, cell.binding, case)?);
        }
    }
    cells.iter().for_each(|cell| cell.tell(case));
    Ok(Row { placement: case.placement, work: case.work, in_flight: case.in_flight, cells })
}

fn sample(args: &RunArgs, server: Server, binding: Binding, case: Case) -> Result<Sample, Error> {
    let scratch = scratch(args)?;
    let program = server.program(scratch.path())?.ok_or_else(|| Error::NotReady(server.title().to_owned()))?;
    let running = Running::launch(&program, case.placement, scratch.path())?;
    if binding == Binding::Grpc {
        return load::measure(&running, case);
    }
    load::runtime(case)?.block_on(http::drive(&running, binding, case))
}

impl Cell {
    fn spread(&self, value: fn(&Sample) -> f64) -> Spread {
        Spread::of(self.samples.iter().map(value))
    }

    fn tell(&self, case: Case) {
        let (rate, cpu) =
            (self.spread(|sample| sample.rate).median, self.spread(|sample| sample.cpu.as_secs_f64()).median);
        let (work, in_flight, title, binding) = (case.work, case.in_flight, self.server.title(), self.binding);
        report::progress(format_args!("{work} at {in_flight}, {title}, {binding}: {rate:.0}/s, {:.1} µs", cpu * 1e6));
    }
}
