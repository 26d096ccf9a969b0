//! The binary's commands.

use std::{
    fs,
    io::Write as _,
    process::{Command, Output, Stdio},
};

use nasman_core::Role::Admin;

use crate::support::{PASSWORD, State};

/// Runs the binary with these settings and this input.
fn nasman(state: &State, settings: &str, arguments: &[&str], input: &str) -> Output {
    let file = state.folder.path().join("nasman.toml");
    fs::write(&file, format!("[server]\nstate_dir = '{}'\n{settings}", state.state_dir().display())).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_nasman"));
    command.env_clear().arg("--config").arg(file).args(arguments);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    // One that does not read its input may have ended already.
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    child.wait_with_output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

#[test]
fn good_settings_are_said_to_be_so() {
    let output = nasman(&State::new(), "https = true", &["check-config"], "");
    assert!(output.status.success() && text(&output.stdout).contains("fine"), "{output:?}");
}

#[test]
fn every_problem_of_the_settings_is_told_at_once() {
    let settings =
        "https = 'maybe'\nlitsen = 'x'\n[auth]\nsession_life_seconds = -1\n[log]\nfilter = 'a=b=c'";
    let output = nasman(&State::new(), settings, &["check-config"], "");
    let told = text(&output.stderr);
    assert!(!output.status.success() && output.stdout.is_empty());
    for part in [
        "server.https",
        "server.litsen",
        "did you mean server.listen?",
        "auth.session_life_seconds",
        "log.filter",
    ] {
        assert!(told.contains(part), "{part} not in {told}");
    }
}

#[tokio::test]
async fn a_user_made_by_command_signs_in() {
    let state = State::new();
    let output = nasman(&state, "", &["user", "add", "anna", "--role", "admin"], &format!("{PASSWORD}\n"));
    assert!(output.status.success(), "{output:?}");
    assert!(text(&nasman(&state, "", &["user", "list"], "").stdout).contains("anna\tadmin"));
    let app = state.start("");
    let reply = app.anonymous().sign_in("anna", PASSWORD).await.is(200);
    assert_eq!(reply.json()["user"]["role"], "admin");
}

#[tokio::test]
async fn a_password_set_by_command_ends_the_sessions_of_a_running_server() {
    let app = State::new().start("");
    let browser = app.browser(Admin).await;
    let output = nasman(app.state(), "", &["user", "password", "admin"], "battery staple\n");
    assert!(output.status.success(), "{output:?}");
    browser.get("/me").await.refused(401, "unauthenticated");
    app.anonymous().sign_in("admin", "battery staple").await.is(200);
}

#[test]
fn bad_users_are_refused_with_a_reason() {
    let state = State::new();
    for (arguments, input, part) in [
        (&["user", "add", " anna"][..], PASSWORD, "name"),
        (&["user", "add", "anna"], "short", "8 characters"),
        (&["user", "add", "anna"], "", "8 characters"),
        (&["user", "add", "anna", "--role", "king"], PASSWORD, "king"),
        (&["user", "password", "nobody"], PASSWORD, "nobody"),
    ] {
        let output = nasman(&state, "", arguments, input);
        assert!(!output.status.success() && text(&output.stderr).contains(part), "{arguments:?}: {output:?}");
    }
    assert!(nasman(&state, "", &["user", "list"], "").stdout.is_empty());
}

#[test]
fn a_settings_file_that_is_not_there_is_named() {
    let mut command = Command::new(env!("CARGO_BIN_EXE_nasman"));
    let output =
        command.env_clear().args(["check-config", "--config", "/nowhere/nasman.toml"]).output().unwrap();
    assert!(text(&output.stderr).contains("/nowhere/nasman.toml"), "{output:?}");
}

#[test]
fn the_document_is_printed() {
    let output = Command::new(env!("CARGO_BIN_EXE_nasman")).env_clear().arg("openapi").output().unwrap();
    assert!(text(&output.stdout) == nasman::routes::openapi::document().unwrap());
}
