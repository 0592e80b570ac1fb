//! A table: the menu on one side, the check on the other.

mod check;
mod dish;
mod foot;
mod line;
mod lines;
mod menu;
mod more;
mod name;
mod page;
mod void;

pub use line::send_all;
pub use page::{CheckPage, TablePage};
pub use void::VoidForm;
