//! Work about money leads to what it is about: the payment, the claim, and from the home page the payments of patients.
//! On each engine.

use billing::work::item::WorkLinks;
use billing::work::{Desk, WorkItem, WorkReason, WorkState};

use crate::practice::Practice;
use crate::stories::stray_payment;
use crate::visitor::{Visitor, links, words};

#[test]
fn cash_without_a_claim_names_its_payer_and_leads_to_its_remittance() {
    for practice in Practice::on_each_engine() {
        let text = stray_payment(&practice);
        app::remittance_import::import(&practice.db, &practice.system(), practice.id, "stray.835", text.as_bytes())
            .unwrap();
        let mut pia = Visitor::signed_in(&practice, practice.serve(), "pia");
        let queue = pia.open("/work?desk=poster");
        let pages = links(&queue, "/work/").into_iter().map(|item| pia.open(&item));
        let page = pages.into_iter().find(|page| words(page).contains("Payment for NOBODY")).unwrap();
        let remittances = links(&page, "/remittances/0");
        assert_eq!(remittances.len(), 1, "{remittances:?}");
        let remittance = words(&pia.open(&remittances[0]));
        let told = words(&page);
        let trace = told.split("Trace ").nth(1).unwrap().split(' ').next().unwrap();
        assert!(remittance.contains(trace), "{trace} in {remittance}");
        assert!(told.contains("Payment Payer ") && told.contains(" Paid "), "{told}");
    }
}

#[test]
fn work_on_a_visit_leads_to_the_claim_that_it_names() {
    for practice in Practice::on_each_engine() {
        let shown = practice.db.read(&practice.system(), practice.id, |read| {
            let row = store::views::claims::list(read, Some("accepted"), 0)?.remove(0);
            let claim = store::claim::load(read, row.id)?.unwrap();
            let links = WorkLinks { encounter_id: Some(claim.encounter_id), ..WorkLinks::default() };
            let item = WorkItem {
                id: billing::WorkItemId(claim.id.0),
                reason: WorkReason::BillNextPayer,
                summary: format!("Claim {}: the next payer's turn", row.control_number),
                links,
                desk: Desk::Tier1,
                state: WorkState::Open,
                owner: None,
                money_at_stake: row.total,
                opened_on: row.date_of_service,
                due_on: row.date_of_service,
                deadline_on: None,
                escalations: 0,
                handover: None,
                resolution: None,
                revision: 0,
            };
            let context = store::views::work::context(read, &item)?;
            Ok::<_, store::StoreError>((row.id, context.claim.map(|claim| claim.id)))
        });
        let (named, shown) = shown.unwrap();
        assert_eq!(shown, Some(named));
    }
}

#[test]
fn the_money_of_patients_on_the_home_page_opens_the_payments_it_is_made_of() {
    for practice in Practice::on_each_engine() {
        let address = practice.serve();
        let mut theo = Visitor::signed_in(&practice, address, "theo");
        assert_eq!(links(&theo.open("/"), "/reports/receipts"), ["/reports/receipts"]);
        let home = words(&theo.open("/"));
        let said = home.split("From patients since ").nth(1).unwrap().split(" payment").next().unwrap();
        let payments: usize = said.rsplit(' ').next().unwrap().parse().unwrap();
        let csv = theo.open("/reports/receipts?format=csv");
        let of_month = csv.lines().filter(|line| line.contains(",2026-11-")).count();
        assert_eq!(of_month, payments, "{csv}");
        let mut tess = Visitor::signed_in(&practice, address, "tess");
        assert!(links(&tess.open("/"), "/reports/").is_empty());
    }
}
