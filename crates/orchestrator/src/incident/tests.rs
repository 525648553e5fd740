//! The life of an incident, from what runs note and units do.

mod kept;
mod life;
mod office;
mod rounds;
mod table;
mod told;
