//! Visits and their charges as rows.

use billing::charge::Charge;
use billing::encounter::{Encounter, EncounterStatus};
use billing::{ChargeId, EncounterId, Money, PatientId};
use jiff::civil::Date;

use crate::value::Json;
use crate::{Conn, StoreError, Tx, params, record, statements};

record! {
    /// A visit as stored.
    pub struct EncounterRow in "encounter" {
        /// Key.
        pub id: EncounterId,
        /// Who was seen.
        pub patient_id: PatientId,
        /// When.
        pub date_of_service: Date,
        /// 'open', 'billed', 'not_billable'.
        pub status: EncounterStatus,
        /// Key in the system it was imported from.
        pub source_key: Option<String>,
        /// The whole visit.
        pub body: Json<Encounter>,
    }

    /// A charge as stored.
    pub struct ChargeRow in "charge" {
        /// Key; receivables are kept by it.
        pub id: ChargeId,
        /// The visit.
        pub encounter_id: EncounterId,
        /// Who was seen.
        pub patient_id: PatientId,
        /// From 1.
        pub line_number: i32,
        /// When.
        pub date_of_service: Date,
        /// What was done.
        pub procedure_code: String,
        /// Price of all units.
        pub amount_cents: Money,
        /// The whole charge.
        pub body: Json<Charge>,
    }
}

statements! {
    /// One visit.
    pub const ENCOUNTER: (Json<Encounter>,) = "SELECT body FROM encounter WHERE practice_id = $1 AND id = $2";
    /// A visit by the key of an import.
    pub const ENCOUNTER_BY_SOURCE: (EncounterId,) =
        "SELECT id FROM encounter WHERE practice_id = $1 AND source_key = $2";
    /// Visits without a claim, oldest first.
    pub const OPEN_ENCOUNTERS: (EncounterId,) = "SELECT id FROM encounter WHERE practice_id = $1 AND status = 'open' \
        ORDER BY date_of_service, id LIMIT $2";
    /// A patient's visits without a claim.
    pub const OPEN_ENCOUNTERS_OF_PATIENT: (EncounterId,) = "SELECT id FROM encounter WHERE practice_id = $1 \
        AND patient_id = $2 AND status = 'open' ORDER BY date_of_service, id";
    /// Saves a changed visit.
    pub const SAVE_ENCOUNTER: () = "UPDATE encounter SET date_of_service = $3, status = $4, body = $5 \
        WHERE practice_id = $1 AND id = $2";
    /// A visit's charges, in order.
    pub const CHARGES: (Json<Charge>,) =
        "SELECT body FROM charge WHERE practice_id = $1 AND encounter_id = $2 AND is_void = FALSE ORDER BY line_number";
    /// The highest line number of a visit, voided lines included.
    pub const LAST_LINE: (i32,) = "SELECT CAST(COALESCE(MAX(line_number), 0) AS BIGINT) FROM charge \
        WHERE practice_id = $1 AND encounter_id = $2";
    /// The visits of charges, each once.
    pub const ENCOUNTERS_OF_CHARGES: (EncounterId,) =
        "SELECT DISTINCT encounter_id FROM charge WHERE practice_id = $1 AND id IN ({keys})";
    /// Takes a charge back; its postings are cancelled by the caller.
    pub const VOID_CHARGE: () = "UPDATE charge SET is_void = TRUE, amount_cents = 0 WHERE practice_id = $1 AND id = $2";
    /// One charge.
    pub const CHARGE: (Json<Charge>,) = "SELECT body FROM charge WHERE practice_id = $1 AND id = $2";
    /// Saves a changed charge.
    pub const SAVE_CHARGE: () = "UPDATE charge SET date_of_service = $3, procedure_code = $4, amount_cents = $5, \
        body = $6 WHERE practice_id = $1 AND id = $2";
}

/// One visit.
pub fn encounter(conn: &Conn, id: EncounterId) -> Result<Option<Encounter>, StoreError> {
    Ok(conn.query_opt(&ENCOUNTER, params![id])?.map(|row| row.0.0))
}

/// A visit by the key of an import.
pub fn encounter_by_source(conn: &Conn, source_key: &str) -> Result<Option<EncounterId>, StoreError> {
    Ok(conn.query_opt(&ENCOUNTER_BY_SOURCE, params![source_key])?.map(|row| row.0))
}

/// A visit's charges, in order.
pub fn charges(conn: &Conn, encounter: EncounterId) -> Result<Vec<Charge>, StoreError> {
    Ok(conn.query(&CHARGES, params![encounter])?.into_iter().map(|row| row.0.0).collect())
}

/// Stores a visit with its charges.
pub fn insert(tx: &mut Tx, encounter: &Encounter, charges: &[Charge]) -> Result<(), StoreError> {
    tx.insert(&EncounterRow {
        id: encounter.id,
        patient_id: encounter.patient_id,
        date_of_service: encounter.date_of_service,
        status: encounter.status,
        source_key: encounter.source_key.clone(),
        body: Json(encounter.clone()),
    })?;
    insert_charges(tx, charges)
}

/// Stores further charges of a visit.
pub fn insert_charges(tx: &mut Tx, charges: &[Charge]) -> Result<(), StoreError> {
    let rows: Vec<ChargeRow> = charges
        .iter()
        .map(|charge| ChargeRow {
            id: charge.id,
            encounter_id: charge.encounter_id,
            patient_id: charge.patient_id,
            line_number: charge.line_number,
            date_of_service: charge.date_of_service,
            procedure_code: charge.procedure.code.clone(),
            amount_cents: charge.amount,
            body: Json(charge.clone()),
        })
        .collect();
    tx.insert_many(&rows)
}

/// Saves a changed visit.
pub fn save_encounter(tx: &mut Tx, encounter: &Encounter) -> Result<(), StoreError> {
    tx.execute(
        &SAVE_ENCOUNTER,
        params![encounter.id, encounter.date_of_service, encounter.status, Json(encounter.clone())],
    )?;
    Ok(())
}

/// Saves a changed charge. Its money is in the ledger: the caller posts the difference.
pub fn save_charge(tx: &mut Tx, charge: &Charge) -> Result<(), StoreError> {
    tx.execute(
        &SAVE_CHARGE,
        params![charge.id, charge.date_of_service, charge.procedure.code, charge.amount, Json(charge.clone())],
    )?;
    Ok(())
}

/// Takes a charge back: it stays, with an amount of zero, and stands on no claim any more.
pub fn void_charge(tx: &mut Tx, charge: ChargeId) -> Result<(), StoreError> {
    tx.execute(&VOID_CHARGE, params![charge])?;
    Ok(())
}

/// The number that the next line of a visit gets.
pub fn next_line_number(conn: &Conn, encounter: EncounterId) -> Result<i32, StoreError> {
    let (last,) = conn.query_one(&LAST_LINE, params![encounter])?;
    Ok(last + 1)
}
