//! Who saw what is found by person, record and days, a page at a time; no address names a patient.

use billing::PatientId;
use jiff::SignedDuration;
use store::views::access_log::PAGE;

use crate::practice::Practice;
use crate::visitor::{Visitor, links, words};

/// Two patients with their account numbers.
fn two_patients(practice: &Practice) -> Vec<(PatientId, String)> {
    let claims = practice.db.read(&practice.system(), practice.id, |r| store::views::claims::list(r, None, 0)).unwrap();
    let mut all: Vec<_> = claims.iter().map(|row| (row.patient.0.id, row.patient.0.account_number.clone())).collect();
    all.sort();
    all.dedup();
    all.truncate(2);
    all
}

/// The rows of the page as words, without its head.
fn rows(page: &str) -> Vec<String> {
    let body = page.split("<tbody>").nth(1).unwrap_or_default().split("</tbody>").next().unwrap_or_default();
    body.split("<tr>").skip(1).map(|row| words(&format!("<tr>{row}"))).collect()
}

#[test]
fn looks_are_found_by_person_record_and_days_and_no_address_names_a_patient() {
    for practice in Practice::on_each_engine() {
        let address = practice.serve();
        let patients = two_patients(&practice);
        let mut tess = Visitor::signed_in(&practice, address, "tess");
        let mut theo = Visitor::signed_in(&practice, address, "theo");
        tess.open(&format!("/patients/{}", patients[0].0));
        theo.open(&format!("/patients/{}", patients[0].0));
        theo.open(&format!("/patients/{}", patients[1].0));
        practice.env.advance(SignedDuration::from_hours(48));
        let mut theo = Visitor::signed_in(&practice, address, "theo");
        theo.open(&format!("/patients/{}", patients[1].0));

        let mut max = Visitor::signed_in(&practice, address, "max");
        let page = max.open("/access");
        let option = |name: &str| {
            let at = page.find(&format!(">{name}, ")).expect("the person is among the choices");
            page[..at].rsplit("value=\"").next().unwrap().split('"').next().unwrap().to_owned()
        };
        let (tess_id, theo_id) = (option("tess"), option("theo"));
        let ask = |max: &mut Visitor, user: &str, account: &str, from: &str, until: &str| -> (String, Vec<String>) {
            let form = [("list", "looks"), ("user", user), ("account", account), ("from", from), ("until", until)];
            let seen = max.post("/access", &form);
            assert_eq!(seen.status, 303, "{}", words(&seen.page));
            assert!(account.is_empty() || !seen.location.contains(account), "{}", seen.location);
            let page = max.open(&seen.location);
            assert!(account.is_empty() || page.contains(&format!("name=\"account\" value=\"{account}\"")));
            (seen.location, rows(&page))
        };
        let (first, second) = (patients[0].1.as_str(), patients[1].1.as_str());
        let (_, found) = ask(&mut max, &tess_id, "", "2026-11-21", "");
        assert!(!found.is_empty() && found.iter().all(|row| row.contains("tess account")), "{found:?}");
        let (address_of_record, found) = ask(&mut max, "", first, "2026-11-21", "");
        assert!(address_of_record.contains(&patients[0].0.to_string()), "{address_of_record}");
        assert!(["tess", "theo"].iter().all(|name| found.iter().any(|row| row.contains(name))), "{found:?}");
        assert!(found.iter().all(|row| row.ends_with(first)), "{found:?}");
        let (_, found) = ask(&mut max, &theo_id, second, "", "2026-11-22");
        assert!(!found.is_empty() && found.iter().all(|row| !row.starts_with("23 Nov")), "{found:?}");
        let (_, found) = ask(&mut max, &theo_id, second, "2026-11-23", "2026-11-23");
        assert!(!found.is_empty() && found.iter().all(|row| row.starts_with("23 Nov")), "{found:?}");
        let (_, found) = ask(&mut max, &tess_id, second, "2026-11-21", "");
        assert!(found.is_empty(), "{found:?}");

        let wrong = [("account", "77777777"), ("from", "2026-11-22"), ("until", "2026-11-20"), ("list", "looks")];
        let page = max.post("/access", &wrong).page;
        for (field, says) in [("account", "No record has this"), ("until", "before the first")] {
            assert!(page.contains(&format!("aria-describedby=\"{field}-problem\"")), "{field}: {page}");
            assert!(words(&page).contains(says), "{}", words(&page));
        }
        assert!(page.contains("value=\"77777777\"") && page.contains("value=\"2026-11-20\""), "what was typed stays");
    }
}

#[test]
fn the_log_is_read_a_page_at_a_time_without_a_gap() {
    let practice = Practice::new();
    let (patient, account) = two_patients(&practice).remove(0);
    let looks = 2 * PAGE + 30;
    practice
        .db
        .read(&practice.system(), practice.id, |read| {
            (0..looks).for_each(|_| read.saw("account", patient));
            Ok::<_, store::StoreError>(())
        })
        .unwrap();
    let mut max = Visitor::signed_in(&practice, practice.serve(), "max");
    let start = format!("/access?list=looks&patient={patient}&user=00000000-0000-0000-0000-000000000000");
    let mut page = max.open(&start);
    let mut seen = 0;
    loop {
        seen += rows(&page).len() as i64;
        assert!(rows(&page).iter().all(|row| row.contains(&account)), "{:?}", rows(&page));
        let Some(older) = links(&page, "/access?").into_iter().find(|link| link.contains("before=")) else { break };
        page = max.open(&older.replace("&#38;", "&").replace("&amp;", "&"));
        assert!(page.contains("The latest"));
    }
    assert!(seen >= looks, "{seen}");
}

#[test]
fn who_sees_log_ins_only_filters_log_ins_only() {
    let practice = Practice::new();
    let address = practice.serve();
    let (patient, account) = two_patients(&practice).remove(0);
    let mut tess = Visitor::signed_in(&practice, address, "tess");
    tess.open(&format!("/patients/{patient}"));
    let mut ada = Visitor::signed_in(&practice, address, "ada");
    for place in ["/access?list=looks".to_owned(), format!("/access?list=looks&patient={patient}")] {
        let page = ada.open(&place);
        assert!(!page.contains(&account) && words(&page).contains("Signing in and rights"), "{}", words(&page));
        assert!(rows(&page).iter().all(|row| row.contains(" user ")), "{:?}", rows(&page));
    }
    let tess_id = practice.db.read(&practice.system(), practice.id, |r| app::users::by_login(r, "tess")).unwrap().id;
    let found = rows(&ada.open(&format!("/access?user={tess_id}&from=2026-11-21")));
    assert!(!found.is_empty() && found.iter().all(|row| row.ends_with("log in user tess")), "{found:?}");
    let asked = ada.post("/access", &[("list", "looks"), ("account", account.as_str())]);
    assert_eq!(asked.location, "/access?list=deeds", "an account is not looked up for who may not see looks");
}
