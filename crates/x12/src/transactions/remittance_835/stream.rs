//! The claims and provider adjustments of an 835 file of any size as they come, owned: memory is one block and what is
//! open.
//!
//! Never holds the file. The payment that a claim belongs to is shared with the claims beside it.

use std::io::{self, Read};
use std::sync::Arc;

use super::read::{claim_payment, open_group, open_remittance, provider_adjustments, read_header};
use super::{ClaimPayment, ClaimPayments, ProviderAdjustments, Remittance};
use crate::Problem;
use crate::ids;
use crate::segment::SegmentId;
use crate::transactions::blocks::{Blocks, MOST_PROBLEMS};
use crate::transactions::fields::Reader;

/// A part of a payment that outlives its file; the lists of what stands below its payment and its group are empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StreamedPart {
    /// The header of the transaction set.
    pub remittance: Arc<Remittance<'static>>,
    /// Loop 2000; without a number where claims came without any LX, and of provider adjustments.
    pub group: Arc<ClaimPayments<'static>>,
    /// What it is.
    pub part: Part,
    /// What could not be read of it, and of what stands between it and the part before.
    pub problems: Vec<Problem>,
}

/// What a payment is made of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part {
    /// Loop 2100.
    Claim(Box<ClaimPayment<'static>>),
    /// PLB.
    ProviderAdjustments(ProviderAdjustments<'static>),
}

/// Reads the parts of all payments of a file. Sets that are no 835 are passed over, and so is a payment of nothing.
///
/// Gives an error where the reader fails, or where a claim is longer than 4 MB; nothing follows it.
pub struct Parts<R> {
    blocks: Blocks<R>,
    open: Option<(Arc<Remittance<'static>>, Arc<ClaimPayments<'static>>)>,
    problems: Vec<Problem>,
}

/// Every claim and provider adjustment of a file of any size, owned, one after the other.
pub fn stream<R: Read>(reader: R) -> Parts<R> {
    Parts { blocks: Blocks::new(reader, may_part), open: None, problems: Vec::new() }
}

fn may_part(id: SegmentId) -> bool {
    matches!(id, ids::CLP | ids::LX | ids::PLB)
}

impl<R: Read> Iterator for Parts<R> {
    type Item = io::Result<StreamedPart>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let mut r = match self.blocks.resume() {
                Ok(Some(reader)) => reader,
                Ok(None) => return None,
                Err(error) => return Some(Err(error)),
            };
            let found = next_part(&mut r, &mut self.open);
            let (index, place, problems) = r.into_parts();
            self.problems.extend(problems);
            self.problems.truncate(MOST_PROBLEMS);
            self.blocks.leave(index, place);
            if let (Some(part), Some((remittance, group))) = (found, &self.open) {
                return Some(Ok(StreamedPart {
                    remittance: Arc::clone(remittance),
                    group: Arc::clone(group),
                    part,
                    problems: std::mem::take(&mut self.problems),
                }));
            }
        }
    }
}

/// Reads on to the next part, or to where the block or the interchange ends.
fn next_part(
    r: &mut Reader<'_, 'static>,
    open: &mut Option<(Arc<Remittance<'static>>, Arc<ClaimPayments<'static>>)>,
) -> Option<Part> {
    loop {
        match (r.any_id(), &mut *open) {
            (ids::END | ids::IEA | ids::ISA, _) => return None,
            (ids::ST, _) => *open = r.is(1, "835").then(|| (Arc::new(open_remittance(r)), Arc::default())),
            (ids::SE | ids::GE | ids::GS, _) => *open = None,
            (ids::LX, Some((_, group))) => *group = Arc::new(open_group(r)),
            (ids::TS3, Some((_, group))) => Arc::make_mut(group).provider_summary = r.texts(),
            (ids::TS2, Some((_, group))) => Arc::make_mut(group).inpatient_summary = r.texts(),
            (ids::CLP, Some(_)) => return Some(Part::Claim(Box::new(claim_payment(r)))),
            (ids::PLB, Some((_, group))) => {
                *group = Arc::default();
                let adjustments = provider_adjustments(r);
                r.advance();
                return Some(Part::ProviderAdjustments(adjustments));
            }
            (_, Some((remittance, _))) => {
                // Copied only where claims hold it already, which no guide allows.
                read_header(Arc::make_mut(remittance), r);
                continue;
            }
            (_, None) => {}
        }
        r.advance();
    }
}
