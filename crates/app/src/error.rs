//! What a use case answers when it does not do what was asked. A refusal is a sentence for the person: what stands in
//! the way and what to do next. Nothing here carries a patient's data.

use billing::access::Denied;

/// Why a use case did not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The person may not; says who may.
    #[error(transparent)]
    Denied(#[from] Denied),
    /// What was asked about does not exist here, or not for this person: the two look alike.
    #[error("There is no such {0} in this practice.")]
    NotFound(&'static str),
    /// The request is wrong in a field: which, and how to put it right.
    #[error("{field}: {problem}")]
    Invalid {
        /// The field, as the form names it.
        field: String,
        /// What is wrong and what would be right.
        problem: String,
    },
    /// The request is understood and may not happen now.
    #[error("{0}")]
    Refused(String),
    /// The database could not do it.
    #[error(transparent)]
    Store(#[from] store::StoreError),
    /// Somebody else changed it meanwhile.
    #[error("A colleague changed this meanwhile. Look at it again, then decide.")]
    Changed,
}

impl Error {
    /// A field with what is wrong.
    pub fn invalid(field: impl Into<String>, problem: impl Into<String>) -> Self {
        Error::Invalid { field: field.into(), problem: problem.into() }
    }

    /// A refusal in a sentence.
    pub fn refused(sentence: impl Into<String>) -> Self {
        Error::Refused(sentence.into())
    }
}

impl From<billing::claim::status::Refused> for Error {
    fn from(refused: billing::claim::status::Refused) -> Self {
        Error::Refused(format!("{refused}."))
    }
}

impl From<billing::work::WorkRefused> for Error {
    fn from(refused: billing::work::WorkRefused) -> Self {
        Error::Refused(refused.0)
    }
}
