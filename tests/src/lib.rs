//! The harness of the integration tests: real processes, real sockets, real files.
