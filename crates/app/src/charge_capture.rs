//! From a visit to its charges.
