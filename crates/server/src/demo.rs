//! The demo: a synthetic practice with months of history, made by running the real use cases day by day on a simulated clock
//! against the built-in simulator. Nothing here writes to the books by another way than a front door would.

pub mod clearinghouse;
pub mod comparison;
pub mod desk;
pub mod names;
pub mod population;
pub mod questions;
pub mod staff;
pub mod stage;
pub mod visits;
