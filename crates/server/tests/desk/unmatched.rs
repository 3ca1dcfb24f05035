//! A poster works the desk of unmatched payments in the browser's words: opens what waits, leaves it to another system, takes it
//! back, and asks to give it back, which the manager approves and sends. On each engine.

use billing::ClaimPaymentId;
use store::testing::facts;

use crate::practice::Practice;
use crate::stories::stray_payment;
use crate::visitor::{Visitor, links, words};

/// One dollar waits that no claim of ours took; its page.
pub fn stray(practice: &Practice) -> String {
    left_unmatched(practice, &stray_payment(practice))
}

fn left_unmatched(practice: &Practice, text: &str) -> String {
    app::remittance_import::import(&practice.db, &practice.system(), practice.id, "stray.835", text.as_bytes())
        .unwrap();
    let ids = practice.db.read(&practice.system(), practice.id, |read| {
        let all = facts::ids(read, "claim_payment")?;
        Ok::<_, store::StoreError>(all.into_iter().map(ClaimPaymentId).collect::<Vec<_>>())
    });
    let newest = ids.unwrap().into_iter().max().unwrap();
    format!("/remittances/unmatched/{newest}")
}

#[test]
fn a_stray_payment_is_left_to_another_system_taken_back_and_given_back_by_two_people() {
    for practice in Practice::on_each_engine() {
        let address = practice.serve();
        let page = stray(&practice);
        let mut pia = Visitor::signed_in(&practice, address, "pia");
        let list = pia.open("/remittances/unmatched");
        assert!(links(&list, "/remittances/unmatched/0").contains(&page), "{}", words(&list));
        let shown = pia.open(&page);
        assert!(words(&shown).contains("Waits for a place 1.00"), "{}", words(&shown));
        let why = ("why", "Billed in the system before this one.");
        let refused = pia.post(&format!("{page}/legacy"), &[("reference", ""), why]);
        assert!(refused.status >= 400 && words(&refused.page).contains("other system"), "{}", words(&refused.page));
        let left = pia.post(&format!("{page}/legacy"), &[("reference", "OLD-1"), why]);
        assert_eq!(left.location, "/remittances/unmatched?done=payment-legacy", "{}", words(&left.page));
        assert!(!links(&pia.open("/remittances/unmatched"), "/remittances/unmatched/0").contains(&page));
        let back = pia.post(&format!("{page}/undoing"), &[("why", "It was ours after all.")]);
        assert_eq!(back.location, format!("{page}?done=payment-unmatched"), "{}", words(&back.page));

        let form = pia.open(&page);
        let key = form.split("name=\"key\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
        let asked = [("kind", "return"), ("key", key.as_str()), ("why", "Their patient, not ours.")];
        let done = pia.post(&format!("{page}/requests"), &asked);
        assert_eq!(done.location, "/remittances/unmatched?done=cash-request-asked", "{}", words(&done.page));
        let requests = pia.open("/remittances/requests");
        assert!(words(&requests).contains("CR-0000") && words(&requests).contains("Withdraw"), "{}", words(&requests));

        let mut max = Visitor::signed_in(&practice, address, "max");
        assert!(words(&max.open("/")).contains("1 request about payments waits for approval 1.00"));
        let requests = max.open("/remittances/requests");
        let approval = requests.split("action=\"").find(|rest| rest.contains("/approval\"")).unwrap();
        let approval = approval.split('"').next().unwrap().to_owned();
        assert_eq!(pia.post(&approval, &[]).status, 404, "who asked approves nothing");
        assert_eq!(max.post(&approval, &[]).location, "/remittances/requests?done=cash-request-approved");
        let sending = approval.replace("/approval", "/sending");
        let sent = max.post(&sending, &[("reference", "1042")]);
        assert_eq!(sent.location, "/remittances/requests?done=refund-sent", "{}", words(&sent.page));
        assert!(words(&max.open("/remittances/requests?state=sent")).contains("1042"));
        let verified = app::verify::verify(&practice.db, &practice.system(), practice.id).unwrap();
        assert_eq!(verified.first_failure(), None);
    }
}

#[test]
fn a_payers_segments_are_shown_once() {
    let practice = Practice::new();
    let line = "NM1*QC*1*NO*BODY~SVC*HC:99213*1*1~DTM*472*20261110~SE*15*";
    let page = left_unmatched(&practice, &stray_payment(&practice).replace("NM1*QC*1*NO*BODY~SE*13*", line));
    let mut max = Visitor::signed_in(&practice, practice.serve(), "max");
    let shown = max.open(&page);
    assert_eq!(shown.matches("SVC*HC:99213*1*1~").count(), 1, "{}", words(&shown));
}
