//! `make chaos`: kills processes under load for a while, prints what came of it, and fails if anything must not be.
//! `KILLS` says how many, `SEED` repeats a schedule.
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a harness on the command line")]

use tests::Chaos;

#[tokio::main]
async fn main() {
    let kills = std::env::var("KILLS").map_or(200, |kills| kills.parse().unwrap());
    let chaos = Chaos { seed: tests::seed(), kills };
    println!("SEED={} KILLS={kills}", chaos.seed);
    let report = chaos.run().await;
    println!("{report}");
    if !report.violations.is_empty() || report.settled.is_none() {
        std::process::exit(1);
    }
}
