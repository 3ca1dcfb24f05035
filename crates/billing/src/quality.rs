//! Quality of work: a drawn sample of what was resolved is reviewed by a form, work is measured reason by reason, and a
//! person earns skills one by one. It never puts people in an order: no measure here is of a person beside another.

pub mod draw;
pub mod form;
pub mod measures;
pub mod scenario;
pub mod skills;

pub use draw::{Candidate, Draw, draw};
pub use form::{Answer, FORM, Given, Point, Score, score};
