//! What a screen on a wall asks of its browser beside what all screens do: sound, light, the whole glass.

mod glass;
mod sound;

pub use glass::{focus_is_lost, focused, is_full, toggle_full, use_awake, use_hidden};
pub use sound::{Sound, use_sound};
