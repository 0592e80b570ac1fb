//! What the stories are told with: a hub to start and to kill, devices, a broker, and conditions to wait for.

pub mod device;
pub mod http;
pub mod hub;
pub mod kafka;
pub mod postgres;
pub mod socket;
pub mod told;
pub mod watched;

pub use device::{Cmd, Tablet};
pub use http::Answer;
pub use hub::{Hub, Options};
pub use postgres::Store;
pub use socket::Socket;

use std::future::Future;
use std::time::Duration;
use uuid::Uuid;

/// Each story as two tests, one for each database; their transcripts are compared when both have run.
macro_rules! on_both {
    ($($story:ident),+ $(,)?) => {$(
        mod $story {
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn on_sqlite() {
                let told = super::$story($crate::kit::Store::Sqlite).await;
                $crate::kit::told::compare(module_path!(), $crate::kit::Store::Sqlite, told);
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn on_postgres() {
                let told = super::$story($crate::kit::Store::Postgres).await;
                $crate::kit::told::compare(module_path!(), $crate::kit::Store::Postgres, told);
            }
        }
    )+};
}

#[expect(
    clippy::disallowed_methods,
    reason = "a test is the edge where ids come in"
)]
pub fn fresh() -> Uuid {
    Uuid::now_v7()
}

#[expect(
    clippy::disallowed_methods,
    reason = "a test is the edge where time comes in"
)]
pub fn now() -> domain::time::Moment {
    domain::time::Moment(jiff::Timestamp::now().as_millisecond())
}

/// Waits until the condition gives something; says what it waited for where that never comes.
pub async fn eventually<T, F>(what: &str, mut condition: impl FnMut() -> F) -> T
where
    F: Future<Output = Option<T>>,
{
    within(what, Duration::from_secs(30), &mut condition).await
}

pub async fn within<T, F>(what: &str, long: Duration, mut condition: impl FnMut() -> F) -> T
where
    F: Future<Output = Option<T>>,
{
    let waited = tokio::time::timeout(long, async {
        loop {
            if let Some(there) = condition().await {
                return there;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    });
    waited
        .await
        .unwrap_or_else(|_| panic!("waited in vain for: {what}"))
}
