//! Tasks of the repository: `cargo xtask test`, `tidy`, `codegen`, `bench`, `ci`.

fn main() {}
