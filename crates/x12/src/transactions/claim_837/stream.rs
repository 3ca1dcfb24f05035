//! The claims of a file as they come, owned, each with the levels above it: memory is one block and what is open.
//!
//! Never holds the file. The levels above a claim are shared with the claims beside it, so that a claim can be sent to
//! another thread without copying them.

use std::io::{self, Read};
use std::marker::PhantomData;
use std::sync::Arc;

use super::read::{Level, Levels, open_file, read_above};
use super::{BillingProvider, Claim, ClaimFile, ClaimPart, Dependent, ServicePart, Subscriber};
use crate::Problem;
use crate::ids;
use crate::segment::SegmentId;
use crate::transactions::blocks::{Blocks, MOST_PROBLEMS};
use crate::transactions::fields::Reader;
use crate::transactions::party::Party;

/// A claim that outlives its file, with everything above it; the lists of what stands below those levels are empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StreamedClaim<C> {
    /// The header of the transaction set.
    pub file: Arc<ClaimFile<'static, C>>,
    /// Loop 2000A.
    pub billing_provider: Arc<BillingProvider<'static, C>>,
    /// Loop 2000B.
    pub subscriber: Arc<Subscriber<'static, C>>,
    /// Loop 2000C, where the patient is not the subscriber.
    pub dependent: Option<Arc<Dependent<'static, C>>>,
    /// Loop 2300.
    pub claim: C,
    /// What could not be read of it, and of what stands between it and the claim before.
    pub problems: Vec<Problem>,
}

impl<C> StreamedClaim<C> {
    /// The person who got care: the dependent, or else the subscriber.
    pub fn patient(&self) -> &Party<'static> {
        self.dependent.as_ref().map_or(&self.subscriber.person, |dependent| &dependent.person)
    }

    /// Loop 2010BB.
    pub fn payer(&self) -> &Party<'static> {
        &self.subscriber.payer
    }
}

/// Reads the claims of one kind from a file of any size. Sets of another kind are passed over.
///
/// Gives an error where the reader fails, or where a claim is longer than 4 MB; nothing follows it.
pub struct Claims<R, P, S> {
    blocks: Blocks<R>,
    /// What GS08 or ST03 of the wanted sets begins with.
    guide: &'static str,
    /// GS08 of the open group.
    group_version: String,
    /// The open set, where it is wanted.
    open: Option<Open<Claim<'static, P, S>>>,
    problems: Vec<Problem>,
    kind: PhantomData<(P, S)>,
}

/// The levels that are open.
struct Open<C> {
    level: Level,
    file: Arc<ClaimFile<'static, C>>,
    billing_provider: Arc<BillingProvider<'static, C>>,
    subscriber: Arc<Subscriber<'static, C>>,
    dependent: Arc<Dependent<'static, C>>,
}

/// A level that claims hold already is copied when something still is added to it, which no guide allows.
impl<C: Clone + Default> Levels<'static> for Open<C> {
    type Claim = C;

    fn file(&mut self) -> &mut ClaimFile<'static, C> {
        Arc::make_mut(&mut self.file)
    }

    fn open(&mut self, level: Level) {
        match level {
            Level::Header | Level::Provider => {
                self.billing_provider = Arc::default();
                self.subscriber = Arc::default();
            }
            Level::Subscriber => self.subscriber = Arc::default(),
            Level::Dependent => self.dependent = Arc::default(),
        }
    }

    fn provider(&mut self) -> &mut BillingProvider<'static, C> {
        Arc::make_mut(&mut self.billing_provider)
    }

    fn subscriber(&mut self) -> &mut Subscriber<'static, C> {
        Arc::make_mut(&mut self.subscriber)
    }

    fn dependent(&mut self) -> &mut Dependent<'static, C> {
        Arc::make_mut(&mut self.dependent)
    }
}

fn may_part(id: SegmentId) -> bool {
    matches!(id, ids::CLM | ids::HL)
}

impl<R, P, S> Claims<R, P, S>
where
    R: Read,
{
    pub(crate) fn new(reader: R, guide: &'static str) -> Self {
        Self {
            blocks: Blocks::new(reader, may_part),
            guide,
            group_version: String::new(),
            open: None,
            problems: Vec::new(),
            kind: PhantomData,
        }
    }
}

/// Whether a set is a claim of the guide, by ST03 or GS08; one that names no guide of claims is taken.
fn is_wanted(st: &Reader<'_, 'static>, group_version: &str, guide: &str) -> bool {
    let own = st.text(3);
    let version = if own.is_empty() { group_version } else { &own };
    let is_of_another = ["005010X222", "005010X223", "005010X224"].iter().any(|one| version.starts_with(one));
    st.is(1, "837") && (version.starts_with(guide) || !is_of_another)
}

impl<R, P, S> Iterator for Claims<R, P, S>
where
    R: Read,
    P: ClaimPart<'static> + Clone,
    S: ServicePart<'static> + Clone,
{
    type Item = io::Result<StreamedClaim<Claim<'static, P, S>>>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let mut r = match self.blocks.resume() {
                Ok(Some(reader)) => reader,
                Ok(None) => return None,
                Err(error) => return Some(Err(error)),
            };
            let found = next_claim(&mut r, &mut self.open, &mut self.group_version, self.guide);
            let (index, place, problems) = r.into_parts();
            self.problems.extend(problems);
            self.problems.truncate(MOST_PROBLEMS);
            self.blocks.leave(index, place);
            if let (Some(claim), Some(open)) = (found, &self.open) {
                return Some(Ok(StreamedClaim {
                    file: Arc::clone(&open.file),
                    billing_provider: Arc::clone(&open.billing_provider),
                    subscriber: Arc::clone(&open.subscriber),
                    dependent: (open.level == Level::Dependent).then(|| Arc::clone(&open.dependent)),
                    claim,
                    problems: std::mem::take(&mut self.problems),
                }));
            }
        }
    }
}

/// Reads on to the next claim, or to where the block or the interchange ends.
fn next_claim<P, S>(
    r: &mut Reader<'_, 'static>,
    open: &mut Option<Open<Claim<'static, P, S>>>,
    group_version: &mut String,
    guide: &str,
) -> Option<Claim<'static, P, S>>
where
    P: ClaimPart<'static> + Clone,
    S: ServicePart<'static> + Clone,
{
    loop {
        match (r.any_id(), &mut *open) {
            (ids::END | ids::IEA | ids::ISA, _) => return None,
            (ids::GS, _) => *group_version = r.text(8).into(),
            (ids::ST, _) => {
                *open = is_wanted(r, group_version, guide).then(|| Open {
                    level: Level::Header,
                    file: Arc::new(open_file(r)),
                    billing_provider: Arc::default(),
                    subscriber: Arc::default(),
                    dependent: Arc::default(),
                });
            }
            (ids::SE | ids::GE, _) => *open = None,
            (ids::CLM, Some(_)) => return Some(Claim::read(r)),
            (_, Some(levels)) => {
                let mut level = levels.level;
                read_above(levels, &mut level, r);
                levels.level = level;
                continue;
            }
            (_, None) => {}
        }
        r.advance();
    }
}
