//! The payers' payment runs: on each payer's weekday, one 835 for each payee with decisions waiting, and what is carried to the next.

use std::collections::BTreeMap;

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan, civil::Date};

use super::decision_desk::claim_number;
use super::{Simulator, date_of};
use crate::behaviour::PayerBehaviour;
use crate::decision::{ClaimDecision, DecisionKind};
use crate::message::{self, MessageKind, OutboundFile};
use crate::payment;
use crate::state::{PaidOut, Standing, Task};
use crate::submitted::PersonName;
use crate::write_835;

/// The hour of the payment run, universal time.
const PAYMENT_HOUR: i8 = 6;

impl Simulator {
    /// Plans the payment run of the next payment weekday, unless one is planned.
    pub(super) fn plan_payment(&mut self, payer: &PayerBehaviour, at: Timestamp) {
        let weekday = payer.timing.payment_weekday.civil();
        let mut day = date_of(at);
        let run_at = |day: Date| day.at(PAYMENT_HOUR, 0, 0, 0).to_zoned(TimeZone::UTC).map(|zoned| zoned.timestamp());
        for _ in 0..8 {
            if day.weekday() == weekday
                && let Ok(run) = run_at(day)
                && run > at
            {
                let book = self.state.books.entry(payer.id.clone()).or_default();
                if book.payment_planned_on.is_none() {
                    book.payment_planned_on = Some(day);
                    self.state.plan(run, Task::Pay { payer_id: payer.id.clone() });
                }
                return;
            }
            let Ok(next) = day.checked_add(1.day()) else { return };
            day = next;
        }
    }

    /// One 835 file for each payee with decisions waiting.
    pub(super) fn pay(&mut self, payer_id: &str, at: Timestamp) -> Vec<OutboundFile> {
        let Some(payer) = self.payer(payer_id).cloned() else { return Vec::new() };
        let book = self.state.books.entry(payer_id.to_owned()).or_default();
        book.payment_planned_on = None;
        let mut by_payee = BTreeMap::<String, Vec<ClaimDecision>>::new();
        for decision in std::mem::take(&mut book.waiting) {
            by_payee.entry(decision.billing.npi.clone()).or_default().push(decision);
        }
        let mut out = Vec::new();
        for (npi, claims) in by_payee {
            out.extend(self.pay_one(&payer, &npi, claims, at));
        }
        out
    }

    fn pay_one(
        &mut self,
        payer: &PayerBehaviour,
        npi: &str,
        claims: Vec<ClaimDecision>,
        at: Timestamp,
    ) -> Option<OutboundFile> {
        let partner = self.state.partners.get(npi)?.clone();
        let payee = claims.first()?.billing.clone();
        self.state.payment_number += 1;
        let on = date_of(at);
        // At most 16 characters, which is all that STC09 of a 277 takes.
        let trace = format!(
            "{:.5}{:02}{:02}{:02}{:05}",
            payer.id,
            on.year() % 100,
            on.month(),
            on.day(),
            self.state.payment_number
        );
        let carried = self.state.books.get_mut(&payer.id).and_then(|book| book.carried.remove(npi)).unwrap_or_default();
        let mut claims = claims;
        claims.extend(self.misdirected(payer, &trace, claims.first(), at));
        let (payment, forward) = payment::assemble(payer, payee, trace.clone(), on, claims, carried);
        let control_number = self.state.next_control_number();
        let mut writer = message::open(&partner, at, control_number, &write_835::GROUP);
        write_835::write(&mut writer, payer, &payment).ok()?;
        let bytes = writer.finish().ok()?;
        let file = self.file(MessageKind::Remittance, control_number, at, Some(&payer.id), bytes);
        self.book_payment(payer, npi, &payment, forward, &file);
        if self.chance.hits(payer.quirks.repeats_remittance_bp, &["repeat", &payer.id, &trace]) {
            let again = OutboundFile { name: format!("again-{}", file.name), ..file.clone() };
            self.state.plan(at + SignedDuration::from_hours(24), Task::Repeat { file: again });
        }
        Some(file)
    }

    /// A claim of a practice that is not here, paid to this payee by mistake: made after one of its own, under a strange number.
    fn misdirected(
        &mut self,
        payer: &PayerBehaviour,
        trace: &str,
        like: Option<&ClaimDecision>,
        at: Timestamp,
    ) -> Option<ClaimDecision> {
        let name = ["misdirected", &payer.id, trace];
        let like = like.filter(|_| self.chance.hits(payer.quirks.misdirects_claim_bp, &name))?;
        let control_number = format!("ZX{:08}", self.chance.below(100_000_000, &name));
        let paid = 2_500 + i64::try_from(self.chance.below(9_000, &["misdirected amount", trace])).unwrap_or(0);
        let mut stranger = ClaimDecision {
            payer_claim_number: claim_number(
                &self.chance,
                payer,
                self.state.books.get(&payer.id),
                &control_number,
                "misdirected",
            ),
            control_number: control_number.clone(),
            version: 1,
            kind: DecisionKind::Original,
            status: "1".to_owned(),
            frequency: "1".to_owned(),
            member_id: format!("{}{:0width$}", payer.member_id_prefix, 0, width = payer.member_id_digits),
            patient: PersonName { last: "STRANGER".to_owned(), first: "PAT".to_owned(), middle: String::new() },
            subscriber: None,
            decided_at: at,
            ..like.clone()
        };
        stranger.lines.truncate(1);
        for line in &mut stranger.lines {
            line.line_control_number = Some(format!("{control_number}L1"));
            (line.charge_cents, line.allowed_cents, line.paid_cents) = (paid, paid, paid);
            line.adjustments.clear();
            line.remarks.clear();
        }
        self.state.misdirected.insert(control_number);
        Some(stranger)
    }

    fn book_payment(
        &mut self,
        payer: &PayerBehaviour,
        npi: &str,
        payment: &payment::Payment,
        forward: Vec<payment::ProviderAdjustment>,
        file: &OutboundFile,
    ) {
        let book = self.state.books.entry(payer.id.clone()).or_default();
        if !forward.is_empty() {
            book.carried.insert(npi.to_owned(), forward);
        }
        for claim in payment.claims.iter().filter(|claim| claim.kind != DecisionKind::Reversal) {
            if let Some(record) = book.claims.get_mut(&claim.payer_claim_number)
                && record.standing == Standing::Decided
            {
                record.standing = Standing::Paid;
                record.paid_by = Some((payment.trace.clone(), payment.on));
            }
        }
        self.state.payments.push(PaidOut {
            payer_id: payer.id.clone(),
            file: file.name.clone(),
            payment: payment.clone(),
        });
    }
}
