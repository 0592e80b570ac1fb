//! Tokens, components and strings that both screens share.
