//! Who is working: the page before all others.

mod first;
mod forms;
mod page;

pub use first::BeginPage;
pub use forms::{PasswordNotice, SignInAgain};
pub use page::SignInPage;
