//! The browser's WebSocket as a stream of what happens on it.

use futures_channel::mpsc::{UnboundedReceiver, UnboundedSender, unbounded};
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{MessageEvent, WebSocket};

#[derive(Debug)]
pub(crate) enum Happened {
    Opened,
    Text(String),
    /// Ended, by whomever; also what a binary frame comes to, for our hub sends none.
    Ended,
}

/// An open link; dropping it closes the socket.
pub(crate) struct Link {
    socket: WebSocket,
    _opened: Closure<dyn FnMut()>,
    _ended: Closure<dyn FnMut()>,
    _message: Closure<dyn FnMut(MessageEvent)>,
}

impl Link {
    /// Begins to open; `Opened` or `Ended` follows.
    pub(crate) fn open(url: &str) -> Result<(Self, UnboundedReceiver<Happened>), JsValue> {
        let socket = WebSocket::new(url)?;
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
        Ok((
            Self {
                socket,
                _opened: opened,
                _ended: ended,
                _message: message,
            },
            happened,
        ))
    }

    /// Sends a text frame; what cannot be sent shows as the end of the link.
    pub(crate) fn send(&self, text: &str) {
        let _ended_shows = self.socket.send_with_str(text);
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
