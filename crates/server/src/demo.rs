//! The demo: a synthetic practice with months of history, made by running the real use cases day by day on a simulated clock
//! against the built-in simulator. Nothing here writes to the books by another way than a front door would.

pub mod bank;
pub mod clearinghouse;
pub mod clinic;
pub mod comparison;
pub mod desk;
pub mod folder_payers;
pub mod front_desk;
pub mod hands;
pub mod mail_room;
pub mod money_office;
pub mod names;
pub mod play;
pub mod population;
pub mod proof;
pub mod quality;
pub mod questions;
pub mod report;
pub mod shift;
pub mod staff;
pub mod stage;
pub mod summary;
pub mod tally;
pub mod teams;
pub mod visits;
