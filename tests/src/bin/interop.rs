//! `make interop`: prints the matrix of clients, servers, bindings and operations as Markdown, and fails if a cell has
//! failed or was not filled. It needs what the Makefile builds below target/interop.
#![allow(clippy::print_stdout, reason = "a harness on the command line")]

#[tokio::main]
async fn main() {
    let matrix = tests::interop().await;
    println!("{matrix}");
    if !matrix.is_green() {
        std::process::exit(1);
    }
}
