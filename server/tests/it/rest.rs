//! REST: the whole shapes of the outside contract, lists, roles.
