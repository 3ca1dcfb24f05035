//! The claim's page for who asks a payer again: what the payers before decided, and a correction begun, dropped and sent.

use app::registration::{CoverageData, add_coverage};
use billing::ClaimId;
use billing::claim::{Claim, ClaimFrequency, ClaimStatus};
use billing::coverage::CoverageRank;
use store::views::claims;

use crate::practice::Practice;
use crate::stories::remittance_of;
use crate::visitor::{Visitor, words};

/// The latest claim of the practice that the question says yes to.
pub fn claim_that(practice: &Practice, is_meant: impl Fn(&Claim) -> bool) -> Option<ClaimId> {
    let ids: Vec<ClaimId> = practice
        .db
        .read(&practice.system(), practice.id, |read| {
            let mut all = Vec::new();
            for page in 0.. {
                let rows = claims::list(read, None, page)?;
                if rows.is_empty() {
                    break;
                }
                all.extend(rows.into_iter().map(|row| row.id));
            }
            Ok::<_, store::StoreError>(all)
        })
        .unwrap();
    let load = |id: &ClaimId| {
        practice.db.read(&practice.system(), practice.id, |read| store::claim::load(read, *id)).unwrap().unwrap()
    };
    ids.into_iter().find(|id| is_meant(&load(id)))
}

/// A claim to a payer after the first: a patient brings a second card while the first payer has the claim, that one leaves
/// all of it to the deductible, and the second payer is billed.
pub fn after_another(practice: &Practice) -> ClaimId {
    let (db, system) = (&practice.db, practice.system());
    let load = |id| db.read(&system, practice.id, |read| store::claim::load(read, id)).unwrap().unwrap();
    let is_meant = |claim: &Claim| claim.status == ClaimStatus::Accepted && claim.body.lines.len() == 1;
    let first = load(claim_that(practice, is_meant).expect("a claim of one line that a payer has"));
    let other = load(claim_that(practice, |claim| claim.payer_id != first.payer_id).expect("another payer"));
    let card = CoverageData {
        payer_id: other.payer_id,
        plan_name: "Second plan".into(),
        group_number: "G2".into(),
        rank: CoverageRank::Secondary,
        relationship: first.body.relationship,
        member_id: other.body.subscriber.member_id.clone(),
        subscriber: Some(first.body.subscriber.clone()),
        effective_on: first.body.coverage_effective_on,
        ends_on: None,
        invented: true,
        medicare_secondary: None,
        source_key: None,
    };
    add_coverage(db, &system, practice.id, first.patient_id, &card).unwrap();
    let text = remittance_of(practice, &first, 0, "CAS*PR*1*", "NM1*QC*1*NO*BODY~");
    let name = format!("{}.835", first.control_number.as_str());
    app::remittance_import::import(db, &system, practice.id, &name, text.as_bytes()).unwrap();
    app::next_payer::bill_next_payer(db, &system, practice.id, first.encounter_id).unwrap().claim_id
}

/// A first request that its payer denied in part, or whole.
pub fn denied(practice: &Practice) -> ClaimId {
    let is_meant =
        |claim: &Claim| claim.status == ClaimStatus::Adjudicated && claim.body.frequency == ClaimFrequency::Original;
    claim_that(practice, is_meant).expect("a denied claim")
}

#[test]
fn tier_2_begins_drops_and_sends_a_correction_on_the_claims_page() {
    for practice in Practice::on_each_engine() {
        let address = practice.serve();
        let second = after_another(&practice);
        let page = format!("/claims/{}", denied(&practice));
        let mut tess = Visitor::signed_in(&practice, address, "tess");
        let told = words(&tess.open(&format!("/claims/{second}")));
        assert!(told.contains("Decided before by") && told.contains("Asked as Second payer, for"), "{told}");
        let why = [("frequency", "7"), ("reason", "The note has what the payer missed.")];
        assert!(!tess.open(&page).contains("/corrections\""), "Tier 1 is not offered it");
        assert_eq!(tess.post(&format!("{page}/corrections"), &why).status, 404, "what one may not do is not there");

        let mut theo = Visitor::signed_in(&practice, address, "theo");
        assert!(theo.open(&page).contains(&format!("{page}/corrections\"")));
        let short = theo.post(&format!("{page}/corrections"), &[("frequency", "7"), ("reason", "no")]);
        assert!(words(&short.page).contains("Say in a sentence"), "{}", words(&short.page));
        let begun = theo.post(&format!("{page}/corrections"), &why);
        assert_eq!(begun.location, format!("{page}?done=correction-begun"), "{}", words(&begun.page));
        let seen = words(&theo.open(&page));
        assert!(seen.contains("Replacement (7) being made.") && seen.contains("Replacement begun: The note"), "{seen}");
        assert!(!theo.open(&page).contains(&format!("{page}/scrub")), "only its maker sends it");
        let dropped = theo.post(&format!("{page}/corrections/dropping"), &[]);
        assert_eq!(dropped.location, format!("{page}?done=correction-dropped"), "{}", words(&dropped.page));
        assert!(words(&theo.open(&page)).contains("Correction dropped: what the payer decided stands"));

        theo.post(&format!("{page}/corrections"), &why);
        let sent = theo.post(&format!("{page}/corrections/sending"), &[]);
        assert_eq!(sent.location, format!("{page}?done=correction-sent"), "{}", words(&sent.page));
        assert!(words(&theo.open(&page)).contains("Clean: waits for the next batch"));
        let proven = app::verify::verify(&practice.db, &practice.system(), practice.id).unwrap();
        assert_eq!(proven.first_failure(), None);
    }
}
