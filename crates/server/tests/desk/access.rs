//! Who reaches what: every route against every role of the matrix, sessions that end, guesses that lead nowhere.

use app::users::{NewPerson, add_demo_person};
use axum::body::{Body, to_bytes};
use axum::http::{Request, StatusCode, header};
use billing::access::{Cell, Matrix, Role};
use server::web::{ByPolicy, Policy, router, table};
use tower::ServiceExt;

use crate::practice::Practice;
use crate::visitor::{Visitor, links};

const PASSWORD: &str = "nine quiet paper boats";

/// A path with an id that belongs to nothing wherever the route has one.
fn path_of(route: &str) -> String {
    route
        .split('/')
        .map(|part| if part.starts_with('{') { "01990000-0000-7000-8000-00000000abcd" } else { part })
        .collect::<Vec<_>>()
        .join("/")
}

#[test]
fn every_route_is_open_to_the_roles_of_the_matrix_and_to_nobody_else() {
    let practice = Practice::new();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let router = router(practice.desk());
    let mut refusals = Vec::new();
    for role in Role::ALL {
        let login = format!("only.{}", role.key().replace('_', "."));
        let cookie = cookie_of(&practice, &login, role);
        for route in table() {
            let Policy::May(action) = route.policy else { continue };
            let request = Request::builder()
                .method(route.method)
                .uri(path_of(route.path))
                .header("sec-fetch-site", "same-origin")
                .header(header::COOKIE, &cookie)
                .body(Body::empty())
                .unwrap();
            let response = runtime.block_on(router.clone().oneshot(request)).unwrap();
            let refused = response.extensions().get::<ByPolicy>().is_some();
            let granted = !matches!(Matrix::get().cell(action, role), Cell::No | Cell::OwnRecord)
                || (action == billing::access::Action::ManageOwnLogin);
            assert_eq!(refused, !granted, "{role} {} {} ({action:?})", route.method, route.path);
            if refused {
                assert_eq!(response.status(), StatusCode::NOT_FOUND);
                refusals.push(runtime.block_on(to_bytes(response.into_body(), 1 << 20)).unwrap());
            }
        }
    }
    assert!(refusals.len() > 100, "{}", refusals.len());
    assert!(refusals.windows(2).all(|pair| pair[0] == pair[1]), "a refusal says nothing about what is there");
}

fn cookie_of(practice: &Practice, login: &str, role: Role) -> String {
    let person = NewPerson { login, display_name: login, roles: &[role], solo_practice: false };
    add_demo_person(&practice.db, practice.id, &person, PASSWORD, 99).unwrap();
    let (password, code) = practice.log_in_of(login);
    let attempt = app::access::log_in::Attempt { login, password: &password, code: &code, network: "test", device: "" };
    match app::access::log_in::log_in(&practice.db, practice.id, &attempt).unwrap() {
        app::access::log_in::Answer::In { secret, .. } => format!("session={secret}"),
        other => panic!("{login}: {other:?}"),
    }
}

#[test]
fn without_a_session_every_page_leads_to_the_log_in() {
    let practice = Practice::new();
    let mut stranger = Visitor::new(practice.serve());
    for route in table() {
        let path = path_of(route.path);
        let seen = if route.method == "GET" { stranger.get(&path) } else { stranger.post(&path, &[]) };
        match route.policy {
            Policy::Open => assert_ne!(seen.status, 303, "{path}"),
            Policy::Enrolling | Policy::May(_) => {
                assert!(seen.status == 303 && seen.location.starts_with("/log-in"), "{path}: {}", seen.status);
            }
        }
    }
}

#[test]
fn tier_one_cannot_open_denial_work_by_any_address() {
    let practice = Practice::new();
    let address = practice.serve();
    let mut tier2 = Visitor::signed_in(&practice, address, "theo");
    let denials = links(&tier2.open("/work?desk=tier2"), "/work/");
    assert!(denials.len() > 2, "the demonstration has denials");
    let mut tier1 = Visitor::signed_in(&practice, address, "tess");
    let nothing = tier1.get("/work/01990000-0000-7000-8000-00000000abcd");
    assert_eq!(nothing.status, 404);
    assert_eq!(tier1.get("/work?desk=tier2").status, 404);
    assert_eq!(tier1.post("/work/next?desk=tier2", &[]).status, 404);
    for item in denials {
        assert!(tier2.open(&item).contains("item-title"));
        let seen = tier1.get(&item);
        assert_eq!((seen.status, &seen.page), (404, &nothing.page), "{item}");
        for action in ["assignment", "assignment/end", "escalations", "returns", "resolutions", "notes"] {
            let form = [
                ("problem", "The payer denied it."),
                ("tried", "Read the remittance."),
                ("evidence", "The remittance."),
                ("to_decide", "Appeal or not?"),
                ("outcome", "Done by Tier 1."),
                ("root_cause", "payer/policy or benefit"),
                ("code", "appealed"),
                ("note", "A note of Tier 1."),
                ("why", "Something is missing."),
            ];
            let seen = tier1.post(&format!("{item}/{action}"), &form);
            assert_eq!((seen.status, &seen.page), (404, &nothing.page), "{item}/{action}");
        }
        assert!(!tier2.open(&item).contains("Done by Tier 1."));
    }
}

#[test]
fn a_disabled_person_is_out_in_the_same_moment() {
    let practice = Practice::new();
    let address = practice.serve();
    let mut poster = Visitor::signed_in(&practice, address, "pia");
    poster.open("/remittances");
    let mut administrator = Visitor::signed_in(&practice, address, "ada");
    let user = practice.db.read(&practice.system(), practice.id, |read| app::users::by_login(read, "pia")).unwrap();
    let (password, code) = practice.log_in_of("pia");
    let seen = administrator.post(&format!("/users/{}/disabling", user.id), &[]);
    assert_eq!((seen.status, seen.location.as_str()), (303, "/users?done=disabled"));
    assert_eq!(poster.get("/remittances").location, "/log-in?to=/remittances");
    let seen = poster.post("/log-in", &[("login", "pia"), ("password", &password), ("code", &code)]);
    assert!(seen.status == 200 && seen.page.contains("That did not match."));
}

#[test]
fn guesses_read_all_the_same_and_run_dry() {
    let practice = Practice::new();
    let address = practice.serve();
    let mut stranger = Visitor::new(address);
    let (password, code) = practice.log_in_of("tess");
    let mut answers = Vec::new();
    for (login, password, code) in [
        ("nobody", password.as_str(), code.as_str()),
        ("tess", "a wrong password it is", code.as_str()),
        ("tess", password.as_str(), "000000"),
    ] {
        let seen = stranger.post("/log-in", &[("login", login), ("password", password), ("code", code)]);
        assert_eq!(seen.status, 200);
        answers.push(seen.page.contains("That did not match."));
    }
    assert_eq!(answers, [true; 3]);
    let mut last = String::new();
    for _ in 0..12 {
        last = stranger.post("/log-in", &[("login", "tess"), ("password", "x"), ("code", "")]).page;
    }
    assert!(last.contains("Too many attempts."));
}

#[test]
fn a_code_opens_once_and_a_session_ends_by_itself() {
    let practice = Practice::new();
    let address = practice.serve();
    let (password, code) = practice.log_in_of("tess");
    let form = [("login", "tess"), ("password", password.as_str()), ("code", code.as_str())];
    let mut tier1 = Visitor::new(address);
    assert_eq!(tier1.post("/log-in", &form).status, 303);
    assert!(Visitor::new(address).post("/log-in", &form).page.contains("That did not match."));
    practice.env.advance(jiff::SignedDuration::from_mins(14));
    tier1.open("/work");
    practice.env.advance(jiff::SignedDuration::from_mins(14));
    tier1.open("/work");
    practice.env.advance(jiff::SignedDuration::from_mins(16));
    assert_eq!(tier1.get("/work").location, "/log-in?to=/work");
}

#[test]
fn a_form_of_another_site_is_refused() {
    let practice = Practice::new();
    let address = practice.serve();
    let agent: ureq::Agent = ureq::Agent::config_builder().http_status_as_error(false).build().into();
    let answer = agent
        .post(format!("http://{address}/log-in"))
        .header("sec-fetch-site", "cross-site")
        .send_form([("login", "tess")])
        .unwrap();
    assert_eq!(answer.status().as_u16(), 403);
}
