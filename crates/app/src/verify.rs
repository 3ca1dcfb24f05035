//! Every invariant, recomputed.
