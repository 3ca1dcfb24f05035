//! The office behind the desk: roles, the practice's own data, providers and payers, who pays, coverages that end, wrong
//! guesses, and what runs by itself.

use app::jobs::{JOBS, Job, run_due_of};
use billing::access::Actor;
use billing::{PatientId, PracticeId};
use store::{Db, params};

use crate::practice::Practice;
use crate::visitor::{Visitor, links, words};

fn first_option(form: &str, after: &str) -> String {
    let piece = form.split(after).nth(1).unwrap();
    piece.split("<option value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned()
}

fn hidden(form: &str, name: &str) -> String {
    let mark = format!("name=\"{name}\" value=\"");
    form.split(&mark).nth(1).unwrap().split('"').next().unwrap().to_owned()
}

#[test]
fn other_roles_end_the_session_and_hold_once_a_second_person_approved() {
    let practice = Practice::new();
    let address = practice.serve();
    let mut tess = Visitor::signed_in(&practice, address, "tess");
    let mut ada = Visitor::signed_in(&practice, address, "ada");
    let find =
        |login: &str| practice.db.read(&practice.system(), practice.id, |read| app::users::by_login(read, login));
    let (id, own) = (find("tess").unwrap().id, find("ada").unwrap().id);
    let form = ada.open(&format!("/users/{id}/roles"));
    assert!(form.contains("value=\"tier1\" checked") && words(&form).contains("until a second person approves"));

    let roles = format!("/users/{id}/roles");
    let conflict = ada.post(&roles, &[("role", "poster"), ("role", "manager")]);
    assert!(conflict.page.contains("role=\"alert\"") && conflict.page.contains("value=\"poster\" checked"));
    assert_eq!(tess.get("/work").status, 200, "what was refused ends nothing");
    assert!(words(&ada.post(&roles, &[]).page).contains("at least one role"));
    assert!(words(&ada.post(&roles, &[("role", "tier1")]).page).contains("holds these already"));
    assert!(
        words(&ada.post(&format!("/users/{own}/roles"), &[("role", "tier1")]).page)
            .contains("Nobody changes their own")
    );

    assert_eq!(ada.post(&roles, &[("role", "tier2")]).location, "/users?done=roles");
    assert!(tess.get("/work").location.starts_with("/log-in"), "the session ended in the same moment");
    assert_eq!(ada.post(&format!("/users/{id}/approval"), &[]).status, 404, "never by who changed them");
    let mut max = Visitor::signed_in(&practice, address, "max");
    assert_eq!(max.get(&roles).status, 404, "changing is the administrator's");
    assert_eq!(max.post(&format!("/users/{id}/approval"), &[]).location, "/users?done=approved");
    let mut tess = Visitor::signed_in(&practice, address, "tess");
    assert!(tess.open("/work?desk=tier2").contains("queue"));
    let events = practice
        .db
        .read(&practice.system(), practice.id, |read| read.query(&store::AUDIT_OF_SUBJECT, params![id, 10_i64]));
    let changed = events.unwrap().into_iter().find(|row| row.action == "roles_changed").expect("it is audited");
    assert!(changed.detail.contains("tier2") && changed.detail.contains("tier1"), "{}", changed.detail);
}

#[test]
fn a_provider_and_a_payer_are_added_and_changed_with_every_wrong_field_named() {
    let practice = Practice::new();
    let address = practice.serve();
    let mut biller = Visitor::signed_in(&practice, address, "theo");
    let wrong =
        [("last", "Quist"), ("first", ""), ("npi", "2000000001"), ("taxonomy", "family"), ("in_practice", "yes")];
    let page = biller.post("/providers", &wrong).page;
    for (id, says) in [("first", "This is needed."), ("npi", "check digit"), ("taxonomy", "axonomy")] {
        let beside = page.split(&format!("id=\"{id}-problem\"")).nth(1).unwrap_or_else(|| panic!("{id}"));
        assert!(words(&format!("<{}", beside.split("</span>").next().unwrap())).contains(says), "{id}: {page}");
    }
    assert!(page.contains("value=\"Quist\"") && page.contains("3 fields need"));
    let right = [
        ("last", "Quist"),
        ("first", "Nils"),
        ("npi", "2987654303"),
        ("taxonomy", "207Q00000X"),
        ("in_practice", "yes"),
    ];
    let npi = valid_npi("298765430");
    let right = right.map(|(name, value)| if name == "npi" { (name, npi.as_str()) } else { (name, value) });
    assert_eq!(biller.post("/providers", &right).location, "/settings?done=provider-added");
    assert!(biller.post("/providers", &right).page.contains("A provider on file has this NPI"));
    let list = biller.open("/settings");
    let row = list.split("/providers/").find(|piece| piece.contains("Quist, Nils")).unwrap();
    let edit = format!("/providers/{}", row.split('/').next().unwrap());
    let form = biller.open(&format!("{edit}/edit"));
    let seen = hidden(&form, "seen");
    let renamed = [
        ("last", "Quist-Adler"),
        ("first", "Nils"),
        ("npi", npi.as_str()),
        ("taxonomy", "207Q00000X"),
        ("seen", seen.as_str()),
    ];
    assert_eq!(biller.post(&edit, &renamed).location, "/settings?done=saved");
    assert!(
        biller.post(&edit, &renamed).page.contains("A colleague changed this meanwhile"),
        "an old form changes nothing"
    );
    let form = words(&biller.open(&format!("{edit}/edit")));
    assert!(form.contains("Version 2") && form.contains("Theo Marchbanks"), "{form}");

    let payer = [
        ("name", "Seaglass Health"),
        ("payer_identifier", "SGH01"),
        ("filing_indicator", "CI"),
        ("route", "CLEARING"),
        ("answers_from", "CLEARING EAST, CLEARING WEST OF IT ALL"),
        ("filing_limit_days", "soon"),
        ("appeal_days", "180"),
        ("acknowledgment_due_days", "2"),
        ("follow_up_days", "30"),
        ("post_when", "within"),
        ("post_most_amount", "5,000 dollars"),
        ("post_most_denied", "20"),
        ("post_no_waiting", "yes"),
    ];
    let wrong = biller.post("/payers", &payer).page;
    assert!(wrong.contains("Write a number of days") && wrong.contains("at most fifteen characters"));
    assert!(wrong.contains("Write dollars and cents, for example 5000.00"));
    let payer = payer.map(|(name, value)| match name {
        "filing_limit_days" => (name, "95"),
        "post_most_amount" => (name, "5000.00"),
        "answers_from" => (name, "CLEARINGEAST, CLEARINGWEST"),
        _ => (name, value),
    });
    assert_eq!(biller.post("/payers", &payer).location, "/settings?done=payer-added");
    let payers = biller.open("/settings");
    assert!(words(&payers).contains("Seaglass Health SGH01 CI CLEARING 95 180"));
    let seaglass = payers.split("Seaglass Health").next().unwrap().rsplit("href=\"").next().unwrap();
    let form = biller.open(seaglass.split('"').next().unwrap());
    for kept in ["value=\"within\" selected", "name=\"post_most_amount\" value=\"5,000.00\"", "value=\"20\""] {
        assert!(form.contains(kept), "{kept}");
    }
    let mut tess = Visitor::signed_in(&practice, address, "tess");
    assert_eq!(tess.get(&format!("{edit}/edit")).status, 404);
    assert!(links(&tess.open("/settings"), "/providers/").is_empty());
}

/// Nine digits with the check digit that an NPI has.
fn valid_npi(nine: &str) -> String {
    (0..10).map(|last| format!("{nine}{last}")).find(|npi| billing::identifier::Npi::parse(npi).is_ok()).unwrap()
}

#[test]
fn a_changed_practice_holds_for_new_claims_and_sent_ones_keep_what_they_pinned() {
    let practice = Practice::new();
    let address = practice.serve();
    let mut manager = Visitor::signed_in(&practice, address, "max");
    let form = manager.open("/settings/practice");
    assert!(words(&form).contains("an administrator switches it"));
    let names = [
        "name",
        "billing_name",
        "npi",
        "taxonomy",
        "tax_id",
        "line1",
        "city",
        "state",
        "zip",
        "time_zone",
        "submitter_id",
        "phone",
        "seen",
    ];
    let filled: Vec<(&str, String)> = names.iter().map(|name| (*name, hidden(&form, name))).collect();
    let with = |changes: &[(&'static str, &str)]| -> Vec<(&'static str, String)> {
        names
            .iter()
            .map(|name| {
                let kept = filled.iter().find(|(known, _)| known == name).unwrap().1.clone();
                let changed = changes.iter().find(|(known, _)| known == name);
                (*name, changed.map_or(kept, |(_, value)| (*value).to_owned()))
            })
            .collect()
    };
    let post = |visitor: &mut Visitor, fields: &[(&'static str, String)]| {
        let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
        visitor.post("/settings/practice", &fields)
    };
    let wrong =
        post(&mut manager, &with(&[("line1", "PO Box 7"), ("zip", "62701"), ("npi", "2000000001"), ("tax_id", "12")]))
            .page;
    for field in ["line1", "zip", "npi", "tax_id"] {
        assert!(wrong.contains(&format!("id=\"{field}-problem\"")), "{field}");
    }
    assert!(wrong.contains("value=\"PO Box 7\""), "what was typed stays");

    let frozen = |practice: &Practice| {
        practice
            .db
            .read(&practice.system(), practice.id, |read| {
                let claims = store::views::claims::list(read, Some("accepted"), 0)?;
                let claims =
                    if claims.is_empty() { store::views::claims::list(read, Some("closed"), 0)? } else { claims };
                let claim = store::claim::load(read, claims[0].id)?.unwrap();
                Ok::<_, store::StoreError>(format!("{claim:?}"))
            })
            .unwrap()
    };
    let before = frozen(&practice);
    let solo =
        post(&mut manager, &[with(&[("line1", "77 Changed Street")]), vec![("solo", "yes".to_owned())]].concat());
    assert_eq!(solo.location, "/settings?done=saved", "{}", words(&solo.page));
    let renamed =
        post(&mut manager, &with(&[("name", "Lakeside and Daughters"), ("line1", "77 Changed Street"), ("seen", "2")]));
    assert_eq!(renamed.location, "/settings?done=saved", "{}", words(&renamed.page));
    assert!(words(&manager.open("/")).contains("Lakeside and Daughters · "), "the bar says it at once");
    assert!(words(&Visitor::new(address).open("/log-in")).contains("Lakeside and Daughters"));
    let page = words(&manager.open("/settings"));
    assert!(page.contains("77 Changed Street") && page.contains("Solo mode Off"), "{page}");
    assert_eq!(frozen(&practice), before, "a claim that was sent keeps what it was made from");
    assert!(words(&manager.open("/settings/practice")).contains("Version 3"));
    let mut poster = Visitor::signed_in(&practice, address, "pia");
    assert_eq!(poster.get("/settings").status, 404);
}

/// A patient with one coverage in force.
fn somebody_covered(practice: &Practice) -> (PatientId, String) {
    let claims = practice.db.read(&practice.system(), practice.id, |read| store::views::claims::list(read, None, 0));
    let id = claims.unwrap()[0].patient.0.id;
    (id, format!("/patients/{id}"))
}

#[test]
fn a_second_coverage_is_added_ended_and_who_pays_is_changed() {
    let practice = Practice::new();
    let address = practice.serve();
    let mut tess = Visitor::signed_in(&practice, address, "tess");
    let (id, account) = somebody_covered(&practice);
    let form = tess.open(&format!("{account}/coverages/new"));
    let payer = first_option(&form, "name=\"payer_id\"");
    let card = |rank: &'static str, ends_on: &'static str| {
        [
            ("payer_id", payer.clone()),
            ("member_id", "ZZ4455667".to_owned()),
            ("rank", rank.to_owned()),
            ("relationship", "18".to_owned()),
            ("effective_on", "2026-01-01".to_owned()),
            ("ends_on", ends_on.to_owned()),
        ]
    };
    let send = |visitor: &mut Visitor, path: &str, fields: &[(&str, String)]| {
        let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
        visitor.post(path, &fields)
    };
    let twice = send(&mut tess, &format!("{account}/coverages"), &card("P", ""));
    assert!(twice.page.contains("Another coverage of this rank") && twice.page.contains("value=\"ZZ4455667\""));
    let done = send(&mut tess, &format!("{account}/coverages"), &card("T", ""));
    assert_eq!(done.location, format!("{account}?done=covered"), "{}", words(&done.page));
    let third = practice
        .db
        .read(&practice.system(), practice.id, |read| store::registration::coverages(read, id))
        .unwrap()
        .into_iter()
        .find(|coverage| coverage.subscriber.member_id.reveal() == "ZZ4455667")
        .unwrap();
    let edit = format!("/coverages/{}", third.id);
    assert!(send(&mut tess, &edit, &card("T", "2025-12-31")).page.contains("ends before it begins"));
    assert_eq!(send(&mut tess, &edit, &card("T", "2026-06-30")).location, format!("{account}?done=mended"));
    let history = app::registration::coverage_history(&practice.db, &practice.system(), practice.id, third.id).unwrap();
    assert_eq!(history.iter().map(|(one, _)| one.ends_on.is_some()).collect::<Vec<_>>(), [false, true]);

    let pays = format!("{account}/guarantor");
    assert!(tess.open(&pays).contains("Who pays the patient"));
    let other = [
        ("who", "other"),
        ("first", "Ines"),
        ("last", "Okonjo"),
        ("line1", "9 Linden Court"),
        ("city", "Chatham"),
        ("state", "ZZ"),
        ("zip", "62629"),
    ];
    let wrong = tess.post(&pays, &other).page;
    assert!(wrong.contains("id=\"state-problem\"") && wrong.contains("value=\"9 Linden Court\""));
    let other = other.map(|(name, value)| if name == "state" { (name, "IL") } else { (name, value) });
    assert_eq!(tess.post(&pays, &other).location, format!("{account}?done=guarantor"));
    assert!(words(&tess.open(&account)).contains("Guarantor Ines Okonjo"));
    assert_eq!(tess.post(&pays, &[("who", "patient")]).location, format!("{account}?done=guarantor"));
    assert!(!words(&tess.open(&account)).contains("Ines Okonjo"));
}

/// The fields of a page that are named as wrong, each with words beside it.
fn named_wrong(page: &str) -> Vec<String> {
    let marked = page.split("aria-describedby=\"").skip(1).filter_map(|piece| piece.split('"').next());
    let marked: Vec<String> = marked.filter_map(|id| id.strip_suffix("-problem")).map(str::to_owned).collect();
    for field in &marked {
        let beside = page.split(&format!("id=\"{field}-problem\"")).nth(1).unwrap_or_else(|| panic!("{field}"));
        assert!(!words(&format!("<{}", beside.split("</span>").next().unwrap())).is_empty(), "{field} says nothing");
    }
    marked
}

#[test]
fn every_wrong_field_of_a_patient_and_of_a_card_is_named_at_once_and_what_was_typed_stays() {
    let practice = Practice::new();
    let mut tess = Visitor::signed_in(&practice, practice.serve(), "tess");
    let wrong = [
        ("first", "Ottilie"),
        ("last", ""),
        ("birth_date", "2027-01-01"),
        ("gender", ""),
        ("line1", "12 Orchard Lane"),
        ("city", ""),
        ("state", "ZZ"),
        ("zip", "123"),
        ("phone", "555"),
        ("email", "ottilie"),
        ("language", "es"),
        ("guarantor", "other"),
        ("guarantor_first", "Ines"),
        ("guarantor_last", ""),
    ];
    let page = tess.post("/patients", &wrong).page;
    let named = ["last", "birth_date", "gender", "city", "state", "zip", "phone", "email", "guarantor_last"];
    assert_eq!(named_wrong(&page), named);
    assert!(words(&page).contains("9 fields need another look"), "{}", words(&page));
    for kept in ["value=\"Ottilie\"", "value=\"12 Orchard Lane\"", "value=\"ZZ\"", "value=\"555\"", "value=\"Ines\""] {
        assert!(page.contains(kept), "{kept}");
    }
    assert!(page.contains("<option value=\"es\" selected>") && page.contains("value=\"other\" checked"));

    let (_, account) = somebody_covered(&practice);
    let wrong = [
        ("payer_id", ""),
        ("member_id", "X"),
        ("rank", "P"),
        ("relationship", "19"),
        ("effective_on", "2026-02-01"),
        ("ends_on", "2026-01-01"),
        ("group_number", "G-778"),
        ("subscriber_first", "Ines"),
    ];
    let page = tess.post(&format!("{account}/coverages"), &wrong).page;
    let named = ["payer_id", "member_id", "ends_on", "subscriber_last", "subscriber_birth_date", "subscriber_gender"];
    assert_eq!(named_wrong(&page), named);
    assert!(page.contains("value=\"G-778\"") && page.contains("value=\"X\"") && page.contains("value=\"Ines\""));
    let page = tess.post(&format!("{account}/guarantor"), &[("who", "other"), ("first", "Ines"), ("phone", "1")]).page;
    assert_eq!(named_wrong(&page), ["last", "line1", "city", "state", "zip", "phone"]);
}

#[test]
fn wrong_guesses_run_out_and_only_a_manager_allows_more() {
    let practice = Practice::new();
    let address = practice.serve();
    let mut tess = Visitor::signed_in(&practice, address, "tess");
    let (id, _) = somebody_covered(&practice);
    let patient = practice.db.read(&practice.system(), practice.id, |read| store::registration::patient(read, id));
    let patient = patient.unwrap().unwrap();
    let question = [("channel", "phone"), ("reason", "balance"), ("question", "What do I owe at the moment?")];
    let inquiry = tess.post("/inquiries", &question).location.trim_end_matches("?done=logged").to_owned();
    let identity = format!("{inquiry}/identity");
    let id_text = id.to_string();
    let (name, born) = (patient.name.full(), patient.birth_date.reveal().to_string());
    let guess = |text: &'static str| [("patient_id", id_text.clone()), ("birth_date", text.to_owned())];
    let send = |visitor: &mut Visitor, fields: &[(&str, String)]| {
        let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
        visitor.post(&identity, &fields)
    };
    assert!(send(&mut tess, &[("patient_id", id_text.clone())]).page.contains("Ask the caller for two of them"));
    let one = send(&mut tess, &[("patient_id", id_text.clone()), ("birth_date", born.clone())]);
    assert!(one.page.contains("3 checks may fail") || one.page.contains("3 checks more"), "{}", words(&one.page));
    assert!(words(&send(&mut tess, &guess("1950-01-01")).page).contains("2 checks"));
    assert!(words(&send(&mut tess, &guess("1950-01-02")).page).contains("1 check more"));
    let last = words(&send(&mut tess, &guess("1950-01-03")).page);
    assert!(last.contains("No more identity checks") && !last.contains("Check two identifiers"), "{last}");
    let right = [("patient_id", id_text.clone()), ("birth_date", born.clone()), ("name", name.clone())];
    let refused = send(&mut tess, &right);
    assert!(refused.status == 200 && words(&refused.page).contains("A manager may allow more"), "{}", refused.status);
    assert!(!words(&tess.open(&inquiry)).contains("Owes now"));
    assert_eq!(tess.post(&format!("{inquiry}/checks"), &[]).status, 404);

    let mut max = Visitor::signed_in(&practice, address, "max");
    assert!(words(&max.open("/inquiries")).contains("Too many wrong Allow more checks"));
    assert_eq!(max.post(&format!("{inquiry}/checks"), &[]).location, "/inquiries?done=checks-allowed");
    assert_eq!(max.post(&format!("{inquiry}/checks"), &[]).status, 409);
    assert_eq!(send(&mut tess, &right).location, format!("{inquiry}?done=verified"));

    let inquiry_id: uuid::Uuid = inquiry.rsplit('/').next().unwrap().parse().unwrap();
    let events = practice.db.read(&practice.system(), practice.id, |read| {
        read.query(&store::AUDIT_OF_SUBJECT, params![inquiry_id, 50_i64])
    });
    let checks: Vec<String> =
        events.unwrap().into_iter().filter(|row| row.action == "identity_checked").map(|row| row.detail).collect();
    assert_eq!(checks.len(), 6, "{checks:?}");
    assert!(
        checks
            .iter()
            .all(|detail| !detail.contains("1950") && !detail.contains(&born) && !detail.contains(&patient.name.last))
    );
    for outcome in ["failed", "verified", "refused", "too few"] {
        assert!(checks.iter().any(|detail| detail.contains(outcome)), "{outcome}: {checks:?}");
    }
}

fn fails(_: &Db, _: &Actor, _: PracticeId) -> Result<usize, app::Error> {
    Err(app::Error::refused("The day's table is missing. Load it."))
}

#[test]
fn a_job_that_failed_is_shown_to_the_manager_who_runs_it_again() {
    let practice = Practice::new();
    let address = practice.serve();
    run_due_of(&practice.db, practice.id, &[Job { key: JOBS[1].key, does: "", run: fails }]).unwrap();
    let mut max = Visitor::signed_in(&practice, address, "max");
    assert!(words(&max.open("/")).contains("A daily job did not end well."));
    let mut tess = Visitor::signed_in(&practice, address, "tess");
    assert!(!words(&tess.open("/")).contains("daily job"));
    assert_eq!(tess.get("/jobs").status, 404);
    assert!(max.open("/jobs").contains("table is missing. Load it."));
    assert_eq!(max.post("/jobs", &[]).location, "/jobs?done=jobs-ran");
    assert!(!max.open("/jobs").contains("table is missing. Load it."));
    assert!(!words(&max.open("/")).contains("daily job"));
}
