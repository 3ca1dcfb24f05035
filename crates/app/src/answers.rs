//! The eight questions of the field, each answered from data: words that may be read aloud, the figures behind them,
//! and what this person's tier may do next. Nothing is answered before two identifiers matched.

use billing::access::{Action, Actor, ResourceState};
use billing::claim::ClaimStatus;
use billing::counting::counted;
use billing::eligibility::EligibilityStatus;
use billing::explain::{Language, Sentence, day_words, dollar_words};
use billing::work::inquiry::{Inquiry, InquiryReason};
use billing::{InquiryId, Money, PatientId, PracticeId};
use jiff::civil::Date;
use store::views::patients::{COVERAGES_VIEW, CoverageViewRow, ELIGIBILITY_VIEW, EligibilityViewRow};
use store::{Db, params};

use crate::Error;
use crate::access::allow;
use crate::inquiry;
use crate::patient_account::{self, ClaimLine, PatientAccount, VisitAccount};

/// One answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The question.
    pub question: InquiryReason,
    /// Sentences that may be read aloud.
    pub say: Vec<String>,
    /// The figures behind the words.
    pub figures: Vec<Figure>,
    /// What may be offered next, at this tier or the next.
    pub next_steps: Vec<&'static str>,
}

/// A figure behind an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Figure {
    /// What it is.
    pub label: String,
    /// How much.
    pub amount: Money,
    /// The day it belongs to, where it has one.
    pub on: Option<Date>,
}

/// Answers an inquiry's question from the caller's account.
///
/// # Errors
/// `Refused` before an account was chosen and two identifiers matched; `NotFound`; `Denied`.
pub fn answer(db: &Db, actor: &Actor, practice: PracticeId, id: InquiryId) -> Result<Answer, Error> {
    let (inquiry, _) = inquiry::show(db, actor, practice, id)?;
    let patient = verified_patient(&inquiry)?;
    for_patient(db, actor, practice, patient, inquiry.reason)
}

fn verified_patient(inquiry: &Inquiry) -> Result<PatientId, Error> {
    match inquiry.patient_id {
        Some(patient) if inquiry.is_verified() => Ok(patient),
        Some(_) | None => Err(Error::refused(
            "Find the account and verify two identifiers first: ask for the birth date and the account number.",
        )),
    }
}

/// Answers one question for an account whose caller is known.
///
/// # Errors
/// `NotFound`; `Denied` without the right to answer inquiries.
pub fn for_patient(
    db: &Db,
    actor: &Actor,
    practice: PracticeId,
    patient: PatientId,
    question: InquiryReason,
) -> Result<Answer, Error> {
    allow(actor, Action::AnswerInquiry, &ResourceState::default())?;
    let account = patient_account::account(db, actor, practice, patient)?;
    let words = Words(Language::of_patient(&account.patient.language));
    Ok(match question {
        InquiryReason::BillExplanation => words.bill(&account),
        InquiryReason::Balance => words.balance(&account),
        InquiryReason::PaymentReceived => words.payments(&account),
        InquiryReason::InsuranceActive => {
            let (coverages, answers) = db.read::<_, Error>(actor, practice, |read| {
                Ok((read.query(&COVERAGES_VIEW, params![patient])?, read.query(&ELIGIBILITY_VIEW, params![patient])?))
            })?;
            words.insurance(&coverages, &answers)
        }
        InquiryReason::ClaimDenied => words.denied(&account),
        InquiryReason::BilledWrongly => words.billed_wrongly(&account),
        InquiryReason::Resubmit | InquiryReason::PayerNeverGotIt => words.claims(&account, question),
        InquiryReason::CodingDispute | InquiryReason::Complaint | InquiryReason::Other => words.escalate(question),
    })
}

/// The language in which the answers are worded.
#[derive(Clone, Copy)]
struct Words(Language);

impl Words {
    fn money(self, amount: Money) -> String {
        dollar_words(amount, self.0)
    }

    fn day(self, on: Date) -> String {
        day_words(on, self.0)
    }

    /// Why did I get this bill?
    fn bill(self, account: &PatientAccount) -> Answer {
        let owed: Vec<&VisitAccount> = owed_visits(account).collect();
        let mut say: Vec<String> = owed.iter().flat_map(|visit| visit.say.iter().cloned()).collect();
        if owed.is_empty() {
            say.push("You do not owe anything now.".to_owned());
            say.extend(self.waiting(account));
        } else {
            say.push(format!("Altogether you owe {} for {}.", self.money(account.owes_now), visits(owed.len())));
        }
        let figures = owed
            .iter()
            .map(|visit| {
                figure(
                    format!("Visit of {}", self.day(visit.date_of_service)),
                    visit.standing.patient_owes,
                    Some(visit.date_of_service),
                )
            })
            .collect();
        Answer {
            question: InquiryReason::BillExplanation,
            say,
            figures,
            next_steps: vec!["Send the itemized statement", "Take a payment", "Escalate if the caller disputes it"],
        }
    }

    /// What is my balance?
    fn balance(self, account: &PatientAccount) -> Answer {
        let mut say = vec![match account.owes_now.is_zero() {
            true => "You do not owe anything now.".to_owned(),
            false => format!("You owe {} for {}.", self.money(account.owes_now), visits(account.visits_owed)),
        }];
        say.extend(self.waiting(account));
        if !account.unapplied.is_zero() {
            say.push(format!("We hold {} of yours that pays for nothing yet.", self.money(account.unapplied)));
        }
        if !account.we_owe.is_zero() {
            say.push(format!("We owe you {}.", self.money(account.we_owe)));
        }
        Answer {
            question: InquiryReason::Balance,
            say,
            figures: vec![
                figure("Owed now", account.owes_now, None),
                figure("With payers, undecided or disputed", account.with_payers, None),
                figure("Your money, not applied", account.unapplied, None),
            ],
            next_steps: vec!["Take a payment", "Send a statement", "Explain a visit"],
        }
    }

    fn waiting(self, account: &PatientAccount) -> Option<String> {
        (!account.with_payers.is_zero()).then(|| {
            format!(
                "Your plan has still to decide about {}. Please do not pay that part.",
                self.money(account.with_payers)
            )
        })
    }

    /// Did you get my payment?
    fn payments(self, account: &PatientAccount) -> Answer {
        let say = match account.payments.first() {
            None => vec!["We have no payment from you on this account. When did you pay, and how?".to_owned()],
            Some(last) => vec![format!(
                "Yes. The last payment is {} on {}, {}, receipt {}.",
                self.money(last.amount),
                self.day(last.received_on),
                last.words.to_lowercase(),
                last.receipt_number
            )],
        };
        let figures = account.payments.iter().map(|p| figure(p.words.clone(), p.amount, Some(p.received_on))).collect();
        Answer {
            question: InquiryReason::PaymentReceived,
            say,
            figures,
            next_steps: vec!["Send the receipt again", "Ask the poster to trace a payment we cannot find"],
        }
    }

    /// Is my insurance active?
    fn insurance(self, coverages: &[CoverageViewRow], answers: &[EligibilityViewRow]) -> Answer {
        let mut say = Vec::new();
        let mut figures = Vec::new();
        match answers.iter().find_map(|row| row.body.as_ref().map(|body| &body.0)) {
            None if coverages.is_empty() => say.push("We have no insurance of yours on file.".to_owned()),
            None => say.push("We have your insurance on file and have not asked the plan yet.".to_owned()),
            Some(said) => {
                let day = self.day(said.asked_for);
                say.push(match said.status {
                    EligibilityStatus::Active => format!("Yes. Your plan says that you are covered on {day}."),
                    EligibilityStatus::Inactive => format!("Your plan says that you are not covered on {day}."),
                    EligibilityStatus::Unknown => {
                        format!("Your plan could not say whether you are covered on {day}. {}", said.reasons.join(" "))
                    }
                });
                for (label, amount) in [
                    ("Copay of an office visit", said.copay),
                    ("Deductible of the year", said.deductible),
                    ("Left of the deductible", said.deductible_remaining),
                ] {
                    if let Some(amount) = amount {
                        say.push(format!("{label}: {}.", self.money(amount)));
                        figures.push(figure(label, amount, Some(said.asked_for)));
                    }
                }
            }
        }
        Answer {
            question: InquiryReason::InsuranceActive,
            say,
            figures,
            next_steps: vec!["Ask the plan again for a date", "Enter a new card", "Hold statements until it is clear"],
        }
    }

    /// Why was my claim denied? Tier 1 reads and explains; working it is Tier 2's.
    fn denied(self, account: &PatientAccount) -> Answer {
        let mut say = Vec::new();
        let mut figures = Vec::new();
        for visit in &account.visits {
            for sentence in &visit.explanation.sentences {
                if let Sentence::Denied { amount, .. } = sentence {
                    let day = self.day(visit.date_of_service);
                    say.push(format!("About the visit of {day}: {}", sentence.words(self.0)));
                    figures.push(figure(format!("Refused, visit of {day}"), *amount, Some(visit.date_of_service)));
                }
            }
        }
        if say.is_empty() {
            say.push("No plan has refused anything on your account.".to_owned());
        }
        Answer {
            question: InquiryReason::ClaimDenied,
            say,
            figures,
            next_steps: vec!["Ask for the plan's letter", "Escalate to Tier 2, who works the refusal"],
        }
    }

    /// Was I billed wrongly?
    fn billed_wrongly(self, account: &PatientAccount) -> Answer {
        let mut answer = self.bill(account);
        answer.question = InquiryReason::BilledWrongly;
        answer.say.push(
            "If a visit or a service is not yours, tell me which: we stop the statement and check it.".to_owned(),
        );
        answer.next_steps = vec!["Hold the statement", "Escalate with what the caller says is wrong"];
        answer
    }

    /// Can you resubmit? · My insurer says they never got it.
    fn claims(self, account: &PatientAccount, question: InquiryReason) -> Answer {
        let claims: Vec<&ClaimLine> = account.visits.iter().flat_map(|visit| &visit.claims).collect();
        let say = match claims.is_empty() {
            true => vec!["There is no claim on your account.".to_owned()],
            false => claims.iter().map(|claim| self.claim(claim)).collect(),
        };
        let figures =
            claims.iter().map(|claim| figure(format!("Claim {}", claim.control_number), claim.total, None)).collect();
        Answer {
            question,
            say,
            figures,
            next_steps: vec![
                "Read the plan's claim number and the day it was accepted",
                "Ask the plan where the claim is",
            ],
        }
    }

    fn claim(self, claim: &ClaimLine) -> String {
        let place = match claim.status {
            ClaimStatus::Draft | ClaimStatus::Held => "is with us: something on it has to be mended first",
            ClaimStatus::Ready => "leaves with the next file",
            ClaimStatus::Submitted => "is on its way",
            ClaimStatus::Accepted => "was accepted by the plan, which has it now",
            ClaimStatus::Rejected => "came back to us before the plan decided; we mend it and send it again",
            ClaimStatus::Adjudicated | ClaimStatus::Closed => "was decided by the plan",
        };
        format!("The claim for {} to {} {place}.", self.money(claim.total), claim.payer_name)
    }

    fn escalate(self, question: InquiryReason) -> Answer {
        Answer {
            question,
            say: vec!["I will pass this to a colleague who decides it, with everything you tell me.".to_owned()],
            figures: Vec::new(),
            next_steps: vec!["Write down what the caller says", "Escalate with a handover"],
        }
    }
}

fn owed_visits(account: &PatientAccount) -> impl Iterator<Item = &VisitAccount> {
    account.visits.iter().filter(|visit| visit.decided && !visit.standing.patient_owes.is_zero())
}

fn visits(count: usize) -> String {
    if count == 1 { "one visit".to_owned() } else { counted(count, "visit") }
}

fn figure(label: impl Into<String>, amount: Money, on: Option<Date>) -> Figure {
    Figure { label: label.into(), amount, on }
}
