//! A program works the desk with a person's token: lists as JSON, CSV and workbooks, actions as JSON, refusals as JSON, and
//! nothing that the person may not do. On each engine.

use std::net::SocketAddr;

use billing::access::Actor;
use serde_json::{Value, json};
use store::params;
use store::users::USER_BY_LOGIN;
use ureq::Agent;

use crate::approvals::{asked, patients};
use crate::practice::Practice;
use crate::visitor::Visitor;

/// A program with somebody's token.
struct Program {
    agent: Agent,
    base: String,
    token: String,
}

impl Program {
    fn of(practice: &Practice, address: SocketAddr, login: &str) -> Program {
        let find = |read: &mut store::Read| -> Result<Actor, app::Error> {
            let user = read.query_opt(&USER_BY_LOGIN, params![login])?.expect("one of the demonstration's people");
            app::access::session::actor_of(read, &user)
        };
        let actor = practice.db.read(&practice.system(), practice.id, find).unwrap();
        let make = |tx: &mut store::Tx| app::access::session::make_token(tx, "a program", 1);
        let token = practice.db.write(&actor, practice.id, make).unwrap();
        let config = Agent::config_builder().http_status_as_error(false).max_redirects(0).build();
        Program { agent: config.into(), base: format!("http://{address}"), token }
    }

    fn get(&self, path: &str) -> (u16, Value) {
        let request = self.agent.get(format!("{}{path}", self.base));
        let mut response = request.header("authorization", format!("Bearer {}", self.token)).call().unwrap();
        (response.status().as_u16(), response.body_mut().read_json().unwrap_or(Value::Null))
    }

    fn bytes(&self, path: &str) -> Vec<u8> {
        let request = self.agent.get(format!("{}{path}", self.base));
        let mut response = request.header("authorization", format!("Bearer {}", self.token)).call().unwrap();
        assert_eq!(response.status().as_u16(), 200, "{path}");
        response.body_mut().read_to_vec().unwrap()
    }

    fn post(&self, path: &str, body: &Value) -> (u16, Value) {
        let request = self.agent.post(format!("{}{path}", self.base));
        let mut response = request.header("authorization", format!("Bearer {}", self.token)).send_json(body).unwrap();
        (response.status().as_u16(), response.body_mut().read_json().unwrap_or(Value::Null))
    }
}

#[test]
fn a_program_reads_a_list_and_decides_with_a_persons_token() {
    for practice in Practice::on_each_engine() {
        let address = practice.serve();
        let first = asked(&practice);
        let max = Program::of(&practice, address, "max");
        let (status, refunds) = max.get("/refunds");
        assert_eq!(status, 200);
        let line = refunds.as_array().unwrap().iter().find(|line| line["id"] == json!(first.0.to_string())).unwrap();
        assert_eq!((&line["amount_cents"], &line["state"]), (&json!(1_000), &json!("asked")));
        let (status, done) = max.post(&format!("/refunds/{}/approval", first.0), &json!({}));
        assert_eq!(
            (status, &done["done"], &done["see"]),
            (200, &json!("refund-approved"), &json!("/refunds")),
            "{done}"
        );
        let (status, again) = max.post(&format!("/refunds/{}/approval", first.0), &json!({}));
        assert_eq!(status, 409, "{again}");
        assert!(again["error"].as_str().is_some_and(|sentence| !sentence.is_empty()), "{again}");
        let (status, sent) =
            max.post(&format!("/refunds/{}/sending", first.0), &json!({ "method": "pigeon", "reference": "1" }));
        assert_eq!((status, &sent["field"]), (422, &json!("method")), "{sent}");
        for (body, field) in [(json!([1]), "body"), (json!({ "why": { "a": 1 } }), "why")] {
            let (status, refused) = max.post(&format!("/refunds/{}/refusal", first.0), &body);
            assert_eq!((status, refused["field"].as_str()), (422, Some(field)), "{refused}");
        }
    }
}

#[test]
fn a_program_is_told_what_is_wrong_wherever_a_person_is_shown_the_form_again() {
    for practice in Practice::on_each_engine() {
        let address = practice.serve();
        let patient = patients(&practice)[0].0;
        let payers =
            practice.db.read(&practice.system(), practice.id, |read| app::registration::payers_in(read)).unwrap();
        let payer = payers[0].id.0;
        let root = || app::verify::verify(&practice.db, &practice.system(), practice.id).unwrap().ledger_root;
        let before = root();
        let pay = |amount: &str| json!({ "amount": amount, "method": "cash", "key": "one" });
        let cases = [
            ("tess", format!("/patients/{patient}/payments"), pay("-5"), "amount"),
            ("tess", format!("/patients/{patient}/payments"), pay("1e3"), "amount"),
            ("tess", format!("/patients/{patient}/payments"), pay("NaN"), "amount"),
            ("tess", "/patients".to_owned(), json!({ "first": "", "last": "" }), ""),
            ("tess", format!("/patients/{patient}/coverages"), json!({ "member_id": "" }), ""),
            ("tess", format!("/patients/{patient}/guarantor"), json!({ "first": "" }), ""),
            ("tess", format!("/patients/{patient}/medicare"), json!({ "employees": "-3" }), ""),
            ("tess", "/inquiries".to_owned(), json!({ "channel": "phone" }), "reason"),
            ("theo", format!("/payers/{payer}"), json!({ "post_most_amount": "-5" }), ""),
            ("theo", "/payers".to_owned(), json!({ "name": "" }), ""),
            ("max", "/providers".to_owned(), json!({ "npi": "1" }), ""),
        ];
        for (login, path, body, field) in cases {
            let (status, told) = Program::of(&practice, address, login).post(&path, &body);
            assert_eq!(status, 422, "{path} {body}: {told}");
            assert!(told["error"].as_str().is_some_and(|sentence| !sentence.is_empty()), "{path}: {told}");
            assert!(field.is_empty() || told["field"] == field, "{path}: {told}");
        }
        assert_eq!(before, root(), "nothing was done");
        // A person in a browser reads the form again, as before.
        let mut tess = Visitor::signed_in(&practice, address, "tess");
        assert!(tess.open(&format!("/patients/{patient}/payments/new")).contains("Take a payment"));
    }
}

#[test]
fn a_token_gives_no_more_than_its_person_and_not_the_log_in() {
    for practice in Practice::on_each_engine() {
        let address = practice.serve();
        let tess = Program::of(&practice, address, "tess");
        assert_eq!(tess.get("/users").0, 404, "the front desk manages nobody");
        assert_eq!(tess.get("/me").0, 404, "a token does not reach the log-in");
        assert_eq!(tess.post("/me/tokens", &json!({ "label": "its own heir" })).0, 404);
        let nobody = Program { token: "tierline_00".to_owned(), ..Program::of(&practice, address, "tess") };
        let (status, refused) = nobody.get("/claims");
        assert_eq!(status, 401);
        assert!(refused["error"].as_str().is_some_and(|sentence| sentence.contains("My log-in")), "{refused}");
    }
}

#[test]
fn every_form_of_a_patients_ledger_sums_to_the_books() {
    for practice in Practice::on_each_engine() {
        let address = practice.serve();
        asked(&practice);
        let tess = Program::of(&practice, address, "tess");
        let patient = patients(&practice)[0];
        let (_, rows) = tess.get(&format!("/patients/{}", patient.0));
        let owes = |account: &str| -> i64 {
            let of = rows.as_array().unwrap().iter().filter(|row| row["account"] == account);
            of.map(|row| row["amount_cents"].as_i64().unwrap()).sum()
        };
        let account = app::patient_account::account(&practice.db, &practice.system(), practice.id, patient).unwrap();
        let visits = || account.visits.iter();
        let stands: i64 = visits().map(|visit| visit.standing.patient_owes.cents()).sum();
        assert_eq!(owes("patient_receivable"), stands);
        assert_eq!(
            owes("refund_payable") + owes("credit_balance") + owes("unapplied_patient"),
            -(account.we_owe + account.unapplied).cents()
        );
        let csv = tess.bytes(&format!("/patients/{}?format=csv", patient.0));
        let sum: i64 = String::from_utf8(csv)
            .unwrap()
            .lines()
            .skip(1)
            .filter(|line| line.contains(",patient_receivable,"))
            .map(|line| line.rsplit(',').next().unwrap().replace('.', "").parse::<i64>().unwrap())
            .sum();
        assert_eq!(sum, stands);
        assert!(tess.bytes(&format!("/patients/{}?format=xlsx", patient.0)).starts_with(b"PK"), "a workbook is a zip");
    }
}

#[test]
fn a_person_in_a_browser_gets_files_by_link_and_pages_otherwise() {
    for practice in Practice::on_each_engine() {
        let address = practice.serve();
        let mut max = Visitor::signed_in(&practice, address, "max");
        for list in [
            "/claims",
            "/remittances",
            "/refunds",
            "/write-offs",
            "/credits",
            "/bank",
            "/payers/ledger",
            "/reports/aging",
        ] {
            assert!(max.open(list).contains("format=xlsx"), "{list} offers its file");
            assert!(!max.open(&format!("{list}?format=csv")).contains("<html"), "{list}");
        }
        let odd = max.get("/claims?format=pdf");
        assert_eq!(odd.status, 422);
    }
}
