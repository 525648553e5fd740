//! `make conformance-agent`: the kit with scripted behaviour, for conformance suites to be pointed at.

fn main() -> std::process::ExitCode {
    tests::conformance_agent()
}
