//! Stories of the rules.

mod corpus;
mod evening;
mod fuzzed;
mod house;
mod orders;
mod properties;
mod rights;
