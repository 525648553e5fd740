//! Limits that several crates must agree on; what only one crate uses stays there.

use std::time::Duration;

/// How far the clocks of two machines may be apart.
pub const SKEW: Duration = Duration::from_secs(5);

/// Sizes, in bytes and counts.
pub mod limits {
    /// Largest request.
    pub const REQUEST: usize = 4 << 20;
    /// Largest task that is answered inline; clients stop at 4 MiB.
    pub const INLINE_TASK: usize = 3_500_000;
    /// Longest id that a client may choose, in bytes.
    pub const CLIENT_ID: usize = 256;
    /// Most attempts of a step.
    pub const ATTEMPTS: u32 = 100;
    /// Items of a list page when the client names no size.
    pub const PAGE: usize = 50;
    /// Most items of a list page.
    pub const PAGE_MAX: usize = 100;
}
