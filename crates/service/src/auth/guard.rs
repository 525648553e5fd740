//! The layer before every handler of the protocol listener.

use std::sync::Arc;
use std::time::SystemTime;

use axum::Router;
use axum::extract::{Request, State};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::Response;
use http::{HeaderMap, header};

use crate::auth::behalf::{BEHALF_KEY, Behalf};
use crate::auth::identity::{Identity, Role};
use crate::auth::refusal::Refusal;
use crate::auth::tokens::Tokens;

/// Whoever has one of `roles`, or is an admin, may call what begins with `path`. The first rule that fits counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rule {
    /// The beginning of a path, such as `/package.Service/`.
    pub path: &'static str,
    /// Roles that may; none means admins only.
    pub roles: &'static [Role],
}

/// What everybody may ask over gRPC: whether the service is well, and what it speaks. These are services of their own.
const OPEN_CALLS: [&str; 2] = ["/grpc.health.v1.Health/", "/grpc.reflection."];

/// Where every A2A agent publishes its card: what everybody may ask over other HTTP, to the letter, since below it a
/// tenant of that name could be meant.
pub const PUBLIC_CARD: &str = "/.well-known/agent-card.json";

/// Where JSON-RPC is spoken, with and without a slash at its end: whoever asks there reads no other refusal.
pub const RPC_PATH: &str = "/rpc";

/// For what no rule names.
const CALLERS: Rule = Rule { path: "", roles: &[Role::Caller] };

/// What the guarded routes speak.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Wire {
    Grpc,
    Http,
}

/// Lets known callers through, each with its [`Identity`] in the extensions of the request.
#[derive(Debug, Clone)]
pub(crate) struct Guard {
    tokens: Arc<Tokens>,
    rules: &'static [Rule],
    wire: Wire,
}

impl Guard {
    /// Of gRPC's routes.
    pub(crate) fn of_calls(tokens: Arc<Tokens>, rules: &'static [Rule]) -> Self {
        Self { tokens, rules, wire: Wire::Grpc }
    }

    /// Of the routes of other HTTP.
    pub(crate) fn of_http(tokens: Arc<Tokens>, rules: &'static [Rule]) -> Self {
        Self { tokens, rules, wire: Wire::Http }
    }

    /// The same routes behind the guard.
    pub(crate) fn cover(&self, routes: Router) -> Router {
        routes.layer(from_fn_with_state(self.clone(), check))
    }

    fn admit(&self, path: &str, headers: &HeaderMap) -> Result<Option<Identity>, Refusal> {
        if self.is_open(path) {
            return Ok(None);
        }
        let token = bearer(headers).ok_or(Refusal::Missing)?;
        let identity = self.tokens.find(token, SystemTime::now()).ok_or(Refusal::Unknown)?;
        let identity = acting(identity, headers)?;
        let Rule { roles, .. } = self.rules.iter().find(|rule| path.starts_with(rule.path)).unwrap_or(&CALLERS);
        if identity.is(Role::Admin) || roles.iter().any(|role| identity.is(*role)) {
            return Ok(Some(identity));
        }
        Err(Refusal::Lacks(roles.first().copied().unwrap_or(Role::Admin)))
    }

    fn is_open(&self, path: &str) -> bool {
        match self.wire {
            Wire::Grpc => OPEN_CALLS.iter().any(|open| path.starts_with(open)),
            Wire::Http => path == PUBLIC_CARD,
        }
    }
}

async fn check(State(guard): State<Guard>, mut request: Request, next: Next) -> Response {
    match guard.admit(request.uri().path(), request.headers()) {
        Ok(identity) => {
            if let Some(identity) = identity {
                request.extensions_mut().insert(identity);
            }
            next.run(request).await
        }
        Err(refusal) => refusal.answer(request.uri().path(), request.headers()),
    }
}

/// Whom the call is from: its caller, or whom that one is trusted to name.
fn acting(identity: Identity, headers: &HeaderMap) -> Result<Identity, Refusal> {
    if !headers.contains_key(BEHALF_KEY) {
        return Ok(identity);
    }
    if !identity.is(Role::Delegate) {
        return Err(Refusal::NoDelegate);
    }
    let behalf = Behalf::of(headers).map_err(|_| Refusal::Misnamed)?;
    Ok(behalf.map_or(identity, |behalf| Identity::acting_for(&behalf)))
}

/// The token of an `Authorization` header; the scheme is the same in any case.
pub(super) fn bearer(headers: &HeaderMap) -> Option<&[u8]> {
    let value = headers.get(header::AUTHORIZATION)?.as_bytes();
    let (scheme, token) = value.split_at_checked(7)?;
    (scheme.eq_ignore_ascii_case(b"bearer ") && !token.is_empty()).then_some(token)
}
