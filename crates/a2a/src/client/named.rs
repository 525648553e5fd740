//! An agent by a name of one's own and its address, as command lines have it.

use service::client::UrlError;
use types::{AgentName, IdError};

use crate::client::{grpc, pathless};
use crate::client_error::ClientError;

/// Why a text is no `NAME=URL` of an agent.
#[derive(Debug, thiserror::Error)]
pub enum NotNamed {
    /// It has no `=`.
    #[error("must be NAME=URL, such as Plumber=http://127.0.0.1:9000")]
    Form,
    /// What is before it is no name.
    #[error("{0}")]
    Name(IdError),
    /// Nothing is behind it.
    #[error("the address is missing")]
    Missing,
    /// What is behind it is no address.
    #[error("{0}")]
    Address(UrlError),
}

/// The name and the address of `NAME=URL`; the address may be of any kind that [`Client::at`](crate::Client::at) takes.
///
/// # Errors
/// [`NotNamed`] when it is none.
pub fn named(text: &str) -> Result<(AgentName, &str), NotNamed> {
    let (name, url) = text.split_once('=').ok_or(NotNamed::Form)?;
    let name = name.trim().parse().map_err(NotNamed::Name)?;
    if url.is_empty() {
        return Err(NotNamed::Missing);
    }
    service::client::target(&grpc::as_url(url)).map_err(NotNamed::Address)?;
    match pathless(url) {
        Err(ClientError::Address(bad)) if grpc::is_named(url) => Err(NotNamed::Address(bad)),
        Ok(()) | Err(_) => Ok((name, url)),
    }
}

#[cfg(test)]
mod tests {
    use super::named;

    #[test]
    fn a_name_and_an_address_are_taken_and_every_slip_is_told() {
        for url in ["http://127.0.0.1:9", "agent.example", "https://agent.example/its/card.json", "grpcs://agent:1"] {
            let text = format!(" Plumber ={url}");
            assert_eq!(named(&text).map(|(name, at)| (name.to_string(), at)).ok(), Some(("Plumber".to_owned(), url)));
        }
        let slips = [
            ("bad", "must be NAME=URL"),
            ("=http://a:1", "empty"),
            ("Plumber=", "the address is missing"),
            ("Plumber=ftp://a", "begins with http://"),
            ("Plumber=http:// a", "is not an address"),
            ("Plumber=grpc://a:1/path", "leave the path away"),
        ];
        for (text, why) in slips {
            let told = named(text).map(|_| ()).unwrap_err().to_string();
            assert!(told.contains(why), "{text}: {told}");
        }
    }
}
