//! A day at the desk: a bill is explained, another question is handed up, Tier 2 ends it; money is taken with a receipt.

use billing::PatientId;
use billing::claim::ClaimStatus;
use billing::patient::Patient;
use store::params;

use crate::practice::Practice;
use crate::visitor::{Visitor, links, words};

/// A patient of the demonstration who owes something.
fn somebody_who_owes(practice: &Practice) -> (PatientId, Patient) {
    let system = practice.system();
    let owing = practice
        .db
        .read(&system, practice.id, |read| {
            Ok::<_, app::Error>(read.query(&store::patient_statement::OWING_PATIENTS, params![])?)
        })
        .unwrap();
    for row in owing {
        let account = app::patient_account::account(&practice.db, &system, practice.id, row.patient_id).unwrap();
        if account.owes_now.is_positive() {
            return (row.patient_id, account.patient);
        }
    }
    panic!("nobody owes anything in the demonstration");
}

/// Logs a question and proves who asks.
fn ask(tier1: &mut Visitor, id: PatientId, patient: &Patient, reason: &str, question: &str) -> String {
    let logged = tier1.post("/inquiries", &[("channel", "phone"), ("reason", reason), ("question", question)]).location;
    let inquiry = logged.trim_end_matches("?done=logged").to_owned();
    let page = tier1.open(&inquiry);
    assert!(page.contains("Identity not checked.") && !page.contains("Owes now"), "nothing shows before the check");
    let found = tier1.post(&format!("{inquiry}/search"), &[("q", patient.name.last.as_str())]).page;
    assert!(found.contains(&id.to_string()), "{}", words(&found));
    let id = id.to_string();
    let born = patient.birth_date.reveal().to_string();
    let one = [("patient_id", id.as_str()), ("birth_date", born.as_str())];
    let page = tier1.post(&format!("{inquiry}/identity"), &one).page;
    assert!(page.contains("1 of 2 identifiers match") && !page.contains("Owes now"));
    let name = patient.name.full();
    let two = [("patient_id", id.as_str()), ("birth_date", born.as_str()), ("name", name.as_str())];
    let seen = tier1.post(&format!("{inquiry}/identity"), &two);
    assert_eq!(seen.location, format!("{inquiry}?done=verified"), "{}", words(&seen.page));
    inquiry
}

#[test]
fn tier_one_explains_a_bill_and_hands_up_what_tier_two_then_ends() {
    let practice = Practice::new();
    let address = practice.serve();
    let (id, patient) = somebody_who_owes(&practice);
    let mut tier1 = Visitor::signed_in(&practice, address, "tess");

    let inquiry = ask(&mut tier1, id, &patient, "bill_explanation", "Why did I get this bill of last month?");
    let page = tier1.open(&inquiry);
    assert!(words(&page).contains("We charged $"), "{}", words(&page));
    let answer = [("answer", "Read the explanation of the visit aloud; the caller will pay by card.")];
    assert_eq!(tier1.post(&format!("{inquiry}/answer"), &answer).location, "/inquiries?done=answered");
    assert!(tier1.open(&inquiry).contains("the caller will pay by card"));

    let question = "I was never at the office on that day and will not pay for it.";
    let inquiry = ask(&mut tier1, id, &patient, "billed_wrongly", question);
    let empty = tier1.post(&format!("{inquiry}/escalations"), &[("problem", "Not mine."), ("tried", "")]);
    assert!(words(&empty.page).contains("The handover needs"), "{}", words(&empty.page));
    let handover = [
        ("problem", "The caller says that the visit never happened."),
        ("tried", "Compared the dates of all visits with the caller."),
        ("evidence", "Account page and the claim of the visit."),
        ("promised", "A call back on Monday before noon."),
        ("to_decide", "Is the charge right, or is it another patient's?"),
    ];
    let seen = tier1.post(&format!("{inquiry}/escalations"), &handover);
    assert_eq!(seen.location, "/inquiries?done=escalated", "{}", words(&seen.page));

    let mut tier2 = Visitor::signed_in(&practice, address, "theo");
    let queue = tier2.open("/work?desk=tier2");
    let item = links(&queue, "/work/")
        .into_iter()
        .find(|item| tier2.open(item).contains("Is the charge right, or is it another patient"))
        .expect("the item stands in Tier 2's queue with its handover");
    assert!(tier2.open(&item).contains("A call back on Monday before noon."));
    assert_eq!(tier1.get(&item).status, 404, "it left Tier 1's hands");
    assert_eq!(tier2.post(&format!("{item}/assignment"), &[]).location, format!("{item}?done=taken"));
    let short = tier2.post(&format!("{item}/resolutions"), &[("outcome", "ok"), ("root_cause", "charge")]);
    assert!(words(&short.page).contains("Say in a sentence what was done"), "{}", words(&short.page));
    let page = words(&tier2.open(&inquiry));
    assert!(page.contains("You have it , at Tier 2") && page.contains("Is the charge right, or is"), "{page}");
    assert!(words(&tier1.open(&inquiry)).contains("Theo Marchbanks has it, at Tier 2"));
    assert_eq!(
        tier2
            .post(&format!("{item}/returns"), &[("return_code", "evidence_missing"), ("why", "Say which day it was.")])
            .location,
        "/work?done=returned"
    );
    let back = words(&tier1.open(&inquiry));
    assert!(back.contains("Say which day it was.") && back.contains("Escalate to Tier 2"), "{back}");
    let seen = tier1.post(&format!("{inquiry}/escalations"), &handover);
    assert_eq!(seen.location, "/inquiries?done=escalated", "{}", words(&seen.page));
    assert_eq!(tier2.post(&format!("{item}/assignment"), &[]).location, format!("{item}?done=taken"));
    let outcome = [("outcome", "The visit was another patient's; the charge was voided."), ("root_cause", "charge")];
    assert_eq!(tier2.post(&format!("{item}/resolutions"), &outcome).location, "/work?done=resolved");
    let page = tier2.open(&item);
    assert!(page.contains("another patient") && words(&page).contains("Resolved"));
    assert!(!links(&tier2.open("/work?desk=tier2"), "/work/").contains(&item));
}

#[test]
fn a_payment_is_taken_once_with_a_receipt() {
    let practice = Practice::new();
    let address = practice.serve();
    let (id, patient) = somebody_who_owes(&practice);
    let mut tier1 = Visitor::signed_in(&practice, address, "tess");
    let form = tier1.open(&format!("/patients/{id}/payments/new"));
    let key = form.split("name=\"key\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();

    let wrong =
        tier1.post(&format!("/patients/{id}/payments"), &[("amount", "ten"), ("method", "cash"), ("key", &key)]);
    assert!(wrong.page.contains("Write dollars and cents"));
    let number = "4111111111111111";
    let card = [("amount", "10.00"), ("method", "card"), ("token", number), ("last_four", "1111"), ("key", &key)];
    let refused = tier1.post(&format!("/patients/{id}/payments"), &card);
    assert_eq!(refused.status, 200, "a card number is not taken");

    let cash = [("amount", "10.00"), ("method", "cash"), ("key", key.as_str())];
    let paid = tier1.post(&format!("/patients/{id}/payments"), &cash).location;
    assert!(paid.ends_with("?done=paid"), "{paid}");
    assert_eq!(
        tier1.post(&format!("/patients/{id}/payments"), &cash).location,
        paid,
        "a second click is the same payment"
    );
    let receipt = tier1.open(&paid);
    assert!(receipt.contains("10.00") && receipt.contains(&patient.name.last));
    let pdf = tier1.get(&format!("{}/pdf", paid.trim_end_matches("?done=paid")));
    assert_eq!(pdf.status, 200);
    assert!(!tier1.get(&format!("/patients/{id}")).page.contains("R-99999"));
}

#[test]
fn names_stay_hidden_from_who_may_see_money_only() {
    let practice = Practice::new();
    let address = practice.serve();
    let (id, patient) = somebody_who_owes(&practice);
    let mut poster = Visitor::signed_in(&practice, address, "pia");
    let found = poster.post("/find", &[("q", patient.name.last.as_str())]).page;
    let pages = [format!("/patients/{id}"), "/claims".to_owned()].map(|path| poster.open(&path));
    for page in pages.iter().chain([&found]) {
        assert!(!page.contains(&patient.name.full()) && !page.contains(&patient.name.sorted()));
        assert!(!page.contains(&patient.address.line1));
    }
    let mut seen_raw = 0;
    for path in links(&poster.open("/claims"), "/claims/") {
        let page = poster.open(&path);
        assert!(!page.contains("NM1*QC") && !page.contains("NM1*IL"), "{path} shows a person of the file");
        seen_raw += usize::from(page.contains("Not shown to your role"));
    }
    assert!(seen_raw > 0, "some claim has an answer with a person in it");
}

#[test]
fn a_new_patient_is_registered_covered_and_billed_from_the_forms() {
    let practice = Practice::new();
    let address = practice.serve();
    let mut tier1 = Visitor::signed_in(&practice, address, "tess");
    let person = [
        ("first", "Marisol"),
        ("last", "Quennell"),
        ("birth_date", "1980-02-29"),
        ("gender", "F"),
        ("line1", "12 Orchard Lane"),
        ("city", "Chatham"),
        ("state", "IL"),
        ("zip", "62629"),
        ("phone", "2175550199"),
        ("language", "en"),
        ("guarantor", "patient"),
    ];
    let odd: Vec<_> =
        person.iter().map(|(name, value)| (*name, if *name == "gender" { "Q" } else { *value })).collect();
    let page = tier1.post("/patients", &odd).page;
    assert!(words(&page).contains("Choose female, male or unknown") && page.contains("value=\"Quennell\""));
    let seen = tier1.post("/patients", &person);
    assert!(seen.location.ends_with("?done=registered"), "{}", words(&seen.page));
    let account = seen.location.trim_end_matches("?done=registered").to_owned();
    // Mistyped by one letter and sent again: the account on file is shown, and only a tick goes on.
    let mut twin: Vec<_> = person.to_vec();
    twin[0] = ("first", "Marisel");
    let warned = tier1.post("/patients", &twin);
    assert!(warned.status == 200 && warned.page.contains(&account), "{}", words(&warned.page));
    assert!(words(&warned.page).contains("born the same day, with a similar name"), "{}", words(&warned.page));
    twin.push(("another", "yes"));
    let other = tier1.post("/patients", &twin).location;
    assert!(other.ends_with("?done=registered") && !other.starts_with(&account), "{other}");
    let form = tier1.open(&format!("{account}/coverages/new"));
    let payer = form.split("<option value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let backwards = [
        ("payer_id", payer.as_str()),
        ("member_id", "QN5550199"),
        ("rank", "P"),
        ("relationship", "18"),
        ("effective_on", "soon"),
    ];
    assert!(tier1.post(&format!("{account}/coverages"), &backwards).page.contains("Write the date as year-month-day"));
    let card = [
        ("payer_id", payer.as_str()),
        ("member_id", "QN5550199"),
        ("rank", "P"),
        ("relationship", "18"),
        ("effective_on", "2026-01-01"),
    ];
    let seen = tier1.post(&format!("{account}/coverages"), &card);
    assert_eq!(seen.location, format!("{account}?done=covered"), "{}", words(&seen.page));
    let form = tier1.open(&format!("{account}/encounters/new"));
    let provider = form.split("name=\"rendering_id\"").nth(1).unwrap();
    let provider = provider.split("<option value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let key = form.split("name=\"form_key\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let visit = [
        ("form_key", key.as_str()),
        ("date_of_service", "2026-11-19"),
        ("place_of_service", "11"),
        ("rendering_id", provider.as_str()),
        ("diagnoses", "E11.9 I10"),
        ("code1", "99213"),
        ("pointers1", "A B"),
        ("units1", "1"),
    ];
    let seen = tier1.post(&format!("{account}/encounters"), &visit);
    assert!(seen.location.starts_with("/claims/"), "{} {}", seen.status, words(&seen.page));
    let claim = words(&tier1.open(&seen.location));
    assert!(claim.contains("Marisol Quennell") && claim.contains("E11.9"), "{claim}");
    assert!(claim.contains("Ready"), "a clean claim is ready to go: {claim}");
    let again = tier1.post(&format!("{account}/encounters"), &visit);
    assert_eq!(again.location, format!("{account}?done=charged"), "a second click is the same visit");
    assert_eq!(links(&tier1.open(&account), "/claims/").iter().collect::<std::collections::HashSet<_>>().len(), 1);
}

#[test]
fn a_held_claim_is_mended_where_its_finding_points() {
    let practice = Practice::new();
    let address = practice.serve();
    let mut tier1 = Visitor::signed_in(&practice, address, "tess");
    let (id, _) = somebody_who_owes(&practice);
    let account = format!("/patients/{id}");
    let form = tier1.open(&format!("{account}/encounters/new"));
    let provider = form.split("name=\"rendering_id\"").nth(1).unwrap();
    let provider = provider.split("<option value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let visit = [
        ("date_of_service", "2026-11-20"),
        ("place_of_service", "11"),
        ("rendering_id", provider.as_str()),
        ("diagnoses", "E11"),
        ("code1", "99214"),
        ("pointers1", "A"),
    ];
    let seen = tier1.post(&format!("{account}/encounters"), &visit);
    let claim = seen.location.trim_end_matches("?done=charged").to_owned();
    let page = tier1.open(&claim);
    assert!(words(&page).contains("Held") && words(&page).contains("Coder"), "{}", words(&page));
    assert!(links(&page, "/encounters/").is_empty(), "codes are not Tier 1's to change");

    let mut coder = Visitor::signed_in(&practice, address, "cora");
    let mend = links(&coder.open(&claim), "/encounters/").remove(0);
    assert!(mend.ends_with("/codes"), "{mend}");
    assert!(coder.open(&mend).contains("value=\"99214\""));
    let codes = [("diagnoses", "E11.9"), ("code1", "99214"), ("pointers1", "A"), ("units1", "1")];
    let wrong = [("diagnoses", "E11.9"), ("code1", "99214"), ("pointers1", "A"), ("units1", "many")];
    assert!(coder.post(&mend, &wrong).page.contains("Units must be a number"));
    let seen = coder.post(&mend, &codes);
    assert_eq!(seen.location, format!("{account}?done=mended"), "{}", words(&seen.page));
    let page = words(&tier1.open(&claim));
    assert!(page.contains("Ready") && page.contains("E11.9"), "{page}");
    assert_eq!(tier1.get(&mend).status, 404);

    let seen = tier1.open(&format!("{account}/edit"));
    assert!(seen.contains("Change the registration"));
}

#[test]
fn every_look_at_a_record_is_written_down() {
    let practice = Practice::new();
    let address = practice.serve();
    let (id, patient) = somebody_who_owes(&practice);
    let mut tier1 = Visitor::signed_in(&practice, address, "tess");
    tier1.open(&format!("/patients/{id}"));
    let mut manager = Visitor::signed_in(&practice, address, "max");
    let page = words(&manager.open("/access"));
    assert!(page.contains("tess") && page.contains(&patient.account_number) && !page.contains(&patient.name.last));
    let mut administrator = Visitor::signed_in(&practice, address, "ada");
    let page = words(&administrator.open("/access"));
    assert!(page.contains("log in") && !page.contains(&patient.account_number), "log-ins only");
    assert_eq!(tier1.get("/access").status, 404);
    practice.db.flush_reads();
    let looks = practice
        .db
        .read(&practice.system(), practice.id, |read| {
            Ok::<_, app::Error>(read.query(&store::READS_OF_PATIENT, params![id, 50_i64])?)
        })
        .unwrap();
    assert!(looks.iter().any(|look| look.actor_login == "tess" && look.what == "account"));
}

#[test]
fn an_accident_with_a_supervisor_and_a_drug_reaches_the_claim_and_its_page() {
    let practice = Practice::new();
    let address = practice.serve();
    let mut tier1 = Visitor::signed_in(&practice, address, "tess");
    let (id, _) = somebody_who_owes(&practice);
    let account = format!("/patients/{id}");
    let form = tier1.open(&format!("{account}/encounters/new"));
    assert!(form.contains("<details class=\"more gap\"><summary>More about the visit"), "calm until it is needed");
    let choices = |name: &str| -> Vec<(String, String)> {
        let select = form.split(&format!("name=\"{name}\"")).nth(1).unwrap().split("</select>").next().unwrap();
        let options = select.split("<option value=\"").skip(1).filter_map(|option| option.split_once('"'));
        options.map(|(value, rest)| (value.to_owned(), words(&format!("<a{rest}")))).collect()
    };
    let (rendering, _) = choices("rendering_id").remove(0);
    let (supervising, supervisor) = choices("supervising_id").pop().unwrap();
    assert!(!supervising.is_empty(), "the demonstration has providers");
    let mut visit = vec![
        ("date_of_service", "2026-11-20"),
        ("place_of_service", "11"),
        ("rendering_id", rendering.as_str()),
        ("supervising_id", supervising.as_str()),
        ("ordering_id", rendering.as_str()),
        ("diagnoses", "E11.9"),
        ("accident_cause", "auto"),
        ("accident_date", "2026-11-18"),
        ("onset_on", "2026-11-19"),
        ("code1", "99213"),
        ("pointers1", "A"),
        ("code2", "J1885"),
        ("pointers2", "A"),
        ("amount2", "24.00"),
        ("ndc2", "1234567"),
        ("quantity2", "2"),
        ("drug_unit2", "ML"),
    ];
    let seen = tier1.post(&format!("{account}/encounters"), &visit);
    assert!(words(&seen.page).contains("eleven digits (5-4-2)"), "{}", words(&seen.page));
    let at = visit.iter().position(|(key, _)| *key == "ndc2").unwrap();
    visit[at].1 = "99999-0012-01";
    let seen = tier1.post(&format!("{account}/encounters"), &visit);
    let page = words(&seen.page);
    assert!(page.contains("accident state: An auto accident needs the state"), "{page}");
    assert!(seen.page.contains("value=\"99999-0012-01\""), "what was typed stays");
    assert!(seen.page.contains("<details class=\"more gap\" open>"), "what is filled in is not hidden");
    visit.push(("accident_state", "tx"));
    let seen = tier1.post(&format!("{account}/encounters"), &visit);
    assert!(seen.location.starts_with("/claims/"), "{} {}", seen.status, words(&seen.page));
    let claim = tier1.open(&seen.location);
    let page = words(&claim);
    for said in [
        format!("Supervised by {supervisor}").as_str(),
        "Ordered by",
        "Accident Auto, 18 Nov 2026, TX",
        "Onset 19 Nov 2026",
        "Drug of line 2 99999-0012-01 , 2 ML",
    ] {
        assert!(page.contains(said), "{said}: {page}");
    }

    let encounter = practice
        .db
        .read(&practice.system(), practice.id, |read| {
            let claim = seen.location.trim_start_matches("/claims/").split('?').next().unwrap().parse().unwrap();
            Ok::<_, app::Error>(store::views::claim::get(read, claim)?.unwrap().head.encounter_id)
        })
        .unwrap();
    let edit = tier1.open(&format!("/encounters/{encounter}/edit"));
    assert!(edit.contains("value=\"99999-0012-01\"") && edit.contains("value=\"TX\""), "{}", words(&edit));
    let moved = [("accident_cause", "other"), ("accident_state", ""), ("quantity2", "3")];
    let seen = tier1.post(&format!("/encounters/{encounter}"), &moved);
    assert_eq!(seen.location, format!("{account}?done=mended"), "{}", words(&seen.page));
    let edit = tier1.open(&format!("/encounters/{encounter}/edit"));
    assert!(edit.contains("<option value=\"other\" selected>") && edit.contains("name=\"quantity2\" value=\"3\""));
}

#[test]
fn reports_are_read_in_the_browser_and_taken_along_as_csv() {
    let practice = Practice::new();
    let address = practice.serve();
    let mut poster = Visitor::signed_in(&practice, address, "pia");
    assert!(links(&poster.open("/"), "/reports").contains(&"/reports".to_owned()));
    let list = poster.open("/reports");
    assert_eq!(links(&list, "/reports/aging"), ["/reports/aging", "/reports/aging?format=csv"]);
    assert!(links(&list, "/reports/conflicts").is_empty(), "the owner's report is not a poster's");
    assert_eq!(poster.get("/reports/conflicts").status, 404);
    assert_eq!(poster.get("/reports/nothing").status, 404);
    let page = poster.open("/reports/aging");
    assert!(page.contains("class=\"num\"") && words(&page).contains("Who owes how much"), "{}", words(&page));
    let csv = poster.open("/reports/claims?format=csv");
    assert!(csv.starts_with("Claim,Payer,Status,") && csv.lines().count() > 20, "{csv}");
    let journal = words(&poster.open("/reports/journal"));
    assert!(journal.contains("The first 500 of"), "{journal}");

    let mut manager = Visitor::signed_in(&practice, address, "max");
    assert!(words(&manager.open("/reports/conflicts")).contains("Nobody holds conflicting rights."));
    let mut tier1 = Visitor::signed_in(&practice, address, "tess");
    assert!(links(&tier1.open("/"), "/reports").is_empty());
    assert_eq!(tier1.get("/reports/aging").status, 404);
}

/// A payment of one dollar for a claim that nobody knows, made out to the practice by a payer it has.
pub fn stray_payment(practice: &Practice) -> String {
    let house =
        practice.db.read(&practice.system(), practice.id, |r| store::registration::practice(r)).unwrap().unwrap();
    let npi = house.billing.npi.as_str();
    format!(
        "ISA*00*          *00*          *ZZ*NFM01          *ZZ*LAKESIDE       *261120*1200*^*00501*000009001*0*P*:~\
         GS*HP*NFM01*LAKESIDE*20261120*1200*9001*X*005010X221A1~ST*835*0001~\
         BPR*I*1*C*ACH*CCP*01*999999992*DA*123456*1999999999**01*999988880*DA*98765*20261120~TRN*1*STRAY1*1999999999~\
         DTM*405*20261120~N1*PR*NORTHFIELD MUTUAL*XV*NFM01~N3*1 PAYER WAY~N4*AUSTIN*TX*78701~\
         PER*BL*HELP*TE*5125550199~N1*PE*LAKESIDE*XX*{npi}~LX*1~CLP*NOBODY*1*1*1**12*X1*11*1~NM1*QC*1*NO*BODY~\
         SE*13*0001~GE*1*9001~IEA*1*000009001~"
    )
}

#[test]
fn an_estimate_is_called_an_estimate() {
    let practice = Practice::new();
    let claim = accepted_claim(&practice);
    let total = claim.body.total_charge();
    let estimate = format!(
        "CLP*{}*25*{total}*0*0*12*X1*11*1~CAS*OA*101*{total}~NM1*QC*1*NO*BODY~SE*14*",
        claim.control_number.as_str()
    );
    let nobody = "CLP*NOBODY*1*1*1**12*X1*11*1~NM1*QC*1*NO*BODY~SE*13*";
    let payer = &claim.body.payer;
    let text = stray_payment(&practice)
        .replace(nobody, &estimate)
        .replace("BPR*I*1*C*ACH", "BPR*H*0*C*NON")
        .replace("N1*PR*NORTHFIELD MUTUAL*XV*NFM01", &format!("N1*PR*{}*XV*{}", payer.name, payer.payer_identifier));
    let report =
        app::remittance_import::import(&practice.db, &practice.system(), practice.id, "estimate.835", text.as_bytes());
    let report = report.unwrap();
    assert_eq!(report.payments[0].counts.estimates, 1, "{report:?}");
    let mut poster = Visitor::signed_in(&practice, practice.serve(), "pia");
    let list = poster.open("/remittances");
    assert!(words(&list).contains("1 estimate"), "{}", words(&list));
    let page = poster.open(&links(&list, "/remittances/0")[0]);
    assert!(words(&page).contains("Estimate decides nothing; noted on the claim"), "{}", words(&page));
    assert!(!words(&page).to_lowercase().contains("set aside"), "{}", words(&page));
}

/// A claim that a payer has.
fn accepted_claim(practice: &Practice) -> billing::claim::Claim {
    practice
        .db
        .read(&practice.system(), practice.id, |r| {
            let accepted = r.query(&store::claim::CLAIMS_IN_STATUS, store::params![ClaimStatus::Accepted, 1_i64])?;
            store::claim::load(r, accepted[0].0)
        })
        .unwrap()
        .expect("a claim that a payer has")
}

/// A payment that decides the first line of a claim: what was paid in whole dollars, the adjustment up to its amount, and
/// the segment of the patient.
pub fn remittance_of(
    practice: &Practice,
    claim: &billing::claim::Claim,
    paid: i64,
    adjustment: &str,
    patient: &str,
) -> String {
    let (payer, line, number) = (&claim.body.payer, &claim.body.lines[0], claim.control_number.as_str());
    let charged = claim.body.total_charge();
    let status = if paid == 0 && adjustment.starts_with("CAS*CO") { "4" } else { "1" };
    let decided = format!(
        "CLP*{number}*{status}*{charged}*{paid}**12*X1{number}*11*1~{patient}SVC*HC:{}*{charged}*{paid}**1~\
         {adjustment}{charged}~REF*6R*{}~SE*16*",
        line.procedure.code, line.control_number
    );
    let text = stray_payment(practice)
        .replace("CLP*NOBODY*1*1*1**12*X1*11*1~NM1*QC*1*NO*BODY~SE*13*", &decided)
        .replace("N1*PR*NORTHFIELD MUTUAL*XV*NFM01", &format!("N1*PR*{}*XV*{}", payer.name, payer.payer_identifier))
        .replace("STRAY1", number);
    if paid == 0 { text.replace("BPR*I*1*C*ACH", "BPR*H*0*C*NON") } else { text }
}

#[test]
fn a_poster_gives_waiting_cash_a_place_and_words_alone_do_not_end_the_work() {
    let practice = Practice::new();
    let text = stray_payment(&practice);
    app::remittance_import::import(&practice.db, &practice.system(), practice.id, "stray.835", text.as_bytes())
        .unwrap();
    let claim = accepted_claim(&practice);
    let number = claim.control_number.as_str();
    let mut poster = Visitor::signed_in(&practice, practice.serve(), "pia");
    let queue = poster.open("/work?desk=poster");
    let item = links(&queue, "/work/").into_iter().find(|link| {
        let page = poster.open(link);
        words(&page).contains("1.00 of this payment waits in unapplied cash")
    });
    let item = item.expect("the stray payment is work");
    let ended = [("outcome", "Nobody knows this claim."), ("root_cause", "posting")];
    let refused = poster.post(&format!("{item}/resolutions"), &ended);
    assert!(words(&refused.page).contains("still waits in unapplied cash"), "{}", words(&refused.page));
    let reason = "The payer named the claim on the telephone.";
    let mut fields = vec![("claim", number), ("line", "1"), ("amount", "2.00"), ("reason", reason), ("revision", "0")];
    let too_much = poster.post(&format!("{item}/applications"), &fields);
    assert!(words(&too_much.page).contains("at most the 1.00"), "{}", words(&too_much.page));
    fields[2].1 = "1.00";
    let applied = poster.post(&format!("{item}/applications"), &fields);
    assert_eq!(applied.location, format!("{item}?done=applied"), "{}", words(&applied.page));
    assert!(words(&poster.open(&item)).contains("Resolved"));
}

#[test]
fn statements_are_held_with_a_reason_until_a_day_and_lifted_by_hand() {
    let practice = Practice::new();
    let address = practice.serve();
    let (id, _) = somebody_who_owes(&practice);
    let mut tier1 = Visitor::signed_in(&practice, address, "tess");
    let account = format!("/patients/{id}");
    assert!(tier1.open(&account).contains("Hold the statement"));
    let hold = format!("{account}/statement-hold");
    assert_eq!(tier1.post(&hold, &[("reason", "She disputes the visit."), ("until", "soon")]).status, 422);
    let form = [("reason", "She disputes the visit."), ("until", "2026-12-20")];
    assert_eq!(tier1.post(&hold, &form).location, format!("{account}?done=held"));
    let page = words(&tier1.open(&account));
    assert!(page.contains("Held until") && page.contains("She disputes the visit. tess"), "{page}");
    assert_eq!(tier1.post(&format!("{account}/statements"), &[]).status, 409, "none goes out");
    let masked = words(&Visitor::signed_in(&practice, address, "pia").open(&account));
    assert!(!masked.contains("disputes") && masked.contains("Statements held"), "{masked}");
    assert_eq!(tier1.post(&format!("{hold}/end"), &[]).location, format!("{account}?done=hold-lifted"));
    assert!(!words(&tier1.open(&account)).contains("Held until"));
    assert_eq!(tier1.post(&format!("{hold}/end"), &[]).status, 409);
}
