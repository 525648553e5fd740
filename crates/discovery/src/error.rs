//! What can be wrong before anything is tried. What goes wrong later is a state of the lease or the view.

/// A client that cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The registry's address cannot be used.
    #[error(transparent)]
    Url(#[from] service::client::UrlError),
}
