//! The core's own thread. SQLite and the engine live there; screens reach it by messages. A panic starts it again.

use super::host::Machine;
use super::open_file;
use crate::bridge::Device;
use crate::core::{Core, Setup};
use crate::error::OpenError;
use crate::identity::BindError;
use crate::sync::Host;
use futures_util::StreamExt;
use futures_util::future::{Either, pending, select};
use futures_util::stream::FuturesUnordered;
use protocol::bridge::{Answer, Changed, Request};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::pin::pin;
use std::sync::Arc;
use tokio::sync::{mpsc, oneshot};

/// So many calls may wait for the core; a screen makes a handful.
const MOST_CALLS: usize = 256;

#[derive(Debug, thiserror::Error)]
pub enum StartError {
    #[error(transparent)]
    Open(#[from] OpenError),
    #[error(transparent)]
    Bind(#[from] BindError),
    #[error("the network cannot be used: {0}")]
    Network(#[from] reqwest::Error),
    #[error("the core's thread does not start: {0}")]
    Thread(#[from] std::io::Error),
    #[error("the core's thread ended before it was ready")]
    Ended,
}

enum Ask {
    Call(Request, oneshot::Sender<Answer>),
    Retry,
}

/// Speaks to the core from any thread. The last one that is dropped ends it.
#[derive(Debug, Clone)]
pub struct Handle {
    asks: mpsc::Sender<Ask>,
}

impl Handle {
    pub async fn call(&self, request: Request) -> Answer {
        let (answer, answered) = oneshot::channel();
        // A core that falls in the middle of a call drops the call; what had been stored is stored.
        let _down_shows_below = self.asks.send(Ask::Call(request, answer)).await;
        answered.await.unwrap_or_else(|_| Answer::Trouble {
            what: "core_down".into(),
        })
    }

    /// The network is said to be back, or somebody taps the pill: try now.
    pub fn retry(&self) {
        // Full: the core is busy anyway, and will try by itself.
        let _busy = self.asks.try_send(Ask::Retry);
    }
}

/// What a core is started with, each time.
struct Start {
    path: PathBuf,
    setup: Setup,
    hub: String,
    tell: Arc<dyn Fn(Changed) + Send + Sync>,
}

/// Opens the database and starts the core on a thread of its own. Answers once it is ready.
pub fn start(
    path: PathBuf,
    setup: Setup,
    hub: String,
    tell: impl Fn(Changed) + Send + Sync + 'static,
) -> Result<Handle, StartError> {
    let (asks, asked) = mpsc::channel(MOST_CALLS);
    let (ready, readied) = std::sync::mpsc::channel();
    let start = Start {
        path,
        setup,
        hub,
        tell: Arc::new(tell),
    };
    std::thread::Builder::new()
        .name("core".into())
        .spawn(move || run(&start, asked, &ready))?;
    readied.recv().unwrap_or(Err(StartError::Ended))?;
    Ok(Handle { asks })
}

type Ready = std::sync::mpsc::Sender<Result<(), StartError>>;

fn run(start: &Start, mut asked: mpsc::Receiver<Ask>, ready: &Ready) {
    let mut fell = None;
    loop {
        let served = catch_unwind(AssertUnwindSafe(|| {
            serve(start, &mut asked, ready, fell.take())
        }));
        match served {
            Ok(Ok(())) => return,
            Ok(Err(error)) => {
                // Whoever has started it hears of it; after a fall nobody does, and calls answer that it is down.
                let _heard_at_the_start = ready.send(Err(error));
                return;
            }
            Err(panic) => fell = Some(text(panic.as_ref())),
        }
    }
}

fn serve(
    start: &Start,
    asked: &mut mpsc::Receiver<Ask>,
    ready: &Ready,
    fell: Option<String>,
) -> Result<(), StartError> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let tell = Arc::clone(&start.tell);
    let machine = Machine::new(start.hub.clone(), Box::new(move |changed| tell(changed)))?;
    let mut core = Core::open(open_file(&start.path)?, start.setup.clone(), machine.now())?;
    core.find_hub_at(&start.hub)?;
    let (device, engine) = Device::new(core, machine);
    if let Some(text) = fell {
        device.note(&format!("the core fell: {text}"));
    }
    let _only_the_first_is_awaited = ready.send(Ok(()));
    let (answering, running) = (answer(&device, asked), engine.run());
    // On one task, so that a panic in either of them is a fall of the core.
    runtime.block_on(select(pin!(answering), pin!(running)));
    Ok(())
}

/// Until nobody can ask any more. A sign-in that waits for the hub does not hold up a tap.
async fn answer(device: &Device<Machine>, asked: &mut mpsc::Receiver<Ask>) {
    let mut calls = FuturesUnordered::new();
    loop {
        let asked = pin!(asked.recv());
        let answered = async {
            // None under way: there is nothing to wait for.
            if calls.next().await.is_none() {
                pending::<()>().await;
            }
        };
        let ask = match select(asked, pin!(answered)).await {
            Either::Left((ask, _)) => ask,
            Either::Right(_) => continue,
        };
        match ask {
            None => return,
            Some(Ask::Retry) => device.retry(),
            Some(Ask::Call(request, answer)) => calls.push(async move {
                let _gone_already = answer.send(device.call(request).await);
            }),
        }
    }
}

fn text(panic: &(dyn std::any::Any + Send)) -> String {
    let literal = panic.downcast_ref::<&str>().map(ToString::to_string);
    let text = literal.or_else(|| panic.downcast_ref::<String>().cloned());
    text.unwrap_or_else(|| "no word of why".into())
}
