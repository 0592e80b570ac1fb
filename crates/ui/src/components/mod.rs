//! Headless behaviour and keyboard with the shell they wear, used by both screens.

pub mod button;
pub mod icon;
pub mod list;
pub mod search;
pub mod sheet;
pub mod stepper;
pub mod tabs;
pub mod tag;
pub mod timer;
pub mod toast;

pub use button::{Button, Look};
pub use icon::{Glyph, Icon};
pub use list::{ListState, Nothing};
pub use search::SearchField;
pub use sheet::Sheet;
pub use stepper::Stepper;
pub use tabs::{Tab, TabList};
pub use tag::{Tag, Tone};
pub use timer::{MinutesSince, Since};
pub use toast::Toaster;
