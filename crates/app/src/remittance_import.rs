//! An 835 comes in.
