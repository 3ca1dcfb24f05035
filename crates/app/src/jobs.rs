//! What runs every day by itself.
