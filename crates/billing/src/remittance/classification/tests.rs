//! The table says what an adjustment means, a practice may say otherwise, and some things nobody may.

use uuid::Uuid;

use super::*;
use crate::Money;
use crate::remittance::AdjustmentGroup;

const PAYER: PayerId = PayerId(Uuid::from_u128(3));

fn decider(is_primary: bool) -> Decider {
    Decider { payer: PAYER, is_primary, is_medicaid: false }
}

fn adjustment(group: AdjustmentGroup, reason: &str) -> Adjustment {
    Adjustment { group, reason: reason.into(), amount: Money::from_cents(1) }
}

fn codes(list: &[&str]) -> Vec<String> {
    list.iter().map(|code| (*code).to_owned()).collect()
}

fn pattern(group: Option<AdjustmentGroup>, reason: &str, remark: &str) -> Pattern {
    let named = |code: &str| (code != "*").then(|| code.to_owned());
    Pattern { payer: None, group, reason: named(reason), remark: named(remark) }
}

fn class_of(book: &RuleBook, group: AdjustmentGroup, reason: &str, remarks: &[&str]) -> AdjustmentClass {
    book.classify(decider(false), &adjustment(group, reason), [&[], &codes(remarks)]).class
}

#[test]
fn the_base_decides_by_group_reason_and_remark_together() {
    use AdjustmentClass::*;
    use AdjustmentGroup::*;
    let book = RuleBook::default();
    for (group, reason, remark, is_primary, class) in [
        (CO, "45", "", true, Contractual),
        (CO, "253", "", true, Sequestration),
        (CO, "237", "", true, Contractual),
        (CO, "97", "", true, Denial),
        (CO, "197", "", true, Denial),
        (CO, "29", "", true, Denial),
        (CO, "no such code", "", true, Denial),
        (CO, "209", "", true, NeverPatient),
        (CO, "1", "", true, Denial),
        (CO, "225", "", true, Interest),
        (CO, "215", "", true, Recoupment),
        (CO, "100", "", true, PaidElsewhere),
        (CO, "133", "", true, Pending),
        (CO, "246", "", true, Informational),
        (PR, "1", "", true, Patient),
        (PR, "96", "", true, Patient),
        (PR, "45", "", true, Patient),
        (PR, "1", "N781", true, NeverPatient),
        (PR, "2", "N782", true, NeverPatient),
        (PR, "3", "N783", true, NeverPatient),
        (PR, "1", "MA01", true, Patient),
        (PR, "29", "", true, Denial),
        (PR, "18", "", true, Denial),
        (PR, "253", "", true, Denial),
        (OA, "23", "", false, PriorPayer),
        (OA, "23", "", true, Denial),
        (OA, "45", "", true, Denial),
        (OA, "253", "", true, Denial),
        (OA, "209", "", true, NeverPatient),
        (OA, "18", "", true, Denial),
        (PI, "45", "", true, Denial),
        (CR, "45", "", true, Denial),
    ] {
        let remarks = if remark.is_empty() { Vec::new() } else { codes(&[remark]) };
        for at in [[&remarks[..], &[]], [&[], &remarks[..]]] {
            let found = book.classify(decider(is_primary), &adjustment(group, reason), at).class;
            assert_eq!(found, class, "{group:?}-{reason} {remark}");
        }
    }
}

#[test]
fn every_line_of_the_base_is_read_and_none_of_them_leaves_it_open_which_decides() {
    let lines = include_str!("../../../data/adjustment_rules.tsv").lines();
    let rows: usize = lines
        .filter(|line| !line.starts_with('#') && !line.starts_with("from"))
        .map(|line| line.split('\t').nth(1).unwrap().split(' ').count())
        .sum();
    assert_eq!(base_rows().len(), rows);
    let kinds: Vec<&str> = codes::carc::all().filter_map(|one| one.class).map(codes::carc::CarcClass::kind).collect();
    for (place, row) in base_rows().iter().enumerate() {
        assert!(row.from >= BASE_SINCE && !row.why.is_empty());
        assert!(row.remark == "*" || codes::rarc::exists(row.remark), "{row:?}");
        match row.reason.strip_prefix('@') {
            Some(kind) => assert!(kinds.contains(&kind), "{row:?}"),
            None => assert!(row.reason == "*" || codes::carc::exists(row.reason), "{row:?}"),
        }
        let same =
            |other: &&BaseRow| other.group == row.group && other.remark == row.remark && other.reason == row.reason;
        assert_eq!(base_rows()[place + 1..].iter().find(same), None, "one row for {row:?}");
        // Two remarks on one line must say the same, or a reason would decide between them by chance.
        for other in base_rows().iter().filter(|other| other.group == row.group && other.remark != "*") {
            assert!(row.remark == "*" || other.class == row.class, "{row:?} {other:?}");
        }
    }
    for group in AdjustmentGroup::ALL {
        assert!(
            base_rows().iter().any(|row| row.group == group && row.reason == "*" && row.remark == "*"),
            "{group:?}"
        );
    }
}

#[test]
fn the_most_specific_row_of_a_practice_decides() {
    use AdjustmentClass::*;
    use AdjustmentGroup::*;
    let any = |payer: Option<PayerId>, pattern: Pattern| Pattern { payer, ..pattern };
    let book = RuleBook::new([
        (pattern(None, "246", "*"), Contractual),
        (pattern(Some(CO), "246", "*"), Denial),
        (any(Some(PAYER), pattern(Some(CO), "246", "*")), Pending),
        (any(Some(PAYER), pattern(Some(CO), "246", "N130")), Recoupment),
        (any(Some(PayerId(Uuid::from_u128(9))), pattern(Some(CO), "246", "*")), Informational),
    ]);
    assert_eq!(class_of(&book, PI, "246", &[]), Contractual);
    assert_eq!(class_of(&book, CO, "246", &[]), Pending);
    assert_eq!(class_of(&book, CO, "246", &["N130"]), Recoupment);
    assert_eq!(class_of(&book, CO, "45", &["N130"]), Contractual, "the base says the rest");
    let ruled = |group, reason| {
        let ruling = book.classify(decider(true), &adjustment(group, reason), [&[], &[]]);
        matches!(ruling.by, RuledBy::Practice(_))
    };
    assert!(ruled(CO, "246") && !ruled(CO, "45"));
}

#[test]
fn a_row_that_leaves_it_open_which_of_two_decides_is_refused() {
    use AdjustmentClass::*;
    use AdjustmentGroup::*;
    let book = RuleBook::new([(pattern(Some(CO), "*", "N130"), Denial), (pattern(None, "246", "*"), Contractual)]);
    for (row, class, is_clear) in [
        (pattern(Some(CO), "246", "*"), Pending, false),
        (pattern(Some(CO), "246", "*"), Denial, true),
        (pattern(Some(PI), "246", "*"), Denial, true),
        (pattern(Some(CO), "246", "N130"), Pending, true),
        (pattern(Some(CO), "45", "N130"), Pending, true),
        (pattern(Some(CO), "*", "N56"), Pending, false),
        (pattern(None, "246", "*"), Denial, true),
    ] {
        assert_eq!(book.is_clear(&row, class).is_ok(), is_clear, "{row:?}");
    }
}

#[test]
fn what_no_row_may_break_stands_whatever_the_table_says() {
    use AdjustmentClass::*;
    use AdjustmentGroup::*;
    for (group, reason, remark, said, stands) in [
        (CO, "97", "*", Contractual, Denial),
        (CO, "29", "*", Contractual, Denial),
        (CO, "45", "*", Patient, Denial),
        (PI, "45", "*", Patient, Denial),
        (PI, "45", "*", Contractual, Contractual),
        (OA, "45", "*", Contractual, Denial),
        (OA, "18", "*", Sequestration, Denial),
        (OA, "209", "*", Contractual, NeverPatient),
        (OA, "209", "*", Patient, NeverPatient),
        (OA, "100", "*", Patient, Patient),
        (PR, "29", "*", Patient, Denial),
        (PR, "1", "N781", Patient, NeverPatient),
        (PR, "1", "*", Contractual, Patient),
        (PR, "45", "*", Contractual, Contractual),
    ] {
        let row = pattern(Some(group), reason, remark);
        let book = RuleBook::new([(row.clone(), said)]);
        let remarks = codes(if remark == "*" { &[] } else { &["N781"] });
        let ruling = book.classify(decider(false), &adjustment(group, reason), [&remarks, &[]]);
        assert_eq!(ruling.class, stands, "{group:?}-{reason}");
        assert_eq!(ruling.guard.is_some(), said != stands);
        assert_eq!(row.never_stands(said).is_some(), said != stands, "a row that never stands is not taken");
    }
    // The first payer has none before it, whatever a row says of a reason.
    let book = RuleBook::new([(pattern(Some(CO), "246", "*"), PriorPayer)]);
    let of = |is_primary| book.classify(decider(is_primary), &adjustment(CO, "246"), [&[], &[]]).class;
    assert_eq!((of(true), of(false)), (Denial, PriorPayer));
}

#[test]
fn a_medicaid_program_leaves_the_patient_its_own_shares_and_nothing_else() {
    use AdjustmentClass::*;
    let medicaid = Decider { payer: PAYER, is_primary: false, is_medicaid: true };
    let book = RuleBook::default();
    for (reason, class) in
        [("3", Patient), ("1", Patient), ("45", NeverPatient), ("96", NeverPatient), ("zz", NeverPatient)]
    {
        let found = book.classify(medicaid, &adjustment(AdjustmentGroup::PR, reason), [&[], &[]]).class;
        assert_eq!(found, class, "PR-{reason}");
    }
}

#[test]
fn a_row_names_codes_that_exist() {
    assert!(pattern(None, "*", "*").problem().unwrap().contains("Name a reason"));
    assert!(pattern(None, "9999", "*").problem().unwrap().contains("9999"));
    assert!(pattern(None, "45", "ZZZ").problem().unwrap().contains("ZZZ"));
    assert_eq!(pattern(None, "45", "N130").problem(), None);
    assert_eq!(pattern(Some(AdjustmentGroup::CO), "45", "N130").words(), "CO-45 with N130");
}
