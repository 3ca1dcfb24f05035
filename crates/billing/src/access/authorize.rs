//! The one decision: may this actor do this, to this thing, in its present state?
//!
//! Default deny. The answer is a proof (`Authorized`) that only this function can make, or a `Denied` that says who
//! may and why.

use std::fmt;

use ledger::Money;

use super::{Action, Actor, ActorKind, Cell, LimitKind, Limits, Matrix, Role};
use crate::id::{PatientId, UserId};

/// What is known of the thing acted on. `ResourceState::default()` is "nothing in particular".
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ResourceState {
    /// A payer has adjudicated the claim: the first 835 came. Tier 1 may then read and explain, no longer change.
    pub adjudicated: bool,
    /// The money the action would move or forgive.
    pub amount: Money,
    /// Who made the request that is to be checked.
    pub maker: Option<UserId>,
    /// The patient whose record it is.
    pub patient: Option<PatientId>,
    /// The patient that the actor is, where the actor is one.
    pub acting_patient: Option<PatientId>,
    /// What roles decide alone in this practice.
    pub limits: Limits,
}

impl Default for ResourceState {
    fn default() -> Self {
        ResourceState {
            adjudicated: false,
            amount: Money::ZERO,
            maker: None,
            patient: None,
            acting_patient: None,
            limits: Limits::default(),
        }
    }
}

impl ResourceState {
    /// A claim, adjudicated or not.
    pub fn claim(adjudicated: bool) -> ResourceState {
        ResourceState { adjudicated, ..ResourceState::default() }
    }

    /// An amount of money.
    pub fn amount(amount: Money) -> ResourceState {
        ResourceState { amount, ..ResourceState::default() }
    }

    /// Something that `maker` asked for and another must check.
    pub fn made_by(maker: UserId, amount: Money) -> ResourceState {
        ResourceState { amount, maker: Some(maker), ..ResourceState::default() }
    }

    /// The record of a patient, asked for by whoever proved to be them.
    pub fn own_record(patient: PatientId) -> ResourceState {
        ResourceState { patient: Some(patient), acting_patient: Some(patient), ..ResourceState::default() }
    }

    /// In a practice with these limits.
    #[must_use]
    pub fn within(self, limits: Limits) -> ResourceState {
        ResourceState { limits, ..self }
    }
}

/// Proof that `authorize` said yes. Cannot be made anywhere else.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Authorized {
    action: Action,
    cell: Cell,
}

impl Authorized {
    /// What was allowed.
    pub fn action(&self) -> Action {
        self.action
    }

    /// Names and numbers are to be masked.
    pub fn masked(&self) -> bool {
        self.cell == Cell::Masked
    }

    /// Another person must check it before it takes effect.
    pub fn needs_checker(&self) -> bool {
        self.cell == Cell::Maker
    }
}

/// A refusal, in words: what, why, and who may.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Denied {
    action: Action,
    why: String,
    who: Vec<Role>,
}

impl Denied {
    /// What was refused.
    pub fn action(&self) -> Action {
        self.action
    }

    /// The roles that may.
    pub fn who(&self) -> &[Role] {
        &self.who
    }
}

impl fmt::Display for Denied {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.why)?;
        match self.who.split_last() {
            None => f.write_str(" Nobody else may either."),
            Some((only, [])) => write!(f, " {only} may."),
            Some((last, rest)) => {
                let rest: Vec<_> = rest.iter().map(|role| role.title()).collect();
                write!(f, " {} or {last} may.", rest.join(", "))
            }
        }
    }
}

impl std::error::Error for Denied {}

/// Decides whether the actor may do the action to a thing in this state.
///
/// # Errors
/// `Denied`, saying why not and who may.
pub fn authorize(actor: &Actor, action: Action, state: &ResourceState) -> Result<Authorized, Denied> {
    match actor.kind {
        // Jobs carry out what a person or a rule already decided; the file's owner could edit the file itself. Both are recorded.
        // But nobody without a name is the second person for what another asked for: it may be the same one.
        ActorKind::FileOwner if state.maker.is_some_and(|maker| maker != actor.user) && action.concerns_money() => {
            let why =
                "What a person asked for about money is decided by another person, by name. Say --as LOGIN.".to_owned();
            return Err(Denied { action, why, who: Matrix::get().roles_that_may(action) });
        }
        ActorKind::System | ActorKind::FileOwner => {
            return Ok(Authorized { action, cell: Cell::Yes });
        }
        // A link of ours opens one door, whatever else a patient with a log-in may do.
        ActorKind::Visitor if action != Action::PayByLink => {
            let why = "Who comes by a link may only pay by it.".to_owned();
            return Err(Denied { action, why, who: Matrix::get().roles_that_may(action) });
        }
        ActorKind::User | ActorKind::Visitor => {}
    }
    let matrix = Matrix::get();
    let mut refusal: Option<String> = None;
    let mut allowed: Option<Cell> = None;
    for role in &actor.roles {
        let cell = matrix.cell(action, *role);
        match refused(actor, action, *role, cell, state) {
            None if allowed.is_none_or(|best| strength(cell) > strength(best)) => allowed = Some(cell),
            None => {}
            Some(Refusal::Because(why)) => refusal = Some(why),
            Some(Refusal::NotGranted) => {}
        }
    }
    if let Some(cell) = allowed {
        return Ok(Authorized { action, cell });
    }
    // What is one's own is checked by another person, of the same role too.
    let is_own = state.maker == Some(actor.user);
    let anothers = ResourceState { maker: state.maker.filter(|_| !is_own), ..*state };
    let who = matrix.roles_that_may(action).into_iter().filter(|role| {
        (is_own || !actor.has(*role)) && refused(actor, action, *role, matrix.cell(action, *role), &anothers).is_none()
    });
    let why = refusal.unwrap_or_else(|| {
        let holder = if actor.roles.is_empty() { "A person without a role".to_owned() } else { actor.roles_in_words() };
        format!("{holder} may not {}.", matrix.says(action))
    });
    Err(Denied { action, why, who: who.collect() })
}

/// Why one role does not carry the action.
enum Refusal {
    /// The matrix says no.
    NotGranted,
    /// The matrix says yes, the state says no.
    Because(String),
}

/// How much a cell grants, to prefer a full right over a masked one.
fn strength(cell: Cell) -> u8 {
    match cell {
        Cell::Yes => 6,
        Cell::WithinLimit => 5,
        Cell::Checker => 4,
        Cell::Maker => 3,
        Cell::Masked => 2,
        Cell::OwnRecord => 1,
        Cell::No => 0,
    }
}

fn refused(actor: &Actor, action: Action, role: Role, cell: Cell, state: &ResourceState) -> Option<Refusal> {
    let because = |why: String| Some(Refusal::Because(why));
    if role == Role::Tier1 && state.adjudicated && changes_claim(action) {
        return because(
            "The payer has decided on this claim, so it left Tier 1's hands. You may read it and explain it.".into(),
        );
    }
    match cell {
        Cell::No => Some(Refusal::NotGranted),
        Cell::Yes | Cell::Masked | Cell::Maker => None,
        Cell::WithinLimit => over_limit(action, role, state),
        Cell::Checker => {
            if state.maker == Some(actor.user) {
                let own = match (
                    action == Action::ReviewWork || action == Action::DrawReviews,
                    action == Action::PromoteSkill,
                ) {
                    (true, _) => "Nobody reviews their own work.",
                    (false, true) => "Nobody gives skills to themselves, or takes them.",
                    (false, false) => "Nobody checks what they asked for themselves.",
                };
                return because(own.into());
            }
            over_limit(action, role, state)
        }
        Cell::OwnRecord => match (state.patient, state.acting_patient) {
            (Some(patient), Some(own)) if patient == own => None,
            (None, _) if action == Action::ManageOwnLogin => None,
            (None | Some(_), _) => Some(Refusal::NotGranted),
        },
    }
}

/// Whether the action changes or resends a claim: what Tier 1 loses with the first adjudicating 835.
fn changes_claim(action: Action) -> bool {
    matches!(
        action,
        Action::SubmitInitialClaim | Action::MendFrontDeskRejection | Action::PassScrubWarning | Action::ChangeCodes
    )
}

fn over_limit(action: Action, role: Role, state: &ResourceState) -> Option<Refusal> {
    let kind = match (action, role) {
        (Action::ApplyUnappliedCash, Role::Poster) => LimitKind::PosterCash,
        (Action::ApproveWriteOff, Role::Manager) => LimitKind::ManagerWriteOff,
        (Action::ApproveRefund, Role::Manager) => LimitKind::ManagerRefund,
        (_, _) => return None,
    };
    let (amount, limit) = (state.amount, state.limits.money(kind));
    (amount > limit).then(|| {
        let why = format!("{} is over the limit of {} for {}.", amount, limit, role.title());
        Refusal::Because(why)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::PracticeId;

    fn user(number: u128) -> UserId {
        UserId(uuid::Uuid::from_u128(number))
    }

    fn patient(number: u128) -> PatientId {
        PatientId(uuid::Uuid::from_u128(number))
    }

    fn person(roles: &[Role]) -> Actor {
        Actor::user(user(7), "someone", roles.to_vec(), PracticeId(uuid::Uuid::from_u128(1)))
    }

    fn check(roles: &[Role], action: Action, state: ResourceState, expected: Result<(), &str>) {
        let answer = authorize(&person(roles), action, &state);
        match expected {
            Ok(()) => assert!(answer.is_ok(), "{roles:?} {action:?}: {answer:?}"),
            Err(words) => assert_eq!(answer.unwrap_err().to_string(), words, "{roles:?} {action:?}"),
        }
    }

    #[test]
    fn a_visitor_pays_by_a_link_and_does_nothing_else() {
        let visitor = Actor::visitor(PracticeId(uuid::Uuid::from_u128(1)));
        let own = ResourceState::own_record(patient(1));
        for action in Action::ALL {
            assert_eq!(authorize(&visitor, *action, &own).is_ok(), *action == Action::PayByLink, "{action:?}");
        }
        assert!(authorize(&visitor, Action::PayByLink, &ResourceState::default()).is_err());
        let another = ResourceState { patient: Some(patient(2)), ..own };
        assert!(authorize(&visitor, Action::PayByLink, &another).is_err());
    }

    #[test]
    fn tier_one_explains_a_denial_and_does_not_work_it() {
        check(&[Role::Tier1], Action::ViewClaim, ResourceState::claim(true), Ok(()));
        check(
            &[Role::Tier1],
            Action::WorkDenial,
            ResourceState::claim(true),
            Err("Tier 1 may not work a denial. Tier 2 may."),
        );
    }

    #[test]
    fn the_first_adjudicating_remittance_takes_the_claim_out_of_tier_ones_hands() {
        check(&[Role::Tier1], Action::SubmitInitialClaim, ResourceState::claim(false), Ok(()));
        check(&[Role::Tier1], Action::MendFrontDeskRejection, ResourceState::claim(false), Ok(()));
        check(
            &[Role::Tier1],
            Action::MendFrontDeskRejection,
            ResourceState::claim(true),
            Err(
                "The payer has decided on this claim, so it left Tier 1's hands. You may read it and explain it. Tier 2 may.",
            ),
        );
        check(&[Role::Tier2], Action::MendFrontDeskRejection, ResourceState::claim(true), Ok(()));
    }

    #[test]
    fn limits_send_the_larger_sum_to_the_next_hand() {
        let small = ResourceState::made_by(user(1), Money::from_cents(100_000));
        let large = ResourceState::made_by(user(1), Money::from_cents(100_001));
        check(&[Role::Manager], Action::ApproveWriteOff, small, Ok(()));
        check(
            &[Role::Manager],
            Action::ApproveWriteOff,
            large,
            Err("1,000.01 is over the limit of 1,000.00 for Manager. Owner may."),
        );
        check(&[Role::Owner], Action::ApproveWriteOff, large, Ok(()));
    }

    #[test]
    fn nobody_checks_their_own_request() {
        let own = ResourceState::made_by(user(7), Money::from_cents(100));
        let answer = authorize(&person(&[Role::Manager]), Action::ApproveWriteOff, &own).unwrap_err();
        assert!(answer.to_string().starts_with("Nobody checks what they asked for themselves."));
        assert!(answer.who().contains(&Role::Manager), "another one may: {answer}");
        // Who may not at all is told who may, also of their own request.
        let answer = authorize(&person(&[Role::Tier2]), Action::ApproveWriteOff, &own).unwrap_err();
        assert!(answer.who().contains(&Role::Manager), "{answer}");
    }

    #[test]
    fn who_has_no_name_is_no_second_person_about_money() {
        let owner = Actor::file_owner(PracticeId(uuid::Uuid::from_u128(1)));
        let asked = ResourceState::made_by(user(7), Money::from_cents(100));
        for action in [Action::ApproveRefund, Action::SendRefund, Action::ApproveWriteOff, Action::ApprovePeriod] {
            let denied = authorize(&owner, action, &asked).unwrap_err();
            assert!(denied.to_string().contains("--as LOGIN"), "{denied}");
            // What nobody by name asked for meets the rule of who asked.
            assert!(authorize(&owner, action, &ResourceState::made_by(owner.user, Money::ZERO)).is_ok());
        }
        assert!(
            authorize(&owner, Action::ApproveUsers, &asked).is_ok(),
            "the first log-ins are the owner's to approve"
        );
    }

    #[test]
    fn nobody_reviews_or_promotes_themselves_and_a_colleague_does() {
        let (own, anothers) =
            (ResourceState::made_by(user(7), Money::ZERO), ResourceState::made_by(user(8), Money::ZERO));
        for (role, action, says) in [
            (Role::Manager, Action::DrawReviews, "Nobody reviews their own work."),
            (Role::Manager, Action::ReviewWork, "Nobody reviews their own work."),
            (Role::Tier3, Action::ReviewWork, "Nobody reviews their own work."),
            (Role::Manager, Action::PromoteSkill, "Nobody gives skills to themselves, or takes them."),
        ] {
            let answer = authorize(&person(&[role]), action, &own).unwrap_err();
            assert!(answer.to_string().starts_with(says), "{answer}");
            assert!(answer.who().contains(&role), "another one may: {answer}");
            check(&[role], action, anothers, Ok(()));
        }
        assert!(authorize(&person(&[Role::Tier2]), Action::ReviewWork, &anothers).is_err());
    }

    #[test]
    fn a_patient_sees_only_the_own_record() {
        let own =
            ResourceState { patient: Some(patient(3)), acting_patient: Some(patient(3)), ..ResourceState::default() };
        let other = ResourceState { patient: Some(patient(4)), ..own };
        assert!(authorize(&person(&[Role::Patient]), Action::ViewPatient, &own).is_ok());
        assert!(authorize(&person(&[Role::Patient]), Action::ViewPatient, &other).is_err());
    }

    #[test]
    fn the_best_of_several_roles_counts() {
        let answer =
            authorize(&person(&[Role::Auditor, Role::Manager]), Action::ViewPatient, &ResourceState::default());
        assert!(!answer.unwrap().masked());
        assert!(authorize(&person(&[Role::Auditor]), Action::ViewPatient, &ResourceState::default()).unwrap().masked());
    }

    #[test]
    fn without_a_role_nothing_is_allowed() {
        for action in Action::ALL {
            assert!(authorize(&person(&[]), *action, &ResourceState::default()).is_err(), "{action:?}");
        }
    }
}
