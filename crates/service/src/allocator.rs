//! The allocator of every process: small, short-lived messages are most of what a service does,
//! and the system's allocator spends more time on them than the protocol does.

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;
