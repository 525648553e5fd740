//! A few kills under load; `make chaos` has many.

use tests::Chaos;

#[tokio::test(flavor = "multi_thread")]
async fn twenty_kills_under_load_lose_nothing_and_do_nothing_twice() {
    let chaos = Chaos { seed: tests::seed(), kills: 20 };
    println!("SEED={}", chaos.seed);
    let report = chaos.run().await;
    println!("{report}");
    report.check();
}
