//! The words that every crate shares: ids, task states, positions, time, owners, retry policy.
//! Plain values only; no protobuf, no runtime.

mod defaults;
mod id;
mod natural;
mod owner;
mod position;
mod retry;
mod secret;
mod state;
mod time;

pub use defaults::{SKEW, limits};
pub use id::{
    AgentName, ArtifactId, ContextId, IdError, InstanceId, MessageId, PushId, RemoteTask, SkillId, StepId, StoreId,
    TaskId,
};
pub use natural::natural;
pub use owner::{Owner, Principal, Scope, Tenant};
pub use position::{Epoch, Head, Seq};
pub use retry::RetryPolicy;
pub use secret::Secret;
pub use state::TaskState;
pub use time::Timestamp;
