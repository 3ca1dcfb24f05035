//! A person with a browser reduced to what HTTP sees: a cookie, pages, forms.

use std::net::SocketAddr;

use ureq::Agent;

use crate::practice::Practice;

pub struct Visitor {
    agent: Agent,
    base: String,
    cookie: Option<String>,
}

/// An answer: status, where it redirects to, the page.
pub struct Seen {
    pub status: u16,
    pub location: String,
    pub page: String,
}

impl Visitor {
    pub fn new(address: SocketAddr) -> Visitor {
        let config =
            Agent::config_builder().http_status_as_error(false).max_redirects(0).max_idle_connections(0).build();
        Visitor { agent: config.into(), base: format!("http://{address}"), cookie: None }
    }

    /// Signed in as one of the demonstration's people.
    pub fn signed_in(practice: &Practice, address: SocketAddr, login: &str) -> Visitor {
        let mut visitor = Visitor::new(address);
        let (password, code) = practice.log_in_of(login);
        let seen = visitor.post("/log-in", &[("login", login), ("password", &password), ("code", &code)]);
        assert_eq!((seen.status, seen.location.as_str()), (303, "/"), "{}", seen.page);
        visitor
    }

    pub fn get(&mut self, path: &str) -> Seen {
        let mut request = self.agent.get(format!("{}{path}", self.base));
        if let Some(cookie) = &self.cookie {
            request = request.header("cookie", cookie);
        }
        let response = request.call().unwrap();
        self.read(response)
    }

    pub fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Seen {
        let mut request = self.agent.post(format!("{}{path}", self.base)).header("sec-fetch-site", "same-origin");
        if let Some(cookie) = &self.cookie {
            request = request.header("cookie", cookie);
        }
        let response = request.send_form(fields.iter().copied()).unwrap();
        self.read(response)
    }

    /// Sends a file as a browser's form does.
    pub fn upload(&mut self, path: &str, field: &str, name: &str, text: &str) -> Seen {
        let body = format!(
            "--edge\r\nContent-Disposition: form-data; name=\"{field}\"; filename=\"{name}\"\r\n\
             Content-Type: application/octet-stream\r\n\r\n{text}\r\n--edge--\r\n"
        );
        let mut request = self.agent.post(format!("{}{path}", self.base)).header("sec-fetch-site", "same-origin");
        request = request.header("content-type", "multipart/form-data; boundary=edge");
        if let Some(cookie) = &self.cookie {
            request = request.header("cookie", cookie);
        }
        let response = request.send(body).unwrap();
        self.read(response)
    }

    /// The page, which must be there.
    pub fn open(&mut self, path: &str) -> String {
        let seen = self.get(path);
        assert_eq!(seen.status, 200, "{path}: {} {}", seen.location, words(&seen.page));
        seen.page
    }

    fn read(&mut self, mut response: ureq::http::Response<ureq::Body>) -> Seen {
        let header = |name: &str| {
            response.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned()
        };
        let (location, given) = (header("location"), header("set-cookie"));
        if let Some((pair, _)) = given.split_once(';') {
            self.cookie = Some(pair.to_owned());
        }
        let status = response.status().as_u16();
        Seen { status, location, page: response.body_mut().read_to_string().unwrap_or_default() }
    }
}

/// The words of a page without its markup, for messages and for looking things up.
pub fn words(page: &str) -> String {
    let mut text = String::new();
    let mut inside = false;
    for letter in page.chars() {
        match letter {
            '<' => inside = true,
            '>' => {
                inside = false;
                text.push(' ');
            }
            _ if !inside => text.push(letter),
            _ => {}
        }
    }
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Every address on the page that begins with `start`, in its order, each once.
pub fn links(page: &str, start: &str) -> Vec<String> {
    let mut found = Vec::new();
    for piece in page.split("href=\"").skip(1) {
        let address = piece.split('"').next().unwrap_or_default();
        if address.starts_with(start) && !found.iter().any(|known| known == address) {
            found.push(address.to_owned());
        }
    }
    found
}
