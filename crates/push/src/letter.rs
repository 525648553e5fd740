//! What one call carries.

use bytes::Bytes;
use http::header::{AUTHORIZATION, CONTENT_TYPE, HOST, USER_AGENT};
use http::{HeaderName, HeaderValue, Method, Request};
use http_body_util::Full;
use outbound::Target;
use types::Secret;

/// Both spellings of the token's header that are in use.
const TOKENS: [HeaderName; 2] =
    [HeaderName::from_static("x-a2a-notification-token"), HeaderName::from_static("a2a-notification-token")];

/// How a receiver knows that it is us. Texts that no header can hold are left out.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Keys {
    /// The token of the configuration.
    pub token: Option<Secret>,
    /// The whole value of the header `Authorization`.
    pub authorization: Option<Secret>,
}

/// One call: to whom, and what it says.
#[derive(Debug, Clone)]
pub struct Letter<'l> {
    /// Where it goes.
    pub target: &'l Target,
    /// What it is known by.
    pub keys: &'l Keys,
    /// One `StreamResponse` as ProtoJSON.
    pub body: Bytes,
}

impl Letter<'_> {
    pub(crate) fn request(&self) -> Result<Request<Full<Bytes>>, http::Error> {
        let mut request = Request::builder()
            .method(Method::POST)
            .uri(self.target.path())
            .header(HOST, self.target.authority())
            .header(USER_AGENT, concat!("watchroom/", env!("CARGO_PKG_VERSION")))
            .header(CONTENT_TYPE, "application/a2a+json")
            .body(Full::new(self.body.clone()))?;
        let headers = request.headers_mut();
        if let Some(value) = self.keys.authorization.as_ref().and_then(sensitive) {
            headers.insert(AUTHORIZATION, value);
        }
        if let Some(value) = self.keys.token.as_ref().and_then(sensitive) {
            headers.extend(TOKENS.map(|name| (name, value.clone())));
        }
        Ok(request)
    }
}

fn sensitive(secret: &Secret) -> Option<HeaderValue> {
    let mut value = HeaderValue::from_str(secret.expose()).ok()?;
    value.set_sensitive(true);
    Some(value)
}
