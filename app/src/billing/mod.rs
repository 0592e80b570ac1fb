//! The bill: as the guest reads it, and the money taken for it.

mod page;
mod paper;
mod tender;

pub use page::BillPage;
