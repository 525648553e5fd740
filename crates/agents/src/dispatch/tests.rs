//! The pure parts: choice, places, units, rows, scenario files, requests.

mod choosing;
mod requests;
mod rows;
mod scenarios;
