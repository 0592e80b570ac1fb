//! Bad input by the dozen: each is refused by name, none changes anything, none is the hub's fault.
