//! "Is this coverage active?" as a 270, and the payer's 271 as the domain's answer (005010X279A1).

mod identity;

use billing::claim::acknowledgment::InterchangeEnds;
use billing::coverage::{Coverage, Relationship};
use billing::eligibility::{EligibilityAnswer, EligibilityStatus};
use billing::patient::Patient;
use billing::practice::BillingProvider;
use jiff::civil::Date;
use ledger::Money;
use x12::transactions::eligibility_270::{
    self, DependentInquiry, EligibilityInquiries, PayerInquiries, Question, SubscriberInquiry,
};
use x12::transactions::eligibility_271::{self, Benefit, EligibilityAnswers, PayerAnswers};
use x12::transactions::{
    DatePeriod, Demographics, EligibilityHeader, EligibilityParty, EligibilityPerson, Name, Rejection, Source, Trace,
};

pub use self::identity::{Identity, asked};
use crate::acknowledgment::ends;
use crate::amount::to_money;
use crate::claim_837::person_name;
use crate::envelope::{Envelope, NotWritten, accepted_by_our_check};
use crate::remittance_835::raw;
use crate::text::plain;

/// The guide of question and answer.
pub const GUIDE: &str = "005010X279A1";
/// EQ01: the plan as a whole.
const WHOLE_PLAN: &str = "30";
/// EB03: an office visit.
const OFFICE_VISIT: &str = "98";
/// TRN03 of our own questions: `9` and our ten digits is the usual form; payers return it unread.
const TRACE_ORIGINATOR_PREFIX: &str = "9";

/// One question.
#[derive(Debug, Clone, Copy)]
pub struct EligibilityQuestion<'a> {
    /// Who asks.
    pub billing: &'a BillingProvider,
    /// The payer's name.
    pub payer_name: &'a str,
    /// Its electronic id.
    pub payer_identifier: &'a str,
    /// Which enrollment.
    pub coverage: &'a Coverage,
    /// Who is covered.
    pub patient: &'a Patient,
    /// For which day.
    pub asked_for: Date,
    /// Our number, which comes back in the answer (TRN02).
    pub trace: &'a str,
}

/// One 270 file with one question, read back.
pub fn write(question: &EligibilityQuestion<'_>, envelope: &Envelope) -> Result<Vec<u8>, NotWritten> {
    let inquiries = EligibilityInquiries {
        header: EligibilityHeader {
            implementation: GUIDE.into(),
            purpose: "13".into(),
            reference: envelope.reference().into(),
            created_on: Some(envelope.sealed_at.date()),
            created_at: envelope.time().into(),
            ..EligibilityHeader::default()
        },
        asked: vec![PayerInquiries {
            payer: EligibilityParty::named(Name::organization(
                "PR",
                plain(question.payer_name),
                "PI",
                question.payer_identifier,
            )),
            provider: EligibilityParty::named(Name::organization(
                "1P",
                plain(&question.billing.name),
                "XX",
                question.billing.npi.as_str(),
            )),
            subscribers: vec![subscriber(question)],
        }],
    };
    let mut writer = envelope.open("HS", GUIDE)?;
    eligibility_270::write(&inquiries, &mut writer);
    let bytes = writer.finish()?;
    accepted_by_our_check(&bytes)?;
    Ok(bytes)
}

fn subscriber<'a>(question: &EligibilityQuestion<'a>) -> SubscriberInquiry<'a> {
    let holder = &question.coverage.subscriber;
    let trace = Trace {
        kind: "1".into(),
        number: question.trace.into(),
        originator: format!("{TRACE_ORIGINATOR_PREFIX}{}", question.billing.tax_id.digits()).into(),
        supplemental: "".into(),
    };
    let questions = vec![Question { service_types: vec![WHOLE_PLAN.into()], ..Question::default() }];
    let dates = vec![DatePeriod::day("291", question.asked_for)];
    let holder_person = EligibilityPerson {
        name: person_name("IL", &holder.name, "MI", holder.member_id.reveal()),
        demographics: Some(Demographics {
            birth_date: Some(*holder.birth_date.reveal()),
            sex: holder.gender.code().into(),
        }),
        ..EligibilityPerson::default()
    };
    if question.coverage.relationship == Relationship::SelfSubscriber {
        return SubscriberInquiry {
            person: EligibilityPerson { traces: vec![trace], dates, ..holder_person },
            questions,
            dependents: Vec::new(),
        };
    }
    let patient = question.patient;
    let person = EligibilityPerson {
        traces: vec![trace],
        name: person_name("03", &patient.name, "", ""),
        demographics: Some(Demographics {
            birth_date: Some(*patient.birth_date.reveal()),
            sex: patient.gender.code().into(),
        }),
        relationship: question.coverage.relationship.code().into(),
        dates,
        ..EligibilityPerson::default()
    };
    SubscriberInquiry {
        person: holder_person,
        questions: Vec::new(),
        dependents: vec![DependentInquiry { person, questions }],
    }
}

/// One answer with the segments it was read from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadEligibility {
    /// The facts. `asked_for` is the day the file names, or the zero date where it names none.
    pub answer: EligibilityAnswer,
    /// Between whom the file went.
    pub ends: InterchangeEnds,
    /// By whom and about whom it is.
    pub identity: Identity,
    /// The person's segments as they stand in the file.
    pub raw: String,
}

/// Every answer of a file, one for each trace number it returns.
pub fn read(bytes: &[u8]) -> Vec<ReadEligibility> {
    let file = x12::read(bytes);
    let mut all = Vec::new();
    for (interchange, _, set) in file.sets().filter(|(_, _, set)| set.id() == "271") {
        let (answers, _) = eligibility_271::read(set);
        for (above, subscriber, person, benefits, source) in persons(&answers) {
            let mut rejections: Vec<&Rejection<'_>> = above.system_rejections.iter().collect();
            rejections.extend(&above.payer.rejections);
            rejections.extend(above.provider.iter().flat_map(|provider| &provider.rejections));
            rejections.extend(&person.rejections);
            rejections.extend(benefits.iter().flat_map(|benefit| &benefit.rejections));
            // A subscriber above an asked dependent has no trace of ours.
            for trace in person.traces.iter().filter(|trace| trace.kind == "2") {
                all.push(ReadEligibility {
                    answer: answer(&trace.number, person, benefits, &rejections),
                    ends: ends(&interchange.isa),
                    identity: Identity::of(
                        &trace.originator,
                        &above.payer.name,
                        above.provider.as_ref(),
                        subscriber,
                        person,
                    ),
                    raw: raw(bytes, source),
                });
            }
        }
    }
    all
}

/// A person answered about: the payer's level, the subscriber, the person, the benefits, and where it stands.
type Answered<'m, 'a> =
    (&'m PayerAnswers<'a>, &'m EligibilityPerson<'a>, &'m EligibilityPerson<'a>, &'m [Benefit<'a>], &'m Source);

/// Every person answered about, with the subscriber whose member id counts.
fn persons<'m, 'a>(answers: &'m EligibilityAnswers<'a>) -> Vec<Answered<'m, 'a>> {
    let mut all: Vec<Answered<'m, 'a>> = Vec::new();
    for above in &answers.answered {
        for subscriber in &above.subscribers {
            let holder = &subscriber.person;
            if subscriber.dependents.is_empty() || !subscriber.benefits.is_empty() {
                all.push((above, holder, holder, &subscriber.benefits, &subscriber.source));
            }
            let dependents = subscriber.dependents.iter();
            all.extend(dependents.map(|one| (above, holder, &one.person, &one.benefits[..], &one.source)));
        }
    }
    all
}

fn answer(
    trace: &str,
    person: &EligibilityPerson<'_>,
    benefits: &[Benefit<'_>],
    rejections: &[&Rejection<'_>],
) -> EligibilityAnswer {
    let in_network = |benefit: &&Benefit<'_>| benefit.in_network != "N";
    let information =
        |code: &'static str| benefits.iter().filter(in_network).filter(move |one| one.information == code);
    let active = benefits.iter().find(|one| matches!(&*one.information, "1" | "2" | "3" | "4" | "5"));
    let inactive = benefits.iter().any(|one| matches!(&*one.information, "6" | "7" | "8"));
    let status = match (active, inactive) {
        (Some(_), _) => EligibilityStatus::Active,
        (None, true) => EligibilityStatus::Inactive,
        (None, false) => EligibilityStatus::Unknown,
    };
    let for_visits = |one: &&Benefit<'_>| one.service_types.iter().any(|service| service == OFFICE_VISIT);
    let copay = first_amount(information("B").filter(for_visits)).or_else(|| first_amount(information("B")));
    // Deductibles of one person: the family's stands beside them under FAM.
    let deductible =
        |period: &'static str| information("C").filter(move |one| one.period == period && one.coverage_level != "FAM");
    EligibilityAnswer {
        status,
        asked_for: asked_for(person),
        trace: trace.to_owned(),
        plan_name: active.map(|one| one.plan.to_string()).unwrap_or_default(),
        copay,
        deductible: first_amount(deductible("23")),
        deductible_remaining: first_amount(deductible("29")),
        coinsurance_basis_points: information("A").find_map(|one| basis_points(&one.fraction)),
        reasons: rejections.iter().map(|rejection| rejection_words(&rejection.reason)).collect(),
    }
}

fn first_amount<'m, 'a: 'm>(mut benefits: impl Iterator<Item = &'m Benefit<'a>>) -> Option<Money> {
    benefits.find_map(|benefit| benefit.amount).map(to_money)
}

fn asked_for(person: &EligibilityPerson<'_>) -> Date {
    ["291", "307"]
        .into_iter()
        .find_map(|qualifier| x12::transactions::date_of(&person.dates, qualifier))
        .and_then(|when| when.first_day())
        .unwrap_or(Date::ZERO)
}

/// ".2" is 2000 basis points; none where the text is no fraction of at most four decimals.
fn basis_points(fraction: &str) -> Option<i32> {
    let (whole, decimals) = fraction.split_once('.').unwrap_or((fraction, ""));
    if fraction.is_empty() || decimals.len() > 4 {
        return None;
    }
    let whole: i32 = if whole.is_empty() { 0 } else { whole.parse().ok()? };
    let decimals: i32 = format!("{decimals:0<4}").parse().ok()?;
    whole.checked_mul(10_000)?.checked_add(decimals)
}

/// AAA03 in our own words, for the desk.
fn rejection_words(code: &str) -> String {
    match code {
        "04" => "The payer takes fewer questions at once.".into(),
        "15" => "Required data of the question is missing.".into(),
        "33" | "35" | "39" | "40" | "41" | "43" | "44" | "45" | "46" | "47" | "48" | "50" | "51" => {
            "The payer does not know the asking provider; check its NPI with the payer.".into()
        }
        "42" | "80" => "The payer cannot answer just now; ask again later.".into(),
        "52" => "The service date is outside the provider's contract with the plan.".into(),
        "56" | "57" => "The date asked for is not valid.".into(),
        "58" | "71" => "The birth date does not match; compare it with the card.".into(),
        "60" | "61" | "62" | "63" => "The date asked for is not one the payer answers for.".into(),
        "64" | "72" => "The member id is missing or wrong; copy it from the card.".into(),
        "65" | "73" => "The name is missing or does not match; copy it from the card.".into(),
        "66" | "74" => "The gender is missing or does not match.".into(),
        "67" | "75" | "76" => "The payer does not find the member; compare name, birth date and member id.".into(),
        "68" | "77" | "78" => "The payer does not find this person under the subscriber.".into(),
        "79" => "The payer id is wrong; check the payer's settings.".into(),
        other => format!("The payer could not answer (reason {other} of list 901)."),
    }
}

#[cfg(test)]
mod tests {
    use super::basis_points;

    #[test]
    fn a_fraction_is_basis_points() {
        for (text, expected) in
            [(".2", Some(2000)), ("0.15", Some(1500)), ("1", Some(10_000)), ("", None), ("x", None), (".12345", None)]
        {
            assert_eq!(basis_points(text), expected, "{text}");
        }
    }
}
