//! Finding a person among 1,000,000 patients, in each way that the desk asks: the 95th percentile of the use case, its
//! rights and queries included, on both engines. Printed as `FIGURE name measured limit unit` for `cargo xtask bench`.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout)] // a benchmark that cannot be set up must stop

#[path = "../tests/app/clinic.rs"]
mod clinic;

use std::time::Instant;

use billing::access::{Actor, Role};
use billing::patient::{Guarantor, Patient};
use billing::person::{Address, Contact, Gender, PersonName};
use billing::{GuarantorId, PatientId, Phi, UserId};
use jiff::ToSpan;
use jiff::civil::date;
use store::registration::{GuarantorRow, PatientRow};
use store::testing::{PRACTICE, TestDb, engines};
use store::{Json, StoreError};
use uuid::Uuid;

/// Patients in the database: the figure that the desk promises.
const PATIENTS: usize = 1_000_000;
/// Patients of one transaction of the loading.
const A_TRANSACTION: usize = 20_000;
/// Times each way is asked.
const ROUNDS: usize = 200;
/// Milliseconds that finding a person may take on the server.
const LIMIT_MILLISECONDS: f64 = 50.0;

/// Family names: some that many bear, and some thousand that few do.
fn last_name(number: usize) -> String {
    match number % 10 {
        0 => "Garcia".to_owned(),
        1 => "De La Cruz".to_owned(),
        2 => "Smith".to_owned(),
        _ => format!("Quintero{}", number / 100),
    }
}

const FIRST_NAMES: [&str; 8] = ["Ada", "Bruno", "Carmen", "Dora", "Elias", "Flora", "Maria", "Zoe"];

fn first_name(number: usize) -> &'static str {
    FIRST_NAMES[number / 10 % FIRST_NAMES.len()]
}

fn load(db: &TestDb, patients: usize) {
    clinic::open_practice(db);
    for from in (0..patients).step_by(A_TRANSACTION) {
        db.write(&db.system(), PRACTICE, |tx| {
            let (mut guarantors, mut rows) = (Vec::new(), Vec::new());
            for number in from..(from + A_TRANSACTION).min(patients) {
                let name = PersonName {
                    last: last_name(number),
                    first: first_name(number).to_owned(),
                    ..PersonName::default()
                };
                let guarantor = Guarantor {
                    id: GuarantorId(tx.new_id()),
                    name: name.clone(),
                    address: Address::default(),
                    contact: Contact::default(),
                };
                let days = i64::try_from(number % 25_000).unwrap();
                let patient = Patient {
                    id: PatientId(tx.new_id()),
                    account_number: format!("A-{number:07}"),
                    birth_date: Phi::new(date(1940, 1, 1).saturating_add(days.days())),
                    gender: Gender::Unknown,
                    address: Address::default(),
                    contact: Contact { phone: format!("555{number:07}"), email: String::new() },
                    guarantor_id: guarantor.id,
                    language: "en".into(),
                    invented: true,
                    name,
                };
                rows.push(PatientRow {
                    id: patient.id,
                    account_number: patient.account_number.clone(),
                    last_name_key: store::name_key(&patient.name.last),
                    first_name_key: store::name_key(&patient.name.first),
                    birth_date: *patient.birth_date.reveal(),
                    phone: patient.contact.phone.clone(),
                    guarantor_id: guarantor.id,
                    statement_hold: None,
                    source_key: None,
                    body: Json(patient),
                });
                guarantors.push(GuarantorRow { id: guarantor.id, body: Json(guarantor) });
            }
            tx.insert_many(&guarantors)?;
            tx.insert_many(&rows)?;
            Ok::<_, StoreError>(())
        })
        .unwrap();
    }
    db.analyze().unwrap();
}

fn main() {
    let patients = std::env::args().filter_map(|arg| arg.parse().ok()).next().unwrap_or(PATIENTS);
    for engine in engines() {
        let db = TestDb::new(engine);
        let started = Instant::now();
        load(&db, patients);
        println!("{engine:?}: {patients} patients loaded in {:.1} s", started.elapsed().as_secs_f64());
        let tier1 = Actor::user(UserId(Uuid::from_u128(7)), "tier1", vec![Role::Tier1], PRACTICE);
        let person = |round: usize| (round * 7_919 + 13) % patients;
        let day = |number: usize| date(1940, 1, 1).saturating_add(i64::try_from(number % 25_000).unwrap().days());
        let ways: [(&str, &dyn Fn(usize) -> String); 8] = [
            ("last-name", &|round| last_name(person(round))),
            ("frequent-name-and-given", &|_| "Garcia, Maria".to_owned()),
            ("given-and-several-words", &|_| "Zoe De La Cruz".to_owned()),
            ("beginning-of-name", &|_| "qu, mari".to_owned()),
            ("birth-date", &|round| day(person(round)).to_string()),
            ("telephone", &|round| format!("(555) {:03}-{:04}", person(round) / 10_000, person(round) % 10_000)),
            ("account", &|round| format!("a-{:07}", person(round))),
            ("nobody", &|round| format!("Nobody{round} Of This Name")),
        ];
        for (way, search) in ways {
            let mut times: Vec<f64> = (0..ROUNDS)
                .map(|round| {
                    let asked = search(round);
                    let begun = Instant::now();
                    let found = app::inquiry::find(&db, &tier1, PRACTICE, &asked).unwrap();
                    assert_eq!(found.is_empty(), way == "nobody", "{way}: {asked}");
                    begun.elapsed().as_secs_f64() * 1_000.0
                })
                .collect();
            times.sort_by(f64::total_cmp);
            let p95 = times[ROUNDS * 95 / 100 - 1];
            println!("FIGURE find-{way}-{} {p95:.2} {LIMIT_MILLISECONDS:.0} ms", format!("{engine:?}").to_lowercase());
        }
    }
}
