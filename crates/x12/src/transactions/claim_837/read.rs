//! Reads the levels of an 837 transaction set, and its claims below them. Never fails: what cannot be read becomes a
//! problem.
//!
//! A claim in the wrong place still is a claim: where a level is missing an empty one is made, so
//! that no claim is lost silently.

use super::{
    BillingProvider, Claim, ClaimFile, ClaimPart, Dependent, PatientInformation, ServicePart, Subscriber,
    SubscriberInformation,
};
use crate::Problem;
use crate::ids;
use crate::transactions::fields::{Reader, last_or_new};
use crate::transactions::party::{Contact, Name, Party, Specialty};

/// Reads from the ST to the SE: the claims and what could not be read of them.
pub(crate) fn read_file<'a, P, S>(mut r: Reader<'_, 'a>) -> (ClaimFile<'a, Claim<'a, P, S>>, Vec<Problem>)
where
    P: ClaimPart<'a>,
    S: ServicePart<'a>,
{
    let mut file = open_file(&r);
    r.advance();
    let mut level = Level::Header;
    while !r.at_end() {
        if r.id() == ids::CLM {
            let claim = Claim::read(&mut r);
            match level {
                Level::Dependent => file.dependent().claims.push(claim),
                Level::Header | Level::Provider | Level::Subscriber => file.subscriber().claims.push(claim),
            }
        } else {
            read_above(&mut file, &mut level, &mut r);
        }
    }
    (file, r.into_problems())
}

/// What the ST says.
pub(super) fn open_file<'a, C: Default>(st: &Reader<'_, 'a>) -> ClaimFile<'a, C> {
    ClaimFile { control_number: st.text(2), implementation: st.text(3), ..ClaimFile::default() }
}

/// Which HL we are under.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Level {
    Header,
    Provider,
    Subscriber,
    Dependent,
}

/// Where the levels above the claims are put: a whole file keeps each, a stream the last of each.
pub(super) trait Levels<'a> {
    /// What is kept of claims.
    type Claim;
    fn file(&mut self) -> &mut ClaimFile<'a, Self::Claim>;
    /// Begins a level; those below the one before are closed.
    fn open(&mut self, level: Level);
    /// The open provider, or a new one.
    fn provider(&mut self) -> &mut BillingProvider<'a, Self::Claim>;
    fn subscriber(&mut self) -> &mut Subscriber<'a, Self::Claim>;
    fn dependent(&mut self) -> &mut Dependent<'a, Self::Claim>;
}

impl<'a, C: Default> Levels<'a> for ClaimFile<'a, C> {
    type Claim = C;

    fn file(&mut self) -> &mut ClaimFile<'a, C> {
        self
    }

    fn open(&mut self, level: Level) {
        match level {
            Level::Header | Level::Provider => self.billing_providers.push(BillingProvider::default()),
            Level::Subscriber => self.provider().subscribers.push(Subscriber::default()),
            Level::Dependent => self.subscriber().dependents.push(Dependent::default()),
        }
    }

    fn provider(&mut self) -> &mut BillingProvider<'a, C> {
        last_or_new(&mut self.billing_providers)
    }

    fn subscriber(&mut self) -> &mut Subscriber<'a, C> {
        last_or_new(&mut self.provider().subscribers)
    }

    fn dependent(&mut self) -> &mut Dependent<'a, C> {
        last_or_new(&mut self.subscriber().dependents)
    }
}

/// Reads one segment, or one loop of a party, that stands above the claims.
pub(super) fn read_above<'a>(levels: &mut impl Levels<'a>, level: &mut Level, r: &mut Reader<'_, 'a>) {
    match r.id() {
        ids::BHT => read_beginning(levels.file(), r),
        ids::HL => {
            *level = match r.bytes(3) {
                b"22" => Level::Subscriber,
                b"23" => Level::Dependent,
                _ => Level::Provider,
            };
            levels.open(*level);
        }
        ids::NM1 => return read_party(levels, *level, r),
        ids::PRV => levels.provider().specialty = Some(Specialty::read(r)),
        ids::CUR => levels.provider().currency = r.text(2),
        ids::SBR => levels.subscriber().information = SubscriberInformation::read(r),
        ids::PAT => {
            let information = PatientInformation::read(r);
            match level {
                Level::Dependent => levels.dependent().information = information,
                Level::Header | Level::Provider | Level::Subscriber => {
                    levels.subscriber().patient_information = Some(information);
                }
            }
        }
        _ => {}
    }
    r.advance();
}

fn read_beginning<'a, C>(file: &mut ClaimFile<'a, C>, r: &mut Reader<'_, 'a>) {
    file.purpose = r.text(2);
    file.reference = r.text(3);
    file.created_on = r.date(4);
    file.created_at = r.text(5);
    file.kind = r.text(6);
}

fn read_party<'a>(levels: &mut impl Levels<'a>, level: Level, r: &mut Reader<'_, 'a>) {
    let role = r.bytes(1);
    if level == Level::Header && role == b"41" {
        let file = levels.file();
        file.submitter = Name::read(r);
        r.advance();
        while r.id() == ids::PER {
            file.submitter_contacts.push(Contact::read(r));
            r.advance();
        }
        return;
    }
    let party = Party::read(r);
    match (level, role) {
        (Level::Header, _) => levels.file().receiver = party.name,
        (Level::Provider, b"87") => levels.provider().pay_to = Some(party),
        (Level::Provider, b"PE") => levels.provider().pay_to_plan = Some(party),
        (Level::Provider, _) => levels.provider().party = party,
        (_, b"PR") => levels.subscriber().payer = party,
        (Level::Dependent, _) => levels.dependent().person = party,
        (Level::Subscriber, _) => levels.subscriber().person = party,
    }
}

impl<'a> PatientInformation<'a> {
    fn read(r: &mut Reader<'_, 'a>) -> Self {
        PatientInformation {
            relationship: r.text(1),
            student_status: r.text(4),
            died_on: r.date(6),
            weight_pounds: r.text(8),
            pregnant: r.text(9),
        }
    }
}

impl<'a> SubscriberInformation<'a> {
    pub(super) fn read(r: &Reader<'_, 'a>) -> Self {
        SubscriberInformation {
            rank: r.text(1),
            relationship: r.text(2),
            group_number: r.text(3),
            group_name: r.text(4),
            insurance_type: r.text(5),
            filing_indicator: r.text(9),
        }
    }
}
