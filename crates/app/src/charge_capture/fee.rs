//! The fee for a check that came back: a charge of its own on the patient's account, never sent to any payer, never asked of
//! whom the law protects, and taken back by who may forgive. Decides by the practice's own rule, which asks nothing at first.

use billing::access::{Action, Actor, ResourceState};
use billing::charge::{Charge, Procedure, Units};
use billing::coverage::in_force;
use billing::encounter::{Encounter, EncounterStatus};
use billing::money_rule::CHECK_FEE_CODE;
use billing::payer::MEDICAID;
use billing::{ChargeId, EncounterId, Money, PatientId, PaymentReturnId, PracticeId};
use jiff::civil::Date;
use ledger::{Account, DraftEntry};
use serde_json::json;
use store::charge as rows;
use store::money_rule::PROTECTED_BY_LAW;
use store::{Conn, Db, Tx, params, registration};

use super::{post, source};
use crate::access::allow;
use crate::{Error, money_rules, reason};

/// What the key of a fee's visit begins with; neither a form nor an import makes one like it.
const FEE_KEY: &str = "fee:returned_check:";
/// The stored reason of its postings.
const FEE: &str = "returned check fee";

/// Whether a visit is none: it stands for a fee.
pub(crate) fn is_fee(encounter: &Encounter) -> bool {
    encounter.source_key.as_ref().is_some_and(|key| key.starts_with(FEE_KEY))
}

/// Charges the fee for a returned check, where the practice's rule has one; says how much. Once a check.
pub(crate) fn charge_returned_check(
    tx: &mut Tx,
    patient: PatientId,
    returned: PaymentReturnId,
    on: Date,
) -> Result<Money, Error> {
    let rules = money_rules::in_force(tx)?;
    // The state's limit holds whatever was set: the practice may have moved since.
    let most = money_rules::limit(tx)?.and_then(|limit| limit.most);
    let fee = most.map_or(rules.check_fee, |most| rules.check_fee.min(most));
    let key = format!("{FEE_KEY}{returned}");
    if !fee.is_positive() || is_protected(tx, patient, on)? || rows::encounter_by_source(tx, &key)?.is_some() {
        return Ok(Money::ZERO);
    }
    // A fee has nobody who did it; the record of a visit wants one, and no page shows it.
    let Some(anybody) = crate::registration::providers_in(tx)?.into_iter().next() else { return Ok(Money::ZERO) };
    let encounter = Encounter {
        id: EncounterId(tx.new_id()),
        patient_id: patient,
        date_of_service: on,
        original_date: None,
        place_of_service: "11".into(),
        facility_id: None,
        rendering_id: anybody.id,
        referring_id: None,
        supervising_id: None,
        ordering_id: None,
        diagnoses: Vec::new(),
        prior_authorization: None,
        referral_number: None,
        accident: None,
        onset_on: None,
        status: EncounterStatus::Billed,
        source_key: Some(key),
        imported: None,
    };
    let charge = Charge {
        id: ChargeId(tx.new_id()),
        encounter_id: encounter.id,
        patient_id: patient,
        line_number: 1,
        date_of_service: on,
        procedure: Procedure { code: CHECK_FEE_CODE.into(), modifiers: Vec::new() },
        diagnosis_pointers: Vec::new(),
        units: Units::ONE,
        amount: fee,
        drug: None,
    };
    rows::insert(tx, &encounter, std::slice::from_ref(&charge))?;
    let entry = DraftEntry::new(tx.today(), "A check came back: its fee", source(encounter.id))
        .debit(Account::PatientReceivable { charge: charge.id.0, patient: patient.0 }, fee, FEE)
        .credit(Account::Revenue { charge: charge.id.0 }, fee, FEE);
    post(tx, entry, &format!("returned_check_fee:{returned}"))?;
    tx.audit("fee.charge", "encounter", encounter.id, json!({ "cents": fee, "return": returned }));
    Ok(fee)
}

/// Whether the law forbids asking the patient for more: a Medicaid coverage on the day, or a payer that said so.
fn is_protected(conn: &Conn, patient: PatientId, on: Date) -> Result<bool, Error> {
    if conn.query_opt(&PROTECTED_BY_LAW, params![patient])?.is_some() {
        return Ok(true);
    }
    for coverage in in_force(&registration::coverages(conn, patient)?, on) {
        let payer = registration::payer(conn, coverage.payer_id)?;
        if payer.is_some_and(|payer| payer.filing_indicator == MEDICAID) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Takes a fee back, with a reason: by who may forgive. What was paid for it is kept for the patient.
///
/// # Errors
/// `Denied`; `NotFound`; `Invalid` for a reason that says nothing; `Refused` for a visit, or a fee that was taken back.
pub fn waive(db: &Db, actor: &Actor, practice: PracticeId, id: EncounterId, why: &str) -> Result<(), Error> {
    let why = reason::given(why, "Say in a sentence why the fee is waived; an auditor reads it.")?;
    db.write(actor, practice, |tx| {
        let encounter = rows::encounter(tx, id)?.filter(is_fee).ok_or(Error::NotFound("fee"))?;
        if encounter.status == EncounterStatus::NotBillable {
            return Err(Error::refused("The fee is waived already. Nothing was changed."));
        }
        let charges = rows::charges(tx, id)?;
        let fee: Money = charges.iter().map(|charge| charge.amount).sum();
        allow(actor, Action::ApproveWriteOff, &ResourceState::amount(fee))?;
        super::transfer::keep_payments(tx, charges.iter().map(|charge| (charge.id, charge.patient_id)))?;
        let of: Vec<ChargeId> = charges.iter().map(|charge| charge.id).collect();
        crate::write_off::lapse_debts(tx, &of, |_| true)?;
        super::change::save_charges(tx, &encounter, &charges, &[])?;
        let patient = encounter.patient_id;
        rows::save_encounter(tx, &Encounter { status: EncounterStatus::NotBillable, ..encounter })?;
        tx.audit("fee.waive", "encounter", id, json!({ "cents": fee, "reason": why }));
        super::change::settle_patient(tx, patient)
    })
}
