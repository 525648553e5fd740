//! The rules from outside: measured on labelled calls, tried on what they must survive, and on any string at all.

mod calls;
mod files;
mod phrases;
mod properties;
mod scores;
mod survives;
mod trace;
