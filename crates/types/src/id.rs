//! Every id of the system, each a type of its own. Display is the wire form, FromStr the edge.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use uuid::Uuid;

use crate::limits;

/// Why a text is no id.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum IdError {
    /// Nothing was given.
    #[error("{0} is empty")]
    Empty(&'static str),
    /// Longer than a client's id may be.
    #[error("{kind} has {length} bytes, the limit is {}", limits::CLIENT_ID)]
    TooLong {
        /// What it should have been.
        kind: &'static str,
        /// Bytes given.
        length: usize,
    },
    /// Holds a control character.
    #[error("{0} holds a control character")]
    Control(&'static str),
    /// Not a UUID.
    #[error("{0} is not a UUID")]
    NotUuid(&'static str),
}

macro_rules! uuid_id {
    ($(#[$doc:meta])* $name:ident, $word:literal) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Uuid);

        impl $name {
            /// The id with these bytes.
            pub const fn from_bytes(bytes: [u8; 16]) -> Self {
                Self(Uuid::from_bytes(bytes))
            }

            /// The sixteen bytes, for storage keys.
            pub const fn as_bytes(&self) -> &[u8; 16] {
                self.0.as_bytes()
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.as_hyphenated().fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = IdError;

            fn from_str(text: &str) -> Result<Self, IdError> {
                Uuid::try_parse(text).map(Self).map_err(|_| IdError::NotUuid($word))
            }
        }
    };
}

macro_rules! text_id {
    ($(#[$doc:meta])* $name:ident, $word:literal) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Arc<str>);

        impl $name {
            /// The wire form.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl FromStr for $name {
            type Err = IdError;

            fn from_str(text: &str) -> Result<Self, IdError> {
                checked(text, $word).map(|text| Self(text.into()))
            }
        }
    };
}

uuid_id!(
    /// A task of ours, and so also a run. Time-ordered (UUIDv7).
    TaskId,
    "task id"
);
uuid_id!(
    /// A store: replicas share one, a restored backup gets a new one.
    StoreId,
    "store id"
);
text_id!(
    /// A conversation; a client may choose it.
    ContextId,
    "context id"
);
text_id!(
    /// A message; its sender chooses it.
    MessageId,
    "message id"
);
text_id!(
    /// A task at some agent, in that agent's own form.
    RemoteTask,
    "remote task id"
);
text_id!(
    /// An artifact within its task.
    ArtifactId,
    "artifact id"
);
text_id!(
    /// A push notification configuration within its task; a client may choose it.
    PushId,
    "push notification configuration id"
);
text_id!(
    /// A step within its plan.
    StepId,
    "step id"
);
text_id!(
    /// A logical agent: the name on its card.
    AgentName,
    "agent name"
);
text_id!(
    /// A skill on a card.
    SkillId,
    "skill id"
);
text_id!(
    /// One process of an agent; a restart keeps it.
    InstanceId,
    "instance id"
);

impl TaskId {
    /// A new id that sorts after every earlier one of this process.
    pub fn fresh() -> Self {
        Self(Uuid::now_v7())
    }
}

impl StoreId {
    /// The id of a store that is created now.
    pub fn fresh() -> Self {
        Self(Uuid::now_v7())
    }
}

impl ContextId {
    /// The context of a task whose client named none.
    pub fn fresh() -> Self {
        Self(Uuid::now_v7().to_string().into())
    }
}

impl PushId {
    /// The id of a configuration whose client named none.
    pub fn fresh() -> Self {
        Self(Uuid::now_v7().to_string().into())
    }
}

impl StepId {
    /// The id of the step that takes this one back.
    #[must_use]
    pub fn compensation(&self) -> Self {
        Self(format!("{self}.undo").into())
    }
}

impl MessageId {
    /// A message of our own that nobody will send again.
    pub fn fresh() -> Self {
        Self(Uuid::now_v7().to_string().into())
    }

    /// The id of the dispatch of `attempt` of `step` in `run`, in the given turn of its conversation:
    /// whoever sends it again sends the same id.
    pub fn of_dispatch(run: TaskId, step: &StepId, attempt: u32, turn: u32) -> Self {
        let name = format!("{step}/{attempt}/{turn}");
        Self(Uuid::new_v5(&run.0, name.as_bytes()).to_string().into())
    }
}

fn checked<'t>(text: &'t str, kind: &'static str) -> Result<&'t str, IdError> {
    match text {
        "" => Err(IdError::Empty(kind)),
        _ if text.len() > limits::CLIENT_ID => Err(IdError::TooLong { kind, length: text.len() }),
        _ if text.chars().any(char::is_control) => Err(IdError::Control(kind)),
        _ => Ok(text),
    }
}
