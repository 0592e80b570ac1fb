//! How this device and the hub stay equal. `plan` says what is due, a driver does it, and `on_…` takes what came of it.

pub(crate) mod live;

mod backoff;
mod calls;
mod driver;
mod fork;
mod host;
mod plan;
mod pull;
mod pulse;
mod push;
mod rebase;
mod replay;
mod report;
mod retention;
mod snapshot;
mod sockets;
mod trouble;

pub use calls::{CallError, enrol};
pub use driver::Engine;
pub use fork::ChildAsk;
pub use host::{Call, Host, Method, Reply, Unreachable, Wire};
pub use plan::{After, Step};

pub(crate) use calls::{SignedIn, renew, sign_in, sign_in_by_pin, sign_out};
pub(crate) use driver::{Shared, start};
