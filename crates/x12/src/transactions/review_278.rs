//! 278 (005010X217): a request for review of services, and the payer's response.
//!
//! Request and response share one guide and one model; BHT02 tells them apart ([`Review::is_response`]). The patient is
//! the subscriber or a dependent, and the events stand below whichever it is.

mod event;

pub use event::{Decision, Event, ReviewParty, Service, ServiceDetail};

use jiff::civil::Date;

use super::eligibility::Rejection;
use super::fields::Reader;
use super::out::{Child, Out};
use super::party::Party;
use super::text::Text;
use crate::ids;
use crate::{Problem, TransactionSet, Writer};

/// One 278 transaction set.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Review<'a> {
    /// ST02.
    pub control_number: Text<'a>,
    /// ST03: the guide.
    pub implementation: Text<'a>,
    /// BHT02: `13` request, `01` cancellation, `36`; `11` response.
    pub purpose: Text<'a>,
    /// BHT03.
    pub reference: Text<'a>,
    /// BHT04.
    pub created_on: Option<Date>,
    /// BHT05, HHMM.
    pub created_at: Text<'a>,
    /// BHT06: in a response `18` final, `19` more to follow.
    pub kind: Text<'a>,
    /// Loop 2000A with 2010A: who reviews.
    pub organization: Level<'a>,
    /// Loop 2000B with 2010B: who asks.
    pub requester: Level<'a>,
    /// Loop 2000C with 2010C.
    pub subscriber: Level<'a>,
    /// Loop 2000D with 2010D, where the patient is not the subscriber.
    pub dependent: Option<Level<'a>>,
    /// Loops 2000E of the patient.
    pub events: Vec<Event<'a>>,
}

/// An HL level above the events: who, and why nothing could be done at it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Level<'a> {
    /// AAA of the level itself.
    pub rejections: Vec<Rejection<'a>>,
    /// NM1 and what follows it.
    pub named: ReviewParty<'a>,
    /// INS, element by element.
    pub relation: Vec<Text<'a>>,
}

impl<'a> Review<'a> {
    /// Whether a payer answers here; otherwise a provider asks.
    pub fn is_response(&self) -> bool {
        self.purpose == "11"
    }

    /// The person the services are for.
    pub fn patient(&self) -> &Party<'a> {
        &self.dependent.as_ref().unwrap_or(&self.subscriber).named.party
    }
}

/// The review, borrowed from the set, and what could not be read of it.
pub fn read<'a>(set: &TransactionSet<'a>) -> (Review<'a>, Vec<Problem>) {
    read_from(Reader::new(set))
}

/// The review, owned, and what could not be read of it.
pub fn read_owned(set: &TransactionSet<'_>) -> (Review<'static>, Vec<Problem>) {
    read_from(Reader::copying(set))
}

fn read_from<'a>(mut r: Reader<'_, 'a>) -> (Review<'a>, Vec<Problem>) {
    let mut review = Review { control_number: r.text(2), implementation: r.text(3), ..Review::default() };
    r.advance();
    while !r.at_end() {
        match (r.id(), &*r.text(3)) {
            (ids::BHT, _) => {
                review.purpose = r.text(2);
                review.reference = r.text(3);
                review.created_on = r.date(4);
                review.created_at = r.text(5);
                review.kind = r.text(6);
            }
            (ids::HL, "20") => {
                review.organization = Level::read(&mut r);
                continue;
            }
            (ids::HL, "21") => {
                review.requester = Level::read(&mut r);
                continue;
            }
            (ids::HL, "22") => {
                review.subscriber = Level::read(&mut r);
                continue;
            }
            (ids::HL, "23") => {
                review.dependent = Some(Level::read(&mut r));
                continue;
            }
            (ids::HL, "EV") => {
                review.events.push(Event::read(&mut r));
                continue;
            }
            _ => {}
        }
        r.advance();
    }
    (review, r.into_problems())
}

impl<'a> Level<'a> {
    fn read(r: &mut Reader<'_, 'a>) -> Self {
        let mut level = Level::default();
        r.advance();
        while !r.at_end() && r.id() != ids::HL {
            match r.id() {
                ids::AAA => level.rejections.push(Rejection::read(r)),
                ids::INS => level.relation = r.texts(),
                ids::NM1 => {
                    level.named = ReviewParty::read(r);
                    continue;
                }
                _ => {}
            }
            r.advance();
        }
        level
    }

    fn write(&self, out: &mut Out<'_>) {
        self.rejections.iter().for_each(|rejection| rejection.write(out));
        self.named.write(out);
        out.texts("INS", &self.relation);
    }
}

/// Writes ST to SE; HL numbers and child flags are counted, never given.
pub fn write(review: &Review<'_>, writer: &mut Writer) {
    let out = &mut Out::open(writer, "278", &review.implementation);
    out.begin("BHT")
        .text("0007")
        .text(&review.purpose)
        .text(&review.reference)
        .date(review.created_on)
        .text(&review.created_at)
        .text(&review.kind)
        .end();
    let levels = [(&review.organization, "20"), (&review.requester, "21"), (&review.subscriber, "22")];
    let levels: Vec<_> = levels.into_iter().chain(review.dependent.as_ref().map(|level| (level, "23"))).collect();
    let mut parent = None;
    for (at, (level, code)) in levels.iter().enumerate() {
        let is_named = |level: &Level<'_>| !level.named.party.name.role.is_empty();
        if !is_named(level) {
            continue;
        }
        let has_below = levels[at + 1..].iter().any(|(below, _)| is_named(below)) || !review.events.is_empty();
        parent = Some(out.hierarchy(parent, code, Child::from(has_below)));
        level.write(out);
    }
    for event in &review.events {
        event.write(parent, out);
    }
    out.close();
}
