//! The messages of a card: which fields A2A 1.0 requires, and what they hold. The specification says it in annotations
//! that our descriptors do not carry, so it is a table; the tests hold it against the descriptor and the official SDK's.

use serde_json::{Map, Value};

/// What stands for a REQUIRED field without content.
#[derive(Debug, Clone, Copy)]
enum Blank {
    Text,
    List,
    Map,
    /// A message without presence cannot be told from one that is missing: nothing stands for it.
    Message,
}

/// How a field holds messages.
#[derive(Debug, Clone, Copy)]
enum Holds {
    One,
    List,
    Map,
}

/// One message, by the names of its JSON.
struct Shape {
    message: &'static str,
    required: &'static [(&'static str, Blank)],
    inner: &'static [(&'static str, Holds, &'static str)],
}

const SHAPES: [Shape; 14] = [
    Shape {
        message: "AgentCard",
        required: &[
            ("name", Blank::Text),
            ("description", Blank::Text),
            ("supportedInterfaces", Blank::List),
            ("version", Blank::Text),
            ("capabilities", Blank::Message),
            ("defaultInputModes", Blank::List),
            ("defaultOutputModes", Blank::List),
            ("skills", Blank::List),
        ],
        inner: &[
            ("supportedInterfaces", Holds::List, "AgentInterface"),
            ("provider", Holds::One, "AgentProvider"),
            ("skills", Holds::List, "AgentSkill"),
            ("securitySchemes", Holds::Map, "SecurityScheme"),
        ],
    },
    leaf("AgentInterface", &[("url", Blank::Text), ("protocolBinding", Blank::Text), ("protocolVersion", Blank::Text)]),
    leaf("AgentProvider", &[("url", Blank::Text), ("organization", Blank::Text)]),
    leaf(
        "AgentSkill",
        &[("id", Blank::Text), ("name", Blank::Text), ("description", Blank::Text), ("tags", Blank::List)],
    ),
    Shape {
        message: "SecurityScheme",
        required: &[],
        inner: &[
            ("apiKeySecurityScheme", Holds::One, "APIKeySecurityScheme"),
            ("httpAuthSecurityScheme", Holds::One, "HTTPAuthSecurityScheme"),
            ("oauth2SecurityScheme", Holds::One, "OAuth2SecurityScheme"),
            ("openIdConnectSecurityScheme", Holds::One, "OpenIdConnectSecurityScheme"),
        ],
    },
    leaf("APIKeySecurityScheme", &[("location", Blank::Text), ("name", Blank::Text)]),
    leaf("HTTPAuthSecurityScheme", &[("scheme", Blank::Text)]),
    Shape {
        message: "OAuth2SecurityScheme",
        required: &[("flows", Blank::Message)],
        inner: &[("flows", Holds::One, "OAuthFlows")],
    },
    leaf("OpenIdConnectSecurityScheme", &[("openIdConnectUrl", Blank::Text)]),
    Shape {
        message: "OAuthFlows",
        required: &[],
        inner: &[
            ("authorizationCode", Holds::One, "AuthorizationCodeOAuthFlow"),
            ("clientCredentials", Holds::One, "ClientCredentialsOAuthFlow"),
            ("deviceCode", Holds::One, "DeviceCodeOAuthFlow"),
        ],
    },
    leaf(
        "AuthorizationCodeOAuthFlow",
        &[("authorizationUrl", Blank::Text), ("tokenUrl", Blank::Text), ("scopes", Blank::Map)],
    ),
    leaf("ClientCredentialsOAuthFlow", &[("tokenUrl", Blank::Text), ("scopes", Blank::Map)]),
    leaf(
        "DeviceCodeOAuthFlow",
        &[("deviceAuthorizationUrl", Blank::Text), ("tokenUrl", Blank::Text), ("scopes", Blank::Map)],
    ),
    // Not under what is signed; here so that the table has all of a card.
    leaf("AgentCardSignature", &[("protected", Blank::Text), ("signature", Blank::Text)]),
];

const fn leaf(message: &'static str, required: &'static [(&'static str, Blank)]) -> Shape {
    Shape { message, required, inner: &[] }
}

/// The REQUIRED fields of all messages of a card: message and field, by the name in JSON.
pub fn required_fields() -> impl Iterator<Item = (&'static str, &'static str)> {
    SHAPES.iter().flat_map(|shape| shape.required.iter().map(|(field, _)| (shape.message, *field)))
}

/// Puts in what a card must have and ProtoJSON leaves out because it is empty.
pub(crate) fn complete(card: &mut Map<String, Value>) {
    complete_message(card, "AgentCard");
}

fn complete_message(members: &mut Map<String, Value>, message: &str) {
    let Some(shape) = SHAPES.iter().find(|shape| shape.message == message) else { return };
    for (field, blank) in shape.required {
        if !members.contains_key(*field) {
            members.extend(blank.value().map(|value| ((*field).to_owned(), value)));
        }
    }
    for (field, holds, inner) in shape.inner {
        for member in members.get_mut(*field).into_iter().flat_map(|value| holds.messages(value)) {
            complete_message(member, inner);
        }
    }
}

impl Blank {
    fn value(self) -> Option<Value> {
        match self {
            Self::Text => Some("".into()),
            Self::List => Some(Value::Array(Vec::new())),
            Self::Map => Some(Value::Object(Map::new())),
            Self::Message => None,
        }
    }
}

impl Holds {
    fn messages(self, value: &mut Value) -> Vec<&mut Map<String, Value>> {
        match (self, value) {
            (Self::One, Value::Object(one)) => vec![one],
            (Self::List, Value::Array(items)) => items.iter_mut().filter_map(Value::as_object_mut).collect(),
            (Self::Map, Value::Object(entries)) => entries.values_mut().filter_map(Value::as_object_mut).collect(),
            (Self::One | Self::List | Self::Map, _) => Vec::new(),
        }
    }
}
