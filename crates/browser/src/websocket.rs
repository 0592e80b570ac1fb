//! The browser's WebSocket, as the core's wire.

use client::sync::{Unreachable, Wire};
use futures_channel::mpsc::{UnboundedReceiver, UnboundedSender, unbounded};
use futures_util::StreamExt;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{MessageEvent, WebSocket};

#[derive(Debug)]
enum Happened {
    Opened,
    Text(String),
    /// Ended, by whomever; also what a binary frame comes to, for our hub sends none.
    Ended,
}

/// An open link; dropping it closes the socket.
pub(crate) struct Link {
    socket: WebSocket,
    /// The hub's frames are small and few, and the core takes each at once.
    happened: UnboundedReceiver<Happened>,
    _opened: Closure<dyn FnMut()>,
    _ended: Closure<dyn FnMut()>,
    _message: Closure<dyn FnMut(MessageEvent)>,
}

impl Link {
    pub(crate) async fn open(url: &str) -> Result<Self, Unreachable> {
        let mut link = Self::opening(url)?;
        match link.happened.next().await {
            Some(Happened::Opened) => Ok(link),
            Some(Happened::Text(_) | Happened::Ended) | None => {
                Err(Unreachable("the socket does not open".into()))
            }
        }
    }

    fn opening(url: &str) -> Result<Self, Unreachable> {
        let socket = WebSocket::new(url).map_err(|error| Unreachable(format!("{error:?}")))?;
        let (tell, happened) = unbounded();
        let opened = on(&tell, || Happened::Opened);
        let ended = on(&tell, || Happened::Ended);
        let message = Closure::new(move |event: MessageEvent| {
            let what = event
                .data()
                .as_string()
                .map_or(Happened::Ended, Happened::Text);
            // Nobody listens any more: the link is being dropped.
            let _unheard = tell.unbounded_send(what);
        });
        socket.set_onopen(Some(opened.as_ref().unchecked_ref()));
        socket.set_onclose(Some(ended.as_ref().unchecked_ref()));
        socket.set_onmessage(Some(message.as_ref().unchecked_ref()));
        Ok(Self {
            socket,
            happened,
            _opened: opened,
            _ended: ended,
            _message: message,
        })
    }
}

impl Wire for Link {
    async fn heard(&mut self) -> Option<String> {
        loop {
            match self.happened.next().await? {
                Happened::Text(text) => return Some(text),
                Happened::Opened => {}
                Happened::Ended => return None,
            }
        }
    }

    async fn say(&mut self, text: String) -> Result<(), Unreachable> {
        let said = self.socket.send_with_str(&text);
        said.map_err(|error| Unreachable(format!("{error:?}")))
    }
}

impl Drop for Link {
    fn drop(&mut self) {
        self.socket.set_onopen(None);
        self.socket.set_onclose(None);
        self.socket.set_onmessage(None);
        let _closed_already = self.socket.close();
    }
}

fn on(tell: &UnboundedSender<Happened>, what: fn() -> Happened) -> Closure<dyn FnMut()> {
    let tell = tell.clone();
    Closure::new(move || {
        let _unheard = tell.unbounded_send(what());
    })
}
