//! 270 (005010X279A1): is this person's insurance active, and for what?

use super::detail::{Detail, write_details};
use super::eligibility::{EligibilityHeader, EligibilityParty, EligibilityPerson};
use super::fields::{Reader, last_or_new};
use super::out::Out;
use super::party::{Reference, write_references};
use super::service::{DatePeriod, Procedure, write_dates};
use super::text::Text;
use crate::ids;
use crate::{Problem, TransactionSet, Writer};

/// Segments of a question that are kept as they stand.
const DETAILS: [&str; 2] = ["AMT", "III"];

/// One 270 transaction set.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EligibilityInquiries<'a> {
    /// ST and BHT.
    pub header: EligibilityHeader<'a>,
    /// The levels 2000A with 2000B, in the order of the file.
    pub asked: Vec<PayerInquiries<'a>>,
}

/// One payer asked by one provider.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PayerInquiries<'a> {
    /// Loop 2100A.
    pub payer: EligibilityParty<'a>,
    /// Loop 2100B.
    pub provider: EligibilityParty<'a>,
    /// Loops 2000C.
    pub subscribers: Vec<SubscriberInquiry<'a>>,
}

/// Loop 2000C with its dependents.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SubscriberInquiry<'a> {
    /// Who.
    pub person: EligibilityPerson<'a>,
    /// Loops 2110C.
    pub questions: Vec<Question<'a>>,
    /// Loops 2000D.
    pub dependents: Vec<DependentInquiry<'a>>,
}

/// Loop 2000D.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DependentInquiry<'a> {
    /// Who.
    pub person: EligibilityPerson<'a>,
    /// Loops 2110D.
    pub questions: Vec<Question<'a>>,
}

/// EQ: what is asked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Question<'a> {
    /// EQ01: service types, `30` for the plan as a whole.
    pub service_types: Vec<Text<'a>>,
    /// EQ02.
    pub procedure: Option<Procedure<'a>>,
    /// EQ03: `FAM`, where asked for the family.
    pub coverage_level: Text<'a>,
    /// EQ04.
    pub insurance_type: Text<'a>,
    /// EQ05: numbers of diagnoses of the person, counted from 1.
    pub diagnosis_pointers: Vec<Text<'a>>,
    /// `AMT` spend down and `III` place of service.
    pub details: Vec<Detail<'a>>,
    /// REF: `9F` referral, `G1` prior authorization.
    pub references: Vec<Reference<'a>>,
    /// DTP*291, where it differs from the person's.
    pub dates: Vec<DatePeriod<'a>>,
}

impl<'a> EligibilityInquiries<'a> {
    /// Every person asked about: payer, subscriber, dependent if any, and the questions.
    pub fn persons(
        &self,
    ) -> impl Iterator<Item = (&PayerInquiries<'a>, &SubscriberInquiry<'a>, Option<&DependentInquiry<'a>>)> {
        self.asked.iter().flat_map(|asked| {
            asked.subscribers.iter().flat_map(move |subscriber| {
                let own = (!subscriber.questions.is_empty() || subscriber.dependents.is_empty()).then_some(None);
                own.into_iter()
                    .chain(subscriber.dependents.iter().map(Some))
                    .map(move |dependent| (asked, subscriber, dependent))
            })
        })
    }
}

/// Which HL we are under.
#[derive(Clone, Copy)]
enum Level {
    Payer,
    Provider,
    Subscriber,
    Dependent,
}

/// The questions, borrowed from the set, and what could not be read of them.
pub fn read<'a>(set: &TransactionSet<'a>) -> (EligibilityInquiries<'a>, Vec<Problem>) {
    read_from(Reader::new(set))
}

/// The questions, owned, and what could not be read of them.
pub fn read_owned(set: &TransactionSet<'_>) -> (EligibilityInquiries<'static>, Vec<Problem>) {
    read_from(Reader::copying(set))
}

fn read_from<'a>(mut r: Reader<'_, 'a>) -> (EligibilityInquiries<'a>, Vec<Problem>) {
    let mut inquiries =
        EligibilityInquiries { header: EligibilityHeader::read_set(&r), ..EligibilityInquiries::default() };
    let mut level = Level::Payer;
    r.advance();
    // Whether a question was asked at this level: what follows belongs to it, and no more to the person.
    let mut is_asking = false;
    while !r.at_end() {
        is_asking = r.id() == ids::EQ || (is_asking && r.id() != ids::HL);
        match r.id() {
            ids::BHT => inquiries.header.read_beginning(&mut r),
            ids::HL => level = open_level(&mut inquiries, &r),
            ids::EQ => {
                let question = Question {
                    service_types: r.repetitions(1),
                    procedure: Procedure::read_optional(&r, 2),
                    coverage_level: r.text(3),
                    insurance_type: r.text(4),
                    diagnosis_pointers: r.components(5),
                    ..Question::default()
                };
                questions(&mut inquiries, level).push(question);
            }
            ids::AMT | ids::III | ids::REF | ids::DTP if is_asking => {
                if let Some(question) = questions(&mut inquiries, level).last_mut() {
                    question.read_more(&mut r);
                }
            }
            _ => match level {
                Level::Payer => last_or_new(&mut inquiries.asked).payer.read_more(&r),
                Level::Provider => last_or_new(&mut inquiries.asked).provider.read_more(&r),
                Level::Subscriber => last_subscriber(&mut inquiries).person.read_more(&mut r),
                Level::Dependent => last_dependent(&mut inquiries).person.read_more(&mut r),
            },
        }
        r.advance();
    }
    (inquiries, r.into_problems())
}

fn questions<'m, 'a>(inquiries: &'m mut EligibilityInquiries<'a>, level: Level) -> &'m mut Vec<Question<'a>> {
    match level {
        Level::Dependent => &mut last_dependent(inquiries).questions,
        Level::Payer | Level::Provider | Level::Subscriber => &mut last_subscriber(inquiries).questions,
    }
}

impl<'a> Question<'a> {
    fn read_more(&mut self, r: &mut Reader<'_, 'a>) {
        match r.id() {
            ids::REF => self.references.push(Reference::read(r)),
            ids::DTP => self.dates.push(DatePeriod::read(r)),
            _ => self.details.extend(Detail::read(r, &DETAILS)),
        }
    }
}

fn open_level(inquiries: &mut EligibilityInquiries<'_>, r: &Reader<'_, '_>) -> Level {
    match &*r.text(3) {
        "21" => {
            let asked = last_or_new(&mut inquiries.asked);
            if !asked.subscribers.is_empty() {
                let payer = asked.payer.clone();
                inquiries.asked.push(PayerInquiries { payer, ..PayerInquiries::default() });
            }
            Level::Provider
        }
        "22" => {
            last_or_new(&mut inquiries.asked).subscribers.push(SubscriberInquiry::default());
            Level::Subscriber
        }
        "23" => {
            last_subscriber(inquiries).dependents.push(DependentInquiry::default());
            Level::Dependent
        }
        _ => {
            inquiries.asked.push(PayerInquiries::default());
            Level::Payer
        }
    }
}

fn last_subscriber<'m, 'a>(inquiries: &'m mut EligibilityInquiries<'a>) -> &'m mut SubscriberInquiry<'a> {
    last_or_new(&mut last_or_new(&mut inquiries.asked).subscribers)
}

fn last_dependent<'m, 'a>(inquiries: &'m mut EligibilityInquiries<'a>) -> &'m mut DependentInquiry<'a> {
    last_or_new(&mut last_subscriber(inquiries).dependents)
}

/// Writes ST to SE.
pub fn write(inquiries: &EligibilityInquiries<'_>, writer: &mut Writer) {
    let out = &mut Out::open(writer, "270", &inquiries.header.implementation);
    inquiries.header.write(out);
    let mut before: Option<(&EligibilityParty<'_>, u32)> = None;
    for asked in &inquiries.asked {
        let payer_level = match before {
            Some((payer, level)) if *payer == asked.payer => level,
            Some(_) | None => {
                let level = out.hierarchy(None, "20", true.into());
                asked.payer.write(out);
                level
            }
        };
        before = Some((&asked.payer, payer_level));
        let provider_level = out.hierarchy(Some(payer_level), "21", (!asked.subscribers.is_empty()).into());
        asked.provider.write(out);
        for subscriber in &asked.subscribers {
            let own_level = out.hierarchy(Some(provider_level), "22", (!subscriber.dependents.is_empty()).into());
            subscriber.person.write(out);
            write_questions(&subscriber.questions, out);
            for dependent in &subscriber.dependents {
                out.hierarchy(Some(own_level), "23", false.into());
                dependent.person.write(out);
                write_questions(&dependent.questions, out);
            }
        }
    }
    out.close();
}

fn write_questions(questions: &[Question<'_>], out: &mut Out<'_>) {
    for question in questions {
        let procedure = question.procedure.as_ref().map(Procedure::components).unwrap_or_default();
        out.begin("EQ")
            .repeated(&question.service_types)
            .composite(procedure)
            .text(&question.coverage_level)
            .text(&question.insurance_type)
            .composite(&question.diagnosis_pointers)
            .end();
        write_details(&question.details, &DETAILS, out);
        write_references(&question.references, out);
        write_dates(&question.dates, out);
    }
}
