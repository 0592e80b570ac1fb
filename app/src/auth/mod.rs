//! Who is working: the page before all others.

mod first;
mod page;

pub use first::BeginPage;
pub use page::SignInPage;
