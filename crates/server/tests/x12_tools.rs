//! The X12 tools as a person runs them: many files, folders, standard input, exit codes, files that are written.
#![allow(clippy::unwrap_used)] // A test that cannot run the program must stop.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

fn case(name: &str) -> String {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../testdata/x12/cases").join(name).display().to_string()
}

fn run(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_tierline")).arg("x12").args(arguments).output().unwrap()
}

fn text(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// A folder of this test alone; gone and made anew.
fn folder(name: &str) -> PathBuf {
    let folder = std::env::temp_dir().join(format!("tierline-x12-{}-{name}", std::process::id()));
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

#[test]
fn the_verdict_gives_the_exit_code() {
    let (good, bad) = (case("ok-837P.x12"), case("bad-837P-bad-sbr01.x12"));
    for (arguments, code, says) in [
        (vec!["check", &good], 0, ": accepted · 33 segments"),
        (vec!["check", &good, &bad], 1, "    SBR*A*99*AAA9******AA\n        ^"),
        (vec!["check", "--show-data", &bad], 1, "    SBR*X*18*GRP1******CI\n        ^"),
        (vec!["check", "--html", &bad], 1, "<mark>A</mark>"),
        (
            vec!["check", "--json", &bad],
            1,
            "\"code\":\"IK403=7\",\"segment\":\"SBR\",\"loop\":\"2000B\",\"element\":1,\"byte\":469,",
        ),
        (vec!["check", "no-such-file"], 2, ""),
        (vec!["show", &good], 0, "2300 claim\n"),
        (vec!["show", "--raw", &bad], 1, "SBR*X*18*GRP1"),
        (vec!["tree", &good], 0, "2000B subscriber level"),
        (vec!["stats", &good, &bad], 0, "2 files,"),
        (vec!["stats", "--json", &good], 0, "\"claims\":1"),
        (vec!["diff", &good, &good], 0, ""),
        (vec!["diff", &good, &bad], 1, "SBR 01 payer rank: P → X"),
        (vec!["ack", &bad], 1, "~IK3*SBR*13*2000B*8~IK4*1*1138*7~"),
        (vec!["ack", "--kind", "277ca", &bad], 1, "~STC*A7:"),
        (vec!["split", &case("ok-835.x12"), "--claims", "1", "--out", "."], 3, ""),
    ] {
        let output = run(&arguments);
        assert_eq!(output.status.code(), Some(code), "{arguments:?} {output:?}");
        assert!(text(&output).contains(says), "{arguments:?} {}", text(&output));
    }
}

#[test]
fn a_folder_is_read_in_order_and_standard_input_is_a_file_too() {
    let folder = folder("many");
    for (name, from) in [("b.x12", "bad-837P-bad-sbr01.x12"), ("a.x12", "ok-837P.x12"), ("c.x12", "ok-835.x12")] {
        std::fs::copy(case(from), folder.join(name)).unwrap();
    }
    let output = run(&["check", "--json", folder.to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(1));
    let lines: Vec<serde_json::Value> = text(&output).lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let verdicts: Vec<_> = lines.iter().map(|line| line["verdict"].as_str().unwrap()).collect();
    assert_eq!(verdicts, ["accepted", "rejected", "accepted"]);
    let keys: Vec<_> = lines[1]["problems"][0].as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(keys, ["byte", "code", "element", "loop", "segment", "severity", "snip", "text"]);

    let mut child = Command::new(env!("CARGO_BIN_EXE_tierline"))
        .args(["x12", "check", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(&std::fs::read(case("bad-837P-bad-sbr01.x12")).unwrap()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output).contains("SBR*A*99"), "{}", text(&output));
    std::fs::remove_dir_all(folder).unwrap();
}

#[test]
fn what_is_written_can_be_read_again_and_nothing_is_written_over() {
    let folder = folder("written");
    let path = |name: &str| folder.join(name).display().to_string();
    let source = case("ok-835-two-sets.x12");
    let bytes = std::fs::read(&source).unwrap();

    std::fs::write(path("a.json"), run(&["json", &source]).stdout).unwrap();
    assert_eq!(run(&["from-json", &path("a.json")]).stdout, bytes);

    let parts = run(&["split", &source, "--transactions", "1", "--out", &path("parts")]);
    assert_eq!(text(&parts).lines().count(), 2, "{parts:?}");
    assert_eq!(run(&["merge", &path("parts"), "--out", &path("merged.x12")]).status.code(), Some(0));
    assert_eq!(std::fs::read(path("merged.x12")).unwrap(), bytes);
    assert_eq!(run(&["merge", &path("parts"), "--out", &path("merged.x12")]).status.code(), Some(3));

    let redacted = run(&["redact", "--seed", "s", &source, "--out", &path("redacted")]);
    assert_eq!(redacted.status.code(), Some(0), "{redacted:?}");
    let name = Path::new(&source).file_name().unwrap();
    let written = std::fs::read(folder.join("redacted").join(name)).unwrap();
    assert!(written.len() == bytes.len() && written != bytes);
    assert_eq!(run(&["check", &path("redacted")]).status.code(), Some(0));
    std::fs::remove_dir_all(folder).unwrap();
}

#[cfg(unix)]
#[test]
fn a_pipe_is_answered_with_context_as_a_file_is() {
    let bad = case("bad-837P-bad-sbr01.x12");
    let at = ["ack", "--copy-data", "--at", "2026-09-02T08:30"];
    let file = run(&[&at[..], &[&bad]].concat());
    assert!(text(&file).contains("~IK3*SBR*13*2000B*8~IK4*1*1138*7*X~"), "{}", text(&file));
    let mut child = Command::new(env!("CARGO_BIN_EXE_tierline"))
        .arg("x12")
        .args(at)
        .arg("/dev/stdin")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(&std::fs::read(&bad).unwrap()).unwrap();
    let pipe = child.wait_with_output().unwrap();
    assert_eq!((pipe.status.code(), text(&pipe)), (Some(1), text(&file)));
}
