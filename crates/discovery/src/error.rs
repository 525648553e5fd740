//! What can be wrong before anything is tried. What goes wrong later is a state of the lease or the view.

/// A client that cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The registry's address is not an `http` or `https` URL.
    #[error("{url:?} is not the URL of a registry: {reason}")]
    Url {
        /// What was given.
        url: String,
        /// What is wrong with it.
        reason: String,
    },
}
