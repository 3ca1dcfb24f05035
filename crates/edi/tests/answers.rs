//! What payers send, as the domain's values.
#![allow(clippy::unwrap_used, clippy::expect_used)] // what sets a test up must stop it where it cannot

use billing::Money;
use billing::claim::acknowledgment::{Acknowledgment, ClaimAnswer};
use billing::eligibility::EligibilityStatus;
use edi::inbound::{self, FileKind};
use edi::{acknowledgment, claim_status, eligibility, remittance_835};

fn case(name: &str) -> Vec<u8> {
    let path =
        std::path::PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(format!("../../testdata/x12/cases/{name}.x12"));
    std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

#[test]
fn a_file_is_known_by_what_it_holds() {
    for (name, kind) in [
        ("ok-835", FileKind::Remittance),
        ("ok-999-accept", FileKind::GroupAcknowledgment),
        ("ok-277CA", FileKind::ClaimAcknowledgment),
        ("ok-277", FileKind::ClaimStatus),
        ("ok-271", FileKind::Eligibility),
        ("ok-TA1-accept", FileKind::InterchangeAcknowledgment),
        ("ok-837P", FileKind::Other),
    ] {
        assert_eq!(inbound::kind(&inbound::kinds(&case(name))), kind, "{name}");
    }
    assert_eq!(inbound::kind(&inbound::kinds(b"hello")), FileKind::Unreadable);
}

#[test]
fn two_files_that_say_the_same_are_the_same() {
    let one = case("ok-835");
    let text = String::from_utf8(one.clone()).unwrap();
    let other_numbers = text.replace("000000001", "000000077").replace("*1*X*", "*8*X*").replace("GE*1*1~", "GE*1*8~");
    let with_line_breaks = other_numbers.replace('~', "~\r\n");
    assert_eq!(inbound::canonical(&one), inbound::canonical(with_line_breaks.as_bytes()));
    let other_amount = text.replace("CLP*A1*1*150*90", "CLP*A1*1*150*91");
    assert_ne!(inbound::canonical(&one), inbound::canonical(other_amount.as_bytes()));
}

#[test]
fn a_remittance_keeps_signs_lines_and_segments() {
    let payments = remittance_835::read(&case("ok-835"));
    assert_eq!(payments.len(), 1);
    assert!(payments[0].problems.is_empty(), "{:?}", payments[0].problems);
    let remittance = &payments[0].remittance;
    assert_eq!(remittance.amount, Money::from_cents(8000));
    let paid: Money = remittance.claims.iter().map(|claim| claim.paid_amount).sum();
    let taken: Money = remittance.provider_adjustments.iter().map(|one| one.amount).sum();
    assert_eq!(paid.cents() - taken.cents(), remittance.amount.cents());
    let line = &remittance.claims[0].lines[0];
    assert_eq!((line.line_control_number.as_str(), line.procedure.modifiers.len()), ("L1", 1));
    assert!(line.raw.starts_with("SVC*HC:99213:25"));
    let reversal = remittance_835::read(&case("ok-835-reversal"));
    assert!(reversal[0].remittance.claims[0].is_reversal());
    assert_eq!(reversal[0].remittance.claims[0].adjustments[0].amount, Money::from_cents(-4000));
}

#[test]
fn what_cannot_be_read_of_a_claim_is_named_and_the_others_stand() {
    let text = String::from_utf8(case("ok-835")).unwrap().replace("CAS*CO*29*75", "CAS*XX*29*75");
    let payments = remittance_835::read(text.as_bytes());
    assert_eq!(payments[0].remittance.claims.len(), 2);
    assert_eq!(payments[0].problems.len(), 1);
    assert_eq!(payments[0].problems[0].claim, Some(1));
    assert!(!payments[0].is_unusable());
    let cut = &case("ok-835")[..500];
    assert!(remittance_835::read(cut)[0].is_unusable());
}

#[test]
fn acknowledgments_speak_of_file_group_and_claim() {
    let Acknowledgment::Interchange(ta1) = &acknowledgment::read(&case("ok-TA1-reject"))[0] else { panic!() };
    assert_eq!((ta1.interchange, ta1.accepted, ta1.note_code.as_str()), (1, false, "022"));
    let Acknowledgment::Group(group) = &acknowledgment::read(&case("ok-999-reject"))[0] else { panic!() };
    assert_eq!((group.group, group.accepted, group.sets[0].accepted), (1, false, false));
    assert_eq!(group.sets[0].errors, ["segment 22 (CLM), element 2: a character that is not allowed"]);
    let Acknowledgment::Claims(claims) = &acknowledgment::read(&case("ok-277CA"))[0] else { panic!() };
    assert!(claims.from_payer);
    assert_eq!(claims.submission_reference, "0123");
    let answers: Vec<_> = claims.claims.iter().map(|one| (one.control_number.as_str(), one.answer())).collect();
    assert_eq!(answers, [("A1", ClaimAnswer::Accepted), ("A2", ClaimAnswer::Rejected)]);
    assert_eq!(claims.claims[0].payer_claim_control_number.as_deref(), Some("ICN001"));
}

#[test]
fn coverage_is_active_with_copay_and_deductible_or_not_found() {
    let active = eligibility::read(&case("ok-271")).remove(0).answer;
    assert_eq!(active.status, EligibilityStatus::Active);
    assert_eq!((active.trace.as_str(), active.plan_name.as_str()), ("93175-01", "GOLD PLAN"));
    assert_eq!(active.copay, Some(Money::from_cents(2500)));
    assert_eq!(active.deductible, Some(Money::from_cents(150_000)));
    assert_eq!(active.deductible_remaining, Some(Money::from_cents(35_050)));
    let unknown = eligibility::read(&case("ok-271-AAA")).remove(0).answer;
    assert_eq!(unknown.status, EligibilityStatus::Unknown);
    assert_eq!(unknown.reasons.len(), 1);
    assert!(unknown.reasons[0].contains("does not find the member"));
}

#[test]
fn a_claim_status_says_paid_and_by_which_check() {
    let answer = claim_status::read(&case("ok-277")).remove(0);
    assert_eq!(answer.trace, "A1");
    assert_eq!(answer.statuses[0].category, "F1");
    assert_eq!((answer.paid_amount, answer.payment_number.as_str()), (Some(Money::from_cents(9000)), "12345"));
    assert_eq!(answer.payer_claim_control_number.as_deref(), Some("ICN001"));
}
