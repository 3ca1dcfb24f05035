//! One file that holds everything, and back.
