//! The process `official-echo`; everything is beside it.

mod echo;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    echo::main()
}
