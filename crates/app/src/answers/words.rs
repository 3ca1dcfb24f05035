//! The eight answers in words and figures, one language at a time. A fold over the account: nothing is read here, and no
//! figure is made that the books do not have.

use billing::claim::ClaimStatus;
use billing::counting::counted;
use billing::eligibility::{EligibilityAnswer, EligibilityStatus};
use billing::explain::{Language, Sentence, day_words, dollar_words};
use billing::question::Question;
use billing::{ClaimId, Money};
use jiff::civil::Date;
use store::patient_account::ClaimProofRow;
use store::views::patients::{CoverageViewRow, EligibilityViewRow};

use super::{Figure, Wording};
use crate::patient_account::{ClaimLine, PatientAccount, PaymentLine, VisitAccount};

/// What an answer is made of.
pub(super) struct Facts {
    pub(super) account: PatientAccount,
    pub(super) coverages: Vec<CoverageViewRow>,
    pub(super) eligibility: Vec<EligibilityViewRow>,
    pub(super) proofs: Vec<ClaimProofRow>,
}

/// The language in which an answer is worded.
#[derive(Clone, Copy)]
pub(super) struct Words(pub(super) Language);

impl Words {
    pub(super) fn answer(self, question: Question, facts: &Facts) -> Wording {
        let account = &facts.account;
        match question {
            Question::WhyBill => self.bill(account),
            Question::Balance => self.balance(account),
            Question::GotPayment => self.payments(account),
            Question::InsuranceActive => self.insurance(&facts.coverages, &facts.eligibility),
            Question::WhyDenied => self.denied(account),
            Question::BilledWrongly => self.billed_wrongly(account),
            Question::Resubmit => self.resubmit(facts),
            Question::NeverGotIt => self.never_got_it(facts),
        }
    }

    /// What is said where somebody must decide.
    pub(super) fn escalate(self) -> Wording {
        Wording {
            say: vec![self.either(
                "I will pass this to a colleague who decides it, with everything you tell me.",
                "Se lo paso a una persona del equipo que lo decide, con todo lo que usted me diga.",
            )],
            ..Wording::default()
        }
    }

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

    fn visit_of(self, on: Date) -> String {
        self.either(format!("Visit of {}", self.day(on)), format!("Visita del {}", self.day(on)))
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

    /// Why did I get this bill? From the charge to what is owed, visit by visit.
    fn bill(self, account: &PatientAccount) -> Wording {
        let owed: Vec<&VisitAccount> = owed_visits(account).collect();
        let mut say: Vec<String> = owed.iter().flat_map(|visit| visit.explanation.say(self.0)).collect();
        let (owes, visits) = (self.money(account.owes_now), self.visits(owed.len()));
        if owed.is_empty() {
            say.push(self.nothing_owed());
            say.extend(self.waiting(account));
        } else {
            say.push(self.either(
                format!("Altogether you owe {owes} for {visits}."),
                format!("En total usted debe {owes} por {visits}."),
            ));
        }
        let lines = owed.iter().flat_map(|visit| self.charge_to_owed(visit)).collect();
        Wording { say, lines, total: Some((self.either("You owe", "Usted debe"), account.owes_now)) }
    }

    fn charge_to_owed(self, visit: &VisitAccount) -> Vec<Figure> {
        let standing = &visit.standing;
        let on = visit.date_of_service;
        let steps = [
            (self.either("charged", "cobrado"), standing.charged),
            (
                self.either(
                    "above your plan’s price: nobody owes it",
                    "por encima del precio de su plan: nadie lo debe",
                ),
                -standing.adjusted,
            ),
            (self.either("not asked for any more", "ya no se pide"), -standing.written_off),
            (self.either("paid by your plan", "pagado por su plan"), -standing.paid_by_payers),
            (self.either("paid by you", "pagado por usted"), -standing.paid_by_patient),
            (self.either("your plan has still to decide", "su plan todavía tiene que decidir"), -standing.with_payers),
        ];
        let steps = steps.into_iter().enumerate().filter(|(place, (_, amount))| *place == 0 || !amount.is_zero());
        steps.map(|(_, (words, amount))| figure(format!("{}: {words}", self.visit_of(on)), amount, Some(on))).collect()
    }

    /// What is my balance?
    fn balance(self, account: &PatientAccount) -> Wording {
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
        let line = |visit: &VisitAccount| {
            figure(self.visit_of(visit.date_of_service), visit.standing.patient_owes, Some(visit.date_of_service))
        };
        Wording {
            say,
            lines: owed_visits(account).map(line).collect(),
            total: Some((self.either("You owe now", "Usted debe ahora"), account.owes_now)),
        }
    }

    /// Did you get my payment?
    fn payments(self, account: &PatientAccount) -> Wording {
        let mut say = match account.payments.first() {
            None => vec![self.either(
                "We have no payment from you on this account. When did you pay, and how?",
                "No tenemos ningún pago suyo en esta cuenta. ¿Cuándo pagó, y cómo?",
            )],
            Some(last) => vec![self.payment(last)],
        };
        if !account.unapplied.is_zero() {
            let held = self.money(account.unapplied);
            say.push(self.either(
                format!("Of what you paid, {held} pays for nothing yet; it goes to what you owe next, or back to you."),
                format!("De lo que usted pagó, {held} todavía no pagan nada; van a lo próximo que deba, o de vuelta a usted."),
            ));
        }
        let lines = account.payments.iter().map(|payment| {
            let words = self.method(payment);
            figure(format!("{words}, {}", payment.receipt_number), payment.amount, Some(payment.received_on))
        });
        let total = account.payments.iter().map(|payment| payment.amount).sum();
        Wording {
            say,
            lines: lines.collect(),
            total: Some((self.either("Received from you", "Recibido de usted"), total)),
        }
    }

    /// How it was paid.
    fn method(self, payment: &PaymentLine) -> String {
        self.either(&payment.words, &payment.words_in_spanish)
    }

    fn payment(self, last: &PaymentLine) -> String {
        let (amount, day, number) = (self.money(last.amount), self.day(last.received_on), &last.receipt_number);
        let how = self.method(last).to_lowercase();
        self.either(
            format!("Yes. The last payment is {amount} on {day}, {how}, receipt {number}."),
            format!("Sí. El último pago es de {amount}, el {day}, {how}, recibo {number}."),
        )
    }

    /// Is my insurance active?
    fn insurance(self, coverages: &[CoverageViewRow], answers: &[EligibilityViewRow]) -> Wording {
        let mut say = Vec::new();
        let mut lines = Vec::new();
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
                        let label = self.either(label, in_spanish);
                        say.push(format!("{label}: {}.", self.money(amount)));
                        lines.push(figure(label, amount, Some(said.asked_for)));
                    }
                }
            }
        }
        Wording { say, lines, total: None }
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
    fn denied(self, account: &PatientAccount) -> Wording {
        let mut say = Vec::new();
        let mut lines = Vec::new();
        let mut total = Money::ZERO;
        for visit in &account.visits {
            for sentence in &visit.explanation.sentences {
                if let Sentence::Denied { amount, .. } = sentence {
                    let (on, day) = (visit.date_of_service, self.day(visit.date_of_service));
                    let about = self.either("About the visit of", "Sobre la visita del");
                    say.push(format!("{about} {day}: {}", sentence.words(self.0)));
                    let refused = self.either("refused by the plan", "negado por el plan");
                    lines.push(figure(format!("{}: {refused}", self.visit_of(on)), *amount, Some(on)));
                    total += *amount;
                }
            }
        }
        if say.is_empty() {
            say.push(self.either(
                "No plan has refused anything on your account.",
                "Ningún plan ha rechazado nada en su cuenta.",
            ));
        } else {
            say.push(self.either(
                "You are not asked for this while we work on it with your plan.",
                "No se le pide esto mientras lo tratamos con su plan.",
            ));
        }
        Wording { say, lines, total: Some((self.either("Refused in all", "Negado en total"), total)) }
    }

    /// Was I billed wrongly?
    fn billed_wrongly(self, account: &PatientAccount) -> Wording {
        let mut answer = self.bill(account);
        answer.say.push(self.either(
            "If a visit or a service is not yours, tell me which: we stop the statement and check it.",
            "Si una visita o un servicio no es suyo, dígame cuál: detenemos el estado de cuenta y lo revisamos.",
        ));
        answer
    }

    /// Can you send it again?
    fn resubmit(self, facts: &Facts) -> Wording {
        self.claims(facts, |claim, proof| {
            let (place, in_spanish) = self.place(claim.status);
            let (total, payer) = (self.money(claim.total), &claim.payer_name);
            let mut sentence = self.either(
                format!("The claim for {total} to {payer} {place}."),
                format!("El reclamo de {total} a {payer} {in_spanish}."),
            );
            if let Some(proof) = proof.filter(|proof| proof.accepted_on.is_none() && is_at_home(claim.status)) {
                let limit = self.day(proof.filing_limit_on);
                sentence.push_str(&self.either(
                    format!(" Your plan must have it by {limit}."),
                    format!(" Su plan debe tenerlo a más tardar el {limit}."),
                ));
            }
            sentence
        })
    }

    /// My insurer says they never got it.
    fn never_got_it(self, facts: &Facts) -> Wording {
        self.claims(facts, |claim, proof| {
            let (total, payer) = (self.money(claim.total), &claim.payer_name);
            match proof.and_then(|proof| proof.accepted_on.map(|on| (on, proof))) {
                Some((on, proof)) => {
                    let day = self.day(on);
                    let number = proof.payer_claim_control_number.as_deref().filter(|number| !number.is_empty());
                    let number = match number {
                        Some(number) => self.either(
                            format!(" Its number there is {number}."),
                            format!(" Allí lleva el número {number}."),
                        ),
                        None => String::new(),
                    };
                    self.either(
                        format!("The claim for {total} was accepted by {payer} on {day}: we have its receipt.{number}"),
                        format!(
                            "El reclamo de {total} fue aceptado por {payer} el {day}: tenemos su comprobante.{number}"
                        ),
                    )
                }
                None => {
                    let (place, in_spanish) = self.place(claim.status);
                    self.either(
                        format!("The claim for {total} to {payer} {place}; we have no receipt of it yet."),
                        format!("El reclamo de {total} a {payer} {in_spanish}; todavía no tenemos comprobante."),
                    )
                }
            }
        })
    }

    fn claims(self, facts: &Facts, sentence: impl Fn(&ClaimLine, Option<&ClaimProofRow>) -> String) -> Wording {
        let proof = |id: ClaimId| facts.proofs.iter().find(|proof| proof.id == id);
        let claims: Vec<(&VisitAccount, &ClaimLine)> = facts
            .account
            .visits
            .iter()
            .flat_map(|visit| visit.claims.iter().map(move |claim| (visit, claim)))
            .collect();
        let say = match claims.is_empty() {
            true => vec![self.either("There is no claim on your account.", "No hay ningún reclamo en su cuenta.")],
            false => claims.iter().map(|(_, claim)| sentence(claim, proof(claim.id))).collect(),
        };
        let line = |(visit, claim): &(&VisitAccount, &ClaimLine)| {
            let words = self.either("Claim", "Reclamo");
            figure(
                format!("{words} {}, {}", claim.control_number, claim.payer_name),
                claim.total,
                Some(visit.date_of_service),
            )
        };
        let total = claims.iter().map(|(_, claim)| claim.total).sum();
        Wording {
            say,
            lines: claims.iter().map(line).collect(),
            total: Some((self.either("Asked of plans", "Pedido a los planes"), total)),
        }
    }

    fn place(self, status: ClaimStatus) -> (&'static str, &'static str) {
        match status {
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
        }
    }
}

/// Whether the claim waits with us, so that its filing limit still runs.
pub(super) fn is_at_home(status: ClaimStatus) -> bool {
    match status {
        ClaimStatus::Draft | ClaimStatus::Held | ClaimStatus::Ready | ClaimStatus::Rejected => true,
        ClaimStatus::Submitted | ClaimStatus::Accepted | ClaimStatus::Adjudicated | ClaimStatus::Closed => false,
    }
}

fn owed_visits(account: &PatientAccount) -> impl Iterator<Item = &VisitAccount> {
    account.visits.iter().filter(|visit| visit.decided && !visit.standing.patient_owes.is_zero())
}

fn figure(label: impl Into<String>, amount: Money, on: Option<Date>) -> Figure {
    Figure { label: label.into(), amount, on }
}
