//! Changes of the practice's own data, its providers and its payers. Each change keeps what stood before as a version;
//! claims hold frozen copies, so those already sent keep what they were made from, and held ones are made anew.

use billing::PracticeId;
use billing::access::{Action, Actor};
use billing::payer::{Payer, PayerSettings};
use billing::practice::Practice;
use billing::provider::Provider;
use billing::{PayerId, ProviderId};
use jiff::tz::TimeZone;
use serde::Serialize;
use store::registration as rows;
use store::registration_version as versions;
use store::{Conn, Db, Json, Tx, params};
use uuid::Uuid;

use super::setup::required;
use super::{PayerData, ProviderData};
use crate::Error;
use crate::access::allow_plain;
use crate::{claim_scrub, users};

/// What is changed, as its versions are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Subject {
    /// The practice itself.
    Practice(PracticeId),
    /// A provider.
    Provider(ProviderId),
    /// A payer.
    Payer(PayerId),
}

impl Subject {
    fn key(self) -> (&'static str, Uuid) {
        match self {
            Subject::Practice(id) => ("practice", id.0),
            Subject::Provider(id) => ("provider", id.0),
            Subject::Payer(id) => ("payer", id.0),
        }
    }
}

/// The number of a subject's latest version, to hand back with a change; 0 before the first.
///
/// # Errors
/// Of the store.
pub fn version_of(conn: &Conn, subject: Subject) -> Result<i32, Error> {
    let (kind, id) = subject.key();
    Ok(versions::latest(conn, kind, id)?)
}

/// When a subject was changed and by whom, newest first.
///
/// # Errors
/// Of the store.
pub fn versions_of(conn: &Conn, subject: Subject) -> Result<Vec<versions::VersionLine>, Error> {
    let (kind, id) = subject.key();
    Ok(versions::history(conn, kind, id)?)
}

/// Changes the practice's own data, where it still is what the person looked at. Held claims are scrubbed again: many may
/// have waited for it.
///
/// # Errors
/// `Denied` without the right to change it, or to configure where solo mode is switched; `Invalid` where it is switched
/// off while somebody holds conflicting roles; `Changed`; `NotFound`.
pub fn save_practice(db: &Db, actor: &Actor, changed: &Practice, seen: Option<i32>) -> Result<(), Error> {
    db.write(actor, changed.id, |tx| save_practice_in(tx, changed, seen))?;
    if let Ok(zone) = TimeZone::get(&changed.time_zone) {
        db.env().learn_zone(changed.id, zone);
    }
    claim_scrub::scrub_held(db, &Actor::system(changed.id), changed.id)?;
    Ok(())
}

/// As [`save_practice`] without the scrub, in a transaction of the caller's.
///
/// # Errors
/// As [`save_practice`].
pub fn save_practice_in(tx: &mut Tx, changed: &Practice, seen: Option<i32>) -> Result<(), Error> {
    allow_plain(tx, Action::ChangePractice)?;
    required("name", &changed.name)?;
    let before = rows::practice(tx)?.ok_or(Error::NotFound("practice"))?;
    if before.solo != changed.solo {
        allow_plain(tx, Action::Configure)?;
    }
    if before.solo && !changed.solo {
        users::refuse_standing_conflicts(tx)?;
    }
    keep(tx, Subject::Practice(changed.id), seen, (&before, changed))?;
    tx.execute(&rows::SAVE_PRACTICE, params![changed.name, Json(changed.clone())])?;
    let detail = serde_json::json!({ "solo": changed.solo, "npi": changed.billing.npi.as_str() });
    tx.audit("change", "practice", changed.id, detail);
    Ok(())
}

/// Changes a provider, where it still is what the person looked at. Held claims are scrubbed again.
///
/// # Errors
/// `Denied`; `Changed`; `NotFound`; `Invalid` for a name that is missing or an NPI that another provider has.
pub fn change_provider(
    db: &Db,
    actor: &Actor,
    practice: PracticeId,
    id: ProviderId,
    data: &ProviderData,
    seen: Option<i32>,
) -> Result<(), Error> {
    db.write(actor, practice, |tx| {
        allow_plain(tx, Action::EditProvider)?;
        required("last", &data.name.last)?;
        let before = rows::provider(tx, id)?.ok_or(Error::NotFound("provider"))?;
        let others = tx.query(&rows::PROVIDER_BY_KEY, params![data.npi.as_str(), None::<String>])?;
        if others.iter().any(|(other,)| *other != id) {
            return Err(Error::invalid("npi", "Another provider on file has this NPI; change that one."));
        }
        let after = Provider {
            id,
            name: data.name.clone(),
            npi: data.npi.clone(),
            taxonomy: data.taxonomy.clone(),
            in_practice: data.in_practice,
            // The mark belongs to the NPI: it goes when the real one is entered.
            invented: before.invented && before.npi == data.npi,
        };
        keep(tx, Subject::Provider(id), seen, (&before, &after))?;
        let npi = after.npi.as_str().to_owned();
        tx.execute(&rows::SAVE_PROVIDER, params![id, npi, after.name.last, Json(after.clone())])?;
        tx.audit("change", "provider", id, serde_json::json!({ "npi": npi }));
        Ok::<_, Error>(())
    })?;
    claim_scrub::scrub_held(db, &Actor::system(practice), practice)?;
    Ok(())
}

/// Changes a payer, where it still is what the person looked at. Held claims are scrubbed again.
///
/// # Errors
/// `Denied`; `Changed`; `NotFound`; `Invalid` for what is missing or an electronic id that another payer has.
pub fn change_payer(
    db: &Db,
    actor: &Actor,
    practice: PracticeId,
    id: PayerId,
    data: &PayerData,
    seen: Option<i32>,
) -> Result<(), Error> {
    db.write(actor, practice, |tx| change_payer_in(tx, id, data, seen))?;
    claim_scrub::scrub_held(db, &Actor::system(practice), practice)?;
    Ok(())
}

fn change_payer_in(tx: &mut Tx, id: PayerId, data: &PayerData, seen: Option<i32>) -> Result<(), Error> {
    allow_plain(tx, Action::EditPayer)?;
    required("name", &data.name)?;
    required("payer_identifier", &data.payer_identifier)?;
    let before = rows::payer(tx, id)?.ok_or(Error::NotFound("payer"))?;
    if rows::payer_by_identifier(tx, &data.payer_identifier)?.is_some_and(|other| other.id != id) {
        return Err(Error::invalid("payer_identifier", "Another payer on file has this id; change that one."));
    }
    let after = Payer {
        id,
        name: data.name.clone(),
        payer_identifier: data.payer_identifier.clone(),
        filing_indicator: data.filing_indicator.clone(),
        settings: data.settings.clone(),
    };
    keep(tx, Subject::Payer(id), seen, (&before, &after))?;
    tx.execute(&rows::SAVE_PAYER, params![id, after.name, after.payer_identifier, Json(after.clone())])?;
    let detail = serde_json::json!({ "filing_limit_days": after.settings.filing_limit_days });
    tx.audit("change", "payer", id, detail);
    Ok(())
}

/// Changes a payer's habits only, in a transaction of the caller's: filing limit, route, what it requires.
///
/// # Errors
/// As [`change_payer`].
pub fn save_payer_settings_in(tx: &mut Tx, id: PayerId, settings: &PayerSettings) -> Result<(), Error> {
    let payer = rows::payer(tx, id)?.ok_or(Error::NotFound("payer"))?;
    let data = PayerData {
        name: payer.name,
        payer_identifier: payer.payer_identifier,
        filing_indicator: payer.filing_indicator,
        settings: settings.clone(),
    };
    change_payer_in(tx, id, &data, None)
}

/// Keeps what stood and what stands as versions; refuses where somebody changed it since it was looked at.
fn keep<T: Serialize>(tx: &mut Tx, subject: Subject, seen: Option<i32>, pair: (&T, &T)) -> Result<(), Error> {
    let (kind, id) = subject.key();
    if let Some(seen) = seen
        && versions::latest(tx, kind, id)? != seen
    {
        return Err(Error::Changed);
    }
    let json = |value: &T| {
        serde_json::to_value(value).map_err(|error| Error::refused(format!("A version could not be kept ({error}).")))
    };
    Ok(versions::record(tx, kind, id, (json(pair.0)?, json(pair.1)?))?)
}
