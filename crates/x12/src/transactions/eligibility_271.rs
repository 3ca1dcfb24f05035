//! 271 (005010X279A1): what a payer says coverage is.

use super::detail::{Detail, write_details};
use super::eligibility::{EligibilityHeader, EligibilityParty, EligibilityPerson, Rejection};
use super::fields::{Reader, Source, last_or_new};
use super::out::Out;
use super::party::{Party, Reference, write_references};
use super::service::{DatePeriod, Procedure, write_dates};
use super::text::Text;
use crate::ids;
use crate::{Amount, Problem, TransactionSet, Writer};

/// Segments of a benefit that are kept as they stand.
const DETAILS: [&str; 1] = ["III"];

/// One 271 transaction set.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EligibilityAnswers<'a> {
    /// ST and BHT.
    pub header: EligibilityHeader<'a>,
    /// The levels 2000A with 2000B, in the order of the file.
    pub answered: Vec<PayerAnswers<'a>>,
}

/// One payer's answers to one provider.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PayerAnswers<'a> {
    /// AAA of loop 2000A: the payer could not be asked at all.
    pub system_rejections: Vec<Rejection<'a>>,
    /// Loop 2100A.
    pub payer: EligibilityParty<'a>,
    /// Loop 2100B; absent when the payer refused as a whole.
    pub provider: Option<EligibilityParty<'a>>,
    /// Loops 2000C.
    pub subscribers: Vec<SubscriberAnswer<'a>>,
}

/// Loop 2000C with its dependents.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SubscriberAnswer<'a> {
    /// Where the loop stands in the file.
    pub source: Source,
    /// Who.
    pub person: EligibilityPerson<'a>,
    /// Loops 2110C.
    pub benefits: Vec<Benefit<'a>>,
    /// Loops 2000D.
    pub dependents: Vec<DependentAnswer<'a>>,
}

/// Loop 2000D.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DependentAnswer<'a> {
    /// Where the loop stands in the file.
    pub source: Source,
    /// Who.
    pub person: EligibilityPerson<'a>,
    /// Loops 2110D.
    pub benefits: Vec<Benefit<'a>>,
}

/// Loop 2110: EB with what follows it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Benefit<'a> {
    /// EB01: `1` active, `6` inactive, `A` coinsurance, `B` copay, `C` deductible, `G` out of pocket …
    pub information: Text<'a>,
    /// EB02: `IND`, `FAM`.
    pub coverage_level: Text<'a>,
    /// EB03: service types.
    pub service_types: Vec<Text<'a>>,
    /// EB04.
    pub insurance_type: Text<'a>,
    /// EB05: plan name.
    pub plan: Text<'a>,
    /// EB06: `23` calendar year, `27` visit, `29` remaining.
    pub period: Text<'a>,
    /// EB07.
    pub amount: Option<Amount>,
    /// EB08: a fraction, `.2` for twenty percent.
    pub fraction: Text<'a>,
    /// EB09.
    pub quantity_qualifier: Text<'a>,
    /// EB10.
    pub quantity: Text<'a>,
    /// EB11: prior authorization needed.
    pub authorization: Text<'a>,
    /// EB12: in network `Y`, out `N`, either `W`.
    pub in_network: Text<'a>,
    /// EB13.
    pub procedure: Option<Procedure<'a>>,
    /// HSD, element by element.
    pub deliveries: Vec<Vec<Text<'a>>>,
    /// REF.
    pub references: Vec<Reference<'a>>,
    /// DTP.
    pub dates: Vec<DatePeriod<'a>>,
    /// AAA.
    pub rejections: Vec<Rejection<'a>>,
    /// MSG: the payer's own words.
    pub messages: Vec<Text<'a>>,
    /// Loops 2120 between LS and LE.
    pub related: Vec<Party<'a>>,
    /// EB14: numbers of diagnoses of the person, counted from 1.
    pub diagnosis_pointers: Vec<Text<'a>>,
    /// `III`: places of service, diagnoses and what else narrows the benefit.
    pub details: Vec<Detail<'a>>,
}

impl<'a> EligibilityAnswers<'a> {
    /// Every person answered about, with their benefits.
    pub fn persons(
        &self,
    ) -> impl Iterator<Item = (&PayerAnswers<'a>, &EligibilityPerson<'a>, &[Benefit<'a>], &Source)> {
        self.answered.iter().flat_map(|answered| {
            answered.subscribers.iter().flat_map(move |subscriber| {
                let own = (subscriber.dependents.is_empty() || !subscriber.benefits.is_empty()).then_some((
                    answered,
                    &subscriber.person,
                    &subscriber.benefits[..],
                    &subscriber.source,
                ));
                own.into_iter().chain(
                    subscriber.dependents.iter().map(move |dependent| {
                        (answered, &dependent.person, &dependent.benefits[..], &dependent.source)
                    }),
                )
            })
        })
    }
}

/// The answers, borrowed from the set, and what could not be read of them.
pub fn read<'a>(set: &TransactionSet<'a>) -> (EligibilityAnswers<'a>, Vec<Problem>) {
    read_from(Reader::new(set))
}

/// The answers, owned, and what could not be read of them.
pub fn read_owned(set: &TransactionSet<'_>) -> (EligibilityAnswers<'static>, Vec<Problem>) {
    read_from(Reader::copying(set))
}

fn read_from<'a>(mut r: Reader<'_, 'a>) -> (EligibilityAnswers<'a>, Vec<Problem>) {
    let mut answers = EligibilityAnswers { header: EligibilityHeader::read_set(&r), ..EligibilityAnswers::default() };
    r.advance();
    while !r.at_end() {
        match (r.id(), &*r.text(3)) {
            (ids::BHT, _) => answers.header.read_beginning(&mut r),
            (ids::HL, "21") => {
                read_provider(&mut answers, &mut r);
                continue;
            }
            (ids::HL, "22") => {
                let subscriber = read_subscriber(&mut r);
                last_or_new(&mut answers.answered).subscribers.push(subscriber);
                continue;
            }
            (ids::HL, "23") => {
                let dependent = read_dependent(&mut r);
                last_or_new(&mut last_or_new(&mut answers.answered).subscribers).dependents.push(dependent);
                continue;
            }
            (ids::HL, _) => {
                read_payer(&mut answers, &mut r);
                continue;
            }
            _ => {}
        }
        r.advance();
    }
    (answers, r.into_problems())
}

fn read_payer<'a>(answers: &mut EligibilityAnswers<'a>, r: &mut Reader<'_, 'a>) {
    let mut answered = PayerAnswers::default();
    r.advance();
    while !matches!(r.id(), ids::HL | ids::END) {
        if r.id() == ids::AAA && answered.payer.name.role.is_empty() {
            answered.system_rejections.push(Rejection::read(r));
        } else {
            answered.payer.read_more(r);
        }
        r.advance();
    }
    answers.answered.push(answered);
}

fn read_provider<'a>(answers: &mut EligibilityAnswers<'a>, r: &mut Reader<'_, 'a>) {
    let mut provider = EligibilityParty::default();
    r.advance();
    while !matches!(r.id(), ids::HL | ids::END) {
        provider.read_more(r);
        r.advance();
    }
    let answered = last_or_new(&mut answers.answered);
    if answered.provider.is_none() {
        answered.provider = Some(provider);
    } else {
        let payer = answered.payer.clone();
        answers.answered.push(PayerAnswers { payer, provider: Some(provider), ..PayerAnswers::default() });
    }
}

fn read_subscriber<'a>(r: &mut Reader<'_, 'a>) -> SubscriberAnswer<'a> {
    let start = r.position();
    let (person, benefits) = read_person(r);
    SubscriberAnswer { source: r.source_since(start), person, benefits, dependents: Vec::new() }
}

fn read_dependent<'a>(r: &mut Reader<'_, 'a>) -> DependentAnswer<'a> {
    let start = r.position();
    let (person, benefits) = read_person(r);
    DependentAnswer { source: r.source_since(start), person, benefits }
}

fn read_person<'a>(r: &mut Reader<'_, 'a>) -> (EligibilityPerson<'a>, Vec<Benefit<'a>>) {
    let mut person = EligibilityPerson::default();
    let mut benefits = Vec::new();
    r.advance();
    loop {
        match r.id() {
            ids::HL | ids::END => return (person, benefits),
            ids::EB => {
                benefits.push(read_benefit(r));
                continue;
            }
            _ => person.read_more(r),
        }
        r.advance();
    }
}

fn read_benefit<'a>(r: &mut Reader<'_, 'a>) -> Benefit<'a> {
    let mut benefit = Benefit {
        information: r.text(1),
        coverage_level: r.text(2),
        service_types: r.repetitions(3),
        insurance_type: r.text(4),
        plan: r.text(5),
        period: r.text(6),
        amount: r.optional_amount(7),
        fraction: r.text(8),
        quantity_qualifier: r.text(9),
        quantity: r.text(10),
        authorization: r.text(11),
        in_network: r.text(12),
        procedure: Procedure::read_optional(r, 13),
        diagnosis_pointers: r.components(14),
        ..Benefit::default()
    };
    r.advance();
    loop {
        match r.id() {
            ids::HSD => benefit.deliveries.push(r.texts()),
            ids::REF => benefit.references.push(Reference::read(r)),
            ids::DTP => benefit.dates.push(DatePeriod::read(r)),
            ids::AAA => benefit.rejections.push(Rejection::read(r)),
            ids::MSG => benefit.messages.push(r.text(1)),
            ids::III => benefit.details.extend(Detail::read(r, &DETAILS)),
            ids::NM1 => {
                benefit.related.push(Party::read(r));
                continue;
            }
            ids::EB | ids::HL | ids::END => return benefit,
            _ => {}
        }
        r.advance();
    }
}

/// Writes ST to SE.
pub fn write(answers: &EligibilityAnswers<'_>, writer: &mut Writer) {
    let out = &mut Out::open(writer, "271", &answers.header.implementation);
    answers.header.write(out);
    let mut before: Option<(&EligibilityParty<'_>, u32)> = None;
    for answered in &answers.answered {
        let payer_level = match before {
            Some((payer, level)) if *payer == answered.payer => level,
            Some(_) | None => {
                let level = out.hierarchy(None, "20", answered.provider.is_some().into());
                answered.system_rejections.iter().for_each(|rejection| rejection.write(out));
                answered.payer.write(out);
                level
            }
        };
        before = Some((&answered.payer, payer_level));
        let Some(provider) = &answered.provider else { continue };
        let provider_level = out.hierarchy(Some(payer_level), "21", (!answered.subscribers.is_empty()).into());
        provider.write(out);
        for subscriber in &answered.subscribers {
            let own_level = out.hierarchy(Some(provider_level), "22", (!subscriber.dependents.is_empty()).into());
            subscriber.person.write(out);
            subscriber.benefits.iter().for_each(|benefit| write_benefit(benefit, out));
            for dependent in &subscriber.dependents {
                out.hierarchy(Some(own_level), "23", false.into());
                dependent.person.write(out);
                dependent.benefits.iter().for_each(|benefit| write_benefit(benefit, out));
            }
        }
    }
    out.close();
}

fn write_benefit(benefit: &Benefit<'_>, out: &mut Out<'_>) {
    let procedure = benefit.procedure.as_ref().map(Procedure::components).unwrap_or_default();
    out.begin("EB")
        .text(&benefit.information)
        .text(&benefit.coverage_level)
        .repeated(&benefit.service_types)
        .text(&benefit.insurance_type)
        .text(&benefit.plan)
        .text(&benefit.period)
        .optional_amount(benefit.amount)
        .text(&benefit.fraction)
        .text(&benefit.quantity_qualifier)
        .text(&benefit.quantity)
        .text(&benefit.authorization)
        .text(&benefit.in_network)
        .composite(procedure)
        .composite(&benefit.diagnosis_pointers)
        .end();
    benefit.deliveries.iter().for_each(|delivery| out.texts("HSD", delivery));
    write_references(&benefit.references, out);
    write_dates(&benefit.dates, out);
    benefit.rejections.iter().for_each(|rejection| rejection.write(out));
    for message in &benefit.messages {
        out.begin("MSG").text(message).end();
    }
    write_details(&benefit.details, &DETAILS, out);
    if !benefit.related.is_empty() {
        out.begin("LS").text("2120").end();
        benefit.related.iter().for_each(|party| party.write(out));
        out.begin("LE").text("2120").end();
    }
}
