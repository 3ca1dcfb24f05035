//! The practice itself and what it works with: providers, facilities, payers, list prices.

use billing::PracticeId;
use billing::access::{Action, Actor, ActorKind};
use billing::fee_schedule::FeeScheduleItem;
use billing::identifier::{Npi, Taxonomy};
use billing::payer::{Payer, PayerSettings};
use billing::person::{Address, PersonName};
use billing::practice::Practice;
use billing::provider::{Facility, Provider};
use billing::{FacilityId, PayerId, ProviderId};
use store::registration as rows;
use store::{Conn, Db, Tx, params};

use super::Registered;
use crate::Error;
use crate::access::allow_plain;

/// A provider as entered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProviderData {
    /// Name as enrolled.
    pub name: PersonName,
    /// Individual NPI; the key by which a second registration finds the first.
    pub npi: Npi,
    /// Specialty.
    pub taxonomy: Taxonomy,
    /// Works in this practice, or only refers to it.
    pub in_practice: bool,
    /// The NPI was filled in by an import.
    pub invented: bool,
    /// Key in the system it was imported from.
    pub source_key: Option<String>,
}

/// A facility as entered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FacilityData {
    /// Name.
    pub name: String,
    /// Organisation NPI, where it has one.
    pub npi: Option<Npi>,
    /// Street address with a nine-digit ZIP.
    pub address: Address,
    /// Laboratory certificate.
    pub clia_number: Option<String>,
    /// Key in the system it was imported from.
    pub source_key: Option<String>,
}

/// A payer as entered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PayerData {
    /// Name as on the card.
    pub name: String,
    /// Electronic payer id; the key by which a second registration finds the first.
    pub payer_identifier: String,
    /// Claim filing indicator.
    pub filing_indicator: String,
    /// Its habits.
    pub settings: PayerSettings,
}

/// Stores a new practice. Only the system and the owner of the database may: nobody belongs to it yet.
///
/// # Errors
/// `Refused` for a person, or where the practice is there already; `Invalid` for a name that is missing.
pub fn register_practice(db: &Db, actor: &Actor, practice: &Practice, is_demo: bool) -> Result<(), Error> {
    db.write(actor, practice.id, |tx| register_practice_in(tx, practice, is_demo))
}

/// As [`register_practice`], in a transaction of the caller's.
///
/// # Errors
/// As [`register_practice`].
pub fn register_practice_in(tx: &mut Tx, practice: &Practice, is_demo: bool) -> Result<(), Error> {
    match tx.actor().kind {
        ActorKind::System | ActorKind::FileOwner => {}
        ActorKind::User | ActorKind::Visitor => {
            return Err(Error::refused("A practice is made on the command line, by whoever owns the database."));
        }
    }
    required("name", &practice.name)?;
    if rows::practice(tx)?.is_some() {
        return Err(Error::refused("This practice is registered already; change it instead."));
    }
    rows::insert_practice(tx, practice, is_demo)?;
    tx.audit("register", "practice", practice.id, serde_json::json!({ "demo": is_demo }));
    Ok(())
}

/// The practice.
///
/// # Errors
/// `NotFound` before it is registered.
pub fn practice_of(db: &Db, actor: &Actor, practice: PracticeId) -> Result<Practice, Error> {
    db.read(actor, practice, |read| rows::practice(read)?.ok_or(Error::NotFound("practice")))
}

/// Stores a provider, or finds the one of the same NPI or source key. Whoever registers patients may add one that only
/// refers; one of the practice itself needs a right of its own.
///
/// # Errors
/// `Denied`; `Invalid` for a name that is missing.
pub fn register_provider(
    db: &Db,
    actor: &Actor,
    practice: PracticeId,
    data: &ProviderData,
) -> Result<Registered<ProviderId>, Error> {
    db.write(actor, practice, |tx| register_provider_in(tx, data))
}

/// As [`register_provider`], in a transaction of the caller's.
///
/// # Errors
/// As [`register_provider`].
pub fn register_provider_in(tx: &mut Tx, data: &ProviderData) -> Result<Registered<ProviderId>, Error> {
    allow_plain(tx, if data.in_practice { Action::EditProvider } else { Action::RegisterPatient })?;
    required("last name", &data.name.last)?;
    let known = tx.query(&rows::PROVIDER_BY_KEY, params![data.npi.as_str(), data.source_key])?;
    if let Some((id,)) = known.first() {
        return Ok(Registered::known(*id));
    }
    let id = ProviderId(tx.new_id());
    let provider = Provider {
        id,
        name: data.name.clone(),
        npi: data.npi.clone(),
        taxonomy: data.taxonomy.clone(),
        in_practice: data.in_practice,
        invented: data.invented,
    };
    rows::insert_provider(tx, &provider, data.source_key.as_deref())?;
    tx.audit("register", "provider", id, serde_json::json!({ "npi": data.npi.as_str() }));
    Ok(Registered::new(id))
}

/// Stores a facility, or finds the one of the same source key.
///
/// # Errors
/// `Denied`; `Invalid` for a name that is missing or a certificate number of the wrong form.
pub fn register_facility(
    db: &Db,
    actor: &Actor,
    practice: PracticeId,
    data: &FacilityData,
) -> Result<Registered<FacilityId>, Error> {
    db.write(actor, practice, |tx| register_facility_in(tx, data))
}

/// As [`register_facility`], in a transaction of the caller's.
///
/// # Errors
/// As [`register_facility`].
pub fn register_facility_in(tx: &mut Tx, data: &FacilityData) -> Result<Registered<FacilityId>, Error> {
    allow_plain(tx, Action::RegisterPatient)?;
    required("name", &data.name)?;
    if data.clia_number.as_deref().is_some_and(|number| !codes::identifier::is_clia(number)) {
        return Err(Error::invalid(
            "certificate number",
            "A CLIA number has ten characters, the third a D, such as 22D1234567.",
        ));
    }
    if let Some(key) = &data.source_key
        && let Some((id,)) = tx.query_opt(&rows::FACILITY_BY_SOURCE, params![key.as_str()])?
    {
        return Ok(Registered::known(id));
    }
    let id = FacilityId(tx.new_id());
    let facility = Facility {
        id,
        name: data.name.clone(),
        npi: data.npi.clone(),
        address: data.address.clone(),
        clia_number: data.clia_number.clone(),
    };
    rows::insert_facility(tx, &facility, data.source_key.as_deref())?;
    tx.audit("register", "facility", id, serde_json::json!({}));
    Ok(Registered::new(id))
}

/// Stores a payer, or finds the one of the same electronic id.
///
/// # Errors
/// `Denied`; `Invalid` for what is missing.
pub fn register_payer(
    db: &Db,
    actor: &Actor,
    practice: PracticeId,
    data: &PayerData,
) -> Result<Registered<PayerId>, Error> {
    db.write(actor, practice, |tx| register_payer_in(tx, data))
}

/// As [`register_payer`], in a transaction of the caller's.
///
/// # Errors
/// As [`register_payer`].
pub fn register_payer_in(tx: &mut Tx, data: &PayerData) -> Result<Registered<PayerId>, Error> {
    allow_plain(tx, Action::EditCoverage)?;
    required("name", &data.name)?;
    required("electronic payer id", &data.payer_identifier)?;
    if let Some(payer) = rows::payer_by_identifier(tx, &data.payer_identifier)? {
        return Ok(Registered::known(payer.id));
    }
    let id = PayerId(tx.new_id());
    let payer = Payer {
        id,
        name: data.name.clone(),
        payer_identifier: data.payer_identifier.clone(),
        filing_indicator: data.filing_indicator.clone(),
        settings: data.settings.clone(),
    };
    rows::insert_payer(tx, &payer)?;
    tx.audit("register", "payer", id, serde_json::json!({ "payer_identifier": data.payer_identifier }));
    Ok(Registered::new(id))
}

/// Sets a list price from a day on; earlier prices stay for earlier services.
///
/// # Errors
/// `Denied` without the right to change fee schedules; `Invalid` for a code without the form of one or a negative price.
pub fn set_price(db: &Db, actor: &Actor, practice: PracticeId, item: &FeeScheduleItem) -> Result<(), Error> {
    db.write(actor, practice, |tx| set_price_in(tx, item))
}

/// As [`set_price`], in a transaction of the caller's.
///
/// # Errors
/// As [`set_price`].
pub fn set_price_in(tx: &mut Tx, item: &FeeScheduleItem) -> Result<(), Error> {
    allow_plain(tx, Action::ChangeContract)?;
    if codes::procedure::system(&item.procedure).is_none() {
        return Err(Error::invalid("procedure", "A procedure code has five characters, such as 99213 or G0439."));
    }
    if !item.modifier.is_empty() && !codes::modifier::has_shape(&item.modifier) {
        return Err(Error::invalid("modifier", "A modifier has two letters or digits; leave it empty for none."));
    }
    if item.unit_price < ledger::Money::ZERO {
        return Err(Error::invalid("price", "A price is zero or more."));
    }
    rows::save_price(tx, item)?;
    let detail = serde_json::json!({ "procedure": item.procedure, "cents": item.unit_price.cents() });
    tx.audit("set price", "fee schedule", tx.practice(), detail);
    Ok(())
}

/// Every provider by name.
///
/// # Errors
/// Of the store.
pub fn providers(db: &Db, actor: &Actor, practice: PracticeId) -> Result<Vec<Provider>, Error> {
    db.read(actor, practice, |read| providers_in(read))
}

/// As [`providers`], in a transaction of the caller's.
///
/// # Errors
/// Of the store.
pub fn providers_in(conn: &Conn) -> Result<Vec<Provider>, Error> {
    Ok(conn.query(&rows::PROVIDERS, params![])?.into_iter().map(|row| row.0.0).collect())
}

/// Every facility by name.
///
/// # Errors
/// Of the store.
pub fn facilities(db: &Db, actor: &Actor, practice: PracticeId) -> Result<Vec<Facility>, Error> {
    db.read(actor, practice, |read| facilities_in(read))
}

/// As [`facilities`], in a transaction of the caller's.
///
/// # Errors
/// Of the store.
pub fn facilities_in(conn: &Conn) -> Result<Vec<Facility>, Error> {
    Ok(conn.query(&rows::FACILITIES, params![])?.into_iter().map(|row| row.0.0).collect())
}

/// Every payer by name.
///
/// # Errors
/// Of the store.
pub fn payers(db: &Db, actor: &Actor, practice: PracticeId) -> Result<Vec<Payer>, Error> {
    db.read(actor, practice, |read| payers_in(read))
}

/// As [`payers`], in a transaction of the caller's.
///
/// # Errors
/// Of the store.
pub fn payers_in(conn: &Conn) -> Result<Vec<Payer>, Error> {
    Ok(conn.query(&rows::PAYERS, params![])?.into_iter().map(|row| row.0.0).collect())
}

/// The whole list of prices.
///
/// # Errors
/// Of the store.
pub fn fee_schedule(db: &Db, actor: &Actor, practice: PracticeId) -> Result<Vec<FeeScheduleItem>, Error> {
    db.read(actor, practice, |read| Ok(rows::fee_schedule(read)?))
}

/// A field that must say something.
pub(super) fn required(field: &'static str, value: &str) -> Result<(), Error> {
    if value.trim().is_empty() {
        return Err(Error::invalid(field, "This is needed."));
    }
    Ok(())
}
