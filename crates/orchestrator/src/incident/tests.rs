//! Incidents: their life from what runs note and units do, their bounds, and the desk that keeps them.

mod bounded;
mod judged;
mod kept;
mod life;
mod office;
mod roll;
mod rounds;
mod scene;
mod table;
mod told;
