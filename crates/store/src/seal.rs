//! What was recorded, row by row. A transaction notes the digest of every row of fact that it wrote, and the chained
//! audit keeps those notes; so whoever changes, adds or deletes a row past the program is found by recomputing it,
//! guards in the database or not. Which tables are held so, and which statements change them, is one list each below.
//!
//! It never decides what a row means, and nothing in it reads or changes a row of its own accord.

use std::collections::{BTreeMap, HashMap};

use sha2::{Digest, Sha256};

use crate::conn::Conn;
use crate::error::StoreError;
use crate::record::{Column, TableRecord};
use crate::value::{Kind, Val};
use crate::{
    adjustment_rule, bank, call, cash_request, charge, claim, clock, clock_ahead, contact, credit, deposit,
    desk_setting, eligibility, estate, inbound_file, inquiry, keyed_remittance, medicare_questions, money_rule,
    patient_payment, patient_statement, pay_link, payment_return, period, practice_limit, problem, provider_level,
    quality, reconciliation, refund, registration, registration_version, remittance, state_refund, submission, users,
    work_case, worklist, write_off,
};

/// Bytes of a digest that are kept: 128 bits, beyond any search for a second row with the same digest.
const DIGEST_BYTES: usize = 16;
/// How many broken rows are named; more would hide the first ones.
const NAMED: usize = 20;

/// A table whose rows are held.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Sealed {
    table: &'static str,
    columns: &'static [Column],
    /// The key of a row, or of the rows that are noted together.
    key: &'static [&'static str],
    /// What orders the rows of one key; none where a key is one row.
    order: &'static [&'static str],
    /// Columns that say where a thing is on its way, not what it is; other invariants watch them.
    without: &'static [&'static str],
    /// Whether the rows of a key come and go one by one, so that they are read again at the end of the transaction.
    is_read_again: bool,
}

impl Sealed {
    const fn rows<R: TableRecord>(key: &'static [&'static str]) -> Sealed {
        Sealed { table: R::TABLE, columns: R::COLUMNS, key, order: &[], without: &[], is_read_again: false }
    }

    /// Rows that are written together, in this order, and never after.
    const fn groups<R: TableRecord>(key: &'static [&'static str], order: &'static [&'static str]) -> Sealed {
        Sealed { order, ..Sealed::rows::<R>(key) }
    }

    const fn without(self, without: &'static [&'static str]) -> Sealed {
        Sealed { without, ..self }
    }

    const fn read_again(self) -> Sealed {
        Sealed { is_read_again: true, ..self }
    }

    fn holds(&self, column: &str) -> bool {
        self.columns.iter().any(|c| c.name == column) && !self.without.contains(&column)
    }

    /// The places of the held columns in the record.
    fn places(&self) -> impl Iterator<Item = usize> + '_ {
        self.columns.iter().enumerate().filter(|(_, c)| !self.without.contains(&c.name)).map(|(place, _)| place)
    }

    fn key_of(&self, columns: &[Column], row: &[Val]) -> String {
        let mut text = String::new();
        for name in self.key {
            let place = columns.iter().position(|c| c.name == *name);
            if !text.is_empty() {
                text.push('/');
            }
            match place.and_then(|place| row.get(place)) {
                Some(Val::Uuid(id)) => text.push_str(&id.to_string()),
                Some(Val::Int(number)) => text.push_str(&number.to_string()),
                Some(Val::Text(word)) => text.push_str(word),
                Some(_) | None => text.push('?'),
            }
        }
        text
    }

    /// The bytes of a row's held columns, equal for equal values on both engines.
    fn bytes_of(&self, row: &[Val], out: &mut Vec<u8>) {
        for place in self.places() {
            put(row.get(place).unwrap_or(&Val::Null), out);
        }
    }

    fn select(&self, filter: &str) -> String {
        let names: Vec<&str> = self.columns.iter().map(|column| column.name).collect();
        let order: Vec<&str> = self.key.iter().chain(self.order).copied().collect();
        let order = if self.order.is_empty() { String::new() } else { format!(" ORDER BY {}", order.join(", ")) };
        format!("SELECT {} FROM {} WHERE practice_id = $1{filter}{order}", names.join(", "), self.table)
    }

    fn kinds(&self) -> Vec<Kind> {
        self.columns.iter().map(|column| column.kind).collect()
    }
}

/// Every table that is held. The books, the audit and the access log have chains of their own; the bytes of files are
/// held by the hash that stands beside them.
pub(crate) const SEALED: &[Sealed] = &[
    Sealed::rows::<claim::ClaimRow>(&["id"]).without(&["status", "follow_up_on", "adjudicated_on"]),
    Sealed::rows::<claim::ClaimVersionRow>(&["claim_id", "version"]),
    Sealed::rows::<claim::ClaimEventRow>(&["claim_id", "sequence"]),
    Sealed::rows::<claim::ClaimWaiverRow>(&["claim_id", "rule", "field"]),
    Sealed::rows::<charge::EncounterRow>(&["id"]),
    Sealed::rows::<charge::ChargeRow>(&["id"]),
    Sealed::rows::<submission::SubmissionRow>(&["id"]).without(&[
        "status",
        "sent_at",
        "attempts",
        "acknowledgment_due_on",
        "bytes",
    ]),
    Sealed::rows::<submission::SubmissionClaimRow>(&["submission_id", "claim_id"]),
    Sealed::rows::<inbound_file::InboundFileRow>(&["id"]).without(&["bytes"]),
    Sealed::rows::<eligibility::EligibilityRow>(&["id"]),
    Sealed::rows::<remittance::RemittanceRow>(&["id"]),
    Sealed::rows::<remittance::ClaimPaymentRow>(&["id"]),
    Sealed::groups::<remittance::LinePaymentRow>(&["claim_payment_id"], &["ordinal"]),
    Sealed::groups::<remittance::LineAdjustmentRow>(&["claim_payment_id"], &["line_ordinal", "ordinal"]),
    Sealed::groups::<remittance::ProviderAdjustmentRow>(&["remittance_id"], &["ordinal"]),
    Sealed::groups::<provider_level::AdjustmentPlaceRow>(&["remittance_id"], &["ordinal"]),
    Sealed::rows::<adjustment_rule::AdjustmentRuleRow>(&["id"]),
    Sealed::rows::<medicare_questions::MedicareQuestionsRow>(&["id"]),
    Sealed::rows::<period::PeriodEventRow>(&["id"]),
    Sealed::rows::<practice_limit::PracticeLimitRow>(&["id"]),
    Sealed::rows::<contact::ContactEventRow>(&["id"]),
    Sealed::rows::<contact::InteractionRow>(&["id"]),
    Sealed::groups::<contact::InteractionClaimRow>(&["interaction_id"], &["ordinal"]),
    Sealed::rows::<contact::PromiseRow>(&["id"]),
    Sealed::rows::<call::PhoneCardRow>(&["id"]),
    Sealed::rows::<call::CallRuleRow>(&["id"]),
    Sealed::rows::<desk_setting::DeskSettingRow>(&["id"]).without(&["until_on"]),
    Sealed::rows::<patient_payment::PatientPaymentRow>(&["id"]),
    Sealed::rows::<patient_payment::AllocationRow>(&["patient_payment_id", "charge_id"]),
    Sealed::rows::<clock::ClockEventRow>(&["clock_id", "sequence"]),
    Sealed::rows::<clock::ClockTermRow>(&["id"]),
    Sealed::rows::<clock::PracticeDayRow>(&["id"]),
    Sealed::rows::<clock_ahead::WorkPaceRow>(&["id"]),
    Sealed::rows::<credit::CreditRow>(&["id"]),
    Sealed::rows::<bank::BankLineRow>(&["id"]),
    Sealed::rows::<cash_request::CashRequestRow>(&["id"]),
    Sealed::rows::<estate::EstateRow>(&["id"]),
    Sealed::rows::<estate::EstateRefundRow>(&["refund_id"]),
    Sealed::rows::<estate::RefundStopRow>(&["refund_id"]),
    Sealed::rows::<state_refund::StateRefundRow>(&["refund_id"]),
    Sealed::rows::<money_rule::MoneyRuleRow>(&["id"]),
    Sealed::rows::<money_rule::EarmarkRow>(&["patient_payment_id"]).without(&["kept_cents"]),
    Sealed::rows::<pay_link::PaymentPageRow>(&["id"]),
    Sealed::rows::<pay_link::PayLinkRow>(&["id"]).without(&["failed_checks"]),
    Sealed::rows::<pay_link::PayCheckoutRow>(&["id"]),
    Sealed::rows::<pay_link::PayNoticeRow>(&["id"]),
    Sealed::rows::<payment_return::ReturnRow>(&["id"]),
    Sealed::rows::<keyed_remittance::KeyedRow>(&["id"]),
    Sealed::rows::<keyed_remittance::ScanRow>(&["id"]).without(&["bytes"]),
    Sealed::rows::<deposit::DrawerRow>(&["id"]),
    Sealed::rows::<deposit::SlipRow>(&["id"]),
    Sealed::groups::<deposit::ItemRow>(&["slip_id"], &["ordinal"]),
    Sealed::rows::<reconciliation::WithdrawalRow>(&["id"]),
    Sealed::rows::<reconciliation::ReconciliationRow>(&["id"]),
    Sealed::rows::<refund::RefundRow>(&["id"]),
    Sealed::rows::<write_off::WriteOffRow>(&["id"]),
    Sealed::rows::<patient_statement::StatementRow>(&["id"]),
    Sealed::rows::<worklist::WorkItemRow>(&["id"]),
    Sealed::rows::<worklist::WorkEventRow>(&["work_item_id", "sequence"]),
    Sealed::rows::<work_case::WorkCaseRow>(&["work_item_id"]),
    Sealed::rows::<work_case::WorkStepRow>(&["id"]),
    Sealed::rows::<work_case::WorkConsultRow>(&["id"]),
    Sealed::rows::<work_case::WorkTransferRow>(&["id"]),
    Sealed::rows::<work_case::WorkReturnRow>(&["id"]),
    Sealed::rows::<quality::QualityDrawRow>(&["id"]),
    Sealed::rows::<quality::QualityReviewRow>(&["id"]),
    Sealed::rows::<quality::TrainingLinkRow>(&["kind"]),
    Sealed::rows::<quality::TrainingCaseRow>(&["id"]),
    Sealed::rows::<quality::TrainingAttemptRow>(&["id"]),
    Sealed::rows::<quality::SkillEventRow>(&["id"]),
    Sealed::rows::<work_case::OwnReasonRow>(&["id"]),
    Sealed::rows::<problem::ProblemRow>(&["id"]),
    Sealed::rows::<problem::ProblemEventRow>(&["problem_id", "sequence"]),
    Sealed::rows::<problem::ProblemActionRow>(&["id"]),
    Sealed::rows::<problem::OwnScrubRuleRow>(&["id"]),
    Sealed::rows::<problem::TrainingReceiptRow>(&["id"]),
    Sealed::rows::<problem::GatheringSettingRow>(&["id"]),
    Sealed::rows::<inquiry::InquiryRow>(&["id"]),
    Sealed::rows::<registration::PatientRow>(&["id"]).without(&["statement_hold"]),
    Sealed::rows::<registration::GuarantorRow>(&["id"]),
    Sealed::rows::<registration::CoverageRow>(&["id", "version"]).without(&["is_latest"]),
    Sealed::rows::<registration::ProviderRow>(&["id"]),
    Sealed::rows::<registration::FacilityRow>(&["id"]),
    Sealed::rows::<registration::PayerRow>(&["id"]),
    Sealed::rows::<registration_version::RegistrationVersionRow>(&["subject_kind", "subject_id", "version"]),
    Sealed::groups::<registration::FeeScheduleRow>(&["procedure_code"], &["modifier", "effective_on"]).read_again(),
    Sealed::rows::<users::UserRow>(&["id"]).without(&["totp_last_step"]),
    Sealed::groups::<users::UserRoleRow>(&["user_id"], &["role"]).read_again(),
];

/// Every statement that changes held columns or deletes held rows, with its table; its `$2` is the key.
const CHANGES: &[(&str, &str)] = &[
    (claim::SAVE_CLAIM_PLACE.name, "claim"),
    (claim::SAVE_CLAIM_VERSION.name, "claim"),
    (claim::PROVE_ACCEPTANCE.name, "claim"),
    (charge::SAVE_ENCOUNTER.name, "encounter"),
    (charge::SAVE_CHARGE.name, "charge"),
    (charge::VOID_CHARGE.name, "charge"),
    (inbound_file::SETTLE_INBOUND_FILE.name, "inbound_file"),
    (eligibility::ANSWER_ELIGIBILITY.name, "eligibility"),
    (remittance::SETTLE_QUARANTINED.name, "remittance"),
    (remittance::HOLD_REMITTANCE.name, "remittance"),
    (remittance::SETTLE_WAITING.name, "remittance"),
    (remittance::PLACE_PAYMENT.name, "claim_payment"),
    (remittance::RESTATE_PAYMENT.name, "claim_payment"),
    (credit::SAVE_CREDIT.name, "credit"),
    (bank::DECIDE_BANK_LINE.name, "bank_line"),
    (cash_request::DECIDE_CASH_REQUEST.name, "cash_request"),
    (cash_request::SEND_CASH_REQUEST.name, "cash_request"),
    (estate::SAVE_ESTATE.name, "estate"),
    (pay_link::REVOKE_PAY_LINK.name, "pay_link"),
    (pay_link::PLACE_PAY_NOTICE.name, "pay_notice"),
    (payment_return::DECIDE_RETURN.name, "payment_return"),
    (keyed_remittance::SAVE_KEYED.name, "keyed_remittance"),
    (keyed_remittance::END_KEYED.name, "keyed_remittance"),
    (deposit::ACCEPT_DRAWER.name, "drawer_close"),
    (deposit::APPROVE_SLIP.name, "deposit_slip"),
    (deposit::PLACE_SLIP.name, "deposit_slip"),
    (deposit::TAKE_SLIP_APART.name, "deposit_slip"),
    (reconciliation::DECIDE_WITHDRAWAL.name, "bank_withdrawal"),
    (refund::DECIDE_REFUND.name, "refund"),
    (refund::SEND_REFUND.name, "refund"),
    (write_off::DECIDE_WRITE_OFF.name, "write_off"),
    (write_off::LAPSE_WRITE_OFF.name, "write_off"),
    (worklist::SAVE_WORK_ITEM.name, "work_item"),
    (work_case::SAVE_WORK_CASE.name, "work_case"),
    (work_case::ANSWER_CONSULT.name, "work_consult"),
    (work_case::DECIDE_TRANSFER.name, "work_transfer"),
    (quality::SAVE_REVIEW.name, "quality_review"),
    (quality::ANSWER_REVIEW.name, "quality_review"),
    (problem::SAVE_PROBLEM.name, "problem"),
    (problem::DECIDE_OWN_SCRUB_RULE.name, "own_scrub_rule"),
    (problem::READ_TRAINING.name, "training_receipt"),
    (inquiry::SAVE_INQUIRY.name, "inquiry"),
    (contact::END_PROMISE.name, "promise"),
    (registration::SAVE_PATIENT.name, "patient"),
    (registration::SAVE_GUARANTOR.name, "guarantor"),
    (registration::SAVE_PROVIDER.name, "provider"),
    (registration::SAVE_FACILITY.name, "facility"),
    (registration::SAVE_PAYER.name, "payer"),
    (registration::SAVE_PRICE.name, "fee_schedule_item"),
    (users::CHANGE_PASSWORD.name, "app_user"),
    (users::ENROL_DEVICE.name, "app_user"),
    (users::FORGET_DEVICE.name, "app_user"),
    (users::CHANGE_STATE.name, "app_user"),
    (users::TAKE_ROLES.name, "user_role"),
];

/// The notes of one transaction.
#[derive(Debug, Default)]
pub(crate) struct Notes {
    /// Table, key and digest of what was added, in order.
    added: Vec<(usize, String, [u8; DIGEST_BYTES])>,
    /// The rows of one key that are being noted together.
    group: Option<(usize, String, Sha256)>,
    /// What is to be read again when the transaction ends.
    changed: BTreeMap<(usize, String), Val>,
}

impl Notes {
    /// Notes rows that were inserted, with these columns; the practice is left out of each.
    pub(crate) fn added<'r>(&mut self, table: &str, columns: &[Column], rows: impl Iterator<Item = &'r [Val]>) {
        let Some(place) = SEALED.iter().position(|sealed| sealed.table == table) else { return };
        let sealed = &SEALED[place];
        let is_whole = columns.len() == sealed.columns.len() && columns.iter().eq(sealed.columns);
        if sealed.is_read_again || !is_whole {
            rows.for_each(|row| self.later(place, columns, row));
            return;
        }
        let mut bytes = Vec::new();
        for row in rows {
            let key = sealed.key_of(sealed.columns, row);
            bytes.clear();
            sealed.bytes_of(row, &mut bytes);
            if sealed.order.is_empty() {
                self.added.push((place, key, cut(Sha256::digest(&bytes).into())));
            } else {
                self.add_to_group(place, key, &bytes);
            }
        }
    }

    fn later(&mut self, place: usize, columns: &[Column], row: &[Val]) {
        let sealed = &SEALED[place];
        let first = columns.iter().position(|column| column.name == sealed.key[0]).and_then(|at| row.get(at));
        let key = sealed.key_of(columns, row);
        self.changed.insert((place, key), first.cloned().unwrap_or(Val::Null));
    }

    fn add_to_group(&mut self, place: usize, key: String, bytes: &[u8]) {
        match &mut self.group {
            Some((at, of, hash)) if *at == place && *of == key => hash.update(bytes),
            Some(_) | None => {
                self.end_group();
                self.group = Some((place, key, Sha256::new_with_prefix(bytes)));
            }
        }
    }

    fn end_group(&mut self) {
        if let Some((place, key, hash)) = self.group.take() {
            self.added.push((place, key, cut(hash.finalize().into())));
        }
    }

    /// Notes that a registered statement changed the row that its first parameter names.
    pub(crate) fn ran(&mut self, statement: &str, params: &[Val]) {
        if let Some((_, table)) = CHANGES.iter().find(|(name, _)| *name == statement) {
            self.changed(table, params.iter().take(1));
        }
    }

    /// Notes rows whose held columns changed, by the one column of their key.
    pub(crate) fn changed<'k>(&mut self, table: &str, keys: impl Iterator<Item = &'k Val>) {
        let Some(place) = SEALED.iter().position(|sealed| sealed.table == table) else { return };
        for key in keys {
            let text = match key {
                Val::Uuid(id) => id.to_string(),
                Val::Text(word) => word.clone(),
                other => format!("{other:?}"),
            };
            self.changed.insert((place, text), key.clone());
        }
    }

    /// Notes rows whose one column was set.
    pub(crate) fn column_set(&mut self, table: &str, column: &str, keys: &[Val]) {
        if SEALED.iter().any(|sealed| sealed.table == table && sealed.holds(column)) {
            self.changed(table, keys.iter());
        }
    }
}

impl Conn {
    /// Notes rows whose held columns were changed by a statement that does not name them by key.
    pub(crate) fn reseal(&self, table: &'static str, keys: &[Val]) {
        self.notes.borrow_mut().changed(table, keys.iter());
    }

    /// What this transaction wrote, as the audit keeps it; none where it wrote no row of fact.
    pub(crate) fn seals(&self) -> Result<Option<String>, StoreError> {
        let mut notes = self.notes.take();
        notes.end_group();
        let Notes { mut added, changed, .. } = notes;
        let mut by_table: BTreeMap<usize, BTreeMap<String, Val>> = BTreeMap::new();
        for ((place, key), id) in changed {
            by_table.entry(place).or_default().insert(key, id);
        }
        let mut text = String::new();
        let mut gone = Vec::new();
        for (place, keys) in by_table {
            let mut found = self.digests_of(place, &keys)?;
            for key in keys.into_keys() {
                match found.remove(&key) {
                    Some(digest) => added.push((place, key, digest)),
                    None => gone.push((place, key)),
                }
            }
        }
        let mut at = usize::MAX;
        let mut line = |place: usize, key: &str, digest: Option<[u8; DIGEST_BYTES]>| {
            if at != place {
                at = place;
                text.push_str(SEALED[place].table);
                text.push('\n');
            }
            text.push_str(key);
            text.push(' ');
            match digest {
                Some(digest) => hex(&digest, &mut text),
                None => text.push('-'),
            }
            text.push('\n');
        };
        added.iter().for_each(|(place, key, digest)| line(*place, key, Some(*digest)));
        gone.iter().for_each(|(place, key)| line(*place, key, None));
        Ok(Some(text).filter(|text| !text.is_empty()))
    }

    fn digests_of(
        &self,
        place: usize,
        keys: &BTreeMap<String, Val>,
    ) -> Result<HashMap<String, [u8; DIGEST_BYTES]>, StoreError> {
        let sealed = &SEALED[place];
        let ids: Vec<Val> = keys.values().cloned().collect();
        let filter = format!(" AND {} IN ({{keys}})", sealed.key[0]);
        let mut found = HashMap::new();
        let mut fold = Fold::new(sealed);
        self.each_row_in(sealed.table, &sealed.select(&filter), &sealed.kinds(), &ids, &mut |row| {
            if let Some((key, digest)) = fold.row(&row) {
                found.insert(key, digest);
            }
            Ok(())
        })?;
        if let Some((key, digest)) = fold.end() {
            found.insert(key, digest);
        }
        Ok(found)
    }
}

/// Digests of rows as they come, those of one key together.
struct Fold<'s> {
    sealed: &'s Sealed,
    bytes: Vec<u8>,
    open: Option<(String, Sha256)>,
}

impl<'s> Fold<'s> {
    fn new(sealed: &'s Sealed) -> Fold<'s> {
        Fold { sealed, bytes: Vec::new(), open: None }
    }

    /// The key that ended with this row, if one did.
    fn row(&mut self, row: &[Val]) -> Option<(String, [u8; DIGEST_BYTES])> {
        let key = self.sealed.key_of(self.sealed.columns, row);
        self.bytes.clear();
        self.sealed.bytes_of(row, &mut self.bytes);
        if let Some((open, hash)) = &mut self.open
            && *open == key
            && !self.sealed.order.is_empty()
        {
            hash.update(&self.bytes);
            return None;
        }
        let ended = self.end();
        self.open = Some((key, Sha256::new_with_prefix(&self.bytes)));
        ended
    }

    fn end(&mut self) -> Option<(String, [u8; DIGEST_BYTES])> {
        self.open.take().map(|(key, hash)| (key, cut(hash.finalize().into())))
    }
}

/// What the audit says of every row: the last note of each counts.
#[derive(Debug, Default)]
pub struct Recorded {
    /// Key and digest, both as digests: some megabytes for a hundred thousand claims.
    rows: HashMap<[u8; DIGEST_BYTES], [u8; DIGEST_BYTES]>,
}

impl Recorded {
    /// Takes in the notes of one audit record; they come in the order of the chain.
    pub fn take(&mut self, seals: &str) {
        each_note(seals, |table, key, digest| {
            match digest {
                Some(digest) => self.rows.insert(name_of(table, key), digest),
                None => self.rows.remove(&name_of(table, key)),
            };
        });
    }

    /// Compares what is stored with what was recorded. Answers how many were compared, and the broken ones in words,
    /// at most twenty. `notes` goes over the audit a second time, to name what is gone; asked only where something is.
    ///
    /// # Errors
    /// Of the engine.
    pub fn compare(
        mut self,
        conn: &Conn,
        notes: impl FnOnce(&mut dyn FnMut(&str)) -> Result<(), StoreError>,
    ) -> Result<(usize, Vec<String>), StoreError> {
        let mut broken = Vec::new();
        let mut count = 0;
        for sealed in SEALED {
            let mut fold = Fold::new(sealed);
            let mut judge = |(key, digest): (String, [u8; DIGEST_BYTES])| {
                count += 1;
                let word = match self.rows.remove(&name_of(sealed.table, &key)) {
                    Some(recorded) if recorded == digest => return,
                    Some(_) => "is not as it was recorded",
                    None => "was never recorded",
                };
                broken.push(format!("{} {key} {word}", sealed.table));
            };
            conn.each_row_stored(sealed.table, &sealed.select(""), &sealed.kinds(), &mut |row| {
                if let Some(ended) = fold.row(&row) {
                    judge(ended);
                }
                Ok(())
            })?;
            if let Some(ended) = fold.end() {
                judge(ended);
            }
        }
        if !self.rows.is_empty() {
            notes(&mut |seals| {
                each_note(seals, |table, key, _| {
                    if self.rows.remove(&name_of(table, key)).is_some() {
                        broken.push(format!("{table} {key} is gone"));
                    }
                });
            })?;
        }
        let more = broken.len().saturating_sub(NAMED);
        broken.truncate(NAMED);
        if more > 0 {
            broken.push(format!("and {more} more"));
        }
        Ok((count, broken))
    }
}

fn each_note(seals: &str, mut note: impl FnMut(&str, &str, Option<[u8; DIGEST_BYTES]>)) {
    let mut table = "";
    for line in seals.lines() {
        match line.rsplit_once(' ') {
            Some((key, digest)) => note(table, key, unhex(digest)),
            None => table = line,
        }
    }
}

fn name_of(table: &str, key: &str) -> [u8; DIGEST_BYTES] {
    cut(Sha256::new_with_prefix(table).chain_update([0]).chain_update(key).finalize().into())
}

fn cut(whole: [u8; 32]) -> [u8; DIGEST_BYTES] {
    let mut kept = [0; DIGEST_BYTES];
    kept.copy_from_slice(&whole[..DIGEST_BYTES]);
    kept
}

fn hex(bytes: &[u8], out: &mut String) {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    for byte in bytes {
        out.push(char::from(DIGITS[usize::from(byte >> 4)]));
        out.push(char::from(DIGITS[usize::from(byte & 15)]));
    }
}

fn unhex(text: &str) -> Option<[u8; DIGEST_BYTES]> {
    let mut bytes = [0; DIGEST_BYTES];
    for (byte, pair) in bytes.iter_mut().zip(text.as_bytes().chunks(2)) {
        *byte = u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()?;
    }
    Some(bytes).filter(|_| text.len() == DIGEST_BYTES * 2)
}

/// One value with its kind and length, so that no two different rows share their bytes.
fn put(val: &Val, out: &mut Vec<u8>) {
    let mut field = |kind: u8, bytes: &[u8]| {
        out.push(kind);
        out.extend_from_slice(&(bytes.len() as u64).to_be_bytes());
        out.extend_from_slice(bytes);
    };
    match val {
        Val::Null => field(0, &[]),
        Val::Bool(value) => field(1, &[u8::from(*value)]),
        Val::Int(value) => field(2, &value.to_be_bytes()),
        Val::Text(value) => field(3, value.as_bytes()),
        Val::Bytes(value) => field(4, value),
        Val::Uuid(value) => field(5, value.as_bytes()),
        Val::Date(value) => field(6, value.to_string().as_bytes()),
        Val::Timestamp(value) => field(7, &value.as_microsecond().to_be_bytes()),
        // PostgreSQL keeps JSON in an order of its own: the text with its keys in order is the same everywhere.
        Val::Json(text) => match serde_json::from_str::<serde_json::Value>(text) {
            Ok(value) => field(8, value.to_string().as_bytes()),
            Err(_) => field(9, text.as_bytes()),
        },
        // Stands for what could not be read; no record holds it.
        Val::Many(_) => field(10, &[]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::registry::registered;
    use crate::schema::{Engine, MIGRATIONS};

    /// Tables that are not held, and why.
    const NOT_HELD: &[(&str, &str)] = &[
        (
            "practice_head",
            "the heads of the chains and the first open day, compared with the chains and what was said of months",
        ),
        ("audit_record", "a chain of its own"),
        ("audit_read_head", "the head of a chain"),
        ("audit_read", "a chain of its own"),
        ("ledger_entry", "a chain of its own"),
        ("ledger_posting", "hashed into its entry"),
        ("ledger_balance", "compared with the postings"),
        ("claim_line", "a copy of the version's body, compared with charges and totals"),
        ("claim_finding", "made anew by every scrub"),
        ("practice", "its history stands in registration_version"),
        ("control_number", "a counter, guarded by unique numbers"),
        ("job_run", "what ran when"),
        ("problem_sign", "follows the work items, which are held"),
        ("work_pull", "who was given what stands in the history of the item"),
        ("recovery_code", "used up one by one"),
        ("login_reset", "lives for hours"),
        ("session", "lives for hours"),
        ("saved_view", "a person's own way of looking, changed at will"),
        ("form_draft", "words not sent yet, gone when they are"),
        ("notice", "tells of an event that is held"),
        ("notice_setting", "a person's own wish, changed at will"),
        ("api_token", "lives until it is ended"),
        ("login_bucket", "lives for minutes"),
        ("demo_login", "of demonstrations"),
        ("statement_hold", "ends by itself"),
        ("clock", "follows what is held; what people said of it stands in clock_event"),
    ];

    /// Statements that name rows by something else than their key: the functions that run them call [`Conn::reseal`].
    const RESEALED_BY_CALLER: &[&str] = &[inquiry::LINK_ITEM_TO_PATIENT.name];

    #[test]
    fn every_table_is_held_or_says_why_not() {
        let mut tables: Vec<String> = Vec::new();
        for text in MIGRATIONS.iter().map(|migration| migration.text(Engine::Postgres)) {
            let words: Vec<&str> = text.split_whitespace().collect();
            tables.extend(words.windows(3).filter(|w| w[..2] == ["CREATE", "TABLE"]).map(|w| w[2].to_owned()));
            tables.retain(|table| !text.contains(&format!("DROP TABLE {table};")));
        }
        for table in &tables {
            let held = SEALED.iter().filter(|sealed| sealed.table == table).count();
            let not = NOT_HELD.iter().filter(|(name, _)| name == table).count();
            assert_eq!(held + not, 1, "{table}: hold its rows in seal.rs, or say why not");
        }
        assert_eq!(tables.len(), SEALED.len() + NOT_HELD.len());
    }

    #[test]
    fn keys_and_left_out_columns_are_columns() {
        for sealed in SEALED {
            for name in sealed.key.iter().chain(sealed.order) {
                assert!(sealed.holds(name), "{}.{name}", sealed.table);
            }
            for name in sealed.without {
                assert!(sealed.columns.iter().any(|column| column.name == *name), "{}.{name}", sealed.table);
            }
        }
    }

    #[test]
    fn every_statement_that_changes_a_held_column_names_its_row_first() {
        for statement in registered() {
            let text = statement.sql.split_whitespace().collect::<Vec<_>>().join(" ");
            let changed = if let Some(rest) = text.strip_prefix("UPDATE ") {
                let (table, rest) = rest.split_once(" SET ").unwrap();
                let set = rest.split(" WHERE ").next().unwrap();
                let is_set = |column: &str| set.split(", ").any(|part| part.starts_with(&format!("{column} =")));
                SEALED.iter().find(|s| s.table == table && s.columns.iter().any(|c| s.holds(c.name) && is_set(c.name)))
            } else if let Some(rest) = text.strip_prefix("DELETE FROM ") {
                let table = rest.split(' ').next().unwrap();
                SEALED.iter().find(|sealed| sealed.table == table)
            } else {
                None
            };
            let Some(sealed) = changed else { continue };
            if RESEALED_BY_CALLER.contains(&statement.name) {
                continue;
            }
            let listed = CHANGES.iter().any(|(name, table)| *name == statement.name && *table == sealed.table);
            assert!(listed, "{} changes {}: list it in seal.rs", statement.name, sealed.table);
            assert!(text.contains(&format!("{} = $2", sealed.key[0])), "{}: its $2 is not the key", statement.name);
        }
    }

    #[test]
    fn rows_differ_by_every_field_and_json_by_its_meaning_only() {
        let bytes = |vals: &[Val]| {
            let mut out = Vec::new();
            vals.iter().for_each(|val| put(val, &mut out));
            out
        };
        let text = |text: &str| Val::Text(text.to_owned());
        assert_ne!(bytes(&[text("a"), text("bc")]), bytes(&[text("ab"), text("c")]));
        assert_ne!(bytes(&[Val::Null]), bytes(&[text("")]));
        let json = |text: &str| bytes(&[Val::Json(text.to_owned())]);
        assert_eq!(json(r#"{"b":1,"a":[2,null]}"#), json("{\"a\": [2, null], \"b\": 1}"));
        assert_ne!(json(r#"{"a":1}"#), json(r#"{"a":2}"#));
    }

    #[test]
    fn the_last_note_of_a_row_counts_and_one_that_went_is_not_missed() {
        let mut recorded = Recorded::default();
        let digest = "00112233445566778899aabbccddeeff";
        recorded.take(&format!("work_item\na/1 {digest}\nb {digest}\nuser_role\nc {digest}\n"));
        recorded.take("work_item\nb -\n");
        assert_eq!(recorded.rows.len(), 2);
        assert_eq!(recorded.rows.get(&name_of("work_item", "a/1")).copied(), unhex(digest));
        assert!(recorded.rows.contains_key(&name_of("user_role", "c")));
    }
}
