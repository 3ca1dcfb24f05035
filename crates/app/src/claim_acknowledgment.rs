//! What TA1, 999 and 277CA move.
