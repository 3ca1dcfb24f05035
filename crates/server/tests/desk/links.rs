//! No page leads a person to a place that is not theirs: every role follows the links of the desk, on each engine.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use app::users::{NewPerson, add_demo_person};
use billing::access::Role;

use crate::practice::Practice;
use crate::visitor::{Visitor, links};

const PASSWORD: &str = "nine quiet paper boats";
/// Most pages a role opens: enough for every kind of page from every other, not for every row of every list.
const MOST_PAGES: usize = 120;
/// Most pages of one kind: the rest of a list says nothing new.
const MOST_OF_A_KIND: usize = 4;

/// An address with its ids taken out: what kind of page it is.
fn kind(address: &str) -> String {
    let is_id = |piece: &&str| piece.len() == 36 && piece.matches('-').count() == 4;
    let (path, query) = address.split_once('?').unwrap_or((address, ""));
    let path: Vec<&str> = path.split('/').map(|piece| if is_id(&piece) { "*" } else { piece }).collect();
    let query: Vec<&str> = query.split("&amp;").map(|pair| pair.split('=').next().unwrap_or_default()).collect();
    format!("{}?{}", path.join("/"), query.join("&"))
}

/// Follows the links from the home page and returns each that does not open, with the page it stands on.
fn dead_ends(visitor: &mut Visitor) -> (usize, Vec<String>) {
    let mut seen = BTreeSet::from(["/".to_owned()]);
    let mut kinds: BTreeMap<String, usize> = BTreeMap::new();
    let mut waiting = VecDeque::from([("/".to_owned(), String::new())]);
    let (mut opened, mut dead) = (0, Vec::new());
    while let Some((address, from)) = waiting.pop_front().filter(|_| opened < MOST_PAGES) {
        opened += 1;
        let answer = visitor.get(&address.replace("&amp;", "&"));
        if matches!(answer.status, 403 | 404 | 409 | 500..) {
            dead.push(format!("{} {address} on {from}", answer.status));
            continue;
        }
        for link in links(&answer.page, "/") {
            let link = link.split('#').next().unwrap_or_default().to_owned();
            let of_kind = kinds.entry(kind(&link)).or_default();
            if !link.starts_with("/assets") && *of_kind < MOST_OF_A_KIND && seen.insert(link.clone()) {
                *of_kind += 1;
                waiting.push_back((link, address.clone()));
            }
        }
    }
    (opened, dead)
}

#[test]
fn no_role_is_led_to_a_page_that_it_cannot_open() {
    for practice in Practice::on_each_engine() {
        let address = practice.serve();
        // A person of each role that signs in at the desk.
        for (ordinal, role) in (50_i64..).zip(Role::ALL.iter().filter(|role| !matches!(role, Role::Patient))) {
            let login = format!("link-{}", role.key().replace('_', "-"));
            let person = NewPerson { login: &login, display_name: &login, roles: &[*role], solo_practice: false };
            add_demo_person(&practice.db, practice.id, &person, PASSWORD, ordinal).unwrap();
            let mut visitor = Visitor::signed_in(&practice, address, &login);
            let (opened, dead) = dead_ends(&mut visitor);
            assert!(opened > 3, "{role}: only {opened} pages");
            assert!(dead.is_empty(), "{role}: {dead:#?}");
        }
    }
}
