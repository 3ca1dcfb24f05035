//! The papers patients get, from invented data: what stands on them, and that every figure adds up on the page too.

use billing::balance::Standing;
use billing::explain::Language;
use billing::person::{Address, PersonName};
use billing::statement::{Statement, StatementLine, StatementPayment, StatementPractice, StatementVisit};
use billing::{Money, StatementId};
use documents::{Receipt, lay_out};
use jiff::civil::{Date, date};

fn cents(cents: i64) -> Money {
    Money::from_cents(cents)
}

fn practice() -> StatementPractice {
    StatementPractice {
        name: "Alder Ridge Medical Group".into(),
        address: Address {
            line1: "220 Alder Ridge Road".into(),
            line2: "Suite 4".into(),
            city: "Harrow Falls".into(),
            state: "OH".into(),
            zip: "440990220".into(),
        },
        phone: "5550100200".into(),
    }
}

fn line(words: &str, change: Option<i64>, of_which: Option<i64>, remains: i64) -> StatementLine {
    StatementLine {
        words: words.into(),
        change: change.map(cents),
        of_which: of_which.map(cents),
        remains: cents(remains),
    }
}

fn first_visit(on: Date) -> StatementVisit {
    StatementVisit {
        date_of_service: on,
        seen_by: "Dr. Mira Lin".into(),
        services: vec![("Office visit, 25 minutes".into(), cents(29_500)), ("Blood test".into(), cents(11_700))],
        lines: vec![
            line("Above the plan’s price: owed by nobody", Some(-17_650), None, 23_550),
            line("Paid by Union Lake Employers Trust", Some(-11_784), None, 11_766),
            line("of which deductible", None, Some(8_820), 11_766),
            line("of which coinsurance", None, Some(2_946), 11_766),
            line("Paid by you", Some(-2_500), None, 9_266),
        ],
        standing: Standing {
            charged: cents(41_200),
            adjusted: cents(17_650),
            paid_by_payers: cents(11_784),
            paid_by_patient: cents(2_500),
            patient_owes: cents(9_266),
            ..Standing::default()
        },
        say: vec![
            "We charged $412.00 for your visit on August\u{a0}27, 2026.".into(),
            "Your plan, Union Lake Employers Trust, allowed $235.50 of the $412.00 charge; it paid $117.84.".into(),
            "Nobody owes the $176.50 above the plan’s price.".into(),
            "$88.20 is your deductible, the part you pay before your plan pays.".into(),
            "$29.46 is your coinsurance, your share of the plan’s price.".into(),
            "You have paid $25.00.".into(),
            "That leaves $92.66 for you to pay.".into(),
        ],
    }
}

fn second_visit() -> StatementVisit {
    StatementVisit {
        date_of_service: date(2026, 9, 22),
        seen_by: "Dr. Mira Lin".into(),
        services: vec![("Office visit, 15 minutes".into(), cents(14_000)), ("Injection".into(), cents(6_000))],
        lines: vec![
            line("Above the plan’s price: owed by nobody", Some(-4_720), None, 15_280),
            line("Paid by Union Lake Employers Trust", Some(-7_200), None, 8_080),
            line("of which copay", None, Some(2_080), 8_080),
        ],
        standing: Standing {
            charged: cents(20_000),
            adjusted: cents(4_720),
            paid_by_payers: cents(7_200),
            with_payers: cents(6_000),
            patient_owes: cents(2_080),
            ..Standing::default()
        },
        say: vec![
            "We charged $200.00 for your visit on September\u{a0}22, 2026.".into(),
            "Your plan, Union Lake Employers Trust, allowed $92.80 of the $200.00 charge; it paid $72.00.".into(),
            "$20.80 is your copay, a fixed part of each visit.".into(),
            "So far Union Lake Employers Trust has not paid $60.00 because it found no approval in advance. We are \
             taking this up with the plan; it is not billed to you."
                .into(),
            "That leaves $20.80 for you to pay.".into(),
        ],
    }
}

fn sample(visits: Vec<StatementVisit>) -> Statement {
    let owed: Money = visits.iter().map(|visit| visit.standing.patient_owes).sum();
    Statement {
        id: StatementId(uuid::Uuid::from_u128(7)),
        number: "S-7741".into(),
        issued_on: date(2026, 10, 21),
        due_on: date(2026, 11, 20),
        language: "en-US".into(),
        practice: practice(),
        guarantor: PersonName { last: "Fairbanks".into(), first: "Odette".into(), ..PersonName::default() },
        guarantor_address: Address {
            line1: "18 Quarry Lane".into(),
            line2: String::new(),
            city: "Harrow Falls".into(),
            state: "OH".into(),
            zip: "44099".into(),
        },
        patient: PersonName { last: "Fairbanks".into(), first: "Odette".into(), ..PersonName::default() },
        account_number: "A-10277".into(),
        ordinal: 1,
        payments: vec![StatementPayment {
            received_on: date(2026, 8, 27),
            words: "Card ending 4410, receipt R-8613".into(),
            amount: cents(2_500),
        }],
        unapplied: Money::ZERO,
        amount_due: owed,
        with_payers: visits.iter().map(|visit| visit.standing.with_payers).sum(),
        visits,
        pay_link: None,
        pay_address: None,
    }
}

fn receipt() -> Receipt {
    Receipt {
        number: "R-8614".into(),
        language: Language::English,
        practice: practice(),
        patient: PersonName { last: "Fairbanks".into(), first: "Odette".into(), ..PersonName::default() },
        account_number: "A-10277".into(),
        received_on: date(2026, 11, 19),
        method: "Check 1042".into(),
        taken_by: "Kemal Aydin".into(),
        amount: cents(15_000),
        applied: vec![(date(2026, 8, 27), cents(9_266)), (date(2026, 9, 22), cents(2_080))],
        unapplied: cents(3_654),
        left_to_pay: Money::ZERO,
    }
}

fn show(name: &str, bytes: &[u8]) {
    if let Ok(folder) = std::env::var("TIERLINE_SHOW_DOCUMENTS") {
        assert!(std::fs::write(format!("{folder}/{name}.pdf"), bytes).is_ok(), "{folder} cannot be written");
    }
}

#[test]
fn a_statement_says_how_much_by_when_and_why() {
    let statement = sample(vec![first_visit(date(2026, 8, 27)), second_visit()]);
    assert_eq!(statement.total(), Some(statement.amount_due));
    let layout = lay_out(&documents::statement::sheet(&statement)).unwrap();
    let all: String = layout.pages.iter().map(|page| page.text()).collect();
    for expected in [
        "$113.46",
        "S-7741",
        "A-10277",
        "Odette Fairbanks",
        "555-010-0200",
        "Harrow Falls, OH 44099-0220",
        "Visit on August 27, 2026, seen by Dr. Mira Lin",
        "Blood test",
        "(176.50)",
        "of which copay",
        "Still with your plan: not billed to you",
        "(60.00)",
        "Card ending 4410, receipt R-8613",
        "Send this part with your payment",
        "Page 1 of 2",
    ] {
        assert!(all.contains(expected), "{expected}\n{all}");
    }
    assert!(!layout.title.contains("Fairbanks"), "the window's title names no patient");
    let bytes = documents::statement(&statement).unwrap();
    assert_eq!(bytes, documents::statement(&statement).unwrap());
    show("statement", &bytes);
    show("statement-one-visit", &documents::statement(&sample(vec![first_visit(date(2026, 8, 27))])).unwrap());
}

#[test]
fn a_statement_in_spanish_has_no_word_of_english_around_its_figures() {
    let visit = StatementVisit {
        services: vec![("Visita al consultorio".into(), cents(41_200))],
        lines: vec![line("Pagado por Union Lake", Some(-31_934), None, 9_266)],
        say: vec!["Le quedan por pagar $92.66.".into()],
        ..first_visit(date(2026, 8, 27))
    };
    let payments = vec![StatementPayment {
        received_on: date(2026, 8, 27),
        words: "Cheque 1042, recibo R-8613".into(),
        amount: cents(2_500),
    }];
    let spanish = Statement { language: "es-US".into(), payments, ..sample(vec![visit.clone(), visit]) };
    let layout = lay_out(&documents::statement::sheet(&spanish)).unwrap();
    let all: String = layout.pages.iter().map(|page| page.text()).collect();
    for expected in [
        "Estado de cuenta S-7741",
        "Visita del 27 de agosto de 2026",
        "Usted debe",
        "Página 1 de 2",
        "¿Tiene preguntas",
    ] {
        assert!(all.contains(expected), "{expected}\n{all}");
    }
    for english in ["Statement", "Visit on", "You ", "Page ", "Amount", "Please", "Paid", "August"] {
        assert!(!all.contains(english), "{english}\n{all}");
    }
    show("statement-spanish", &documents::statement(&spanish).unwrap());
}

#[test]
fn money_not_yet_applied_is_counted_down_to_the_amount_due() {
    let mut statement = sample(vec![first_visit(date(2026, 8, 27)), second_visit()]);
    statement.unapplied = cents(1_346);
    statement.amount_due = cents(10_000);
    assert_eq!(statement.total(), Some(statement.amount_due));
    let all = lay_out(&documents::statement::sheet(&statement)).unwrap().pages[0].text();
    for expected in ["$100.00", "Your money not yet applied to a visit", "(13.46)", "Amount due"] {
        assert!(all.contains(expected), "{expected}");
    }
}

#[test]
fn the_addressee_stands_in_the_window_of_the_envelope() {
    let layout = lay_out(&documents::statement::sheet(&sample(vec![second_visit()]))).unwrap();
    let place = layout.pages[0].items.iter().find_map(|item| match item {
        documents::flow::Item::Text { x, baseline, text, .. } if text == "18 Quarry Lane" => Some((*x, *baseline)),
        documents::flow::Item::Text { .. }
        | documents::flow::Item::Rule { .. }
        | documents::flow::Item::Ground { .. } => None,
    });
    let (x, y) = place.unwrap();
    // A number 10 window on a sheet folded in three: 2 to 3.1 inches from the top, 0.6 to 4.6 from the left.
    assert!((43.0..330.0).contains(&x) && (144.0..224.0).contains(&y), "{x} {y}");
}

#[test]
fn a_statement_of_sixty_visits_keeps_every_visit_and_its_sum() {
    let visits: Vec<StatementVisit> = (0..60).map(|_| first_visit(date(2026, 8, 27))).collect();
    let statement = sample(visits);
    let layout = lay_out(&documents::statement::sheet(&statement)).unwrap();
    let all: String = layout.pages.iter().map(|page| page.text()).collect();
    assert_eq!(all.matches("You owe for this visit").count(), 60);
    assert!(all.contains("$5,559.60"));
    assert!(documents::statement(&statement).unwrap().len() > 10_000);
}

#[test]
fn a_receipt_says_what_was_received_what_for_and_what_is_left() {
    let receipt = receipt();
    let layout = lay_out(&documents::receipt::sheet(&receipt)).unwrap();
    let all: String = layout.pages.iter().map(|page| page.text()).collect();
    for expected in ["R-8614", "$150.00", "Check 1042", "92.66", "20.80", "36.54", "Visit on September 22, 2026"] {
        assert!(all.contains(expected), "{expected}");
    }
    show("receipt", &documents::receipt(&receipt).unwrap());
}
