//! What triage costs per call, on the labelled calls: `cargo bench -p triage --bench cost`.
//! `COUNT` is how often each is triaged: two runs under callgrind that differ in nothing else tell what one round is.

#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a measurement that cannot go on has failed")]

use std::hint::black_box;
use std::time::Instant;

fn main() {
    let rounds = std::env::var("COUNT").ok().and_then(|count| count.parse().ok()).unwrap_or(50_u32);
    let data = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/data");
    for file in ["calls.jsonl", "odd.jsonl"] {
        let text = std::fs::read_to_string(format!("{data}/{file}")).unwrap();
        let call =
            |line: &str| serde_json::from_str::<serde_json::Value>(line).unwrap()["text"].as_str().unwrap().to_owned();
        let calls: Vec<String> = text.lines().map(call).collect();
        let all = || calls.iter().for_each(|call| drop(black_box(triage::triage(black_box(call)))));
        all();
        let start = Instant::now();
        (0..rounds).for_each(|_| all());
        let each = start.elapsed().as_secs_f64() / f64::from(rounds) / f64::from(u32::try_from(calls.len()).unwrap());
        println!("{file}: {:.1} µs a call", each * 1e6);
    }
}
