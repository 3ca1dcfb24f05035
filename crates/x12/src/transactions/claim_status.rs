//! What 276 and 277 (005010X212) share: payer, receiver, provider, person, and the claims spoken of.
//!
//! Question and answer have one shape; the answer adds STC. So one model serves both, and the two
//! modules beside this one give it its name and its direction.

use super::fields::{Reader, Source, last_or_new};
use super::out::{Child, Out};
use super::party::{Contact, Demographics, Name, Reference, reference, write_references};
use super::service::{DatePeriod, Procedure, QualifiedAmount, write_amounts, write_dates};
use super::status::{StatusInformation, Trace, write_statuses};
use super::text::Text;
use crate::ids;
use crate::{Amount, Problem, Writer};

/// One 276 or 277 transaction set.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ClaimStatuses<'a> {
    /// ST02.
    pub control_number: Text<'a>,
    /// ST03: the guide.
    pub implementation: Text<'a>,
    /// BHT02: `13` request, `08` status.
    pub purpose: Text<'a>,
    /// BHT03.
    pub reference: Text<'a>,
    /// BHT04.
    pub created_on: Option<jiff::civil::Date>,
    /// BHT05, HHMM.
    pub created_at: Text<'a>,
    /// BHT06: `DG` response, in a 277.
    pub kind: Text<'a>,
    /// Every provider with the payer and receiver above it, in the order of the file.
    pub providers: Vec<ProviderStatuses<'a>>,
}

impl<'a> ClaimStatuses<'a> {
    /// Every claim with the provider and person it is about.
    pub fn claims(&self) -> impl Iterator<Item = (&ProviderStatuses<'a>, &PersonStatuses<'a>, &ClaimStatusItem<'a>)> {
        self.providers.iter().flat_map(|provider| {
            provider.subscribers.iter().flat_map(move |subscriber| {
                std::iter::once(&subscriber.person)
                    .chain(&subscriber.dependents)
                    .flat_map(move |person| person.claims.iter().map(move |claim| (provider, person, claim)))
            })
        })
    }
}

/// Loops 2000A, 2000B and 2000C down to the persons.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ProviderStatuses<'a> {
    /// Loop 2100A: NM1*PR.
    pub payer: Name<'a>,
    /// PER of loop 2100A: whom to ask, in a 277.
    pub payer_contacts: Vec<Contact<'a>>,
    /// Loop 2100B: NM1*41.
    pub receiver: Name<'a>,
    /// Loop 2200B: what is said of the receiver as a whole.
    pub receiver_trace: Option<Trace<'a>>,
    /// STC of loop 2200B.
    pub receiver_statuses: Vec<StatusInformation<'a>>,
    /// Loop 2100C: NM1*1P.
    pub provider: Name<'a>,
    /// The second name of loop 2100C: the same provider by another number.
    pub other_provider: Option<Name<'a>>,
    /// Loop 2200C: what is said of the provider as a whole.
    pub provider_trace: Option<Trace<'a>>,
    /// STC of loop 2200C.
    pub provider_statuses: Vec<StatusInformation<'a>>,
    /// Loops 2000D.
    pub subscribers: Vec<SubscriberStatuses<'a>>,
}

/// Loop 2000D with its dependents.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SubscriberStatuses<'a> {
    /// The subscriber.
    pub person: PersonStatuses<'a>,
    /// Loops 2000E.
    pub dependents: Vec<PersonStatuses<'a>>,
}

/// Loop 2100D or 2100E with the claims asked about.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PersonStatuses<'a> {
    /// DMG, in a request.
    pub demographics: Option<Demographics<'a>>,
    /// NM1: `IL` subscriber, `QC` dependent.
    pub name: Name<'a>,
    /// Loops 2200.
    pub claims: Vec<ClaimStatusItem<'a>>,
}

/// Loop 2200: one claim.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ClaimStatusItem<'a> {
    /// Where the loop stands in the file.
    pub source: Source,
    /// TRN: `1` in the request, `2` with the same number in the answer.
    pub trace: Trace<'a>,
    /// STC; none in a request.
    pub statuses: Vec<StatusInformation<'a>>,
    /// REF: `1K` payer's number, `EJ` patient control number, `BLT`, `6P` …
    pub references: Vec<Reference<'a>>,
    /// AMT*T3 the claim's charge, in a request.
    pub amounts: Vec<QualifiedAmount<'a>>,
    /// DTP*472.
    pub dates: Vec<DatePeriod<'a>>,
    /// Loops 2210 (request) or 2220 (answer).
    pub lines: Vec<LineStatus<'a>>,
}

impl ClaimStatusItem<'_> {
    /// The number of this qualifier.
    pub fn reference(&self, qualifier: &str) -> Option<&str> {
        reference(&self.references, qualifier)
    }
}

/// One line of a claim.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LineStatus<'a> {
    /// SVC01.
    pub procedure: Procedure<'a>,
    /// SVC02.
    pub charge_amount: Amount,
    /// SVC03, in an answer.
    pub paid_amount: Option<Amount>,
    /// SVC04.
    pub revenue_code: Text<'a>,
    /// SVC07.
    pub units: Text<'a>,
    /// STC, in an answer.
    pub statuses: Vec<StatusInformation<'a>>,
    /// REF: `FJ` our line control number.
    pub references: Vec<Reference<'a>>,
    /// DTP*472.
    pub dates: Vec<DatePeriod<'a>>,
}

/// Which HL we are under.
#[derive(Clone, Copy)]
enum Level {
    Payer,
    Receiver,
    Provider,
    Subscriber,
    Dependent,
}

pub(super) fn read<'a>(mut r: Reader<'_, 'a>) -> (ClaimStatuses<'a>, Vec<Problem>) {
    let mut statuses =
        ClaimStatuses { control_number: r.text(2), implementation: r.text(3), ..ClaimStatuses::default() };
    let mut level = Level::Payer;
    r.advance();
    while !r.at_end() {
        match r.id() {
            ids::BHT => {
                statuses.purpose = r.text(2);
                statuses.reference = r.text(3);
                statuses.created_on = r.date(4);
                statuses.created_at = r.text(5);
                statuses.kind = r.text(6);
            }
            ids::HL => level = open_level(&mut statuses, &r),
            ids::TRN if matches!(level, Level::Subscriber | Level::Dependent) => {
                let claim = read_claim(&mut r);
                last_person(&mut statuses, level).claims.push(claim);
                continue;
            }
            _ => read_level(&mut statuses, level, &mut r),
        }
        r.advance();
    }
    (statuses, r.into_problems())
}

fn open_level(statuses: &mut ClaimStatuses<'_>, r: &Reader<'_, '_>) -> Level {
    match &*r.text(3) {
        "21" => {
            let above = last_or_new(&mut statuses.providers);
            if !above.receiver.role.is_empty() {
                let (payer, payer_contacts) = (above.payer.clone(), above.payer_contacts.clone());
                statuses.providers.push(ProviderStatuses { payer, payer_contacts, ..ProviderStatuses::default() });
            }
            Level::Receiver
        }
        "19" => {
            let above = last_or_new(&mut statuses.providers);
            if !above.provider.role.is_empty() {
                let next = ProviderStatuses {
                    payer: above.payer.clone(),
                    payer_contacts: above.payer_contacts.clone(),
                    receiver: above.receiver.clone(),
                    receiver_trace: above.receiver_trace.clone(),
                    receiver_statuses: above.receiver_statuses.clone(),
                    ..ProviderStatuses::default()
                };
                statuses.providers.push(next);
            }
            Level::Provider
        }
        "22" => {
            last_or_new(&mut statuses.providers).subscribers.push(SubscriberStatuses::default());
            Level::Subscriber
        }
        "23" => {
            last_subscriber(statuses).dependents.push(PersonStatuses::default());
            Level::Dependent
        }
        _ => {
            statuses.providers.push(ProviderStatuses::default());
            Level::Payer
        }
    }
}

fn last_subscriber<'m, 'a>(statuses: &'m mut ClaimStatuses<'a>) -> &'m mut SubscriberStatuses<'a> {
    last_or_new(&mut last_or_new(&mut statuses.providers).subscribers)
}

fn last_person<'m, 'a>(statuses: &'m mut ClaimStatuses<'a>, level: Level) -> &'m mut PersonStatuses<'a> {
    let subscriber = last_subscriber(statuses);
    match level {
        Level::Dependent => last_or_new(&mut subscriber.dependents),
        Level::Payer | Level::Receiver | Level::Provider | Level::Subscriber => &mut subscriber.person,
    }
}

fn read_level<'a>(statuses: &mut ClaimStatuses<'a>, level: Level, r: &mut Reader<'_, 'a>) {
    match level {
        Level::Subscriber | Level::Dependent => {
            let person = last_person(statuses, level);
            match r.id() {
                ids::DMG => person.demographics = Some(Demographics::read(r)),
                ids::NM1 => person.name = Name::read(r),
                _ => {}
            }
        }
        Level::Payer | Level::Receiver | Level::Provider => {
            let above = last_or_new(&mut statuses.providers);
            match (level, r.id()) {
                (Level::Receiver, ids::NM1) => above.receiver = Name::read(r),
                (Level::Receiver, ids::TRN) => above.receiver_trace = Some(Trace::read(r)),
                (Level::Receiver, ids::STC) => above.receiver_statuses.push(StatusInformation::read(r)),
                (Level::Provider, ids::NM1) if !above.provider.role.is_empty() => {
                    above.other_provider = Some(Name::read(r));
                }
                (Level::Provider, ids::NM1) => above.provider = Name::read(r),
                (Level::Provider, ids::TRN) => above.provider_trace = Some(Trace::read(r)),
                (Level::Provider, ids::STC) => above.provider_statuses.push(StatusInformation::read(r)),
                (_, ids::NM1) => above.payer = Name::read(r),
                (_, ids::PER) => above.payer_contacts.push(Contact::read(r)),
                _ => {}
            }
        }
    }
}

fn read_claim<'a>(r: &mut Reader<'_, 'a>) -> ClaimStatusItem<'a> {
    let start = r.position();
    let mut claim = ClaimStatusItem { trace: Trace::read(r), ..ClaimStatusItem::default() };
    r.advance();
    loop {
        match r.id() {
            ids::STC => match claim.lines.last_mut() {
                Some(line) => line.statuses.push(StatusInformation::read(r)),
                None => claim.statuses.push(StatusInformation::read(r)),
            },
            ids::REF => match claim.lines.last_mut() {
                Some(line) => line.references.push(Reference::read(r)),
                None => claim.references.push(Reference::read(r)),
            },
            ids::DTP => match claim.lines.last_mut() {
                Some(line) => line.dates.push(DatePeriod::read(r)),
                None => claim.dates.push(DatePeriod::read(r)),
            },
            ids::AMT => claim.amounts.push(QualifiedAmount::read(r)),
            ids::SVC => claim.lines.push(LineStatus {
                procedure: Procedure::read(r, 1),
                charge_amount: r.amount(2),
                paid_amount: r.optional_amount(3),
                revenue_code: r.text(4),
                units: r.text(7),
                ..LineStatus::default()
            }),
            ids::TRN | ids::HL | ids::END => break,
            _ => {}
        }
        r.advance();
    }
    claim.source = r.source_since(start);
    claim
}

/// What stands above a provider, to tell where a level changes.
struct Above<'m, 'a> {
    payer: (&'m Name<'a>, u32),
    receiver: (&'m Name<'a>, u32),
}

pub(super) fn write(statuses: &ClaimStatuses<'_>, id: &str, writer: &mut Writer) {
    let out = &mut Out::open(writer, id, &statuses.implementation);
    out.begin("BHT")
        .text("0010")
        .text(&statuses.purpose)
        .text(&statuses.reference)
        .date(statuses.created_on)
        .text(&statuses.created_at)
        .text(&statuses.kind)
        .end();
    let mut above: Option<Above<'_, '_>> = None;
    for provider in &statuses.providers {
        let receiver_level = write_above(provider, &mut above, out);
        if provider.provider.role.is_empty() {
            continue;
        }
        let has_subscribers = !provider.subscribers.is_empty();
        let own_level = out.hierarchy(Some(receiver_level), "19", has_subscribers.into());
        provider.provider.write(out);
        if let Some(other) = &provider.other_provider {
            other.write(out);
        }
        write_trace(provider.provider_trace.as_ref(), &provider.provider_statuses, out);
        for subscriber in &provider.subscribers {
            let level = out.hierarchy(Some(own_level), "22", (!subscriber.dependents.is_empty()).into());
            write_person(&subscriber.person, out);
            for dependent in &subscriber.dependents {
                // The guide has no HL04 at this level, because nothing can stand below.
                out.hierarchy(Some(level), "23", Child::Unsaid);
                write_person(dependent, out);
            }
        }
    }
    out.close();
}

/// Writes payer and receiver where they differ from those before; gives the receiver's HL number.
fn write_above<'m, 'a>(
    provider: &'m ProviderStatuses<'a>,
    above: &mut Option<Above<'m, 'a>>,
    out: &mut Out<'_>,
) -> u32 {
    let payer_level = match above {
        Some(before) if *before.payer.0 == provider.payer => before.payer.1,
        Some(_) | None => {
            *above = None;
            let level = out.hierarchy(None, "20", true.into());
            provider.payer.write(out);
            provider.payer_contacts.iter().for_each(|contact| contact.write(out));
            level
        }
    };
    let receiver_level = match above {
        Some(before) if *before.receiver.0 == provider.receiver => before.receiver.1,
        Some(_) | None => {
            let level = out.hierarchy(Some(payer_level), "21", (!provider.provider.role.is_empty()).into());
            provider.receiver.write(out);
            write_trace(provider.receiver_trace.as_ref(), &provider.receiver_statuses, out);
            level
        }
    };
    *above = Some(Above { payer: (&provider.payer, payer_level), receiver: (&provider.receiver, receiver_level) });
    receiver_level
}

fn write_trace(trace: Option<&Trace<'_>>, statuses: &[StatusInformation<'_>], out: &mut Out<'_>) {
    if let Some(trace) = trace {
        trace.write(out);
    }
    write_statuses(statuses, out);
}

fn write_person(person: &PersonStatuses<'_>, out: &mut Out<'_>) {
    if let Some(demographics) = &person.demographics {
        demographics.write(out);
    }
    person.name.write(out);
    for claim in &person.claims {
        claim.trace.write(out);
        write_statuses(&claim.statuses, out);
        write_references(&claim.references, out);
        write_amounts(&claim.amounts, out);
        write_dates(&claim.dates, out);
        for line in &claim.lines {
            out.begin("SVC")
                .composite(line.procedure.components())
                .amount(line.charge_amount)
                .optional_amount(line.paid_amount)
                .text(&line.revenue_code)
                .skip(2)
                .text(&line.units)
                .end();
            write_statuses(&line.statuses, out);
            write_references(&line.references, out);
            write_dates(&line.dates, out);
        }
    }
}
