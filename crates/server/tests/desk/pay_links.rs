//! A pay link in the browser: the desk makes it, a stranger sees nothing, the patient sees what is owed and nothing else, and the
//! card processor's notice over HTTP posts the payment once.

use app::pay_link::NewSetting;
use app::pay_link::signature::{HEADER, sign};
use axum::body::{Body, to_bytes};
use axum::http::{Request, StatusCode, header};
use server::web::router;
use tower::ServiceExt;

use crate::practice::Practice;
use crate::visitor::{Visitor, links, words};

fn bytes(hex: &str) -> Vec<u8> {
    (0..hex.len()).step_by(2).map(|at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap()).collect()
}

fn set_page(practice: &Practice) -> Vec<u8> {
    let new = NewSetting {
        link_address: "https://pay.practice.example".into(),
        page_url: "https://pay.processor.example/p?ref={reference}&amount={amount}".into(),
        new_secrets: true,
        why: "Patients ask to pay by card at home.".into(),
    };
    bytes(&app::pay_link::set(&practice.db, &practice.system(), practice.id, &new).unwrap().unwrap())
}

/// Sends bytes to the door of notices, as a processor does: no cookie, no origin.
fn notify(practice: &Practice, signature: &str, body: &str) -> (StatusCode, String) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let request = Request::builder()
        .method("POST")
        .uri("/pay/notices")
        .header(HEADER, signature)
        .header(header::CONTENT_TYPE, "application/json")
        .body(Body::from(body.to_owned()))
        .unwrap();
    runtime.block_on(async {
        let response = router(practice.desk()).oneshot(request).await.unwrap();
        let status = response.status();
        (status, String::from_utf8(to_bytes(response.into_body(), 1 << 16).await.unwrap().to_vec()).unwrap())
    })
}

#[test]
fn a_patient_pays_by_a_link_that_the_desk_sent() {
    let practice = Practice::new();
    let address = practice.serve();
    let secret = set_page(&practice);
    let mut tess = Visitor::signed_in(&practice, address, "tess");
    // Somebody who owes: the first account of the latest statements.
    let page = tess.open("/statements");
    let accounts: Vec<String> = links(&page, "/patients/")
        .iter()
        .filter_map(|href| href.split("/statements").next().map(str::to_owned))
        .collect();
    let (account, owes) = accounts
        .iter()
        .find_map(|account| {
            let page = tess.open(account);
            page.contains("Owes now</span>").then(|| (account.clone(), page))
        })
        .expect("somebody owes in the demonstration");
    assert!(owes.contains("Make or send again"));
    assert_eq!(tess.post(&format!("{account}/pay-links"), &[]).location, format!("{account}?done=pay-link-made"));
    let page = tess.open(&account);
    let link = links(&page, "/pay/").remove(0);

    let id: billing::PatientId = account.trim_start_matches("/patients/").parse().unwrap();
    let system = practice.system();
    let patient =
        practice.db.read(&system, practice.id, |read| store::registration::patient(read, id)).unwrap().unwrap();
    let before = app::patient_account::account(&practice.db, &system, practice.id, id).unwrap().owes_now;
    let mut stranger = Visitor::new(address);
    let front = stranger.open(&link);
    let wrong = [("account_number", patient.account_number.as_str()), ("birth_date", "1900-01-01")];
    let seen = stranger.post(&link, &wrong);
    assert_eq!(seen.status, 422);
    let born = patient.birth_date.reveal().to_string();
    let right = [("account_number", patient.account_number.as_str()), ("birth_date", born.as_str())];
    let due = stranger.post(&link, &right);
    assert_eq!(due.status, 200, "{}", words(&due.page));
    assert!(due.page.contains(&before.to_string()), "{}", words(&due.page));
    for page in [&front, &seen.page, &due.page] {
        for hers in [&patient.name.last, &patient.name.first, &born, &patient.account_number] {
            assert!(!words(page).contains(hers.as_str()), "{hers} stands on a public page: {}", words(page));
        }
    }
    let there =
        links(&due.page, "https://pay.processor.example/").remove(0).replace("&amp;", "&").replace("&#38;", "&");
    let reference = there.split("ref=").nth(1).unwrap().split('&').next().unwrap().to_owned();

    let body = format!(
        r#"{{"event":"payment.succeeded","reference":"{reference}","payment":"py_77","amount_cents":{},"currency":"USD","brand":"Visa","last_four":"4242"}}"#,
        before.cents()
    );
    assert_eq!(notify(&practice, "t=1,v1=00", &body).0, StatusCode::UNAUTHORIZED);
    let signature = sign(&secret, practice.db.env().now(), body.as_bytes());
    assert_eq!(notify(&practice, &signature, &body), (StatusCode::OK, r#"{"state":"posted"}"#.to_owned()));
    assert_eq!(notify(&practice, &signature, &body), (StatusCode::OK, r#"{"state":"known"}"#.to_owned()));
    assert!(tess.open(&account).contains("Owes nothing now"));
    assert!(words(&stranger.post(&link, &right).page).contains("owe nothing"));

    let revoke = tess.open(&account);
    let revoke =
        revoke.split("action=\"").find(|form| form.contains("/revocation\"")).unwrap().split('"').next().unwrap();
    assert_eq!(tess.post(revoke, &[]).status, 303);
    assert_eq!(stranger.get(&link).status, 404);
}
