//! The eight questions of the field, each answered from data: words that may be read aloud, the figures behind them,
//! and what this person's tier may do next. Nothing is answered before two identifiers matched.

use billing::access::{Action, Actor, ResourceState};
use billing::claim::ClaimStatus;
use billing::counting::counted;
use billing::eligibility::{EligibilityAnswer, EligibilityStatus};
use billing::explain::{Language, Sentence, day_words, dollar_words};
use billing::work::inquiry::{Inquiry, InquiryReason};
use billing::{InquiryId, Money, PatientId, PracticeId};
use jiff::civil::Date;
use store::views::patients::{COVERAGES_VIEW, CoverageViewRow, ELIGIBILITY_VIEW, EligibilityViewRow};
use store::{Db, params};

use crate::Error;
use crate::access::allow;
use crate::inquiry;
use crate::patient_account::{self, ClaimLine, PatientAccount, PaymentLine, VisitAccount};

/// One answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The question.
    pub question: InquiryReason,
    /// Sentences that may be read aloud.
    pub say: Vec<String>,
    /// The same in the language of the patient's letters.
    pub say_in_letters: Vec<String>,
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
    let (coverages, answers) = db.read::<_, Error>(actor, practice, |read| {
        Ok((read.query(&COVERAGES_VIEW, params![patient])?, read.query(&ELIGIBILITY_VIEW, params![patient])?))
    })?;
    let in_words = |language| {
        let words = Words(language);
        match question {
            InquiryReason::BillExplanation => words.bill(&account),
            InquiryReason::Balance => words.balance(&account),
            InquiryReason::PaymentReceived => words.payments(&account),
            InquiryReason::InsuranceActive => words.insurance(&coverages, &answers),
            InquiryReason::ClaimDenied => words.denied(&account),
            InquiryReason::BilledWrongly => words.billed_wrongly(&account),
            InquiryReason::Resubmit | InquiryReason::PayerNeverGotIt => words.claims(&account),
            InquiryReason::CodingDispute
            | InquiryReason::Complaint
            | InquiryReason::Other
            | InquiryReason::PayNow
            | InquiryReason::PaymentPlan
            | InquiryReason::NewInsurance
            | InquiryReason::ChargeNotMine
            | InquiryReason::Authorization
            | InquiryReason::Estimate
            | InquiryReason::BillOverEstimate
            | InquiryReason::SurpriseBill
            | InquiryReason::Assistance
            | InquiryReason::Refund
            | InquiryReason::ReturnedPayment
            | InquiryReason::Contact
            | InquiryReason::AtAgency
            | InquiryReason::DebtDispute
            | InquiryReason::Records
            | InquiryReason::Representative
            | InquiryReason::Deceased
            | InquiryReason::Bankruptcy
            | InquiryReason::Accident
            | InquiryReason::NotBillable
            | InquiryReason::Legal
            | InquiryReason::ReturnedMail
            | InquiryReason::ConsentWithdrawn
            | InquiryReason::Access => words.escalate(),
        }
    };
    // Figures and next steps are for the colleague at the desk; what is said may be said in the caller's language too.
    let Said { say, figures, next_steps } = in_words(Language::English);
    let say_in_letters = in_words(account.language()).say;
    Ok(Answer { question, say, say_in_letters, figures, next_steps })
}

/// An answer in one language.
struct Said {
    say: Vec<String>,
    figures: Vec<Figure>,
    next_steps: Vec<&'static str>,
}

/// The language in which the answers are worded.
#[derive(Clone, Copy)]
struct Words(Language);

impl Words {
    /// The one of two wordings that is of this language.
    fn either(self, english: impl Into<String>, spanish: impl Into<String>) -> String {
        match self.0 {
            Language::English => english.into(),
            Language::Spanish => spanish.into(),
        }
    }

    fn visits(self, count: usize) -> String {
        match count {
            1 => self.either("one visit", "una visita"),
            _ => self.either(counted(count, "visit"), format!("{count} visitas")),
        }
    }

    fn money(self, amount: Money) -> String {
        dollar_words(amount, self.0)
    }

    fn day(self, on: Date) -> String {
        day_words(on, self.0)
    }

    /// Why did I get this bill?
    fn bill(self, account: &PatientAccount) -> Said {
        let owed: Vec<&VisitAccount> = owed_visits(account).collect();
        let mut say: Vec<String> = owed.iter().flat_map(|visit| visit.explanation.say(self.0)).collect();
        if owed.is_empty() {
            say.push(self.nothing_owed());
            say.extend(self.waiting(account));
        } else {
            let (owes, visits) = (self.money(account.owes_now), self.visits(owed.len()));
            say.push(self.either(
                format!("Altogether you owe {owes} for {visits}."),
                format!("En total usted debe {owes} por {visits}."),
            ));
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
        Said {
            say,
            figures,
            next_steps: vec!["Send the itemized statement", "Take a payment", "Escalate if the caller disputes it"],
        }
    }

    /// What is my balance?
    fn balance(self, account: &PatientAccount) -> Said {
        let (owes, visits) = (self.money(account.owes_now), self.visits(account.visits_owed));
        let mut say = vec![match account.owes_now.is_zero() {
            true => self.nothing_owed(),
            false => self.either(format!("You owe {owes} for {visits}."), format!("Usted debe {owes} por {visits}.")),
        }];
        say.extend(self.waiting(account));
        if !account.unapplied.is_zero() {
            let held = self.money(account.unapplied);
            say.push(self.either(
                format!("We hold {held} of yours that pays for nothing yet."),
                format!("Tenemos {held} suyos que todavía no pagan nada."),
            ));
        }
        if !account.we_owe.is_zero() {
            let owed = self.money(account.we_owe);
            say.push(self.either(format!("We owe you {owed}."), format!("Le debemos {owed}.")));
        }
        Said {
            say,
            figures: vec![
                figure("Owed now", account.owes_now, None),
                figure("With payers, undecided or disputed", account.with_payers, None),
                figure("Your money, not applied", account.unapplied, None),
            ],
            next_steps: vec!["Take a payment", "Send a statement", "Explain a visit"],
        }
    }

    fn nothing_owed(self) -> String {
        self.either("You do not owe anything now.", "Ahora no debe nada.")
    }

    fn waiting(self, account: &PatientAccount) -> Option<String> {
        let open = self.money(account.with_payers);
        (!account.with_payers.is_zero()).then(|| {
            self.either(
                format!("Your plan has still to decide about {open}. Please do not pay that part."),
                format!("Su plan todavía tiene que decidir sobre {open}. Por favor no pague esa parte."),
            )
        })
    }

    /// Did you get my payment?
    fn payments(self, account: &PatientAccount) -> Said {
        let say = match account.payments.first() {
            None => vec![self.either(
                "We have no payment from you on this account. When did you pay, and how?",
                "No tenemos ningún pago suyo en esta cuenta. ¿Cuándo pagó, y cómo?",
            )],
            Some(last) => vec![self.payment(last)],
        };
        let figures = account.payments.iter().map(|p| figure(p.words.clone(), p.amount, Some(p.received_on))).collect();
        Said {
            say,
            figures,
            next_steps: vec!["Send the receipt again", "Ask the poster to trace a payment we cannot find"],
        }
    }

    fn payment(self, last: &PaymentLine) -> String {
        let (amount, day, number) = (self.money(last.amount), self.day(last.received_on), &last.receipt_number);
        let (words, in_letters) = (last.words.to_lowercase(), last.words_in_letters.to_lowercase());
        self.either(
            format!("Yes. The last payment is {amount} on {day}, {words}, receipt {number}."),
            format!("Sí. El último pago es de {amount}, el {day}, {in_letters}, recibo {number}."),
        )
    }

    /// Is my insurance active?
    fn insurance(self, coverages: &[CoverageViewRow], answers: &[EligibilityViewRow]) -> Said {
        let mut say = Vec::new();
        let mut figures = Vec::new();
        match answers.iter().find_map(|row| row.body.as_ref().map(|body| &body.0)) {
            None if coverages.is_empty() => say.push(
                self.either("We have no insurance of yours on file.", "No tenemos registrado ningún seguro suyo."),
            ),
            None => say.push(self.either(
                "We have your insurance on file and have not asked the plan yet.",
                "Tenemos su seguro registrado y todavía no le hemos preguntado al plan.",
            )),
            Some(said) => {
                say.push(self.covered(said));
                for (label, in_spanish, amount) in [
                    ("Copay of an office visit", "Copago de una visita al consultorio", said.copay),
                    ("Deductible of the year", "Deducible del año", said.deductible),
                    ("Left of the deductible", "Falta del deducible", said.deductible_remaining),
                ] {
                    if let Some(amount) = amount {
                        say.push(format!("{}: {}.", self.either(label, in_spanish), self.money(amount)));
                        figures.push(figure(label, amount, Some(said.asked_for)));
                    }
                }
            }
        }
        Said {
            say,
            figures,
            next_steps: vec!["Ask the plan again for a date", "Enter a new card", "Hold statements until it is clear"],
        }
    }

    fn covered(self, said: &EligibilityAnswer) -> String {
        let (day, reasons) = (self.day(said.asked_for), said.reasons.join(" "));
        match said.status {
            EligibilityStatus::Active => self.either(
                format!("Yes. Your plan says that you are covered on {day}."),
                format!("Sí. Su plan dice que usted tiene cobertura el {day}."),
            ),
            EligibilityStatus::Inactive => self.either(
                format!("Your plan says that you are not covered on {day}."),
                format!("Su plan dice que usted no tiene cobertura el {day}."),
            ),
            EligibilityStatus::Unknown => self.either(
                format!("Your plan could not say whether you are covered on {day}. {reasons}"),
                format!("Su plan no pudo decir si usted tiene cobertura el {day}."),
            ),
        }
    }

    /// Why was my claim denied? Tier 1 reads and explains; working it is Tier 2's.
    fn denied(self, account: &PatientAccount) -> Said {
        let mut say = Vec::new();
        let mut figures = Vec::new();
        for visit in &account.visits {
            for sentence in &visit.explanation.sentences {
                if let Sentence::Denied { amount, .. } = sentence {
                    let day = self.day(visit.date_of_service);
                    let about = self.either("About the visit of", "Sobre la visita del");
                    say.push(format!("{about} {day}: {}", sentence.words(self.0)));
                    figures.push(figure(format!("Refused, visit of {day}"), *amount, Some(visit.date_of_service)));
                }
            }
        }
        if say.is_empty() {
            say.push(self.either(
                "No plan has refused anything on your account.",
                "Ningún plan ha rechazado nada en su cuenta.",
            ));
        }
        Said {
            say,
            figures,
            next_steps: vec!["Ask for the plan's letter", "Escalate to Tier 2, who works the refusal"],
        }
    }

    /// Was I billed wrongly?
    fn billed_wrongly(self, account: &PatientAccount) -> Said {
        let mut answer = self.bill(account);
        answer.say.push(self.either(
            "If a visit or a service is not yours, tell me which: we stop the statement and check it.",
            "Si una visita o un servicio no es suyo, dígame cuál: detenemos el estado de cuenta y lo revisamos.",
        ));
        answer.next_steps = vec!["Hold the statement", "Escalate with what the caller says is wrong"];
        answer
    }

    /// Can you resubmit? · My insurer says they never got it.
    fn claims(self, account: &PatientAccount) -> Said {
        let claims: Vec<&ClaimLine> = account.visits.iter().flat_map(|visit| &visit.claims).collect();
        let say = match claims.is_empty() {
            true => vec![self.either("There is no claim on your account.", "No hay ningún reclamo en su cuenta.")],
            false => claims.iter().map(|claim| self.claim(claim)).collect(),
        };
        let figures =
            claims.iter().map(|claim| figure(format!("Claim {}", claim.control_number), claim.total, None)).collect();
        Said {
            say,
            figures,
            next_steps: vec![
                "Read the plan's claim number and the day it was accepted",
                "Ask the plan where the claim is",
            ],
        }
    }

    fn claim(self, claim: &ClaimLine) -> String {
        let (place, in_spanish) = match claim.status {
            ClaimStatus::Draft | ClaimStatus::Held => (
                "is with us: something on it has to be mended first",
                "está con nosotros: primero hay que corregir algo en él",
            ),
            ClaimStatus::Ready => ("leaves with the next file", "sale con el próximo envío"),
            ClaimStatus::Submitted => ("is on its way", "está en camino"),
            ClaimStatus::Accepted => {
                ("was accepted by the plan, which has it now", "fue recibido por el plan, que lo tiene ahora")
            }
            ClaimStatus::Rejected => (
                "came back to us before the plan decided; we mend it and send it again",
                "nos fue devuelto antes de que el plan decidiera; lo corregimos y lo enviamos de nuevo",
            ),
            ClaimStatus::Adjudicated | ClaimStatus::Closed => ("was decided by the plan", "fue decidido por el plan"),
        };
        let (total, payer) = (self.money(claim.total), &claim.payer_name);
        self.either(
            format!("The claim for {total} to {payer} {place}."),
            format!("El reclamo de {total} a {payer} {in_spanish}."),
        )
    }

    fn escalate(self) -> Said {
        Said {
            say: vec![self.either(
                "I will pass this to a colleague who decides it, with everything you tell me.",
                "Se lo paso a una persona del equipo que lo decide, con todo lo que usted me diga.",
            )],
            figures: Vec::new(),
            next_steps: vec!["Write down what the caller says", "Escalate with a handover"],
        }
    }
}

fn owed_visits(account: &PatientAccount) -> impl Iterator<Item = &VisitAccount> {
    account.visits.iter().filter(|visit| visit.decided && !visit.standing.patient_owes.is_zero())
}

fn figure(label: impl Into<String>, amount: Money, on: Option<Date>) -> Figure {
    Figure { label: label.into(), amount, on }
}
