//! Waiting, without a timer left behind when nobody waits any more.

use futures_channel::oneshot;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;

use crate::host::scope;

struct Timer {
    id: i32,
    _ring: Closure<dyn FnMut()>,
}

impl Drop for Timer {
    fn drop(&mut self) {
        scope().clear_timeout_with_handle(self.id);
    }
}

pub(crate) async fn sleep(millis: u64) {
    let (ring, rung) = oneshot::channel();
    let ring = Closure::once(move || {
        let _nobody_waits = ring.send(());
    });
    let millis = i32::try_from(millis).unwrap_or(i32::MAX);
    let set = scope().set_timeout_with_callback_and_timeout_and_arguments_0(
        ring.as_ref().unchecked_ref(),
        millis,
    );
    let _timer = Timer {
        id: set.unwrap_or_default(),
        _ring: ring,
    };
    let _rung_or_never_set = rung.await;
}
