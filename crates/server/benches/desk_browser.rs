//! A person's browser without a socket, for benchmarks: requests go straight to the router that `serve` listens with.
#![allow(clippy::unwrap_used, clippy::expect_used, dead_code)] // a benchmark that cannot be set up must stop

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Request, StatusCode, header};
use billing::access::Role;
use server::web::{Desk, router};
use store::testing::{PRACTICE, TestDb};
use tower::ServiceExt as _;

/// The largest page that is read back; far above any.
const PAGE_BYTES: usize = 4 * 1024 * 1024;

/// A person's browser without a socket: requests go straight to the router that `serve` listens with.
pub struct Browser {
    runtime: tokio::runtime::Runtime,
    router: Router,
    cookie: String,
}

impl Browser {
    /// Signs in as somebody of a role, made for it.
    pub fn signed_in(db: &TestDb, login: &str, role: Role) -> Browser {
        let person = app::users::NewPerson { login, display_name: "Rosa Idowu", roles: &[role], solo_practice: false };
        app::users::add_demo_person(db, PRACTICE, &person, "correct horse battery staple", 1).unwrap();
        let shown =
            app::access::log_in::demo_logins(db, PRACTICE).unwrap().into_iter().find(|one| one.login == login).unwrap();
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
        let desk = Desk::new((**db).clone(), PRACTICE, false);
        let mut browser = Browser { runtime, router: router(desk), cookie: String::new() };
        let form = format!("login={login}&password={}&code={}", shown.password.replace(' ', "+"), shown.code);
        browser.cookie = browser.ask(post("/log-in", form), StatusCode::SEE_OTHER).expect("a log-in gives a cookie");
        browser
    }

    /// Opens a page.
    pub fn get(&self, path: &str) {
        let request = Request::get(path).body(Body::empty()).unwrap();
        self.ask(request, StatusCode::OK);
    }

    /// Sends a form.
    pub fn send(&self, path: &str, form: &str, expected: StatusCode) {
        self.ask(post(path, form.to_owned()), expected);
    }

    /// Finds what is typed.
    pub fn find(&self, typed: &str, expected: StatusCode) {
        self.ask(post("/find", format!("q={typed}")), expected);
    }

    /// Reads the whole answer; gives the cookie that came with it.
    fn ask(&self, mut request: Request<Body>, expected: StatusCode) -> Option<String> {
        let headers = request.headers_mut();
        headers.insert(header::COOKIE, self.cookie.parse().unwrap());
        headers.insert(header::ACCEPT_ENCODING, "gzip, deflate, br".parse().unwrap());
        let path = request.uri().path().to_owned();
        self.runtime.block_on(async {
            let response = self.router.clone().oneshot(request).await.unwrap();
            let status = response.status();
            let given = response.headers().get(header::SET_COOKIE).and_then(|cookie| cookie.to_str().ok());
            let cookie = given.and_then(|cookie| cookie.split(';').next()).map(str::to_owned);
            let page = to_bytes(response.into_body(), PAGE_BYTES).await.unwrap();
            assert_eq!(status, expected, "{path}: {}", String::from_utf8_lossy(&page));
            cookie
        })
    }
}

fn post(path: &str, form: String) -> Request<Body> {
    Request::post(path)
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .header("sec-fetch-site", "same-origin")
        .body(Body::from(form))
        .unwrap()
}
