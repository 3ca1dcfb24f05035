//! Practice, providers, facilities, payers, patients, guarantors and coverages as rows. A coverage is never changed: a
//! change is a new version beside the old one.

use billing::coverage::{Coverage, CoverageRank};
use billing::fee_schedule::FeeScheduleItem;
use billing::patient::{Guarantor, Patient};
use billing::payer::Payer;
use billing::practice::Practice;
use billing::provider::{Facility, Provider};
use billing::{CoverageId, FacilityId, GuarantorId, Money, PatientId, PayerId, ProviderId};
use jiff::Timestamp;
use jiff::civil::Date;

use crate::value::Json;
use crate::{Conn, StoreError, Tx, name_key, params, record, statements};

record! {
    /// The practice as stored.
    pub struct PracticeRow in "practice" {
        /// Legal name.
        pub name: String,
        /// A demonstration: every page says so.
        pub is_demo: bool,
        /// The whole practice.
        pub body: Json<Practice>,
    }

    /// A provider as stored.
    pub struct ProviderRow in "provider" {
        /// Key.
        pub id: ProviderId,
        /// Individual NPI.
        pub npi: String,
        /// Family name.
        pub last_name: String,
        /// Key in the system it was imported from.
        pub source_key: Option<String>,
        /// The whole provider.
        pub body: Json<Provider>,
    }

    /// A facility as stored.
    pub struct FacilityRow in "facility" {
        /// Key.
        pub id: FacilityId,
        /// Name.
        pub name: String,
        /// Key in the system it was imported from.
        pub source_key: Option<String>,
        /// The whole facility.
        pub body: Json<Facility>,
    }

    /// A payer as stored.
    pub struct PayerRow in "payer" {
        /// Key.
        pub id: PayerId,
        /// Name as on the card.
        pub name: String,
        /// Electronic payer id.
        pub payer_identifier: String,
        /// The whole payer.
        pub body: Json<Payer>,
    }

    /// A dated price as stored.
    pub struct FeeScheduleRow in "fee_schedule_item" {
        /// Procedure code.
        pub procedure_code: String,
        /// Empty, or the modifier that changes the price.
        pub modifier: String,
        /// First day it holds.
        pub effective_on: Date,
        /// Price of one unit.
        pub unit_price_cents: Money,
    }

    /// A guarantor as stored.
    pub struct GuarantorRow in "guarantor" {
        /// Key.
        pub id: GuarantorId,
        /// The whole guarantor.
        pub body: Json<Guarantor>,
    }

    /// A patient as stored.
    pub struct PatientRow in "patient" {
        /// Key.
        pub id: PatientId,
        /// What people say on the telephone.
        pub account_number: String,
        /// Family name for search.
        pub last_name_key: String,
        /// Given name for search.
        pub first_name_key: String,
        /// Birth date.
        pub birth_date: Date,
        /// Ten digits or empty.
        pub phone: String,
        /// Who pays the patient's share.
        pub guarantor_id: GuarantorId,
        /// No statements while a reason stands here.
        pub statement_hold: Option<String>,
        /// Key in the system it was imported from.
        pub source_key: Option<String>,
        /// The whole patient.
        pub body: Json<Patient>,
    }

    /// One version of a coverage as stored.
    pub struct CoverageRow in "coverage" {
        /// Key over all versions.
        pub id: CoverageId,
        /// From 1.
        pub version: i32,
        /// Who is covered.
        pub patient_id: PatientId,
        /// Who adjudicates.
        pub payer_id: PayerId,
        /// Who pays first.
        pub rank: CoverageRank,
        /// Number on the card.
        pub member_id: String,
        /// First covered day.
        pub effective_on: Date,
        /// Last covered day.
        pub ends_on: Option<Date>,
        /// New claims are made from this version.
        pub is_latest: bool,
        /// When it was entered.
        pub recorded_at: Timestamp,
        /// Key in the system it was imported from.
        pub source_key: Option<String>,
        /// The whole version.
        pub body: Json<Coverage>,
    }
}

statements! {
    /// The practice.
    pub const PRACTICE_ROW: PracticeRow = "SELECT name, is_demo, body FROM practice WHERE practice_id = $1";
    /// Changes the practice.
    pub const SAVE_PRACTICE: () = "UPDATE practice SET name = $2, body = $3 WHERE practice_id = $1";
    /// One provider.
    pub const PROVIDER: (Json<Provider>,) = "SELECT body FROM provider WHERE practice_id = $1 AND id = $2";
    /// Every provider by name.
    pub const PROVIDERS: (Json<Provider>,) =
        "SELECT body FROM provider WHERE practice_id = $1 ORDER BY last_name, npi";
    /// A provider by NPI or by the key of an import.
    pub const PROVIDER_BY_KEY: (ProviderId,) =
        "SELECT id FROM provider WHERE practice_id = $1 AND (npi = $2 OR source_key = $3)";
    /// Changes a provider.
    pub const SAVE_PROVIDER: () =
        "UPDATE provider SET npi = $3, last_name = $4, body = $5 WHERE practice_id = $1 AND id = $2";
    /// One facility.
    pub const FACILITY: (Json<Facility>,) = "SELECT body FROM facility WHERE practice_id = $1 AND id = $2";
    /// Every facility by name.
    pub const FACILITIES: (Json<Facility>,) = "SELECT body FROM facility WHERE practice_id = $1 ORDER BY name, id";
    /// A facility by the key of an import.
    pub const FACILITY_BY_SOURCE: (FacilityId,) = "SELECT id FROM facility WHERE practice_id = $1 AND source_key = $2";
    /// Changes a facility.
    pub const SAVE_FACILITY: () = "UPDATE facility SET name = $3, body = $4 WHERE practice_id = $1 AND id = $2";
    /// One payer.
    pub const PAYER: (Json<Payer>,) = "SELECT body FROM payer WHERE practice_id = $1 AND id = $2";
    /// Every payer by name.
    pub const PAYERS: (Json<Payer>,) = "SELECT body FROM payer WHERE practice_id = $1 ORDER BY name, payer_identifier";
    /// A payer by its electronic id.
    pub const PAYER_BY_IDENTIFIER: (Json<Payer>,) =
        "SELECT body FROM payer WHERE practice_id = $1 AND payer_identifier = $2";
    /// Changes a payer.
    pub const SAVE_PAYER: () =
        "UPDATE payer SET name = $3, payer_identifier = $4, body = $5 WHERE practice_id = $1 AND id = $2";
    /// Prices of a procedure that hold on or before a day, latest first.
    pub const PRICES: FeeScheduleRow = "SELECT procedure_code, modifier, effective_on, unit_price_cents \
        FROM fee_schedule_item WHERE practice_id = $1 AND procedure_code = $2 AND effective_on <= $3 \
        ORDER BY effective_on DESC, modifier";
    /// The whole schedule.
    pub const FEE_SCHEDULE: FeeScheduleRow = "SELECT procedure_code, modifier, effective_on, unit_price_cents \
        FROM fee_schedule_item WHERE practice_id = $1 ORDER BY procedure_code, modifier, effective_on";
    /// Puts a price right that was entered for the same day.
    pub const SAVE_PRICE: () = "UPDATE fee_schedule_item SET unit_price_cents = $5 \
        WHERE practice_id = $1 AND procedure_code = $2 AND modifier = $3 AND effective_on = $4";
    /// One guarantor.
    pub const GUARANTOR: (Json<Guarantor>,) = "SELECT body FROM guarantor WHERE practice_id = $1 AND id = $2";
    /// Changes a guarantor.
    pub const SAVE_GUARANTOR: () = "UPDATE guarantor SET body = $3 WHERE practice_id = $1 AND id = $2";
    /// One patient.
    pub const PATIENT: (Json<Patient>, Option<String>) =
        "SELECT body, statement_hold FROM patient WHERE practice_id = $1 AND id = $2";
    /// A patient by the key of an import.
    pub const PATIENT_BY_SOURCE: (PatientId,) = "SELECT id FROM patient WHERE practice_id = $1 AND source_key = $2";
    /// A patient by account number.
    pub const PATIENT_BY_ACCOUNT: (PatientId,) =
        "SELECT id FROM patient WHERE practice_id = $1 AND account_number = $2";
    /// Changes a patient.
    pub const SAVE_PATIENT: () = "UPDATE patient SET last_name_key = $3, first_name_key = $4, birth_date = $5, \
        phone = $6, guarantor_id = $7, body = $8 WHERE practice_id = $1 AND id = $2";
    /// Holds a patient's statements, or lets them go.
    pub const HOLD_STATEMENTS: () = "UPDATE patient SET statement_hold = $3 WHERE practice_id = $1 AND id = $2";
    /// The latest version of each of a patient's coverages.
    pub const COVERAGES: (Json<Coverage>,) = "SELECT body FROM coverage WHERE practice_id = $1 AND patient_id = $2 \
        AND is_latest ORDER BY rank, effective_on, id";
    /// One version of a coverage.
    pub const COVERAGE_VERSION: (Json<Coverage>,) =
        "SELECT body FROM coverage WHERE practice_id = $1 AND id = $2 AND version = $3";
    /// The latest version of a coverage.
    pub const COVERAGE: (Json<Coverage>, Option<String>) =
        "SELECT body, source_key FROM coverage WHERE practice_id = $1 AND id = $2 AND is_latest";
    /// Every version of a coverage, oldest first.
    pub const COVERAGE_HISTORY: (Json<Coverage>, Timestamp) =
        "SELECT body, recorded_at FROM coverage WHERE practice_id = $1 AND id = $2 ORDER BY version";
    /// A coverage by the key of an import; its first version keeps the key, whatever was changed by hand since.
    pub const COVERAGE_BY_SOURCE: (CoverageId,) =
        "SELECT DISTINCT id FROM coverage WHERE practice_id = $1 AND patient_id = $2 AND source_key = $3";
    /// Takes the mark of the latest version away, before a newer one is stored.
    pub const RETIRE_COVERAGE: () =
        "UPDATE coverage SET is_latest = FALSE WHERE practice_id = $1 AND id = $2 AND is_latest";
}

/// The practice; none before it is registered.
pub fn practice(conn: &Conn) -> Result<Option<Practice>, StoreError> {
    Ok(conn.query_opt(&PRACTICE_ROW, params![])?.map(|row| row.body.0))
}

/// Stores the practice.
pub fn insert_practice(tx: &mut Tx, practice: &Practice, is_demo: bool) -> Result<(), StoreError> {
    tx.insert(&PracticeRow { name: practice.name.clone(), is_demo, body: Json(practice.clone()) })
}

/// One provider.
pub fn provider(conn: &Conn, id: ProviderId) -> Result<Option<Provider>, StoreError> {
    Ok(conn.query_opt(&PROVIDER, params![id])?.map(|row| row.0.0))
}

/// Stores a provider.
pub fn insert_provider(tx: &mut Tx, provider: &Provider, source_key: Option<&str>) -> Result<(), StoreError> {
    tx.insert(&ProviderRow {
        id: provider.id,
        npi: provider.npi.as_str().to_owned(),
        last_name: provider.name.last.clone(),
        source_key: source_key.map(str::to_owned),
        body: Json(provider.clone()),
    })
}

/// One facility.
pub fn facility(conn: &Conn, id: FacilityId) -> Result<Option<Facility>, StoreError> {
    Ok(conn.query_opt(&FACILITY, params![id])?.map(|row| row.0.0))
}

/// Stores a facility.
pub fn insert_facility(tx: &mut Tx, facility: &Facility, source_key: Option<&str>) -> Result<(), StoreError> {
    tx.insert(&FacilityRow {
        id: facility.id,
        name: facility.name.clone(),
        source_key: source_key.map(str::to_owned),
        body: Json(facility.clone()),
    })
}

/// One payer.
pub fn payer(conn: &Conn, id: PayerId) -> Result<Option<Payer>, StoreError> {
    Ok(conn.query_opt(&PAYER, params![id])?.map(|row| row.0.0))
}

/// A payer by its electronic id.
pub fn payer_by_identifier(conn: &Conn, payer_identifier: &str) -> Result<Option<Payer>, StoreError> {
    Ok(conn.query_opt(&PAYER_BY_IDENTIFIER, params![payer_identifier])?.map(|row| row.0.0))
}

/// Stores a payer.
pub fn insert_payer(tx: &mut Tx, payer: &Payer) -> Result<(), StoreError> {
    tx.insert(&PayerRow {
        id: payer.id,
        name: payer.name.clone(),
        payer_identifier: payer.payer_identifier.clone(),
        body: Json(payer.clone()),
    })
}

/// Prices of a procedure that hold on or before a day.
pub fn prices(conn: &Conn, procedure: &str, day: Date) -> Result<Vec<FeeScheduleItem>, StoreError> {
    Ok(conn.query(&PRICES, params![procedure, day])?.into_iter().map(price).collect())
}

fn price(row: FeeScheduleRow) -> FeeScheduleItem {
    FeeScheduleItem {
        procedure: row.procedure_code,
        modifier: row.modifier,
        unit_price: row.unit_price_cents,
        effective_on: row.effective_on,
    }
}

/// The whole schedule.
pub fn fee_schedule(conn: &Conn) -> Result<Vec<FeeScheduleItem>, StoreError> {
    Ok(conn.query(&FEE_SCHEDULE, params![])?.into_iter().map(price).collect())
}

/// Stores a price, or puts the one of the same day right.
pub fn save_price(tx: &mut Tx, item: &FeeScheduleItem) -> Result<(), StoreError> {
    let changed =
        tx.execute(&SAVE_PRICE, params![item.procedure, item.modifier, item.effective_on, item.unit_price])?;
    if changed > 0 {
        return Ok(());
    }
    tx.insert(&FeeScheduleRow {
        procedure_code: item.procedure.clone(),
        modifier: item.modifier.clone(),
        effective_on: item.effective_on,
        unit_price_cents: item.unit_price,
    })
}

/// One guarantor.
pub fn guarantor(conn: &Conn, id: GuarantorId) -> Result<Option<Guarantor>, StoreError> {
    Ok(conn.query_opt(&GUARANTOR, params![id])?.map(|row| row.0.0))
}

/// Stores a guarantor.
pub fn insert_guarantor(tx: &mut Tx, guarantor: &Guarantor) -> Result<(), StoreError> {
    tx.insert(&GuarantorRow { id: guarantor.id, body: Json(guarantor.clone()) })
}

/// One patient.
pub fn patient(conn: &Conn, id: PatientId) -> Result<Option<Patient>, StoreError> {
    Ok(conn.query_opt(&PATIENT, params![id])?.map(|row| row.0.0))
}

/// Stores a patient.
pub fn insert_patient(tx: &mut Tx, patient: &Patient, source_key: Option<&str>) -> Result<(), StoreError> {
    tx.insert(&PatientRow {
        id: patient.id,
        account_number: patient.account_number.clone(),
        last_name_key: name_key(&patient.name.last),
        first_name_key: name_key(&patient.name.first),
        birth_date: *patient.birth_date.reveal(),
        phone: patient.contact.phone.clone(),
        guarantor_id: patient.guarantor_id,
        statement_hold: None,
        source_key: source_key.map(str::to_owned),
        body: Json(patient.clone()),
    })
}

/// Saves a changed patient.
pub fn save_patient(tx: &mut Tx, patient: &Patient) -> Result<(), StoreError> {
    tx.execute(
        &SAVE_PATIENT,
        params![
            patient.id,
            name_key(&patient.name.last),
            name_key(&patient.name.first),
            *patient.birth_date.reveal(),
            patient.contact.phone,
            patient.guarantor_id,
            Json(patient.clone())
        ],
    )?;
    Ok(())
}

/// The latest version of each of a patient's coverages, in the order in which they pay.
pub fn coverages(conn: &Conn, patient: PatientId) -> Result<Vec<Coverage>, StoreError> {
    Ok(conn.query(&COVERAGES, params![patient])?.into_iter().map(|row| row.0.0).collect())
}

/// One version of a coverage.
pub fn coverage_version(conn: &Conn, id: CoverageId, version: i32) -> Result<Option<Coverage>, StoreError> {
    Ok(conn.query_opt(&COVERAGE_VERSION, params![id, version])?.map(|row| row.0.0))
}

/// The latest version of a coverage.
pub fn coverage(conn: &Conn, id: CoverageId) -> Result<Option<Coverage>, StoreError> {
    Ok(conn.query_opt(&COVERAGE, params![id])?.map(|row| row.0.0))
}

/// Stores a version of a coverage as the latest one.
pub fn insert_coverage(tx: &mut Tx, coverage: &Coverage, source_key: Option<&str>) -> Result<(), StoreError> {
    if coverage.version > 1 {
        tx.execute(&RETIRE_COVERAGE, params![coverage.id])?;
    }
    tx.insert(&CoverageRow {
        id: coverage.id,
        version: coverage.version,
        patient_id: coverage.patient_id,
        payer_id: coverage.payer_id,
        rank: coverage.rank,
        member_id: coverage.subscriber.member_id.reveal().to_owned(),
        effective_on: coverage.effective_on,
        ends_on: coverage.ends_on,
        is_latest: true,
        recorded_at: tx.now(),
        source_key: source_key.map(str::to_owned),
        body: Json(coverage.clone()),
    })
}
