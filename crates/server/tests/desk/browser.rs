//! A real browser: headless Chromium driven over WebDriver. The few commands that the tests need, and no more.

use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use ureq::Agent;

/// Where chromedriver is, when it is not on the path; `cargo xtask test` says it.
const DRIVER_VARIABLE: &str = "TIERLINE_TEST_CHROMEDRIVER";
/// Where Chromium is, likewise.
const CHROMIUM_VARIABLE: &str = "TIERLINE_TEST_CHROMIUM";
/// Where the script of axe-core is; `cargo xtask test` says it.
const AXE_VARIABLE: &str = "TIERLINE_TEST_AXE";
/// How long the driver may take to answer its door.
const DRIVER_STARTS_WITHIN: Duration = Duration::from_secs(20);

/// How long a page may take to come. Generous: the machine may be busy with the other tests.
const COMES_WITHIN: Duration = Duration::from_secs(30);
/// How long to wait before looking again.
const LOOKS_AGAIN_AFTER: Duration = Duration::from_millis(20);

/// Whether a page, and a part that is fetched into it, has come.
const IS_WHOLE: &str = "document.readyState === 'complete' \
    && !document.querySelector('.htmx-request, .htmx-swapping, .htmx-settling')";

/// A browser window. The driver and the browser end with it.
pub struct Browser {
    agent: Agent,
    base: String,
    driver: Child,
    profile: std::path::PathBuf,
}

impl Browser {
    /// A window, or nothing where this machine has no browser; in CI that is a failure.
    pub fn open(width: u32, height: u32) -> Option<Browser> {
        let port = std::net::TcpListener::bind("127.0.0.1:0").ok()?.local_addr().ok()?.port();
        let driver = Command::new(std::env::var(DRIVER_VARIABLE).unwrap_or_else(|_| "chromedriver".to_owned()))
            .arg(format!("--port={port}"))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn();
        let Ok(driver) = driver else {
            eprintln!("SKIPPED browser tests (no chromedriver; Debian has it as chromium-driver)");
            assert!(std::env::var("CI").as_deref() != Ok("true"), "in CI the browser tests run");
            return None;
        };
        let began = Instant::now();
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            assert!(began.elapsed() < DRIVER_STARTS_WITHIN, "chromedriver does not answer");
            std::thread::sleep(Duration::from_millis(50));
        }
        let profile = std::env::temp_dir().join(format!("tierline-browser-{}-{port}", std::process::id()));
        let agent: Agent = Agent::config_builder().http_status_as_error(false).build().into();
        let mut browser = Browser { agent, base: format!("http://127.0.0.1:{port}"), driver, profile };
        browser.begin(width, height);
        Some(browser)
    }

    fn begin(&mut self, width: u32, height: u32) {
        let arguments = [
            "--headless=new".to_owned(),
            "--no-sandbox".to_owned(),
            "--disable-gpu".to_owned(),
            "--no-first-run".to_owned(),
            "--disable-background-networking".to_owned(),
            "--disable-component-update".to_owned(),
            "--disable-sync".to_owned(),
            "--hide-scrollbars".to_owned(),
            "--force-device-scale-factor=1".to_owned(),
            format!("--user-data-dir={}", self.profile.display()),
        ];
        let mut options = json!({"args": arguments});
        if let Ok(chromium) = std::env::var(CHROMIUM_VARIABLE) {
            options["binary"] = Value::String(chromium);
        }
        let capabilities = json!({"goog:chromeOptions": options, "goog:loggingPrefs": {"browser": "ALL"}});
        let answer = self.send("session", &json!({"capabilities": {"alwaysMatch": capabilities}}));
        let session = answer["sessionId"].as_str().expect("a browser session").to_owned();
        self.base = format!("{}/session/{session}", self.base);
        // The page itself gets this size: what the window's frame takes is added.
        let frame = self.script("return [window.outerWidth - innerWidth, window.outerHeight - innerHeight];");
        let (extra_width, extra_height) = (frame[0].as_u64().unwrap_or(0), frame[1].as_u64().unwrap_or(0));
        let size = json!({"width": u64::from(width) + extra_width, "height": u64::from(height) + extra_height});
        self.send("window/rect", &size);
    }

    fn send(&self, path: &str, body: &Value) -> Value {
        self.ask(path, body).unwrap_or_else(|message| panic!("{path}: {message}"))
    }

    /// What the driver answers, or what it says against the command.
    fn ask(&self, path: &str, body: &Value) -> Result<Value, String> {
        let mut response =
            self.agent.post(format!("{}/{path}", self.base)).send_json(body).expect("the driver answers");
        let answer: Value = response.body_mut().read_json().expect("the driver speaks JSON");
        let value = &answer["value"];
        if response.status().is_success() { Ok(value.clone()) } else { Err(value["message"].to_string()) }
    }

    pub fn go(&self, address: &str) {
        self.send("url", &json!({"url": address}));
    }

    pub fn script(&self, script: &str) -> Value {
        self.send("execute/sync", &json!({"script": script, "args": []}))
    }

    fn element(&self, css: &str) -> String {
        let found = self.send("element", &json!({"using": "css selector", "value": css}));
        found.as_object().and_then(|ids| ids.values().next()).and_then(Value::as_str).expect("an element").to_owned()
    }

    pub fn click(&self, css: &str) {
        self.send(&format!("element/{}/click", self.element(css)), &json!({}));
    }

    pub fn write(&self, css: &str, text: &str) {
        self.send(&format!("element/{}/value", self.element(css)), &json!({"text": text}));
    }

    /// Presses keys wherever the focus is.
    pub fn press(&self, keys: &str) {
        self.write("body", keys);
    }

    /// Presses keys on whatever has the focus, and leaves the focus where it is before.
    pub fn press_here(&self, keys: &str) {
        let mut response = self.agent.get(format!("{}/element/active", self.base)).call().expect("the driver answers");
        let answer: Value = response.body_mut().read_json().expect("the driver speaks JSON");
        let ids = answer["value"].as_object().and_then(|ids| ids.values().next()).and_then(Value::as_str);
        self.send(&format!("element/{}/value", ids.expect("an element has the focus")), &json!({"text": keys}));
    }

    pub fn address(&self) -> String {
        self.script("return location.pathname + location.hash;").as_str().unwrap_or_default().to_owned()
    }

    /// Clicks on what leads to another page, and waits until that page is whole. A click alone only sets out: under load
    /// what comes next would still see the page that is left.
    pub fn follow(&self, css: &str) {
        self.script("window.isLeft = true;");
        self.click(css);
        self.waits_for("the next page", "return !window.isLeft;");
    }

    /// Waits until the window is at an address: a row of the desk opens without loading the whole page again.
    pub fn reaches(&self, address: &str) {
        self.waits_for(address, &format!("return location.pathname + location.hash === {};", json!(address)));
    }

    /// Waits until the focus is on the element of this id: a page sets it after it has loaded.
    pub fn focuses(&self, id: &str) {
        self.waits_for(id, &format!("return document.activeElement?.id === {};", json!(id)));
    }

    /// Waits until a script says true about a page that is whole. A script that a new page cuts off is asked again.
    pub fn waits_for(&self, what: &str, script: &str) {
        let body = json!({"script": format!("if (!({IS_WHOLE})) return false; {script}"), "args": []});
        let began = Instant::now();
        while self.ask("execute/sync", &body) != Ok(Value::Bool(true)) {
            assert!(
                began.elapsed() < COMES_WITHIN,
                "{what} does not come; the window is at {}: {:?}",
                self.address(),
                self.complaints()
            );
            std::thread::sleep(LOOKS_AGAIN_AFTER);
        }
    }

    /// The picture of the window, as PNG bytes.
    pub fn picture(&self) -> Vec<u8> {
        let mut response = self.agent.get(format!("{}/screenshot", self.base)).call().expect("a picture");
        let answer: Value = response.body_mut().with_config().limit(64 << 20).read_json().expect("a picture");
        from_base64(answer["value"].as_str().unwrap_or_default())
    }

    /// What axe-core finds wrong with the page by WCAG 2.2 at levels A and AA, with where it is; nothing where the script
    /// of the variable is not there. `cargo xtask test` installs it.
    pub fn barriers(&self) -> Value {
        let Ok(path) = std::env::var(AXE_VARIABLE) else { return json!([]) };
        let axe = std::fs::read_to_string(path).expect("the script of axe-core");
        self.script(&format!(
            "{axe}\nreturn axe.run(document, {{ runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'], \
             resultTypes: ['violations'] }}).then((found) => found.violations.map((one) => one.id + ': ' \
             + one.nodes.slice(0, 3).map((node) => node.target.join(' ')).join(', ')));"
        ))
    }

    /// What the browser complained about: a broken script, a blocked style, a missing file.
    pub fn complaints(&self) -> Vec<String> {
        let lines = self.send("se/log", &json!({"type": "browser"}));
        lines
            .as_array()
            .into_iter()
            .flatten()
            .filter(|line| matches!(line["level"].as_str(), Some("SEVERE" | "WARNING")))
            .map(|line| line["message"].as_str().unwrap_or_default().to_owned())
            .collect()
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        // The session ends the browser, the kill ends the driver; what fails here fails nothing else.
        let _ = self.agent.delete(&self.base).call();
        let _ = self.driver.kill();
        let _ = self.driver.wait();
        let _ = std::fs::remove_dir_all(&self.profile);
    }
}

fn from_base64(text: &str) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(text.len() / 4 * 3);
    let (mut bits, mut count) = (0_u32, 0);
    for letter in text.bytes() {
        let value = match letter {
            b'A'..=b'Z' => letter - b'A',
            b'a'..=b'z' => letter - b'a' + 26,
            b'0'..=b'9' => letter - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            _ => continue,
        };
        bits = (bits << 6) | u32::from(value);
        count += 6;
        if count >= 8 {
            count -= 8;
            bytes.push(u8::try_from((bits >> count) & 0xff).unwrap_or(0));
        }
    }
    bytes
}
