//! No browser: what tests of the views need of it, which is next to nothing.

use super::Pressed;
use domain::time::Moment;

pub struct Listener;

pub fn now() -> Moment {
    Moment(0)
}
pub fn offset_minutes(_zone: &str) -> i32 {
    0
}
pub fn day_words(_language: &str, _day: Moment) -> Option<String> {
    None
}
pub async fn sleep(_ms: i32) {}
pub async fn next_frame() {}
pub fn stored(_key: &str) -> Option<String> {
    None
}
pub fn store(_key: &str, _value: &str) {}
pub fn languages() -> Vec<String> {
    Vec::new()
}
pub fn prefers_dark() -> bool {
    false
}
pub fn set_root(_attribute: &str, _value: &str) {}
pub fn root_data(_name: &str) -> Option<String> {
    None
}
pub async fn copy(_text: &str) -> bool {
    false
}
pub fn show_modal(_id: &str) {}
pub fn focus(_id: &str) {}
pub fn scroll_to_end(_id: &str) {}
pub fn chime(_notes: &[(f32, u32, u32)]) {}
pub async fn http(
    _method: &str,
    _path: &str,
    _token: Option<&str>,
    _body: Option<&str>,
) -> Result<(u16, String), String> {
    Err("no browser".to_owned())
}
pub fn zone() -> Option<String> {
    None
}
pub fn print() {}
pub fn encode(text: &str) -> String {
    text.to_owned()
}
pub fn element_text(_id: &str) -> Option<String> {
    None
}
pub fn viewport() -> (f64, f64) {
    (0.0, 0.0)
}
pub fn hash() -> String {
    String::new()
}
pub fn set_hash(_hash: &str) {}
pub fn replace_hash(_hash: &str) {}
pub fn on_window(_event: &str, _tell: impl FnMut() + 'static) -> Listener {
    Listener
}
pub fn on_system_theme(_tell: impl FnMut() + 'static) -> Listener {
    Listener
}
pub fn on_key(_tell: impl FnMut(Pressed) + 'static) -> Listener {
    Listener
}
pub async fn call(_json: &str) -> Result<String, String> {
    Err("no bridge".to_owned())
}
pub fn listen(_changed: impl FnMut(String) + 'static, _notices: impl FnMut(String) + 'static) {}
pub fn activate() {}
pub fn build() -> String {
    String::new()
}
pub fn is_rtl() -> bool {
    false
}
