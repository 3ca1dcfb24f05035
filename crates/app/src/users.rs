//! People who sign in.
