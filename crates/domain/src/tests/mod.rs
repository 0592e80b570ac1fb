//! Stories of the rules.

mod corpus;
mod house;
mod orders;
mod properties;
mod rights;
