//! People on the command line, with the real program: added, acting by a token of theirs, disabled, reset.
#![allow(clippy::expect_used, clippy::unwrap_used)] // In a test a panic is the report.

use std::io::{BufRead, Write};
use std::path::PathBuf;
use std::process::{Command, Stdio};

use store::testing::{TestDb, TestEngine};

/// How long the first round of jobs may take on a busy machine.
const JOBS_RUN_WITHIN: std::time::Duration = std::time::Duration::from_secs(30);

/// A folder with a practice in it; gone afterwards.
struct Trial(PathBuf);

impl Trial {
    fn new(name: &str) -> Trial {
        let folder = std::env::temp_dir().join(format!("tierline-people-{}-{name}", std::process::id()));
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir_all(&folder).unwrap();
        let trial = Trial(folder);
        let bundle = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../testdata/fhir/two-visits.json");
        trial.says(0, &["import", "fhir", "--profile", "synthea", bundle.to_str().unwrap()], "", "");
        trial
    }

    /// Runs the program with what is typed and a token; answers what it said.
    fn says(&self, code: i32, arguments: &[&str], typed: &str, token: &str) -> String {
        let mut child = Command::new(env!("CARGO_BIN_EXE_tierline"))
            .args(arguments)
            .args(["--database", "books.sqlite"])
            .current_dir(&self.0)
            .env_remove("TIERLINE_DATABASE")
            .env("TIERLINE_TOKEN", token)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        child.stdin.take().unwrap().write_all(typed.as_bytes()).unwrap();
        let output = child.wait_with_output().unwrap();
        let said = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {said}");
        said
    }
}

impl Drop for Trial {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

#[test]
fn a_person_is_added_reset_and_disabled_by_name() {
    let trial = Trial::new("names");
    let refused = trial.says(3, &["user", "disable", "nobody"], "", "");
    assert!(refused.contains("no such"), "{refused}");
    let added = trial.says(0, &["user", "add", "nora", "--name", "Nora Vance", "--role", "tier1"], "", "");
    assert!(added.contains("First half") && added.contains("Second half"), "nobody types a password: {added}");
    let refused = trial.says(3, &["user", "approve", "nora"], "", "");
    assert!(refused.contains("does not wait"), "{refused}");
    trial.says(0, &["user", "roles", "nora", "tier1", "coder"], "", "");
    let listed = trial.says(0, &["user", "list"], "", "");
    assert!(listed.lines().any(|line| line.contains("Nora Vance") && line.contains("coder")), "{listed}");
    let refused = trial.says(2, &["user", "roles", "nora", "poster", "manager"], "", "");
    assert!(refused.contains("conflict"), "{refused}");
    let reset = trial.says(0, &["user", "reset", "nora"], "", "");
    assert!(reset.contains("First half") && reset.contains("Second half"), "the file's owner needs nobody: {reset}");
    let refused = trial.says(3, &["user", "approve-reset", "nora"], "", "");
    assert!(refused.contains("No reset"), "{refused}");
    trial.says(0, &["user", "disable", "nora"], "", "");
    let listed = trial.says(0, &["user", "list", "--json"], "", "");
    assert!(listed.contains("\"disabled\""), "{listed}");
}

#[test]
fn where_nobody_else_can_approve_the_owner_of_the_database_lets_people_in_on_a_server_too() {
    if !store::testing::engines().contains(&TestEngine::Postgres) {
        return;
    }
    let schema = TestDb::empty(TestEngine::Postgres, store::Env::system());
    let run = |code: i32, arguments: &[&str]| {
        let output = Command::new(env!("CARGO_BIN_EXE_tierline"))
            .args(arguments)
            .env("TIERLINE_DATABASE", &schema.url)
            .env_remove("TIERLINE_TOKEN")
            .output()
            .unwrap();
        let said = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {said}");
        said
    };
    let sample = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/practice.sample.toml");
    let made = run(0, &["set-up", sample]);
    assert_eq!(made.matches("Start code of").count(), 6, "{made}");
    let reset = run(0, &["user", "reset", "ada.voss"]);
    assert!(reset.contains("First half") && reset.contains("Second half"), "{reset}");
    let refused = run(3, &["user", "approve", "ada.voss"]);
    assert!(refused.contains("does not wait"), "{refused}");
    for other in [&["user", "disable", "ada.voss"][..], &["user", "list"][..]] {
        let refused = run(3, other);
        assert!(refused.contains("--as LOGIN") && refused.contains("user reset LOGIN"), "{refused}");
    }
}

#[test]
fn as_names_the_person_who_acts_in_every_command() {
    let trial = Trial::new("acting");
    let refused = trial.says(3, &["user", "disable", "tess", "--as", "max"], "", "not-a-token");
    assert!(refused.contains("token"), "{refused}");
    let refused = trial.says(3, &["claims", "list", "--as", "tess"], "", "");
    assert!(refused.contains("TIERLINE_TOKEN"), "{refused}");
}

#[test]
fn todays_jobs_run_now_and_are_listed() {
    let trial = Trial::new("jobs");
    let ran: serde_json::Value = serde_json::from_str(&trial.says(0, &["jobs", "--json"], "", "")).unwrap();
    let ran = ran.as_array().unwrap();
    assert!(ran.len() >= 4 && ran.iter().all(|job| job["outcome"] == "done"), "{ran:?}");
    let claims = ran.iter().find(|job| job["job"] == "claims").unwrap();
    assert!(claims["done"].as_i64() > Some(0), "the imported visits became claims: {claims}");
    let listed = trial.says(0, &["jobs", "--list"], "", "");
    assert!(listed.contains("claims") && listed.contains("done"), "{listed}");
}

#[test]
fn whoever_serves_the_desk_is_told_which_jobs_run_and_they_do() {
    let trial = Trial::new("serving");
    let mut child = Command::new(env!("CARGO_BIN_EXE_tierline"))
        .args(["serve", "--listen", "127.0.0.1:0", "--database", "books.sqlite"])
        .current_dir(&trial.0)
        .env_remove("TIERLINE_DATABASE")
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let told: Vec<String> =
        std::io::BufReader::new(child.stdout.take().unwrap()).lines().take(2).map(Result::unwrap).collect();
    let began = std::time::Instant::now();
    let mut listed = String::new();
    while !listed.contains("late-acknowledgments") && began.elapsed() < JOBS_RUN_WITHIN {
        std::thread::sleep(std::time::Duration::from_millis(200));
        listed = trial.says(0, &["jobs", "--list"], "", "");
    }
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(told[0].contains("served on http://127.0.0.1:"), "{told:?}");
    assert!(told[1].contains("Daily jobs run by themselves: claims, "), "{told:?}");
    assert!(app::jobs::JOBS.iter().all(|job| told[1].contains(job.key)), "{told:?}");
    assert!(listed.contains("late-acknowledgments"), "{listed}");
}
