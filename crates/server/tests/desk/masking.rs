//! Roles that see money and not people: a patient whose name stands nowhere else is registered, billed, asked about and
//! written about, and on no page of these roles stands her name, her telephone, her member id or her birth date.

use std::collections::BTreeSet;

use app::users::{NewPerson, add_demo_person};
use billing::PatientId;
use billing::access::{Action, Cell, Matrix, Role};
use billing::bank::BankLineState;
use billing::claim::ClaimStatus;
use billing::credit::CreditState;
use billing::refund::RefundState;
use billing::write_off::WriteOffState;
use server::web::{Policy, table};
use store::Read;

use crate::practice::Practice;
use crate::stories::remittance_of;
use crate::visitor::{Visitor, links, words};

/// What must not stand on a page, in small letters.
const HERS: [&str; 7] =
    ["wilhelmina", "quaddlewick", "2175550142", "555-0142", "xqz778899", "1962-11-07", "quaddle@example.org"];

/// Things of each kind that are opened, the latest first: all of hers and some of other people's.
const LATEST: usize = 12;

/// The roles to whom a patient's record is masked.
fn masked_roles() -> Vec<Role> {
    let matrix = Matrix::get();
    let is_masked = |role: &Role| {
        [Action::ViewPatient, Action::ViewClaim, Action::ViewRemittance, Action::FindPatient]
            .iter()
            .any(|action| matches!(matrix.cell(*action, *role), Cell::Masked))
    };
    Role::ALL.into_iter().filter(is_masked).collect()
}

fn hired(practice: &Practice, role: Role) -> String {
    let login = format!("masked.{}", role.key().replace('_', "."));
    let person = NewPerson { login: &login, display_name: "Kit Orlov", roles: &[role], solo_practice: false };
    add_demo_person(&practice.db, practice.id, &person, "nine quiet paper boats", 99).unwrap();
    login
}

fn between<'a>(page: &'a str, before: &str, after: &str) -> &'a str {
    page.split(before).nth(1).unwrap_or_else(|| panic!("{before}")).split(after).next().unwrap()
}

/// Registers her, bills a visit, and lets the claim be decided, denied in part and set aside. Gives her account's page.
fn her_story(practice: &Practice, address: std::net::SocketAddr) -> String {
    let mut tess = Visitor::signed_in(practice, address, "tess");
    let person = [
        ("first", "Wilhelmina"),
        ("last", "Quaddlewick"),
        ("birth_date", "1962-11-07"),
        ("gender", "F"),
        ("line1", "12 Orchard Row"),
        ("city", "Chatham"),
        ("state", "IL"),
        ("zip", "62629"),
        ("phone", "2175550142"),
        ("email", "quaddle@example.org"),
        ("language", "en"),
        ("guarantor", "patient"),
    ];
    let account = tess.post("/patients", &person).location.trim_end_matches("?done=registered").to_owned();
    let form = tess.open(&format!("{account}/coverages/new"));
    let payer = between(&form, "<option value=\"", "\"").to_owned();
    let card = [
        ("payer_id", payer.as_str()),
        ("member_id", "XQZ778899"),
        ("rank", "P"),
        ("relationship", "18"),
        ("effective_on", "2026-01-01"),
    ];
    assert_eq!(tess.post(&format!("{account}/coverages"), &card).status, 303);
    let form = tess.open(&format!("{account}/encounters/new"));
    let provider = between(between(&form, "name=\"rendering_id\"", "</select>"), "<option value=\"", "\"").to_owned();
    for day in ["2026-11-17", "2026-11-18", "2026-11-19"] {
        let form = tess.open(&format!("{account}/encounters/new"));
        let key = between(&form, "name=\"form_key\" value=\"", "\"").to_owned();
        let visit = [
            ("form_key", key.as_str()),
            ("date_of_service", day),
            ("place_of_service", "11"),
            ("rendering_id", provider.as_str()),
            ("diagnoses", "E11.9"),
            ("code1", "99213"),
            ("pointers1", "A"),
            ("units1", "1"),
        ];
        let seen = tess.post(&format!("{account}/encounters"), &visit);
        assert!(seen.location.starts_with("/claims/"), "{}", words(&seen.page));
    }
    account
}

/// The payer denies one claim, asks the patient to pay another and contradicts itself about the third; each message names
/// her. Then people write about it.
fn decide_and_write(practice: &Practice, address: std::net::SocketAddr, account: &str) {
    let patient = account.trim_start_matches("/patients/").parse().unwrap();
    let folder = std::env::temp_dir().join(format!("tierline-masking-{}", uuid_of(practice)));
    let drop = exchange::FolderDrop::open(folder.join("outbox"), folder.join("inbox")).unwrap();
    let (db, system) = (&practice.db, practice.system());
    app::claim_submission::seal(db, &system, practice.id).unwrap();
    app::claim_submission::deliver(db, &system, practice.id, &drop).unwrap();
    let _ = std::fs::remove_dir_all(&folder);
    let claims = db
        .read(&system, practice.id, |read| {
            let rows = store::views::claims::of_patient(read, patient)?;
            rows.iter()
                .map(|row| Ok(store::claim::load(read, row.id)?.unwrap()))
                .collect::<Result<Vec<_>, store::StoreError>>()
        })
        .unwrap();
    assert!(claims.iter().all(|claim| claim.status == ClaimStatus::Submitted), "{claims:?}");
    let her = "NM1*QC*1*QUADDLEWICK*WILHELMINA****MI*XQZ778899~";
    for (claim, (paid, adjusted)) in claims.iter().zip([(0, "CAS*CO*29*"), (0, "CAS*PR*1*"), (1, "CAS*CO*45*")]) {
        let text = remittance_of(practice, claim, paid, adjusted, her);
        let name = format!("{}.835", claim.control_number.as_str());
        app::remittance_import::import(db, &system, practice.id, &name, text.as_bytes()).unwrap();
    }
    let mut tess = Visitor::signed_in(practice, address, "tess");
    let question =
        [("channel", "phone"), ("reason", "billed_wrongly"), ("question", "Wilhelmina Quaddlewick asks why.")];
    let inquiry = tess.post("/inquiries", &question).location.trim_end_matches("?done=logged").to_owned();
    let id = account.trim_start_matches("/patients/");
    let proof = [("patient_id", id), ("birth_date", "1962-11-07"), ("name", "Wilhelmina Quaddlewick")];
    assert_eq!(tess.post(&format!("{inquiry}/identity"), &proof).status, 303);
    let handover = [
        ("problem", "Mrs Quaddlewick (born 11/7/1962) says that the visit never happened."),
        ("tried", "Called Wilhelmina at 217-555-0142 twice."),
        ("evidence", "Card XQZ778899, mail to quaddle@example.org."),
        ("promised", "WILHELMINA QUADDLEWICK hears from us on Monday."),
        ("to_decide", "Is Quaddlewick right?"),
    ];
    assert_eq!(tess.post(&format!("{inquiry}/escalations"), &handover).location, "/inquiries?done=escalated");
    let hold = [("reason", "Quaddlewick disputes the visit."), ("until", "2026-12-20")];
    assert_eq!(tess.post(&format!("{account}/statement-hold"), &hold).status, 303);
    let mut theo = Visitor::signed_in(practice, address, "theo");
    for item in links(&theo.open("/work?desk=tier2"), "/work/") {
        if theo.open(&item).contains("Quaddlewick") {
            theo.post(&format!("{item}/assignment"), &[]);
            let note = [("note", "Spoke to Wilhelmina Quaddlewick, 2175550142.")];
            assert_eq!(theo.post(&format!("{item}/notes"), &note).status, 303);
        }
    }
}

/// Money goes back and is given up, and each step is told in words that name her.
fn ask_and_decide(practice: &Practice, address: std::net::SocketAddr, account: &str) {
    let told = "Wilhelmina Quaddlewick (217-555-0142) asked for it.";
    let mut tess = Visitor::signed_in(practice, address, "tess");
    let form = tess.open(&format!("{account}/payments/new"));
    let key = between(&form, "name=\"key\" value=\"", "\"").to_owned();
    let paid = [("amount", "900.00"), ("method", "cash"), ("note", ""), ("key", key.as_str())];
    assert_eq!(tess.post(&format!("{account}/payments"), &paid).status, 303);
    let mut theo = Visitor::signed_in(practice, address, "theo");
    for key in ["refund-1", "refund-2", "refund-3"] {
        let refund = [("payer", ""), ("amount", "10.00"), ("reason", told), ("key", key)];
        let seen = theo.post(&format!("{account}/refunds"), &refund);
        assert_eq!(seen.location, format!("{account}?done=refund-asked"), "{}", words(&seen.page));
    }
    let (mut given_up, begin) = (0, format!("{account}/write-offs\""));
    for visit in links(&theo.open(account), &format!("{account}?visit=")) {
        let page = theo.open(visit.split('#').next().unwrap());
        let Some(form) = page.split("<form method=\"post\" action=\"").find(|form| form.starts_with(&begin)) else {
            continue;
        };
        let payer = between(between(form, "name=\"payer\"", "</select>"), "value=\"", "\"").to_owned();
        let visit = between(form, "name=\"visit\" value=\"", "\"").to_owned();
        for amount in ["1.00", "2.00", "3.00"] {
            let asked = [
                ("visit", visit.as_str()),
                ("payer", &payer),
                ("amount", amount),
                ("reason", "own_mistake"),
                ("note", told),
                ("key", &format!("{visit}{amount}")),
            ];
            let seen = theo.post(&format!("{account}/write-offs"), &asked);
            assert!(seen.location.ends_with("done=write-off-asked"), "{}", words(&seen.page));
            given_up += 1;
        }
    }
    assert!(given_up >= 3, "she owes nothing that theo could ask to write off");
    let mut manager = Visitor::signed_in(practice, address, "max");
    for list in ["/refunds", "/write-offs"] {
        let page = manager.open(list);
        assert!(page.contains("Wilhelmina"), "who may see her reads who asked");
        let refusal =
            page.split("action=\"").find(|form| form.split('"').next().unwrap().ends_with("/refusal")).unwrap();
        let seen = manager.post(refusal.split('"').next().unwrap(), &[("why", "Mrs Quaddlewick called it off.")]);
        assert_eq!(seen.status, 303, "{}", words(&seen.page));
        let page = manager.open(list);
        let approval =
            page.split("action=\"").find(|form| form.split('"').next().unwrap().ends_with("/approval")).unwrap();
        assert_eq!(manager.post(approval.split('"').next().unwrap(), &[]).status, 303);
    }
}

/// A payer's overpayment on an account is investigated, in some words.
pub fn investigated(practice: &Practice, patient: PatientId, because: &str) {
    let (db, system) = (&practice.db, practice.system());
    db.write(&system, practice.id, |tx| {
        let claim = store::claim::load(tx, store::views::claims::of_patient(tx, patient)?[0].id)?.unwrap();
        let today = tx.today();
        tx.insert(&store::credit::CreditRow {
            id: billing::CreditId(tx.new_id()),
            patient_id: patient,
            encounter_id: Some(claim.encounter_id),
            payer_id: Some(claim.payer_id),
            subject: format!("{}:{}", claim.encounter_id, claim.payer_id),
            amount_cents: billing::Money::from_cents(800),
            in_refund_cents: billing::Money::ZERO,
            since_on: today,
            found_on: today,
            state: CreditState::Investigating,
            investigation_begun_on: Some(today),
            investigation_ended_on: None,
            investigated_because: because.into(),
            finding: String::new(),
            return_by: Some(today),
            ended_on: None,
        })
    })
    .unwrap();
}

#[test]
fn what_colleagues_typed_about_a_refund_or_a_write_off_is_for_who_acts_on_it_and_names_no_patient_to_a_masked_role() {
    let practice = Practice::new();
    let address = practice.serve();
    let account = her_story(&practice, address);
    decide_and_write(&practice, address, &account);
    ask_and_decide(&practice, address, &account);
    let patient = account.trim_start_matches("/patients/").parse().unwrap();
    investigated(&practice, patient, "Wilhelmina Quaddlewick was billed twice.");
    for (role, reads_of_refunds) in [(Role::Poster, true), (Role::Auditor, false)] {
        let login = hired(&practice, role);
        let mut visitor = Visitor::signed_in(&practice, address, &login);
        for (list, reads) in [("/refunds", reads_of_refunds), ("/write-offs", false)] {
            for state in ["asked", "refused"] {
                let page = visitor.open(&format!("{list}?state={state}"));
                assert_eq!(names_her(&page), None, "{role}: {list}: {}", words(&page));
                let left_out = words(&page).contains("(not shown) (not shown)");
                let not_shown = words(&page).contains("Not shown to your role: colleagues typed it");
                assert_eq!((left_out, not_shown), (reads, !reads), "{role}: {list} {state}: {}", words(&page));
            }
        }
        let page = visitor.open("/credits?state=investigating");
        assert_eq!(names_her(&page), None, "{role}: {}", words(&page));
        assert_eq!(words(&page).contains("(not shown) (not shown) was billed twice"), reads_of_refunds, "{role}");
    }
}

fn uuid_of(practice: &Practice) -> uuid::Uuid {
    practice.env.new_id()
}

/// The addresses of a route for everything that could be hers.
fn addresses(read: &Read, route: &str) -> Vec<String> {
    let all = |table: &'static str| -> Vec<String> {
        let ids = store::testing::facts::ids(read, table).unwrap();
        // Hers are the last: she came after everybody of the demonstration.
        ids.iter().rev().take(LATEST).map(ToString::to_string).collect()
    };
    let patients = all("patient");
    let pairs =
        |table: &'static str, end: &str| -> Vec<String> {
            let mut pairs = Vec::new();
            for patient in patients.iter().take(2) {
                pairs.extend(all(table).iter().map(|id| {
                    format!("/patients/{patient}/{table}s/{id}{end}").replace("patient_payments", "payments")
                }));
            }
            pairs
        };
    let head = route.split('/').nth(1).unwrap_or_default();
    match (head, route.matches('{').count()) {
        ("credits", 0) => CreditState::ALL.iter().map(|state| format!("{route}?state={}", state.as_str())).collect(),
        ("refunds", 0) => RefundState::ALL.iter().map(|state| format!("{route}?state={}", state.as_str())).collect(),
        ("write-offs", 0) => WriteOffState::ALL.iter().map(|of| format!("{route}?state={}", of.as_str())).collect(),
        ("bank", 0) => BankLineState::ALL.iter().map(|state| format!("{route}?state={}", state.as_str())).collect(),
        // News come as a stream that goes on; they name a kind and a reason, and nothing that anybody typed.
        ("events", 0) => Vec::new(),
        (_, 0) => vec![route.to_owned()],
        ("patients", 2) if route.contains("/payments/") => {
            pairs("patient_payment", route.split("{payment}").nth(1).unwrap())
        }
        ("inquiries", 2) => {
            all("inquiry").iter().map(|id| route.replace("{id}", id).replace("{question}", "balance")).collect()
        }
        ("patients", 2) if route.contains("/pay-links/") => {
            let of = |patient: &String| route.replace("{id}", patient);
            let links = all("pay_link");
            patients
                .iter()
                .take(2)
                .flat_map(|it| links.iter().map(move |link| of(it).replace("{link}", link)))
                .collect()
        }
        ("patients", 2) => pairs("statement", route.split("{statement}").nth(1).unwrap()),
        ("reports", _) => store::reports::REPORTS
            .iter()
            .flat_map(|report| [format!("/reports/{}", report.key), format!("/reports/{}?format=csv", report.key)])
            .collect(),
        ("day-sheet", 1) => {
            ledger::AccountKind::ALL.iter().map(|account| route.replace("{account}", account.name())).collect()
        }
        ("assets", _) => Vec::new(),
        ("remittances", _) if route.contains("/unmatched/") => {
            all("claim_payment").iter().map(|id| route.replace("{id}", id)).collect()
        }
        ("remittances", _) if route.contains("/requests/") => {
            all("cash_request").iter().map(|id| route.replace("{id}", id)).collect()
        }
        ("bank", 1) if route.contains("/withdrawals/") => {
            all("bank_withdrawal").iter().map(|id| route.replace("{id}", id)).collect()
        }
        ("periods", 1) => vec![route.replace("{month}", "2026-03")],
        ("quality", _) => {
            let table = if route.contains("/draws/") { "quality_draw" } else { "quality_review" };
            all(table).iter().map(|id| route.replace("{id}", id)).collect()
        }
        ("practice-mode", _) => {
            let table = if route.contains("/cases/") { "training_case" } else { "app_user" };
            all(table).iter().map(|id| route.replace("{id}", id)).collect()
        }
        (head, _) => {
            let table = match head {
                "patients" => "patient",
                "claims" => "claim",
                "remittances" => "remittance",
                "bank" => "bank_line",
                "deposits" => "deposit_slip",
                "drawers" => "drawer_close",
                "returned-payments" => "payment_return",
                "pay-links" => "pay_notice",
                "keyed" => "keyed_remittance",
                "scans" => "keyed_scan",
                "reconciliations" => "bank_reconciliation",
                "work" => "work_item",
                "inquiries" => "inquiry",
                "encounters" => "encounter",
                "coverages" => "coverage",
                "providers" => "provider",
                "payers" | "calls" => "payer",
                "promises" => "promise",
                "users" => "app_user",
                "credits" => "credit",
                "clocks" => "clock",
                "problems" => "problem",
                "disputes" => "problem_action",
                "scrub-rules" => "own_scrub_rule",
                "training" => "training_receipt",
                "settings" => "adjustment_rule",
                "refunds" => "refund",
                "write-offs" => "write_off",
                other => panic!("a route of {other} whose things this test does not know: {route}"),
            };
            all(table).iter().map(|id| route.replace("{id}", id)).collect()
        }
    }
}

fn names_her(page: &str) -> Option<&'static str> {
    let page = page.to_lowercase();
    HERS.into_iter().find(|hers| page.contains(hers))
}

#[test]
fn no_page_of_a_masked_role_names_a_patient() {
    let practice = Practice::new();
    let address = practice.serve();
    let account = her_story(&practice, address);
    decide_and_write(&practice, address, &account);
    ask_and_decide(&practice, address, &account);
    let patient = account.trim_start_matches("/patients/").parse().unwrap();
    investigated(&practice, patient, "Wilhelmina Quaddlewick was billed twice.");
    let mut tess = Visitor::signed_in(&practice, address, "tess");
    // Telephones are shown as people write them.
    let shown = [HERS[0], HERS[1], HERS[3]];
    assert!(shown.iter().all(|hers| tess.open(&account).to_lowercase().contains(hers)), "who may see her sees her");
    let masked = masked_roles();
    assert!(masked.contains(&Role::Poster) && masked.contains(&Role::Auditor), "{masked:?}");
    for role in masked {
        let login = hired(&practice, role);
        let mut visitor = Visitor::signed_in(&practice, address, &login);
        let mut opened = BTreeSet::new();
        for route in table().into_iter().filter(|route| matches!(route.policy, Policy::May(_))) {
            let found = practice
                .db
                .read(&practice.system(), practice.id, |read| Ok::<_, store::StoreError>(addresses(read, route.path)));
            for path in found.unwrap() {
                let seen = match route.method {
                    "GET" => visitor.get(&path),
                    _ => visitor.post(&path, &[("q", "10001"), ("note", "")]),
                };
                assert_eq!(names_her(&seen.page), None, "{role}: {} {path}: {}", route.method, words(&seen.page));
                assert_eq!(names_her(&seen.location), None, "{role}: {path} leads to {}", seen.location);
                if seen.status == 200 {
                    opened.insert(route.path);
                }
            }
        }
        for must in ["/work/{id}", "/claims/{id}", "/patients/{id}", "/remittances/{id}"] {
            assert!(opened.contains(must), "{role} opened {opened:?}");
        }
    }
}

#[test]
fn an_item_about_a_patient_shows_a_masked_role_no_name_telephone_or_account_number() {
    let practice = Practice::new();
    let address = practice.serve();
    let account = her_story(&practice, address);
    decide_and_write(&practice, address, &account);
    let id = account.trim_start_matches("/patients/").parse().unwrap();
    let her = practice.db.read(&practice.system(), practice.id, |read| store::registration::patient(read, id));
    let number = her.unwrap().unwrap().account_number;
    let hers = practice.db.read(&practice.system(), practice.id, |read| store::views::claims::of_patient(read, id));
    let hers: Vec<String> = hers.unwrap().into_iter().map(|row| row.control_number).collect();
    for (role, desks) in [(Role::Auditor, ["tier2", "poster"].as_slice()), (Role::Poster, &["poster"])] {
        let login = hired(&practice, role);
        let mut visitor = Visitor::signed_in(&practice, address, &login);
        let mut about_her = 0;
        for desk in desks {
            let list = visitor.open(&format!("/work?desk={desk}"));
            assert_eq!(names_her(&list), None, "{role}: the list of {desk}");
            assert!(!list.contains(&number), "{role}: the list of {desk}");
            for item in links(&list, "/work/") {
                let page = visitor.open(&item);
                // The list, the pane, its title and summary, what stands beside it: all of it is this one page.
                assert_eq!(names_her(&page), None, "{role}: {item}: {}", words(&page));
                // What a poster gets is about a payment: her claim stands in the summary, and no account beside it.
                about_her += usize::from(page.contains(&account) || hers.iter().any(|claim| page.contains(claim)));
                if page.contains(&account) {
                    assert!(!page.contains(&number), "{role}: {item}: {}", words(&page));
                    assert!(words(&page).contains("Not shown to your role"), "{}", words(&page));
                }
            }
        }
        let at_least = if role == Role::Auditor { 2 } else { 1 };
        assert!(about_her >= at_least, "{role} saw {about_her} items about her");
    }
}
