//! Questions from outside.
