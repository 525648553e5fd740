//! The process `bench`; everything is in the library.

fn main() -> std::process::ExitCode {
    bench::main()
}
