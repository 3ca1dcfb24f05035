//! Every page once on each engine: whoever may open it opens it, and it is whole. The stories of `stories` run on the
//! embedded engine; what differs between engines stands below the use cases, whose own tests run on both.

use std::collections::BTreeSet;

use server::web::table;

use crate::practice::Practice;
use crate::visitor::{Visitor, links};

/// Opens pages and remembers which.
struct Tour {
    visitor: Visitor,
    seen: BTreeSet<String>,
}

impl Tour {
    fn open(&mut self, path: &str) -> String {
        let path = path.split('#').next().unwrap_or(path);
        let page = self.visitor.open(path);
        self.seen.insert(path.split('?').next().unwrap_or(path).to_owned());
        page
    }

    /// Opens the first address on a page that begins and ends so.
    fn follow(&mut self, page: &str, start: &str, end: &str) -> String {
        let all = links(page, start);
        let first = all.iter().find(|href| href.split(['?', '#']).next().unwrap_or("").ends_with(end));
        let first = first.unwrap_or_else(|| panic!("no {start}…{end} among {all:?}")).clone();
        self.open(&first);
        first.split(['?', '#']).next().unwrap_or_default().to_owned()
    }
}

/// Whether an address is one of a route.
fn fits(route: &str, path: &str) -> bool {
    let (route, path): (Vec<_>, Vec<_>) = (route.split('/').collect(), path.split('/').collect());
    let same = |(part, piece): (&&str, &&str)| part == piece || (part.starts_with('{') && piece.len() >= 3);
    route.len() == path.len() && route.iter().zip(&path).all(same)
}

fn desks(tour: &mut Tour) {
    for page in [
        "/",
        "/me",
        "/wall",
        "/notices",
        "/oversight",
        "/questions",
        "/settings/reasons",
        "/settings/reasons/denied",
        "/patients",
        "/settings",
        "/write-offs/small-balances",
        "/drawer",
    ] {
        tour.open(page);
    }
    let page = tour.open("/work?desk=tier2");
    tour.follow(&page, "/work/", "");
    let page = tour.open("/claims");
    let claim = tour.follow(&page, "/claims/", "");
    let proof = format!("{claim}/timely-filing.pdf");
    assert_eq!(tour.visitor.get(&proof).status, 200);
    tour.seen.insert(proof);
    let page = tour.open("/clocks?when=all");
    tour.follow(&page, "/clocks/", "");
    let page = tour.open("/remittances");
    let remittance = tour.follow(&page, "/remittances/0", "");
    tour.open(&format!("{remittance}/file"));
    let page = tour.open("/reports");
    for report in links(&page, "/reports/") {
        tour.open(&report);
    }
}

fn records(tour: &mut Tour) {
    let page = tour.open("/inquiries");
    tour.follow(&page, "/inquiries/01", "");
    let answers = links(&page, "/inquiries/01").iter().flat_map(|one| links(&tour.open(one), one)).collect::<Vec<_>>();
    let answer =
        answers.iter().find(|href| href.contains("/answers/")).expect("an inquiry whose caller was identified");
    tour.open(answer);
    let letter = format!("{answer}/pdf");
    assert_eq!(tour.visitor.get(&format!("{letter}?language=es")).status, 200);
    tour.seen.insert(letter);
    let page = tour.open("/statements");
    let statement = tour.follow(&page, "/patients/0", "");
    assert_eq!(tour.visitor.get(&format!("{statement}/pdf")).status, 200);
    tour.seen.insert(format!("{statement}/pdf"));
    let account = statement.split("/statements").next().unwrap().to_owned();
    let page = tour.open(&account);
    tour.follow(&page, "/coverages/", "/edit");
    for form in
        ["contact", "edit", "estate", "guarantor", "medicare", "coverages/new", "encounters/new", "payments/new"]
    {
        tour.open(&format!("{account}/{form}"));
    }
    let key = tour.open(&format!("{account}/payments/new"));
    let key = key.split("name=\"key\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let cash = [("amount", "1.00"), ("method", "cash"), ("key", key.as_str())];
    let paid = tour.visitor.post(&format!("{account}/payments"), &cash).location;
    tour.open(&paid);
    let pdf = paid.replace("?done=paid", "/pdf");
    assert_eq!(tour.visitor.get(&pdf).status, 200);
    tour.seen.insert(pdf);
    for form in ["/patients/new", "/inquiries/new"] {
        tour.open(form);
    }
}

fn settings(tour: &mut Tour) {
    let page = tour.open("/settings");
    tour.follow(&page, "/providers/0", "/edit");
    let payer = tour.follow(&page, "/payers/0", "/edit");
    tour.open("/calls");
    tour.open(&payer.replace("/payers/", "/calls/").replace("/edit", ""));
    let page = tour.open("/periods");
    tour.follow(&page, "/periods/", "");
    for form in [
        "/settings/practice",
        "/settings/adjustments",
        "/settings/limits",
        "/settings/clocks",
        "/settings/pay-links",
        "/settings/money-rules",
        "/pay-links",
        "/settings/teams",
        "/settings/routing",
        "/providers/new",
        "/payers/new",
        "/jobs",
        "/access",
        "/reports/conflicts",
        "/credits",
        "/bank",
        "/payers/ledger",
        "/bank/withdrawals",
        "/deposits",
        "/day-sheet",
        "/day-sheet/bank",
        "/reconciliations",
        "/returned-payments",
        "/refunds",
        "/refunds/uncashed",
        "/write-offs",
        "/remittances/unmatched",
        "/remittances/requests",
    ] {
        tour.open(form);
    }
    let page = tour.open("/remittances");
    let remittance = tour.follow(&page, "/remittances/0", "");
    let page = tour.open(&remittance);
    tour.follow(&page, "/remittances/unmatched/0", "");
}

/// Reviews and measures: the lead's pages, and each person's own.
fn quality(tour: &mut Tour) {
    for page in ["/quality/mine", "/quality/mine/measures"] {
        tour.open(page);
    }
    tour.open("/quality/mine/measures/items?reason=denied&number=touched");
    tour.open("/practice-mode");
    let case = tour.visitor.post("/practice-mode/next", &[("skill", "denials")]).location;
    tour.open(&case);
    let page = tour.open("/practice-mode/people");
    tour.follow(&page, "/practice-mode/people/0", "");
    let page = tour.open("/quality");
    let draw = tour.follow(&page, "/quality/draws/0", "");
    let page = tour.open(&draw);
    tour.follow(&page, "/quality/reviews/0", "");
    let page = tour.open("/quality/measures");
    let items = links(&page, "/quality/measures/items");
    let items = items.first().expect("the story's people worked this month").replace("&#38;", "&");
    tour.open(&items);
}

/// The cash office: a slip and its paper, a signed month.
fn deposits(tour: &mut Tour) {
    let page = tour.open("/deposits?state=in_bank");
    let slip = tour.follow(&page, "/deposits/0", "");
    let pdf = format!("{slip}/pdf");
    assert_eq!(tour.visitor.get(&pdf).status, 200);
    tour.seen.insert(pdf);
    let page = tour.open("/reconciliations");
    tour.follow(&page, "/reconciliations/0", "");
}

/// A paper that is keyed in, with its scan.
fn paper(tour: &mut Tour, practice: &Practice) {
    tour.open("/keyed");
    let claim = practice.db.read(&practice.system(), practice.id, |read| {
        let ids = store::testing::facts::ids(read, "claim")?;
        read.query_one(&store::claim::CLAIM_ROW, store::params![ids[0]])
    });
    let claim = claim.unwrap();
    let payer = claim.payer_id.to_string();
    let head = [
        ("payer", payer.as_str()),
        ("trace", "PAPER-1"),
        ("paid_on", "2026-11-17"),
        ("amount", "0.00"),
        ("claims", claim.control_number.as_str()),
    ];
    let begun = tour.visitor.post("/keyed", &head).location;
    let id: uuid::Uuid = begun.trim_start_matches("/keyed/").split('?').next().unwrap().parse().unwrap();
    let actor = practice.system();
    let scan = app::keyed_remittance::attach(&practice.db, &actor, practice.id, id.into(), b"%PDF-1.7").unwrap();
    tour.open(&begun);
    let scan = format!("/scans/{scan}");
    assert_eq!(tour.visitor.get(&scan).status, 200);
    tour.seen.insert(scan);
}

/// A problem gathers of the story's denials once the practice asks for few; Tier 3 plans, trains and writes to the payer.
fn problems(tour: &mut Tour, practice: &Practice) {
    tour.open("/settings/problems");
    let few = [("kind", "denial_code"), ("cases", "2"), ("why", "We are a small practice.")];
    assert_eq!(tour.visitor.post("/settings/problems", &few).status, 303);
    let exact = [("kind", "denial_procedure"), ("cases", "2"), ("why", "We are a small practice.")];
    assert_eq!(tour.visitor.post("/settings/problems", &exact).status, 303);
    assert_eq!(tour.visitor.post("/jobs", &[]).status, 303);
    crate::day::denied_twice(practice);
    tour.open("/problems");
}

fn tier_three(tour: &mut Tour) {
    let page = tour.open("/problems?kind=denial");
    let all = links(&page, "/problems/0").into_iter().filter(|href| !href.contains('?'));
    let problem =
        all.into_iter().find(|href| tour.open(href).contains("197")).expect("two claims denied for one reason");
    let page = tour.open(&problem);
    let person = page.split("name=\"person\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let words = "Ask the plan before the service, and write its number down.";
    for (act, form) in [
        ("plan", vec![("words", words)]),
        ("training", vec![("words", words), ("person", person.as_str())]),
        ("disputes", vec![("words", words)]),
        ("notes", vec![("words", words)]),
    ] {
        assert_eq!(tour.visitor.post(&format!("{problem}/{act}"), &form).status, 303, "{act}");
    }
    let rule = [
        ("name", "An authorization is wanted"),
        ("procedure", "9*"),
        ("demand", "needs"),
        ("subject", "authorization"),
        ("remedy", "Ask the plan."),
        ("what", "try"),
    ];
    let tried = tour.visitor.post(&format!("{problem}/rules"), &rule).page;
    assert!(tried.contains("Paid with nothing denied"), "{tried}");
    let page = tour.open(&problem);
    let letter = links(&page, "/disputes/").into_iter().next().expect("the letter that was written");
    assert_eq!(tour.visitor.get(&letter).status, 200);
    tour.seen.insert(letter);
    tour.open("/training");
}

fn take(practice: &Practice, address: std::net::SocketAddr, login: &str, seen: BTreeSet<String>) -> Tour {
    Tour { visitor: Visitor::signed_in(practice, address, login), seen }
}

#[test]
fn every_page_opens_on_each_engine() {
    for practice in Practice::on_each_engine() {
        let address = practice.serve();
        let mut tour = take(&practice, address, "theo", BTreeSet::new());
        desks(&mut tour);
        tour = take(&practice, address, "tess", tour.seen);
        records(&mut tour);
        let held = tour.open("/claims?status=held");
        for claim in links(&held, "/claims/01") {
            let page = tour.open(&claim);
            for place in links(&page, "/encounters/") {
                tour.open(&place);
            }
        }
        tour = take(&practice, address, "cora", tour.seen);
        for claim in links(&held, "/claims/01") {
            let page = tour.open(&claim);
            for place in links(&page, "/encounters/") {
                tour.open(&place);
            }
        }
        tour = take(&practice, address, "max", tour.seen);
        settings(&mut tour);
        quality(&mut tour);
        deposits(&mut tour);
        problems(&mut tour, &practice);
        tour = take(&practice, address, "lena", tour.seen);
        tier_three(&mut tour);
        tour = take(&practice, address, "pia", tour.seen);
        paper(&mut tour, &practice);
        tour = take(&practice, address, "ada", tour.seen);
        let page = tour.open("/users");
        tour.follow(&page, "/users/", "/roles");
        for form in ["/log-in", "/log-in/reset"] {
            tour.seen.insert(form.to_owned());
            Visitor::new(address).open(form);
        }
        // A link that opens stands in `pay_links`; one that does not is told so.
        assert_eq!(Visitor::new(address).get("/pay/none").status, 404);
        tour.seen.insert("/pay/none".to_owned());
        let left: Vec<&str> = table()
            .iter()
            .filter(|route| route.method == "GET" && !route.path.starts_with("/assets"))
            .map(|route| route.path)
            .filter(|route| !tour.seen.iter().any(|path| fits(route, path)))
            .collect();
        // Where the story's last days left no held claim with such a place, the forms of visits are opened by `stories`;
        // the file of a work item by `read_again`, for the story keeps no file out.
        let is_opened_elsewhere =
            |route: &&str| route.starts_with("/encounters/") || ["/work/{id}/file", "/events"].contains(route);
        assert!(left.iter().all(is_opened_elsewhere), "never opened: {left:?}");
    }
}
