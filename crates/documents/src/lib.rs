//! Paper: what a practice prints, mails or hands over, as PDF. Statements, receipts, and the layout they share.
//!
//! Three steps, each a file that can be read alone: a document (`statement`, `receipt`) says **what** in blocks;
//! `flow` says **where**, as pages of placed text and rules; `pdf` writes those pages with their tag tree, so that a
//! screen reader hears headings, tables and their header cells (PDF/UA-1).
//!
//! Never here: a clock, randomness, files, a decision about money. The same input gives the same bytes.

pub mod block;
pub mod contract_dispute;
pub mod deposit_slip;
pub mod flow;
pub mod font;
pub mod letter;
mod money;
pub mod pdf;
pub mod receipt;
pub mod statement;
pub mod style;
mod table;
pub mod text;
pub mod timely_filing;
pub mod tree;
mod wording;

pub use deposit_slip::{DepositSlip, deposit_slip};
pub use flow::{Layout, lay_out};
pub use letter::{Letter, letter};
pub use pdf::write_pdf;
pub use receipt::{Receipt, receipt};
pub use statement::statement;

/// Why a document could not be written. Nothing a person typed leads here: unknown characters are replaced and long
/// text is broken, so each of these is a fault of ours to report.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum DocumentError {
    /// An embedded font file does not parse: the build is damaged.
    #[error("the embedded font {0} cannot be read: rebuild the program from a clean copy of the source")]
    Font(&'static str),
    /// The PDF writer refused what the layout gave it.
    #[error("the PDF writer refused the document ({0}): report this with the kind of document, without its content")]
    Pdf(String),
    /// More pages than one document may have.
    #[error("the document would need more than {0} pages: narrow its dates and print it in parts")]
    TooLong(usize),
}
