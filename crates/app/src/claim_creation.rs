//! From charges to a draft claim.
