//! What only a store on disk promises: that it can be opened again, whatever happened.

mod backup;
mod crash;
mod damage;
mod opening;
mod relaxed;
mod retention;
mod room;
mod seen;
