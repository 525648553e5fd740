//! What every store promises.

mod make;
mod smoke;
