//! What one machine can do to a control room, injected into the real binaries: each promise holds meanwhile and after.

mod clock;
mod cut;
mod disk;
mod stopped;
