//! The desk as a place to work, over HTTP: queues narrowed and kept, one step for many, undo, drafts, a colleague who was
//! faster, finding as one types, notices, the wall, news.

use std::io::Read as _;
use std::net::SocketAddr;

use app::worklist::{bulk, filter};
use billing::WorkItemId;
use billing::access::Actor;
use billing::counting::counted;
use store::worklist::QueueCursor;

use crate::practice::Practice;
use crate::visitor::{Visitor, links, words};

/// The items of an address, without what its links carry.
/// How often the wall is asked for until it counts again.
const COUNTS_WAITED_FOR: usize = 100;

fn items(page: &str) -> Vec<String> {
    let mut items: Vec<String> = links(page, "/work/0").into_iter().collect();
    items.iter_mut().for_each(|href| *href = href.split('?').next().unwrap().to_owned());
    items
}

fn id_of(item: &str) -> WorkItemId {
    item.trim_start_matches("/work/").parse().unwrap()
}

fn actor(practice: &Practice, login: &str) -> Actor {
    practice
        .db
        .read(&practice.system(), practice.id, |read| {
            let user = read.query_opt(&store::users::USER_BY_LOGIN, store::params![login])?.unwrap();
            app::access::session::actor_of(read, &user)
        })
        .unwrap()
}

fn asked(query: &str) -> filter::Filter {
    filter::Filter::read(query.split('&').filter_map(|pair| pair.split_once('=')))
}

fn visitor(practice: &Practice, address: SocketAddr, login: &str) -> Visitor {
    Visitor::signed_in(practice, address, login)
}

#[test]
fn a_queue_is_narrowed_by_several_values_and_by_all_of_them_on_each_engine() {
    for practice in Practice::on_each_engine() {
        let theo = actor(&practice, "theo");
        let list =
            |query: &str| filter::list(&practice.db, &theo, practice.id, &asked(query), QueueCursor::START).unwrap();
        let all = list("");
        assert!(all.len() > 5, "the demonstration has open work");
        assert!(
            all.windows(2).all(|pair| (pair[0].due_on, pair[0].id) < (pair[1].due_on, pair[1].id)),
            "in order, once"
        );
        let reason = all[0].reason;
        let of_reason = list(&format!("reason={}", reason.as_str()));
        assert_eq!(of_reason, all.iter().filter(|row| row.reason == reason).cloned().collect::<Vec<_>>());
        let other = all.iter().find(|row| row.reason != reason).unwrap().reason;
        let both = list(&format!("reason={}&reason={}", reason.as_str(), other.as_str()));
        assert_eq!(both.len(), all.iter().filter(|row| [reason, other].contains(&row.reason)).count());
        let tier2 = list("desk=tier2");
        assert_eq!(tier2, all.iter().filter(|row| row.desk.as_str() == "tier2").cloned().collect::<Vec<_>>());
        assert_eq!(list("owner=nobody&desk=tier2").len(), tier2.iter().filter(|row| row.owner_id.is_none()).count());
        let from = tier2.iter().map(|row| row.stake_cents).max().unwrap();
        let rich = list(&format!("desk=tier2&from={from}"));
        assert!(!rich.is_empty() && rich.iter().all(|row| row.stake_cents >= from));
        let late = list("due=late");
        assert!(late.iter().all(|row| row.due_on < practice.db.today(practice.id).unwrap()));
        assert!(list("days=9000").is_empty() && list("state=taken&owner=nobody").is_empty());
        let denied = Err::<(), _>(filter::list(
            &practice.db,
            &actor(&practice, "tess"),
            practice.id,
            &asked("desk=tier2"),
            QueueCursor::START,
        ));
        assert!(denied.is_err_and(|answer| answer.is_err()), "Tier 1 does not see that queue");
    }
}

#[test]
fn a_view_is_kept_shared_with_a_desk_and_removed_by_its_owner() {
    let practice = Practice::new();
    let address = practice.serve();
    let mut theo = visitor(&practice, address, "theo");
    let kept = theo.post("/work/views?desk=tier2&owner=nobody", &[("name", "Untouched"), ("shared", "tier2")]);
    assert_eq!(kept.location, "/work?desk=tier2&owner=nobody&done=view-kept");
    let again = theo.post("/work/views?desk=tier2", &[("name", "Untouched"), ("shared", "")]);
    assert!(again.status == 422 && words(&again.page).contains("Choose another"));
    let mut max = visitor(&practice, address, "max");
    let mut tess = visitor(&practice, address, "tess");
    let href = "/work?desk=tier2&#38;owner=nobody";
    assert!(max.open("/work").contains(href), "who sees the desk has the view");
    assert!(!tess.open("/work").contains(href), "who does not see the desk has not");
    let page = theo.open("/work");
    let removal = page.split("/work/views/").nth(1).unwrap().split('"').next().unwrap();
    assert_eq!(tess.post(&format!("/work/views/{removal}"), &[]).status, 404);
    assert_eq!(theo.post(&format!("/work/views/{removal}"), &[]).location, "/work?done=view-removed");
    assert!(!max.open("/work").contains(href));
}

#[test]
fn a_step_for_many_is_looked_at_first_and_then_done_to_whom_it_fits() {
    let practice = Practice::new();
    let address = practice.serve();
    let mut theo = visitor(&practice, address, "theo");
    let free = items(&theo.open("/work?desk=tier2&owner=nobody"));
    let (first, second) = (id_of(&free[0]).to_string(), id_of(&free[1]).to_string());
    assert_eq!(theo.post(&format!("{}/assignment", free[0]), &[]).status, 303);
    let chosen = [("step", "take"), ("item", first.as_str()), ("item", second.as_str())];
    let look = theo.post("/work/bulk?desk=tier2", &chosen);
    let said = words(&look.page);
    assert!(said.contains("1 item would change, 1 item would be left out"), "{said}");
    assert!(said.contains("It is yours already"), "{said}");
    assert!(items(&theo.open("/work?desk=mine")).len() < 2 || !theo.open("/work?desk=mine").contains(&second));
    let done = words(&theo.post("/work/bulk/doing?desk=tier2", &chosen).page);
    assert!(done.contains("1 item done, 1 item left out"), "{done}");
    assert!(theo.open("/work?desk=mine").contains(&second), "it is his now");

    let tess = actor(&practice, "tess").user.to_string();
    let mut max = visitor(&practice, address, "max");
    let give = |person: &str| [("step", "assign".to_owned()), ("item", second.clone()), ("person", person.to_owned())];
    let refused = give(&tess);
    let refused: Vec<(&str, &str)> = refused.iter().map(|(name, value)| (*name, value.as_str())).collect();
    assert!(words(&max.post("/work/bulk", &refused).page).contains("does not work Tier 2"));
    assert_eq!(theo.post("/work/bulk/doing", &refused).status, 200);
    assert!(theo.open("/work?desk=mine").contains(&second), "only who gives work gives it");
    let noted = [("step", "note"), ("item", first.as_str()), ("item", second.as_str()), ("note", "Call on Monday.")];
    assert!(words(&theo.post("/work/bulk/doing", &noted).page).contains("2 items done"));
    assert!(theo.open(&free[0]).contains("Call on Monday."));
    let nothing = theo.post("/work/bulk", &[("step", "take")]);
    assert!(nothing.status == 422 && words(&nothing.page).contains("Choose 1 to 100 items"));
}

/// How many notices a page says are unread.
fn unread(page: &str) -> usize {
    let words = words(page);
    words.split(" unread").next().and_then(|before| before.split(' ').next_back()?.parse().ok()).expect("a count")
}

#[test]
fn given_work_is_told_and_read_by_opening_it() {
    let practice = Practice::new();
    let address = practice.serve();
    let (max, theo) = (actor(&practice, "max"), actor(&practice, "theo"));
    let mut desk = visitor(&practice, address, "theo");
    let item = items(&desk.open("/work?desk=tier2&owner=nobody")).remove(0);
    let before = unread(&desk.open("/notices"));
    let step = bulk::Step::Assign(theo.user);
    let lines = bulk::carry_out(&practice.db, &max, practice.id, &step, &[id_of(&item)]).unwrap();
    assert!(lines.iter().all(|line| line.outcome.is_ok()), "{lines:?}");
    let list = desk.open("/notices");
    assert!(unread(&list) == before + 1 && list.contains(&item) && words(&list).contains("Given to you"));
    desk.open(&item);
    assert_eq!(unread(&desk.open("/notices")), before);

    assert!(words(&desk.post("/notices/letter", &[("address", "theo at home")]).page).contains("Write one address"));
    assert_eq!(desk.post("/notices/letter", &[("address", "theo@example.org")]).location, "/notices?done=letter-set");
    bulk::carry_out(&practice.db, &max, practice.id, &bulk::Step::PutBack, &[id_of(&item)]).unwrap();
    bulk::carry_out(&practice.db, &max, practice.id, &step, &[id_of(&item)]).unwrap();
    let letters = Letters::default();
    assert_eq!(app::notices::send_letters(&practice.db, practice.id, &letters).unwrap(), 1);
    assert_eq!(app::notices::send_letters(&practice.db, practice.id, &letters).unwrap(), 0, "once a day");
    let letter = letters.0.borrow()[0].clone();
    assert_eq!(letter.to, "theo@example.org");
    assert!(
        letter.body.contains(&format!("{} unread.", counted(before + 1, "notice"))) && !letter.body.contains("claim"),
        "{}",
        letter.body
    );
}

#[test]
fn the_served_desk_sends_a_letter_once_a_day_and_a_lead_reads_how_many_clocks_end() {
    let practice = Practice::new();
    let address = practice.serve();
    let max = actor(&practice, "max");
    app::notices::set_address(&practice.db, &max, practice.id, "max@example.org").unwrap();
    practice.db.env().advance_to(practice.db.env().now() + jiff::SignedDuration::from_hours(24 * 200));
    app::jobs::run_due(&practice.db, practice.id).unwrap();
    let letters = Letters::default();
    assert_eq!(server::daily::letters(&practice.db, practice.id, &letters), None);
    assert_eq!(server::daily::letters(&practice.db, practice.id, &letters), None, "a second look on the same day");
    let sent = letters.0.borrow().clone();
    assert_eq!(sent.len(), 1, "{sent:?}");
    assert!(sent[0].body.contains("past the last day and undecided") && sent[0].body.contains("within a week"));
    practice.db.env().advance_to(practice.db.env().now() + jiff::SignedDuration::from_hours(24));
    assert_eq!(server::daily::letters(&practice.db, practice.id, &letters), None);
    assert_eq!(letters.0.borrow().len(), 2, "the next day has its own");
    let jobs = |practice: &Practice| words(&visitor(practice, address, "max").open("/jobs"));
    assert!(jobs(&practice).contains("daily letter of counts"));
    let broken = server::daily::letters(&practice.db, practice.id, &NoCarrier);
    assert_eq!(broken, None, "today’s went already");
    practice.db.env().advance_to(practice.db.env().now() + jiff::SignedDuration::from_hours(24));
    assert!(server::daily::letters(&practice.db, practice.id, &NoCarrier).unwrap().contains("the folder is full"));
    assert!(jobs(&practice).contains("the folder is full"), "the manager reads why");
}

struct NoCarrier;

impl app::notices::Mail for NoCarrier {
    fn post(&self, _: &str, _: &app::notices::Letter) -> Result<(), app::clearinghouse::CarrierError> {
        Err(app::clearinghouse::CarrierError("Nothing more fits: the folder is full.".to_owned()))
    }
}

#[derive(Default)]
struct Letters(std::cell::RefCell<Vec<app::notices::Letter>>);

impl app::notices::Mail for Letters {
    fn post(&self, _: &str, letter: &app::notices::Letter) -> Result<(), app::clearinghouse::CarrierError> {
        self.0.borrow_mut().push(letter.clone());
        Ok(())
    }
}

#[test]
fn a_slip_of_the_hand_is_taken_back_while_it_is_fresh_and_the_history_says_so() {
    let practice = Practice::new();
    let address = practice.serve();
    let mut theo = visitor(&practice, address, "theo");
    let item = items(&theo.open("/work?desk=tier2&owner=nobody")).remove(0);
    let taken = theo.post(&format!("{item}/assignment"), &[]).location;
    assert!(theo.open(&taken).contains(&format!("{item}/undo")), "the toast takes it back");
    assert_eq!(theo.post(&format!("{item}/undo"), &[]).location, format!("{item}?done=undone"));
    assert!(words(&theo.open(&item)).contains("Taken by mistake"));
    assert!(words(&theo.post(&format!("{item}/undo"), &[]).page).contains("nothing to take back"));
    theo.post(&format!("{item}/notes"), &[("note", "On the wrong item.")]);
    practice.env.advance(jiff::SignedDuration::from_mins(11));
    assert!(!theo.open(&item).contains(&format!("{item}/undo")), "after ten minutes it stands");
    assert!(words(&theo.post(&format!("{item}/undo"), &[]).page).contains("within ten minutes"));
}

#[test]
fn words_that_were_not_sent_are_there_again_for_their_writer_alone() {
    let practice = Practice::new();
    let address = practice.serve();
    let mut theo = visitor(&practice, address, "theo");
    let item = items(&theo.open("/work?desk=tier2&owner=nobody")).remove(0);
    let typed = [("form", "notes"), ("note", "She called twice about it."), ("state", "nothing of ours")];
    assert_eq!(theo.post(&format!("{item}/drafts"), &typed).status, 204);
    let page = theo.open(&item);
    assert!(page.contains("She called twice about it.") && words(&page).contains("were kept"));
    let mut max = visitor(&practice, address, "max");
    assert!(!max.open(&item).contains("She called twice"), "nobody else reads them");
    let mut tess = visitor(&practice, address, "tess");
    assert_eq!(tess.post(&format!("{item}/drafts"), &typed).status, 404, "not on what one may not see");
    theo.post(&format!("{item}/notes"), &[("note", "She called twice about it.")]);
    assert!(!words(&theo.open(&item)).contains("were kept"), "what is sent is no draft");
    theo.post(&format!("{item}/drafts"), &[("form", "returns"), ("why", "The card is missing.")]);
    assert!(theo.post(&format!("{item}/drafts/removal"), &[]).location.ends_with("done=draft-dropped"));
    assert!(!theo.open(&item).contains("The card is missing."));
    let long = "x".repeat(20_000);
    assert_eq!(theo.post(&format!("{item}/drafts"), &[("form", "notes"), ("note", &long)]).status, 422);
}

#[test]
fn what_a_colleague_did_meanwhile_stands_beside_what_was_typed_and_one_goes_on() {
    let practice = Practice::new();
    let address = practice.serve();
    let mut tess = visitor(&practice, address, "tess");
    let item = items(&tess.open("/work?desk=tier1&owner=nobody")).remove(0);
    tess.post(&format!("{item}/assignment"), &[]);
    let page = tess.open(&item);
    let seen = page.split("name=\"seen\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let max = actor(&practice, "max");
    let given_again = bulk::Step::Assign(actor(&practice, "tess").user);
    bulk::carry_out(&practice.db, &max, practice.id, &bulk::Step::PutBack, &[id_of(&item)]).unwrap();
    bulk::carry_out(&practice.db, &max, practice.id, &given_again, &[id_of(&item)]).unwrap();
    let handover = |seen: &str| {
        [
            ("problem", "Payer says no authorization was given.".to_owned()),
            ("tried", "Called the payer twice.".to_owned()),
            ("evidence", "Call reference 5520-7781.".to_owned()),
            ("to_decide", "Retro authorization or appeal?".to_owned()),
            ("seen", seen.to_owned()),
        ]
    };
    let send = |tess: &mut Visitor, seen: &str| {
        let fields = handover(seen);
        let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
        tess.post(&format!("{item}/escalations"), &fields)
    };
    let stopped = send(&mut tess, &seen);
    let said = words(&stopped.page);
    assert!(stopped.status == 200 && said.contains("While you wrote, this changed"), "{said}");
    assert!(said.contains("Given to tess by max") && said.contains("Call reference 5520-7781."), "{said}");
    let seen = stopped.page.split("name=\"seen\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    assert_eq!(send(&mut tess, &seen).location, "/work?done=escalated", "sent again, it goes through");
}

#[test]
fn as_one_types_pages_people_and_numbers_are_found_by_who_may_see_them() {
    let practice = Practice::new();
    let address = practice.serve();
    let mut theo = visitor(&practice, address, "theo");
    let find = |visitor: &mut Visitor, typed: &str| visitor.post("/palette", &[("q", typed)]).page;
    assert!(find(&mut theo, "cla").contains("href=\"/claims\""));
    let claims = theo.open("/claims");
    let claim = links(&claims, "/claims/0").remove(0);
    let number = claims.split(&claim).nth(1).unwrap().split('>').nth(1).unwrap().split('<').next().unwrap().to_owned();
    assert!(find(&mut theo, &number).contains(&claim), "{number}");
    let last = practice
        .db
        .read(&practice.system(), practice.id, |read| {
            let ids = store::testing::facts::ids(read, "patient")?;
            read.query_one(&store::views::patients::PATIENT_HEAD, store::params![ids[0]])
        })
        .unwrap()
        .patient
        .0
        .name
        .last;
    assert!(find(&mut theo, &last).contains("/patients/"));
    let mut ada = visitor(&practice, address, "ada");
    assert!(!find(&mut ada, &last).contains("/patients/") && find(&mut ada, "people").contains("/users"));
    assert!(words(&find(&mut theo, "zzzzzz")).contains("Nothing fits"));
}

#[test]
fn the_wall_counts_what_its_lists_show() {
    for practice in Practice::on_each_engine() {
        let address = practice.serve();
        let mut max = visitor(&practice, address, "max");
        let wall = max.open("/wall");
        let all = filter::list(
            &practice.db,
            &actor(&practice, "max"),
            practice.id,
            &filter::Filter::default(),
            QueueCursor::START,
        )
        .unwrap();
        assert!(words(&wall).contains(&format!("Open work {} ", all.len())), "{}", words(&wall));
        let late = all.iter().filter(|row| row.due_on < practice.db.today(practice.id).unwrap()).count();
        assert!(words(&wall).contains(&format!("Late {late} ")));
        let line = links(&wall, "/work?desk=").into_iter().find(|href| href.contains("reason=")).unwrap();
        assert!(!items(&max.open(&line.replace("&#38;", "&").replace("&amp;", "&"))).is_empty());
        let item = items(&max.open("/work?desk=tier2&owner=nobody")).remove(0);
        let give = bulk::Step::Assign(actor(&practice, "theo").user);
        let given =
            bulk::carry_out(&practice.db, &actor(&practice, "max"), practice.id, &give, &[id_of(&item)]).unwrap();
        println!("GIVEN {given:?}");
        let theo = actor(&practice, "theo").user;
        // The wall is counted for a small part of the time only: what just happened is shown at the next count.
        let own = format!("/work?owner={theo}");
        let is_shown = (0..COUNTS_WAITED_FOR).any(|_| {
            std::thread::sleep(std::time::Duration::from_millis(200));
            max.open("/wall").contains(&own)
        });
        assert!(is_shown, "it shows what just happened");
        assert_eq!(visitor(&practice, address, "tess").get("/wall").status, 404);
    }
}

#[test]
fn a_page_that_listens_is_told_of_news_and_keeps_no_session_alive() {
    let practice = Practice::new();
    let address = practice.serve();
    let (password, code) = practice.log_in_of("theo");
    let agent: ureq::Agent = ureq::Agent::config_builder().http_status_as_error(false).max_redirects(0).build().into();
    let form = [("login", "theo"), ("password", password.as_str()), ("code", code.as_str())];
    let signed_in = agent
        .post(format!("http://{address}/log-in"))
        .header("sec-fetch-site", "same-origin")
        .send_form(form.iter().copied())
        .unwrap();
    let cookie = signed_in.headers().get("set-cookie").unwrap().to_str().unwrap().split(';').next().unwrap().to_owned();
    let listen = || agent.get(format!("http://{address}/events")).header("cookie", &cookie).call().unwrap();
    let mut stream = listen().into_body().into_reader();
    let mut next = || {
        let mut text = String::new();
        let mut byte = [0_u8; 1];
        while !text.ends_with("\n\n") && stream.read(&mut byte).unwrap() == 1 {
            text.push(char::from(byte[0]));
        }
        text
    };
    let first = next();
    let before: usize = first.split("\"unread\":").nth(1).unwrap().split([',', '}']).next().unwrap().parse().unwrap();
    let theo = actor(&practice, "theo");
    let row = filter::list(&practice.db, &theo, practice.id, &asked("owner=nobody&desk=tier2"), QueueCursor::START)
        .unwrap()
        .remove(0);
    bulk::carry_out(&practice.db, &actor(&practice, "max"), practice.id, &bulk::Step::Assign(theo.user), &[row.id])
        .unwrap();
    let news = next();
    assert!(news.contains(&format!("\"unread\":{}", before + 1)) && news.contains("Given to you"), "{news}");
    practice.env.advance(jiff::SignedDuration::from_hours(48));
    assert_eq!(next(), "", "the stream ends with its session");
    assert_eq!(listen().status(), 303, "listening kept nothing alive");
}
