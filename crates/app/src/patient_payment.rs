//! Money from patients.
