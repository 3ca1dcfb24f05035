//! An 835 into the ledger.
