//! Asking a payer whether coverage is active (270, 271).
