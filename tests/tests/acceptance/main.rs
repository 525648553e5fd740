//! What a release must do, shown on the real binaries: one test for each promise.
//! Needs `cargo build --workspace --bins` and `make tools`; `make test` sees to both.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "clippy spares test functions, not helpers"
)]

mod authenticated;
mod backup;
mod bindings;
mod chaos;
mod clients;
mod crashes;
mod damage;
mod demo;
mod drain;
mod duties;
mod faults;
mod foreign;
mod foreign_bindings;
mod going_on;
mod idempotency;
mod incidents;
mod instances;
mod isolation;
mod measure;
mod places;
mod push;
mod refusals;
mod restored;
mod resume;
mod signed;
mod startup;
mod story;
mod tenants;
mod tour;
mod units;
mod webhooks;
