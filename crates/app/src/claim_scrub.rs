//! Is this claim fit to send.
