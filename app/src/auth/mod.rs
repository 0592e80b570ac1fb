//! Who is working: the page before all others.

mod page;

pub use page::SignInPage;
