//! A day at the desk in a real browser, by keyboard alone: Tier 1 takes ten questions and hands three up, Tier 2 takes
//! the best next item until it has them, gives one back and ends two; a lead reviews
//! what was ended, and two denials of one kind are a problem of Tier 3.

use std::collections::BTreeMap;

use billing::PatientId;
use billing::claim::{Claim, ClaimStatus};
use billing::patient::Patient;
use billing::problem::gathering::GatheringKind;
use billing::work::{Desk, WorkState};
use store::params;

use crate::browser::Browser;
use crate::practice::Practice;
use crate::screens::{look, sign_in};
use crate::stories::remittance_of;

/// Keys as WebDriver writes them.
const ENTER: &str = "\u{E007}";
const TAB: &str = "\u{E004}";
const BACK_TAB: &str = "\u{E008}\u{E004}\u{E000}";
const SPACE: &str = " ";
const ESCAPE: &str = "\u{E00C}";
const COMMIT: &str = "\u{E009}\u{E007}\u{E000}";

/// How a question of the day ends at Tier 1.
enum End {
    Answered,
    Handed(&'static str),
}

/// The questions of the day: what it is about as the list calls it, the caller's words, the end.
const QUESTIONS: [(&str, &str, End); 10] = [
    ("Why did I get this bill?", "Why is there a bill for the visit of October?", End::Answered),
    ("What is my balance?", "What do I owe you all in all?", End::Answered),
    ("Did you get my payment?", "Did my check of last week come in?", End::Answered),
    ("Is my insurance active?", "Does my plan still cover me?", End::Answered),
    (
        "Was I billed wrongly?",
        "The visit took five minutes, you charge for a long one.",
        End::Handed("Is the level right?"),
    ),
    ("Can you send it again?", "The plan wants the claim once more.", End::Answered),
    ("My insurer says they never got it", "They know of no such claim.", End::Handed("Was it ever accepted?")),
    ("I want to pay, or my card was declined", "I want to pay by check next week.", End::Answered),
    ("New address, e-mail, language or paperless", "Please write to me in Spanish.", End::Answered),
    ("I need a payment plan", "I can pay 20 dollars a month.", End::Handed("May the plan run for a year?")),
];

/// Somebody of the demonstration whom a last name finds alone.
fn caller(practice: &Practice) -> Patient {
    let system = practice.system();
    let ids = practice
        .db
        .read(&system, practice.id, |read| {
            Ok::<_, app::Error>(read.query(&store::patient_statement::OWING_PATIENTS, params![])?)
        })
        .unwrap();
    let patient =
        |id: PatientId| app::patient_account::account(&practice.db, &system, practice.id, id).unwrap().patient;
    let people: Vec<Patient> = ids.into_iter().map(|row| patient(row.patient_id)).collect();
    let named = |last: &str| app::inquiry::find(&practice.db, &system, practice.id, last).unwrap().len();
    people.into_iter().find(|one| named(&one.name.last) == 1).expect("a last name that only one person has")
}

/// Writes a question down and checks who asks; ends on the page that shows the account.
fn asked(browser: &Browser, reason: &str, question: &str, patient: &Patient) {
    browser.press("gi");
    browser.reaches("/inquiries");
    browser.press("l");
    browser.reaches("/inquiries/new");
    browser.focuses("question");
    browser.press_here(question);
    browser.press_here(BACK_TAB);
    browser.focuses("reason");
    browser.press_here(reason);
    let chosen = browser.script("return document.getElementById('reason').selectedOptions[0].textContent;");
    assert_eq!(chosen, reason, "the letters of a reason choose it");
    browser.press_here(ESCAPE);
    browser.press("1");
    browser.press_here(COMMIT);
    browser.focuses("q");
    browser.press_here(&patient.name.last);
    browser.press_here(ENTER);
    browser.focuses("name");
    browser.press_here(&patient.name.full());
    browser.press_here(TAB);
    browser.press_here(&patient.birth_date.reveal().to_string());
    browser.press_here(COMMIT);
    browser.waits_for("the account", "return !!document.querySelector('.figures');");
}

/// Tier 1's part: returns how many were answered, and the items that were handed up.
fn first_desk(browser: &Browser, patient: &Patient) -> (usize, Vec<String>) {
    let (mut answered, mut handed) = (0, Vec::new());
    for (reason, question, end) in QUESTIONS {
        asked(browser, reason, question, patient);
        let item = browser.script("return document.querySelector('[data-key=w]').getAttribute('href');");
        match end {
            End::Answered => {
                look(browser, &format!("day-asked-{answered}"));
                browser.press("n");
                browser.focuses("answer");
                browser.press_here(" Told by telephone.");
                browser.press_here(COMMIT);
                answered += 1;
            }
            End::Handed(to_decide) => {
                browser.press("e");
                browser.focuses("problem");
                look(browser, &format!("day-handed-{}", handed.len()));
                browser.press_here(&TAB.repeat(4));
                browser.focuses("to_decide");
                browser.press_here(to_decide);
                browser.press_here(COMMIT);
                handed.push(item.as_str().unwrap().to_owned());
            }
        }
        browser.reaches("/inquiries");
    }
    (answered, handed)
}

#[test]
fn a_day_of_ten_questions_is_worked_with_the_keyboard_alone() {
    let practice = Practice::new();
    let patient = caller(&practice);
    let base = format!("http://{}", practice.serve());
    let Some(browser) = Browser::open(1280, 800) else { return };
    sign_in(&browser, &base, &practice, "tess");
    let (answered, handed) = first_desk(&browser, &patient);
    assert_eq!((answered, handed.len()), (7, 3));

    sign_in(&browser, &base, &practice, "theo");
    let mut waiting = handed.clone();
    let mut ends = Vec::new();
    // What was older or more urgent comes first; it stays with who took it.
    for _ in 0..ITEMS_TAKEN {
        if waiting.is_empty() {
            break;
        }
        browser.press("gd");
        browser.reaches("/work");
        browser.press("x");
        browser.press_here(ENTER);
        browser.waits_for("an item", "return location.pathname.startsWith('/work/0');");
        let item = browser.address();
        if !waiting.contains(&item) {
            continue;
        }
        waiting.retain(|one| *one != item);
        let end = second_desk(&browser, ends.len());
        ends.push((item, end));
    }
    assert_eq!(waiting, Vec::<String>::new(), "each of the three came as the best next item");
    for (item, end) in &ends {
        let id = item.trim_start_matches("/work/").parse().unwrap();
        let stored = app::worklist::show(&practice.db, &practice.system(), practice.id, id).unwrap().item;
        assert_eq!((stored.desk, stored.state), *end, "{item}");
    }

    denied_twice(&practice);
    sign_in(&browser, &base, &practice, "max");
    reviewed(&browser);
    goes_to(&browser, "Problems", "/problems");
    browser.press("j");
    browser.press_here(ENTER);
    browser.waits_for("a problem", "return location.pathname.startsWith('/problems/0');");
    look(&browser, "day-problem");
    let title = browser.script("return document.querySelector('h1').textContent;");
    assert!(title.as_str().unwrap().contains("197"), "{title}");
}

/// Opens a page by its name in the palette.
fn goes_to(browser: &Browser, name: &str, address: &str) {
    browser.script("dispatchEvent(new KeyboardEvent('keydown', { key: 'k', ctrlKey: true, bubbles: true }));");
    browser.focuses("palette-field");
    browser.press_here(name);
    let first = format!("return document.querySelector('#palette-hits a')?.getAttribute('href') === '{address}';");
    browser.waits_for("a page that fits", &first);
    browser.press_here(ENTER);
    browser.reaches(address);
}

/// The lead's part: the first drawn item that waits is reviewed, point by point.
fn reviewed(browser: &Browser) {
    goes_to(browser, "Quality", "/quality");
    browser.press("j");
    browser.press_here(ENTER);
    browser.waits_for("a draw", "return location.pathname.startsWith('/quality/draws/0');");
    let first = browser.script(
        "return [...document.querySelectorAll('main tbody tr')].findIndex((row) => row.textContent.includes('To review'));",
    );
    let steps = usize::try_from(first.as_i64().unwrap()).expect("an item that nobody reviewed yet");
    browser.press(&"j".repeat(steps + 1));
    browser.press_here(ENTER);
    browser.waits_for("a review", "return location.pathname.startsWith('/quality/reviews/0');");
    let points = billing::quality::FORM.len();
    browser.waits_for("the form", "return document.activeElement.type === 'radio';");
    for _ in 0..points {
        browser.press_here(SPACE);
        browser.press_here(TAB);
    }
    browser.focuses("comment");
    look(browser, "day-review");
    browser.press_here("The handover said all that was needed; go on like this.");
    browser.press_here(COMMIT);
    browser.waits_for("the scores", "return document.querySelector('main').textContent.includes('100 %');");
}

/// A payer denies two claims for the same reason, and the practice calls two a problem.
pub fn denied_twice(practice: &Practice) {
    let system = practice.system();
    let today = practice.db.today(practice.id).unwrap();
    let two = (GatheringKind::DenialCode, 2, today);
    app::problems::settings::set(&practice.db, &system, practice.id, two, "We are a small practice.").unwrap();
    let claims = practice.db.read(&system, practice.id, |read| {
        let ids = read.query(&store::claim::CLAIMS_IN_STATUS, params![ClaimStatus::Accepted, 100_i64])?;
        ids.into_iter()
            .map(|row| Ok(store::claim::load(read, row.0)?.expect("a claim")))
            .collect::<Result<Vec<_>, store::StoreError>>()
    });
    let one_line = claims.unwrap().into_iter().filter(|claim| claim.body.lines.len() == 1);
    let mut by_payer: BTreeMap<String, Vec<Claim>> = BTreeMap::new();
    for claim in one_line {
        by_payer.entry(claim.body.payer.payer_identifier.as_str().to_owned()).or_default().push(claim);
    }
    let most = by_payer.into_values().max_by_key(Vec::len).expect("claims that a payer has");
    assert!(most.len() >= 2, "a payer has two claims of one line");
    for claim in &most[..2] {
        let text = remittance_of(practice, claim, 0, "CAS*CO*197*", "NM1*QC*1*NO*BODY~");
        let taken = app::remittance_import::import(&practice.db, &system, practice.id, "denied.835", text.as_bytes());
        assert_eq!(taken.unwrap().payments[0].counts.denied, 1);
    }
}

/// Items that Tier 2 takes until it has the three that were handed up today.
const ITEMS_TAKEN: usize = 40;

/// Tier 2's part: the first goes back, the others end.
fn second_desk(browser: &Browser, before: usize) -> (Desk, WorkState) {
    look(browser, &format!("day-second-{before}"));
    if before == 0 {
        browser.press("b");
        browser.focuses("return_code");
        browser.press_here(TAB);
        browser.focuses("why");
        browser.press_here("Say which visit it is about, and what the statement shows.");
        browser.press_here(COMMIT);
        browser.reaches("/work");
        (Desk::Tier1, WorkState::Open)
    } else {
        browser.press("r");
        browser.focuses("outcome");
        browser.press_here("Looked at the note and told the caller what was decided.");
        browser.press_here(COMMIT);
        browser.reaches("/work");
        (Desk::Tier2, WorkState::Resolved)
    }
}
