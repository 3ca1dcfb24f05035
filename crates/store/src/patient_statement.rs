//! Statements as rows, and who might be due for one.

use billing::id::{GuarantorId, PatientId, StatementId, UserId};
use billing::practice::Practice;
use billing::provider::Provider;
use billing::statement::Statement;
use jiff::civil::Date;
use ledger::Money;

use crate::value::Json;
use crate::{record, statements};

record! {
    /// A statement as stored; `body` is what was sent, never recomputed.
    pub struct StatementRow in "statement" {
        /// Key.
        pub id: StatementId,
        /// Whose account.
        pub patient_id: PatientId,
        /// Who is asked.
        pub guarantor_id: GuarantorId,
        /// What people say on the telephone.
        pub statement_number: String,
        /// When it was made.
        pub issued_on: Date,
        /// When it is to be paid.
        pub due_on: Date,
        /// What it asks for.
        pub amount_due_cents: Money,
        /// The whole statement.
        pub body: Json<Statement>,
    }

    /// A statement in a list.
    pub struct StatementListRow {
        /// The statement.
        pub id: StatementId,
        /// Its number.
        pub statement_number: String,
        /// Whose account.
        pub patient_id: PatientId,
        /// The patient's account number.
        pub account_number: String,
        /// When it was made.
        pub issued_on: Date,
        /// When it is to be paid.
        pub due_on: Date,
        /// What it asks for.
        pub amount_due_cents: Money,
    }

    /// A person's hold of an account's statements.
    pub struct StatementHoldRow in "statement_hold" {
        /// Whose account.
        pub patient_id: PatientId,
        /// Why.
        pub reason: String,
        /// Since when.
        pub held_on: Date,
        /// The day from which statements go out again.
        pub until_on: Date,
        /// Who holds it.
        pub held_by: UserId,
        /// Their log-in name.
        pub held_by_login: String,
    }

    /// A patient who owes something.
    pub struct OwingPatientRow {
        /// The patient.
        pub patient_id: PatientId,
        /// What they owe on all charges.
        pub owes_cents: Money,
    }

    /// The practice as stored.
    pub struct PracticeBodyRow {
        /// The practice.
        pub body: Json<Practice>,
    }

    /// A provider as stored.
    pub struct ProviderBodyRow {
        /// The provider.
        pub body: Json<Provider>,
    }
}

statements! {
    /// One statement.
    pub const STATEMENT: StatementRow =
        "SELECT id, patient_id, guarantor_id, statement_number, issued_on, due_on, amount_due_cents, body
         FROM statement WHERE practice_id = $1 AND id = $2";
    /// The latest statements of the practice, newest first.
    pub const LATEST_STATEMENTS: StatementListRow =
        "SELECT s.id, s.statement_number, s.patient_id, p.account_number, s.issued_on, s.due_on, s.amount_due_cents
         FROM statement s JOIN patient p ON p.practice_id = s.practice_id AND p.id = s.patient_id
         WHERE s.practice_id = $1 ORDER BY s.id DESC LIMIT $2";
    /// Everybody who owes something: one pass over the patients' receivables.
    pub const OWING_PATIENTS: OwingPatientRow =
        "SELECT l.patient_id, CAST(SUM(l.cents) AS BIGINT) AS owes_cents
         FROM ledger_posting l
         WHERE l.practice_id = $1 AND l.account = 'patient_receivable' AND l.patient_id IS NOT NULL
         GROUP BY l.patient_id HAVING SUM(l.cents) > 0 ORDER BY l.patient_id";
    /// The practice that asks.
    pub const PRACTICE_BODY: PracticeBodyRow = "SELECT body FROM practice WHERE practice_id = $1";
    /// Providers by key.
    pub const PROVIDER_BODIES: ProviderBodyRow =
        "SELECT body FROM provider WHERE practice_id = $1 AND id IN ({keys})";
    /// The hold of a patient's statements that stands on this day.
    pub const STATEMENT_HOLD: StatementHoldRow =
        "SELECT patient_id, reason, held_on, until_on, held_by, held_by_login FROM statement_hold
         WHERE practice_id = $1 AND patient_id = $2 AND until_on > $3";
    /// Lifts the hold of a patient's statements, or makes place for another.
    pub const LIFT_STATEMENT_HOLD: () = "DELETE FROM statement_hold WHERE practice_id = $1 AND patient_id = $2";
}
