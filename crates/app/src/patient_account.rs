//! What a patient owes and why.
