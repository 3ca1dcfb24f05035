//! Statements of the bank in the three formats that banks hand over: what came in is read to the cent, what went out is left
//! out, and a file with a mistake is refused whole.
#![allow(clippy::unwrap_used)] // what sets a test up must stop it where it cannot

use billing::bank::Deposit;
use jiff::civil::{Date, date};
use server::import::bank::{Statement, read};
use server::import::fhir::SourceFile;

const TODAY: Date = date(2026, 11, 22);

fn file(text: &str) -> SourceFile {
    SourceFile { name: "bank".into(), bytes: text.as_bytes().to_vec() }
}

fn told(text: &str) -> Vec<(String, i64, String)> {
    let Statement { deposits, .. } = read(&file(text), TODAY).unwrap();
    let row = |line: Deposit| {
        let trace = line.payer_trace().to_owned();
        (line.booked_on.to_string(), line.amount.cents(), trace)
    };
    deposits.into_iter().map(row).collect()
}

fn refused(text: &str) -> String {
    read(&file(text), TODAY).unwrap_err().to_string()
}

/// An ACH file of one payer's CCD+ transfer of 340.20, with its addenda.
fn ach(trailer: bool) -> String {
    let mut lines = vec![
        format!("{:<94}", "101 021000021 0210000212611200900A094101PRACTICE BANK          CLEARING HOUSE"),
        format!("{:<4}{:<16}{:<49}{:<6}{:<19}", "5200", "HARBORLIGHT HEAL", "", "261120", "1021000020000001"),
        format!(
            "{}{:<38}{:<40}{}",
            "622021000021".to_owned() + "98765            ",
            "0000034020",
            "",
            "021000020000001"
        ),
        format!("705{:<80}00010000001", "TRN*1*HBL0126*1512345678\\"),
        format!("{:<94}", "820000000200210000210000000000000000000340201021000020"),
    ];
    if trailer {
        lines.push(format!("{:<94}", "9000001000001000000020021000021000000000000000000034020"));
    }
    lines.join("\n")
}

#[test]
fn a_sheet_with_a_banks_own_column_names_is_read() {
    let sheet = "Posting Date,Description,Amount,Reference Number\n\
                 11/20/2026,HARBORLIGHT HCCLAIMPMT TRN*1*HBL0126*1512345678\\,340.20,0042\n\
                 2026-11-20,\"CHECK, LOCKBOX\",\"1,140.00\",991\n\
                 11/20/26,RENT,-900.00,\n\
                 11/21/2026,FEE,(12.00),\n";
    let statement = read(&file(sheet), TODAY).unwrap();
    let out: Vec<i64> = statement.withdrawals.iter().map(|line| line.amount.cents()).collect();
    assert_eq!((out, statement.left_out), (vec![90_000, 1_200], 0));
    let columns = "date,debit,credit,description\n2026-11-20,15.00,,FEE\n2026-11-20,,4.00,INTEREST\n";
    let two = read(&file(columns), TODAY).unwrap();
    assert_eq!((two.deposits.len(), two.withdrawals[0].amount.cents()), (1, 1_500), "a column each");
    assert_eq!(
        told(sheet),
        [("2026-11-20".into(), 34_020, "HBL0126".into()), ("2026-11-20".into(), 114_000, "991".into())]
    );
}

#[test]
fn bai2_and_ach_give_the_payers_number_of_the_transfer() {
    let bai2 = "01,BANK,US,261120,0900,1,80,,2/\n02,US,BANK,1,261120,0900,USD,2/\n03,98765,USD,010,500000,,/\n\
                16,165,34020,Z,0042,,HARBORLIGHT HCCLAIMPMT/\n88,TRN*1*HBL0126*1512345678/\n\
                16,301,114000,S,114000,0,0,77,991,LOCKBOX/\n16,475,90000,Z,,,CHECK PAID/\n\
                49,738020,6/\n98,738020,1,8/\n99,738020,1,10/\n";
    assert_eq!(
        told(bai2),
        [("2026-11-20".into(), 34_020, "HBL0126".into()), ("2026-11-20".into(), 114_000, "991".into())]
    );
    let out = read(&file(bai2), TODAY).unwrap().withdrawals;
    assert_eq!(out.iter().map(|line| line.amount.cents()).collect::<Vec<_>>(), [90_000]);
    assert_eq!(told(&ach(true)), [("2026-11-20".into(), 34_020, "HBL0126".into())]);
}

/// A statement of one transfer of 340.20, with what stands in the places that a control must catch.
fn bai2(status: &str, amount: i64, account: i64, group: (i64, u8), whole: (i64, u8)) -> String {
    format!(
        "01,BANK,US,261120,0900,1,80,,2/\n02,US,BANK,{status},261120,0900,USD,2/\n\
         03,98765,USD,010,500000,,,100,34020,1,V,261120,/\n88,015,-1000,,/\n16,165,{amount},Z,0042,X1,HCCLAIMPMT/\n\
         49,{account},5/\n98,{},{},7/\n99,{},{},9/\n",
        group.0, group.1, whole.0, whole.1
    )
}

#[test]
fn a_bai2_statement_whose_controls_do_not_hold_or_that_is_a_test_is_refused_whole() {
    let all = 500_000 + 34_020 - 1_000 + 34_020;
    assert_eq!(told(&bai2("1", 34_020, all, (all, 1), (all, 1))), [("2026-11-20".into(), 34_020, "X1".into())]);
    for (text, line, said) in [
        (bai2("1", 34_021, all, (all, 1), (all, 1)), "line 6", "control total"),
        (bai2("1", 34_020, 999_999, (all, 1), (all, 1)), "line 6", "control total"),
        (bai2("1", 34_020, all, (all + 1, 1), (all, 1)), "line 7", "control total"),
        (bai2("1", 34_020, all, (all, 2), (all, 1)), "line 7", "control total"),
        (bai2("1", 34_020, all, (all, 1), (all - 1, 1)), "line 8", "control total"),
        (bai2("1", 34_020, all, (all, 1), (all, 3)), "line 8", "control total"),
        (bai2("4", 34_020, all, (all, 1), (all, 1)), "line 2", "is a test"),
        (bai2("2", 34_020, all, (all, 1), (all, 1)), "line 2", "takes back or corrects"),
    ] {
        let problem = refused(&text);
        assert!(problem.contains(line) && problem.contains(said), "{text}: {problem}");
    }
}

#[test]
fn a_sheet_whose_amounts_have_no_sign_is_read_by_its_type_or_refused() {
    let sheet = "Date,Description,Type,Amount\n2026-11-20,RENT,DEBIT,800.00\n2026-11-20,PAYER,Credit,340.20\n";
    assert_eq!(told(sheet), [("2026-11-20".into(), 34_020, String::new())]);
    let out = read(&file(sheet), TODAY).unwrap().withdrawals;
    assert_eq!(out.iter().map(|line| line.amount.cents()).collect::<Vec<_>>(), [80_000]);
    // Signs say the same, and a bank's own words beside them change nothing.
    let signed = "Details,Posting Date,Description,Amount,Type\nDEBIT,11/20/2026,RENT,-800.00,ACH_DEBIT\n\
                  CREDIT,11/20/2026,PAYER,340.20,ACH_CREDIT\nDSLIP,11/20/2026,DEBIT GIVEN BACK,5.00,ACH_DEBIT\n";
    assert_eq!(told(signed).len(), 2);
    for contradicting in [
        "date,type,amount\n2026-11-20,ACH_DEBIT,800.00\n",
        "date,type,amount\n2026-11-20,CREDIT,-800.00\n",
        "date,type,amount\n2026-11-20,DEBIT,800.00\n2026-11-20,DEBIT,-12.00\n",
    ] {
        let said = refused(contradicting);
        assert!(said.contains("whether it came or went") && said.contains("below zero"), "{said}");
    }
}

#[test]
fn an_ach_entry_is_in_the_bank_on_its_day_and_not_before() {
    for (today, in_the_bank, not_yet) in [(date(2026, 11, 19), 0, 1), (date(2026, 11, 20), 1, 0)] {
        let statement = read(&file(&ach(true)), today).unwrap();
        assert_eq!((statement.deposits.len(), statement.not_yet), (in_the_bank, not_yet), "{today}");
    }
    let far = read(&file(&ach(true)), date(2026, 11, 2)).unwrap_err().to_string();
    assert!(far.contains("the day is no day of a statement"), "{far}");
    let tomorrow = read(&file("date,amount\n2026-11-23,1.00\n"), TODAY).unwrap_err().to_string();
    assert!(tomorrow.contains("the day is no day of a statement"), "a sheet tells what was: {tomorrow}");
}

#[test]
fn a_statement_with_a_mistake_is_refused_with_its_place_and_a_remedy() {
    for (text, place, remedy) in [
        ("", "the file", "Check that the right file"),
        ("date,words\n2026-11-20,x\n", "no column is called amount", "Name the columns"),
        ("date,amount\n2026-13-20,1.00\n", "row 2: the date is none", "2026-11-22 or 11/22/2026"),
        ("date,amount\n2026-11-20,\"1,5\"\n", "row 2: the amount is none", "1140.00"),
        ("date,amount\n2026-11-20,1.5\n", "row 2: the amount is none", "1140.00"),
        ("date,amount\n2026-11-20,1,140.00\n", "row 2: the row has another number", "between quotes"),
        ("date,amount\n2027-11-20,1.00\n", "the day is no day of a statement", "Correct the date"),
        ("01,BANK,US,261120,0900,1,80,,2/\n02,US,BANK,1,261120,,USD/\n", "the trailer (record 99)", "again"),
        ("01,BANK,US/\n16,165,100,Z,,,X/\n99,1,1,3/\n", "line 2", "again"),
        ("01,BANK,US/\n02,US,BANK,1,261120/\n16,165,ten,Z,,,X/\n99,1,1,3/\n", "line 3", "again"),
        (&ach(false), "the file control record", "again"),
    ] {
        let said = refused(text);
        assert!(said.contains(place) && said.contains(remedy), "{text}: {said}");
        assert!(said.contains("Nothing was imported"), "{said}");
    }
}
