//! The one binary, `tierline`.

fn main() {}
