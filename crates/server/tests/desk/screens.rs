//! Every screen in a real browser: nothing blocked, nothing broken, every field labelled; and the pictures of the docs.

use std::path::Path;

use app::corrected_claim::Correction;
use billing::claim::ClaimFrequency;

use crate::browser::Browser;
use crate::corrections::{after_another, denied};
use crate::practice::Practice;

/// Where the pictures of the documentation are written: a person looks at them, no test compares them.
const PICTURES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/screenshots");
/// Set to 1 by `cargo xtask test` to write the pictures; a plain `cargo test` leaves the working tree as it is. Any other
/// value is a folder that gets a picture of every screen, to look at.
const PICTURES_VARIABLE: &str = "TIERLINE_SCREENSHOTS";

/// The pages that the documentation shows.
const PICTURED: &[&str] = &[
    "access",
    "account",
    "claim",
    "claim-dark",
    "desk",
    "desk-390",
    "desk-dark",
    "home",
    "inquiry",
    "log-in",
    "payments-new",
    "practice",
    "remittance",
    "settings",
    "users",
    "wall",
    "work-many",
];

/// The key Tab, as WebDriver writes it.
const TAB: &str = "\u{E004}";

/// What every page must hold, found by a script: no field without a name, no picture without words, no id twice, no
/// page wider than its window, no words with less contrast than WCAG 2.2 asks for at level AA (1.4.3).
const FAULTS: &str = r#"
const faults = [];
for (const field of document.querySelectorAll("input:not([type=hidden]), select, textarea")) {
  const named = field.labels?.length || field.getAttribute("aria-label") || field.getAttribute("aria-labelledby");
  if (!named) faults.push("no label: " + (field.name || field.id));
}
for (const control of document.querySelectorAll("button, a[href], summary"))
  if (!control.textContent.trim() && !control.getAttribute("aria-label")) faults.push("no name: " + control.outerHTML.slice(0, 80));
for (const svg of document.querySelectorAll("svg:not([aria-hidden]):not([role=img])")) faults.push("picture without words: " + svg.outerHTML.slice(0, 60));
const ids = [...document.querySelectorAll("[id]")].map((node) => node.id);
for (const id of new Set(ids)) if (ids.filter((other) => other === id).length > 1) faults.push("id twice: " + id);
for (const node of document.querySelectorAll("[aria-labelledby]"))
  if (node.getAttribute("aria-labelledby").split(" ").some((id) => !document.getElementById(id))) faults.push("labelled by nothing: " + node.getAttribute("aria-labelledby"));
for (const row of document.querySelectorAll("[data-row]")) if (row.tabIndex < 0) faults.push("J and K cannot stop at: " + row.textContent.trim().slice(0, 30));
if (document.querySelectorAll("main").length !== 1) faults.push("not one main");
if (!document.querySelector("h1, h2")) faults.push("no heading");
const pen = Object.assign(document.createElement("canvas"), { width: 1, height: 1 }).getContext("2d", { willReadFrequently: true });
const inks = new Map();
const ink = (colour) => {
  if (!inks.has(colour)) {
    pen.clearRect(0, 0, 1, 1);
    pen.fillStyle = colour;
    pen.fillRect(0, 0, 1, 1);
    inks.set(colour, [...pen.getImageData(0, 0, 1, 1).data]);
  }
  return inks.get(colour);
};
const paper = (node) => {
  for (; node; node = node.parentElement) {
    const found = ink(getComputedStyle(node).backgroundColor);
    if (found[3] > 200) return found;
  }
  return [255, 255, 255, 255];
};
const light = (colour) => {
  const [r, g, b] = colour.slice(0, 3).map((part) => part / 255).map((part) => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
};
for (const node of document.body.querySelectorAll("*")) {
  const says = [...node.childNodes].some((child) => child.nodeType === 3 && child.textContent.trim());
  if (!says || !node.checkVisibility() || node.closest("[disabled], .skip, .sr, option")) continue;
  const style = getComputedStyle(node);
  const [one, other] = [light(ink(style.color)), light(paper(node))].sort((a, b) => b - a);
  const ratio = (one + 0.05) / (other + 0.05);
  const large = parseFloat(style.fontSize) >= 24 || (parseFloat(style.fontSize) >= 18.66 && style.fontWeight >= 600);
  if (ratio < (large ? 3 : 4.5)) faults.push(`hard to read (${ratio.toFixed(2)}): ${node.textContent.trim().slice(0, 30)}`);
}
if (document.documentElement.scrollWidth > innerWidth) faults.push("wider than the window: " + document.documentElement.scrollWidth);
return faults;
"#;

pub fn sign_in(browser: &Browser, base: &str, practice: &Practice, login: &str) {
    let (password, code) = practice.log_in_of(login);
    browser.go(&format!("{base}/log-in"));
    browser.write("#login", login);
    browser.write("#password", &password);
    browser.write("#code", &code);
    browser.follow("form[data-commit] button.primary");
    assert_eq!(browser.address(), "/", "{login} is let in");
}

/// Where pictures go.
enum PictureFolder {
    Docs,
    Elsewhere(String),
}

pub fn look(browser: &Browser, picture: &str) {
    let faults = browser.script(FAULTS);
    assert_eq!(faults, serde_json::json!([]), "{picture} at {}", browser.address());
    assert_eq!(browser.barriers(), serde_json::json!([]), "{picture} at {}", browser.address());
    let complaints = browser.complaints();
    assert!(complaints.is_empty(), "{picture}: {complaints:?}");
    let folder = match std::env::var(PICTURES_VARIABLE) {
        Ok(word) if word == "1" => PictureFolder::Docs,
        Ok(folder) => PictureFolder::Elsewhere(folder),
        Err(_) => return,
    };
    let folder = match &folder {
        PictureFolder::Docs if PICTURED.contains(&picture) => Path::new(PICTURES),
        PictureFolder::Docs => return,
        PictureFolder::Elsewhere(folder) => Path::new(folder),
    };
    // Opening a row may have scrolled to it; a picture begins at the top.
    browser.script("scrollTo(0, 0);");
    std::fs::create_dir_all(folder).unwrap();
    std::fs::write(folder.join(format!("{}.png", picture.replace('/', "-"))), browser.picture()).unwrap();
}

/// Opens the first row of a list.
fn open_first(browser: &Browser, list: &str) {
    browser.go(list);
    let first = browser.script("return document.querySelector('main a[data-row]').getAttribute('href');");
    browser.click("main a[data-row]");
    browser.reaches(first.as_str().unwrap());
}

#[test]
fn every_screen_is_whole_by_day() {
    let practice = Practice::new();
    let base = format!("http://{}", practice.serve());
    let Some(browser) = Browser::open(1280, 800) else { return };
    browser.go(&format!("{base}/log-in"));
    look(&browser, "log-in");
    sign_in(&browser, &base, &practice, "theo");
    look(&browser, "home");
    open_first(&browser, &format!("{base}/claims?status=adjudicated"));
    look(&browser, "claim");
    open_first(&browser, &format!("{base}/remittances"));
    look(&browser, "remittance");
    open_first(&browser, &format!("{base}/work?desk=tier2"));
    look(&browser, "desk");
    for list in ["claims", "remittances", "inquiries", "statements", "patients", "me", "work?desk=mine"] {
        browser.go(&format!("{base}/{list}"));
        look(&browser, list.split('?').next().unwrap_or(list));
    }
    browser.go(&format!("{base}/claims/{}", after_another(&practice)));
    look(&browser, "claim-second");
    let corrected = denied(&practice);
    let correction = Correction { frequency: ClaimFrequency::Replacement, reason: "The note has it.".into() };
    app::corrected_claim::begin(&practice.db, &practice.system(), practice.id, corrected, &correction).unwrap();
    browser.go(&format!("{base}/claims/{corrected}"));
    look(&browser, "claim-corrected");
    sign_in(&browser, &base, &practice, "tess");
    browser.go(&format!("{base}/statements"));
    browser.follow("td a[href^='/patients/']");
    look(&browser, "account");
    let account = browser.address();
    for form in ["payments/new", "coverages/new", "encounters/new", "edit", "guarantor"] {
        browser.go(&format!("{base}{account}/{form}"));
        look(&browser, &form.replace('/', "-"));
    }
    browser.go(&format!("{base}{account}"));
    browser.follow("a[href^='/coverages/']");
    look(&browser, "coverage-edit");
    browser.go(&format!("{base}/patients/new"));
    look(&browser, "patients-new");
    browser.write("#first", "Ottilie");
    browser.follow("main form[data-commit] button.primary");
    browser.focuses("last");
    look(&browser, "patients-wrong");
    browser.go(&format!("{base}/inquiries/new"));
    look(&browser, "inquiry-new");
    open_first(&browser, &format!("{base}/inquiries"));
    look(&browser, "inquiry");
    sign_in(&browser, &base, &practice, "max");
    for page in [
        "reports",
        "reports/aging",
        "reports/journal",
        "reports/conflicts",
        "jobs",
        "bank",
        "bank?state=payer",
        "bank/withdrawals",
        "deposits",
        "deposits?state=in_bank",
        "day-sheet",
        "reconciliations",
    ] {
        browser.go(&format!("{base}/{page}"));
        look(&browser, page);
    }
    office(&browser, &base, "");
    browser.go(&format!("{base}/access"));
    look(&browser, "access");
    sign_in(&browser, &base, &practice, "ada");
    browser.go(&format!("{base}/users"));
    look(&browser, "users");
    browser.go(&format!("{base}/users"));
    browser.follow("td a[href$='/roles']");
    look(&browser, "roles");
}

/// The practice's own pages, as the manager sees them; one form with everything wrong.
fn office(browser: &Browser, base: &str, mark: &str) {
    for (page, picture) in [
        ("settings", "settings"),
        ("settings/practice", "practice"),
        ("payers/new", "payer"),
        ("providers/new", "provider"),
    ] {
        browser.go(&format!("{base}/{page}"));
        look(browser, &format!("{picture}{mark}"));
    }
    browser.follow("form[data-commit] button.primary");
    browser.waits_for("a form with its faults", "return document.querySelectorAll('[aria-invalid]').length > 2;");
    look(browser, &format!("provider-wrong{mark}"));
}

#[test]
fn the_desk_is_whole_in_the_dark_and_on_a_narrow_screen() {
    let practice = Practice::new();
    let base = format!("http://{}", practice.serve());
    for (width, height, dark, picture) in
        [(1280, 800, true, "desk-dark"), (390, 844, false, "desk-390"), (800, 700, false, "desk-800")]
    {
        let Some(browser) = Browser::open(width, height) else { return };
        sign_in(&browser, &base, &practice, "theo");
        if dark {
            browser.click("[data-toggle-theme]");
            browser.waits_for("the dark", "return document.documentElement.dataset.theme === 'dark';");
        }
        open_first(&browser, &format!("{base}/work?desk=tier2"));
        look(&browser, picture);
        open_first(&browser, &format!("{base}/claims"));
        look(&browser, &picture.replace("desk", "claim"));
        open_first(&browser, &format!("{base}/remittances"));
        look(&browser, &picture.replace("desk", "remittance"));
        sign_in(&browser, &base, &practice, "tess");
        browser.go(&format!("{base}/statements"));
        browser.follow("td a[href^='/patients/']");
        look(&browser, &picture.replace("desk", "account"));
        browser.go(&format!("{base}/patients/new"));
        look(&browser, &picture.replace("desk", "patients-new"));
        sign_in(&browser, &base, &practice, "max");
        office(&browser, &base, &picture.replace("desk", ""));
        for page in ["", "jobs", "inquiries", "users", "reports", "access", "claims"] {
            browser.go(&format!("{base}/{page}"));
            look(&browser, &picture.replace("desk", if page.is_empty() { "home" } else { page }));
        }
    }
}

#[test]
fn the_lists_of_what_two_people_decide_are_whole_on_a_wide_and_on_a_narrow_screen() {
    let practice = Practice::new();
    crate::approvals::asked(&practice);
    app::jobs::run_now(&practice.db, &practice.system(), practice.id).unwrap();
    for patient in crate::approvals::patients(&practice).into_iter().skip(2).take(2) {
        crate::masking::investigated(&practice, patient, "Other visits of that week may be paid twice as well.");
    }
    let stray = crate::unmatched::stray(&practice).trim_start_matches('/').to_owned();
    let base = format!("http://{}", practice.serve());
    for (width, mark) in [(1280, ""), (390, "-390")] {
        let Some(browser) = Browser::open(width, 844) else { return };
        for (login, pages) in [
            ("pia", ["remittances/unmatched", stray.as_str()].as_slice()),
            ("max", ["", "refunds", "write-offs"].as_slice()),
            (
                "theo",
                &[
                    "credits",
                    "credits?state=investigating",
                    "write-offs",
                    "write-offs/small-balances",
                    "reports/unclaimed-property",
                ],
            ),
        ] {
            sign_in(&browser, &base, &practice, login);
            for page in pages {
                browser.go(&format!("{base}/{page}"));
                let named = if page.is_empty() { "home" } else { page };
                look(&browser, &format!("{login}-{}{mark}", named.replace(['?', '=', '/'], "-")));
            }
        }
    }
}

#[test]
fn what_the_desk_is_worked_with_is_whole_wide_narrow_and_in_the_dark() {
    let practice = Practice::new();
    let base = format!("http://{}", practice.serve());
    for (width, height, dark, mark) in
        [(1280, 800, false, ""), (1440, 900, false, "-1440"), (390, 844, false, "-390"), (1280, 800, true, "-dark")]
    {
        let Some(browser) = Browser::open(width, height) else { return };
        sign_in(&browser, &base, &practice, "max");
        if dark {
            browser.click("[data-toggle-theme]");
            browser.waits_for("the dark", "return document.documentElement.dataset.theme === 'dark';");
        }
        for page in ["wall", "notices", "work?desk=tier2&owner=nobody&due=soon", "work?days=9000"] {
            browser.go(&format!("{base}/{page}"));
            look(&browser, &format!("{}{mark}", page.replace(['?', '=', '&'], "-")));
        }
        sign_in(&browser, &base, &practice, "theo");
        open_first(&browser, &format!("{base}/work?desk=tier2"));
        look(&browser, &format!("desk-open{mark}"));
        for letter in ["f", "v"] {
            browser.press(letter);
            browser.waits_for("what the letter opens", "return !!document.querySelector('.tool[open]');");
            look(&browser, &format!("desk-{letter}{mark}"));
            browser.script("document.querySelectorAll('.tool').forEach((tool) => { tool.open = false; }); document.activeElement.blur();");
        }
        browser.script(
            "document.querySelectorAll('.queue input').forEach((tick, place) => { tick.checked = place < 3; });",
        );
        browser.follow("#bulk button");
        look(&browser, &format!("work-many{mark}"));
    }
}

/// The addresses of the route table that show nothing by themselves: news, parts of a page, and the items behind a figure.
const NO_SCREENS: &[&str] = &["/events", "/palette", "/quality/measures/items", "/quality/mine/measures/items"];
/// Who looks, in this order, until somebody may.
const LOOKERS: &[&str] = &["max", "theo", "tess", "pia", "ada"];

/// Every page that an address opens, as the first person sees it who may: on a wide and on a narrow screen.
#[test]
fn every_page_of_the_route_table_is_whole() {
    let practice = Practice::new();
    let base = format!("http://{}", practice.serve());
    for (width, mark) in [(1280, ""), (390, "-390")] {
        let Some(browser) = Browser::open(width, 844) else { return };
        let mut left: Vec<_> = server::web::table()
            .into_iter()
            .filter(|route| route.method == "GET" && route.policy != server::web::Policy::Open)
            .filter(|route| !NO_SCREENS.contains(&route.path) && !route.path.contains('.'))
            .collect();
        for login in LOOKERS {
            sign_in(&browser, &base, &practice, login);
            left.retain(|route| {
                let path = crate::refusals::address(&practice, route);
                let kind = browser.script(&format!(
                    "return fetch('{path}').then((a) => a.ok && !a.redirected ? a.headers.get('content-type') : 'none');"
                ));
                // A refusal is told in the browser's list of complaints, which is about the page.
                browser.complaints();
                if kind.as_str().is_some_and(|kind| kind.starts_with("text/html")) {
                    // What is fetched in parts has no page of its own.
                    browser.go(&format!("{base}{path}"));
                    if browser.script("return !!document.querySelector('main');") == true {
                        look(&browser, &format!("table{}{mark}", route.path));
                    }
                    return false;
                }
                kind == "none"
            });
        }
        let unseen: Vec<_> = left.iter().map(|route| route.path).filter(|path| !path.contains('{')).collect();
        assert_eq!(unseen, Vec::<&str>::new(), "nobody opened these");
    }
}

#[test]
fn a_page_a_person_and_a_number_are_gone_to_with_the_keyboard_alone() {
    const ENTER: &str = "\u{E007}";
    const DOWN: &str = "\u{E015}";
    let practice = Practice::new();
    let base = format!("http://{}", practice.serve());
    let Some(browser) = Browser::open(1280, 800) else { return };
    sign_in(&browser, &base, &practice, "theo");
    browser.script("dispatchEvent(new KeyboardEvent('keydown', { key: 'k', ctrlKey: true, bubbles: true }));");
    browser.waits_for("the palette", "return document.getElementById('palette').open;");
    browser.focuses("palette-field");
    browser.press_here("remitt");
    browser.waits_for("a page that fits", "return !!document.querySelector('#palette-hits a[href=\"/remittances\"]');");
    look(&browser, "palette");
    browser.press_here(ENTER);
    browser.reaches("/remittances");
    browser.press("/");
    browser.press_here("clai");
    browser.waits_for("what fits", "return !!document.querySelector('#find-hits a[href=\"/claims\"]');");
    browser.press_here(DOWN);
    browser.press_here(ENTER);
    browser.reaches("/claims");
}

#[test]
fn words_typed_and_left_are_there_again_in_the_browser() {
    let practice = Practice::new();
    let base = format!("http://{}", practice.serve());
    let Some(browser) = Browser::open(1280, 800) else { return };
    sign_in(&browser, &base, &practice, "theo");
    open_first(&browser, &format!("{base}/work?desk=tier2"));
    let item = browser.address();
    browser.press("n");
    browser.focuses("note");
    browser.press_here("The payer calls back at four.");
    browser.go(&format!("{base}/claims"));
    browser.go(&format!("{base}{item}"));
    browser.waits_for("the words", "return document.getElementById('note').value === 'The payer calls back at four.';");
    look(&browser, "desk-draft");
}

#[test]
fn the_desk_is_worked_with_the_keyboard_alone() {
    let practice = Practice::new();
    let base = format!("http://{}", practice.serve());
    let Some(browser) = Browser::open(1280, 800) else { return };
    sign_in(&browser, &base, &practice, "theo");
    browser.press("gd");
    browser.reaches("/work");
    let mut walked = Vec::new();
    for _ in 0..8 {
        browser.press_here(TAB);
        let focus = browser.script(
            "const node = document.activeElement, style = getComputedStyle(node);\
             return [node.textContent.trim(), node.matches(':focus-visible') && style.outlineStyle !== 'none'];",
        );
        assert_eq!(focus[1], true, "the focus is seen on {}", focus[0]);
        walked.push(focus[0].as_str().unwrap_or_default().to_owned());
    }
    assert_eq!(walked[..4], ["Skip to the work", "Tierline", "Desk", "Inquiries"], "{walked:?}");
    browser.press("?");
    browser.waits_for("the list of keys", "return document.getElementById('keymap').open;");
    browser.press("?");
    browser.waits_for("the page without it", "return !document.getElementById('keymap').open;");
    browser.press("jj");
    browser.waits_for("the second row", "return document.querySelectorAll('.queue a')[1] === document.activeElement;");
    let second = browser.script("return document.activeElement.getAttribute('href');");
    browser.script("document.activeElement.click();");
    browser.reaches(second.as_str().unwrap());
    look(&browser, "work");
    browser.press("e");
    // E opens the handover and waits for words.
    browser.focuses("problem");
    browser.script("document.activeElement.blur();");
    browser.press("/");
    browser.waits_for("the search", "return document.activeElement.name === 'q';");
}
