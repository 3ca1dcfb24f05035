//! The practice's rules about patients' money: how payments are spread and what a returned check costs. Looked at, and set
//! from a day on with a reason; never changed in place.

use billing::PracticeId;
use billing::access::{Action, Actor, ResourceState};
use billing::id::MoneyRuleId;
use billing::money_rule::{self, FeeLimit, MoneyRule, MoneyRules, fee_limit_of};
use jiff::civil::Date;
use serde_json::json;
use store::money_rule::{MONEY_RULES, MoneyRuleRow};
use store::patient_statement::PRACTICE_BODY;
use store::{Conn, Db, params};

use crate::access::allow;
use crate::{Error, reason};

/// What stands and what was set.
#[derive(Debug, Clone)]
pub struct Standing {
    /// What stands today.
    pub rules: MoneyRules,
    /// Everything that was set, the latest first, with its value in words.
    pub history: Vec<(MoneyRuleRow, String)>,
    /// What the practice's state lets it ask for a returned check; none outside the states.
    pub limit: Option<&'static FeeLimit>,
}

/// What stands, and everything that was set.
///
/// # Errors
/// `Denied`.
pub fn list(db: &Db, actor: &Actor, practice: PracticeId) -> Result<Standing, Error> {
    allow(actor, Action::ViewSettings, &ResourceState::default())?;
    db.read(actor, practice, |read| {
        let rows = read.query(&MONEY_RULES, params![])?;
        let words = |row: MoneyRuleRow| {
            let words = MoneyRule::read(row.kind, &row.value).map_or_else(|| row.value.clone(), MoneyRule::words);
            (row, words)
        };
        Ok(Standing {
            rules: in_force(read)?,
            limit: limit(read)?,
            history: rows.into_iter().rev().map(words).collect(),
        })
    })
}

/// What stands today.
pub(crate) fn in_force(conn: &Conn) -> Result<MoneyRules, Error> {
    let rows = conn.query(&MONEY_RULES, params![])?;
    let rules = rows.iter().filter_map(|row| MoneyRule::read(row.kind, &row.value).map(|rule| (rule, row.from_on)));
    Ok(money_rule::in_force(rules, conn.today()))
}

/// What the practice's state lets it ask for a returned check.
pub(crate) fn limit(conn: &Conn) -> Result<Option<&'static FeeLimit>, Error> {
    let practice = conn.query_one(&PRACTICE_BODY, params![])?.body.0;
    Ok(fee_limit_of(&practice.billing.address.state))
}

/// Sets a rule from a day on, today at the earliest: what was done by an earlier rule stays as it was.
///
/// # Errors
/// `Denied`; `Invalid` for a day that is past, a fee below zero or above the state's limit, or without a reason.
pub fn set(
    db: &Db,
    actor: &Actor,
    practice: PracticeId,
    (rule, from_on): (MoneyRule, Date),
    why: &str,
) -> Result<(), Error> {
    allow(actor, Action::ChangeMoneyRules, &ResourceState::default())?;
    let why = reason::given(why, "Say in a sentence why; the auditor reads it.")?;
    db.write(actor, practice, |tx| {
        if from_on < tx.today() {
            return Err(Error::invalid("from", "Choose today or a later day: what was done before stays as it was."));
        }
        if let MoneyRule::CheckFee(fee) = rule {
            let limit = limit(tx)?;
            let most = limit.and_then(|limit| limit.most);
            if fee.is_negative() || most.is_some_and(|most| fee > most) {
                let (most, source) = (most.unwrap_or_default(), limit.map_or("", |limit| limit.source));
                return Err(Error::invalid(
                    "fee",
                    format!("Give an amount from 0.00 to {most}, the most here: {source}."),
                ));
            }
        }
        let row = MoneyRuleRow {
            id: MoneyRuleId(tx.new_id()),
            kind: rule.kind(),
            value: rule.value(),
            from_on,
            recorded_at: tx.now(),
            recorded_by: tx.actor().user,
            recorded_by_login: tx.actor().login.clone(),
            why: why.to_owned(),
        };
        tx.insert(&row)?;
        let detail = json!({ "kind": row.kind.as_str(), "value": row.value, "from": from_on.to_string() });
        tx.audit("money_rule.set", "money_rule", row.id, detail);
        Ok(())
    })
}
