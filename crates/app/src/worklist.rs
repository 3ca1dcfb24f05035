//! Work items: take, escalate, return, resolve.
