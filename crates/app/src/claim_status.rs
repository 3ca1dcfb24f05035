//! Asking a payer where a claim is (276, 277).
