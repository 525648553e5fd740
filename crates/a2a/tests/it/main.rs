//! The A2A protocol on real sockets, and the rules of frames and folds.

mod follows;
mod stage;
