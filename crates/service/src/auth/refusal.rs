//! How a caller is told that it is not let in, in the words of what it speaks.

use axum::body::Body;
use axum::response::Response;
use http::{HeaderMap, HeaderValue, StatusCode, header};
use serde_json::json;
use tonic::{Code, Status};
use tonic_types::{ErrorDetails, StatusExt as _};

use crate::auth::behalf::NotBehalf;
use crate::auth::guard::RPC_PATH;
use crate::auth::identity::Role;
use crate::error_body::{refuse, refuse_rpc};

/// The reason in the ErrorInfo of every refusal of the guard, over each binding: what was asked for was not looked at, and
/// whoever has words of its own for a denial is somebody else.
pub const NOT_ADMITTED: &str = "NOT_ADMITTED";

/// The domain of that reason.
const DOMAIN: &str = "watchroom";

/// Why a call goes no further. Nothing of the token is told, and not whether it ever was one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Refusal {
    #[error("this service asks callers who they are: add the metadata, or the header, authorization: Bearer TOKEN")]
    Missing,
    #[error("the bearer token is not known here, or has expired")]
    Unknown,
    /// The right name is told, never the resource.
    #[error("the caller lacks the role {0}")]
    Lacks(Role),
    #[error("the caller lacks the role {}, without which nobody calls on behalf of another", Role::Delegate)]
    NoDelegate,
    #[error("{NotBehalf}")]
    Misnamed,
}

impl Refusal {
    /// The answer over what the request came by.
    pub(crate) fn answer(self, path: &str, asked: &HeaderMap) -> Response {
        let content = asked.get(header::CONTENT_TYPE).map_or(&[][..], HeaderValue::as_bytes);
        let ((status, code), message) = (self.codes(), self.to_string());
        let details = vec![json!({
            "@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": NOT_ADMITTED, "domain": DOMAIN
        })];
        let mut response = match path.strip_suffix('/').unwrap_or(path) {
            _ if content.starts_with(b"application/grpc") => {
                let info = ErrorDetails::with_error_info(NOT_ADMITTED, DOMAIN, []);
                Status::with_error_details(code, message, info).into_http::<Body>()
            }
            RPC_PATH => refuse_rpc(status, code, &message, details),
            _ => refuse(status, code, &message, details),
        };
        if let Some(challenge) = self.challenge() {
            response.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static(challenge));
        }
        response
    }

    fn codes(self) -> (StatusCode, Code) {
        match self {
            Self::Missing | Self::Unknown => (StatusCode::UNAUTHORIZED, Code::Unauthenticated),
            Self::Lacks(_) | Self::NoDelegate => (StatusCode::FORBIDDEN, Code::PermissionDenied),
            Self::Misnamed => (StatusCode::BAD_REQUEST, Code::InvalidArgument),
        }
    }

    /// RFC 6750, section 3.
    fn challenge(self) -> Option<&'static str> {
        match self {
            Self::Missing => Some("Bearer realm=\"watchroom\""),
            Self::Unknown => Some("Bearer realm=\"watchroom\", error=\"invalid_token\""),
            Self::Lacks(_) | Self::NoDelegate | Self::Misnamed => None,
        }
    }
}
