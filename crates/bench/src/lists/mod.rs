//! Lists, with few and with many tasks stored: what a page costs must not depend on what is stored.

mod cases;
mod figures;

use std::path::Path;
use std::time::Instant;

use store::{EmbeddedStore, Listing, Options, Store};

use crate::args::RunArgs;
use crate::child::cpu_of_this_process;
use crate::error::Error;
use crate::fill::fill;
use crate::sections::scratch;
use crate::stats::Sample;
use crate::{load, report};
use cases::Case;

pub(crate) use figures::Lists;

/// What is stored in the smaller store.
const LITTLE: usize = 1_000;
/// Of a measurement's window, what one list on one store gets in a round.
const SHARE: u32 = 4;
/// Lists before a measurement counts.
const WARM_UP: usize = 20;

/// One list on both stores.
#[derive(Debug)]
struct Row {
    name: &'static str,
    counts_many: bool,
    /// On the small store, and on the large one.
    parts: [Part; 2],
}

/// One list on one store, in every round.
#[derive(Debug, Default)]
struct Part {
    total: u64,
    samples: Vec<Sample>,
}

/// A filled store and its lists.
struct Filled {
    store: EmbeddedStore,
    cases: Vec<Case>,
}

/// Fills two stores and measures every list on both, in turn within each round.
pub(crate) fn measure(args: &RunArgs) -> Result<Lists, Error> {
    let scratch = scratch(args)?;
    let many = args.stored.iter().copied().max().unwrap_or(LITTLE).max(LITTLE);
    let runtime = tokio::runtime::Runtime::new().map_err(Error::io("start", "a runtime"))?;
    let mut stores = Vec::new();
    for (name, count) in [("little", LITTLE), ("much", many)] {
        stores.push(runtime.block_on(Filled::open(&scratch.path().join(name), count))?);
    }
    let mut rows: Vec<Row> = stores[0].cases.iter().map(Row::of).collect();
    for _ in 0..args.repeats {
        for (at, row) in rows.iter_mut().enumerate() {
            for (filled, part) in stores.iter().zip(&mut row.parts) {
                runtime.block_on(part.measure(args, &filled.store, &filled.cases[at]))?;
            }
        }
    }
    let plans = runtime.block_on(stores[1].store.list_plans()).map_err(failed)?;
    rows.iter().for_each(Row::tell);
    Ok(Lists { many, rows, plans })
}

fn failed(error: store::Error) -> Error {
    Error::Store(Box::new(error))
}

impl Filled {
    async fn open(dir: &Path, count: usize) -> Result<Self, Error> {
        std::fs::create_dir_all(dir).map_err(Error::io("create", dir))?;
        let path = dir.to_owned();
        let filling = tokio::task::spawn_blocking(move || fill(&path, count, |number| cases::kind(number, count)));
        filling.await.expect("a fill only returns")?;
        let store = EmbeddedStore::open(Options::at(dir)).map_err(|error| Error::Store(Box::new(error)))?;
        let cases = cases::all(cases::middle(&store).await?, cases::newest(&store).await?);
        Ok(Self { store, cases })
    }
}

impl Row {
    fn of(case: &Case) -> Self {
        Self { name: case.name, counts_many: case.counts_many, parts: Default::default() }
    }

    fn tell(&self) {
        let p50 = |part: &Part| part.figure(|sample| sample.p50.as_secs_f64() * 1e6);
        let (little, much) = (p50(&self.parts[0]), p50(&self.parts[1]));
        report::progress(format_args!("{}: {little:.0} µs, {much:.0} µs", self.name));
    }
}

impl Part {
    async fn measure(&mut self, args: &RunArgs, store: &dyn Store, case: &Case) -> Result<(), Error> {
        for _ in 0..WARM_UP {
            self.total = list(store, case).await?.total;
        }
        let (begun, before, window) = (Instant::now(), cpu_of_this_process()?, args.window() / SHARE);
        let mut latencies = load::new_histogram();
        while begun.elapsed() < window {
            let asked = Instant::now();
            list(store, case).await?;
            latencies.saturating_record(u64::try_from(asked.elapsed().as_nanos()).unwrap_or(u64::MAX));
        }
        let cpu = cpu_of_this_process()?.saturating_sub(before);
        self.samples.push(Sample::new(&latencies, begun.elapsed(), cpu));
        Ok(())
    }

    /// The middle of the rounds.
    fn figure(&self, value: fn(&Sample) -> f64) -> f64 {
        crate::stats::Spread::of(self.samples.iter().map(value)).median
    }
}

async fn list(store: &dyn Store, case: &Case) -> Result<Listing, Error> {
    let listing = store.list(case.scope.clone(), case.query.clone()).await.map_err(failed)?;
    if listing.tasks.is_empty() || listing.total < listing.tasks.len() as u64 {
        return Err(Error::Answer { work: "a list", what: "it is empty, or its total is too small" });
    }
    Ok(listing)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn narrow_filters_leave_as_many_however_many_are_stored() {
        let dir = tempfile::tempdir().unwrap();
        let mut totals = Vec::new();
        for count in [LITTLE, 2 * LITTLE] {
            let filled = Filled::open(&dir.path().join(count.to_string()), count).await.unwrap();
            let mut found = Vec::new();
            for case in &filled.cases {
                found.push((case.name, list(&filled.store, case).await.unwrap().total));
            }
            totals.push(found);
        }
        let of = |name: &'static str| {
            totals.iter().map(move |found| found.iter().find(|(case, _)| *case == name).unwrap().1)
        };
        assert!(of("status of ten").eq([10, 10]), "{totals:?}");
        assert!(of("conversation of ten").eq([10, 10]), "{totals:?}");
        assert!(of("status of five in a conversation of a quarter").eq([5, 5]), "{totals:?}");
        assert!(of("first page of a tenant").eq([1000, 2000]), "{totals:?}");
    }
}
