//! The pure parts: choice, places, units, rows, scenario files, requests, and whole towns without a process.

mod always;
mod choosing;
mod ears;
mod living;
mod redirecting;
mod requests;
mod rows;
mod scenarios;
mod sim;
