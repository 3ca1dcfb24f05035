//! One outbound file: which claims it holds, its control numbers, and where it is. Sealed bytes never change; a resend
//! after an uncertain delivery sends the same bytes, a mended claim goes into a new file.

use serde::{Deserialize, Serialize};

use crate::{ClaimId, SubmissionId};

/// Where an outbound file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum SubmissionStatus {
    /// Bytes, hash and control numbers are stored; nothing has left.
    Sealed,
    /// Delivered to the clearinghouse.
    Sent,
    /// A crash between delivery and its record: unknown whether it arrived; the same bytes may go again.
    Ambiguous,
    /// Readable: TA1 or 999 took it.
    Acknowledged,
    /// Refused as a file by TA1 or 999.
    Rejected,
}

impl SubmissionStatus {
    /// Every status.
    pub const ALL: [SubmissionStatus; 5] = [
        SubmissionStatus::Sealed,
        SubmissionStatus::Sent,
        SubmissionStatus::Ambiguous,
        SubmissionStatus::Acknowledged,
        SubmissionStatus::Rejected,
    ];

    /// The stored word.
    pub fn as_str(self) -> &'static str {
        match self {
            SubmissionStatus::Sealed => "sealed",
            SubmissionStatus::Sent => "sent",
            SubmissionStatus::Ambiguous => "ambiguous",
            SubmissionStatus::Acknowledged => "acknowledged",
            SubmissionStatus::Rejected => "rejected",
        }
    }

    /// Reads the stored word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.as_str() == word)
    }
}

/// Numbers that name an interchange, its group and its set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ControlNumbers {
    /// ISA13, nine digits.
    pub interchange: i64,
    /// GS06.
    pub group: i64,
    /// ST02, four to nine digits.
    pub set: i64,
}

/// One sealed file for one route.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Submission {
    /// Key.
    pub id: SubmissionId,
    /// Where it goes: ISA08.
    pub route: String,
    /// Its numbers.
    pub control_numbers: ControlNumbers,
    /// The claims it holds with their versions, in order.
    pub claims: Vec<(ClaimId, i32)>,
    /// The file, exactly as it leaves.
    pub bytes: Vec<u8>,
    /// SHA-256 of the bytes.
    pub sha256: [u8; 32],
}

/// Most claims of one outbound file; X12 advises 5,000 per transaction set.
pub const MOST_CLAIMS_IN_A_FILE: usize = 5_000;

/// The claims of one file to be sealed, as places in the list they were chosen from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Batch {
    /// Where it goes.
    pub route: String,
    /// Places in the list that was given, in its order.
    pub places: Vec<usize>,
}

/// One file for each route and at most [`MOST_CLAIMS_IN_A_FILE`] claims, in the order in which the claims came.
pub fn batches<'a>(routes: impl IntoIterator<Item = &'a str>, most_claims: usize) -> Vec<Batch> {
    let mut batches: Vec<Batch> = Vec::new();
    for (place, route) in routes.into_iter().enumerate() {
        match batches.iter_mut().rev().find(|batch| batch.route == route) {
            Some(batch) if batch.places.len() < most_claims => batch.places.push(place),
            Some(_) | None => batches.push(Batch { route: route.to_owned(), places: vec![place] }),
        }
    }
    batches
}

#[cfg(test)]
mod tests {
    use super::batches;

    #[test]
    fn claims_are_batched_by_route_and_size_in_their_order() {
        let found = batches(["A", "B", "A", "A", "B", "A"], 3);
        let places: Vec<(&str, &[usize])> = found.iter().map(|one| (one.route.as_str(), &one.places[..])).collect();
        assert_eq!(places, [("A", &[0, 2, 3][..]), ("B", &[1, 4][..]), ("A", &[5][..])]);
        assert!(batches([], 3).is_empty());
    }
}
