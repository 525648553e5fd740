//! The process `echo`: the benchmarks' agent on the kit.

fn main() -> std::process::ExitCode {
    agent::main::<bench::Echo>()
}
