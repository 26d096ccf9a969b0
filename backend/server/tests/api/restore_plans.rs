//! Plans of folders: bounded, named by what they would do, and only carried out if that is still so.

use std::fs;

use nasman_core::Role::Operator;
use serde_json::{Value, json};

use crate::support::{State, TestApp, restore, seed};

/// A server whose snapshot `one` has `docs` with 300 files that all differ from those live.
fn many() -> TestApp {
    let app = TestApp::new();
    fill(app.state());
    app
}

fn fill(state: &State) {
    for number in 0..300 {
        state.zfs.write("tank/home", format!("docs/sub/{number}"), "old");
    }
    state.zfs.add_snapshot("tank/home@one");
    for number in 0..300 {
        state.zfs.write("tank/home", format!("docs/sub/{number}"), "new!");
        state.zfs.write("tank/home", format!("docs/sub/{number} new"), "since");
    }
}

fn request(more: &Value) -> Value {
    let mut request =
        json!({ "dataset": "tank/home", "at": "one", "paths": ["docs"], "on_conflict": "overwrite" });
    request.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    request
}

#[tokio::test]
async fn a_plan_shows_the_first_of_many_and_counts_all() {
    let app = many();
    let plan = app.script(Operator).post("/restores/plan", &request(&json!({}))).await.ok();
    assert_eq!((&plan["conflicts"], &plan["added_since"]["count"]), (&json!(300), &json!(300)));
    assert_eq!(plan["conflict_items"].as_array().unwrap().len(), 200);
    assert_eq!(plan["added_since"]["items"].as_array().unwrap().len(), 200);
    let first = &plan["conflict_items"][0];
    assert_eq!(
        (&first["action"], &first["size"], &first["existing"]["size"]),
        (&json!("replace"), &json!(3), &json!(4))
    );
    assert_eq!((&plan["files"], &plan["folders"], &plan["bytes"]), (&json!(300), &json!(2), &json!(900)));
    assert_eq!(plan["guard_snapshot"], true);
}

#[tokio::test]
async fn the_same_deeds_have_the_same_name_and_others_another() {
    let app = many();
    let script = app.script(Operator);
    let name = async |more: Value| script.post("/restores/plan", &request(&more)).await.ok()["plan"].clone();
    let first = name(json!({})).await;
    assert_eq!(name(json!({})).await, first);
    let one = json!([{ "path": "docs/sub/7", "on_conflict": "skip" }]);
    for more in [
        json!({ "on_conflict": "skip" }),
        json!({ "choices": one }),
        json!({ "added_since": "move_aside" }),
        json!({ "keep_setid": true }),
        json!({ "paths": ["docs/sub"] }),
    ] {
        assert_ne!(name(more.clone()).await, first, "{more}");
    }
    app.zfs().write("tank/home", "docs/sub/299", "other");
    assert_ne!(name(json!({})).await, first, "what would be replaced is another");
}

#[tokio::test]
async fn a_change_deep_in_a_folder_makes_the_plan_stale() {
    let app = many();
    let script = app.script(Operator);
    let plan = script.post("/restores/plan", &request(&json!({}))).await.ok();
    app.zfs().write("tank/home", "docs/sub/123", "changed since");
    let reply = script.post("/restores", &request(&json!({ "plan": plan["plan"] }))).await;
    assert_eq!(reply.json()["field"], "plan");
    reply.refused(409, "plan_stale");
    let live = fs::read_to_string(app.zfs().folder("tank/home").join("docs/sub/123")).unwrap();
    assert_eq!(live, "changed since");
}

#[tokio::test]
async fn what_changed_deep_in_a_folder_while_the_job_waited_is_left_alone() {
    let state = State::new();
    fill(&state);
    let job = seed(&state.catalog(), &state.zfs, &request(&json!({})));
    // The clock that files are stamped by is a coarse one.
    std::thread::sleep(std::time::Duration::from_millis(20));
    let live = state.zfs.write("tank/home", "docs/sub/123", "changed since");
    let app = state.start("");
    let job = app.script(Operator).ended(&job.id).await;
    assert_eq!((&job["state"], &job["error"]["code"]), (&json!("failed"), &json!("plan_stale")), "{job}");
    assert_eq!(
        (&job["result"]["failed"], &job["result"]["items"][0]["path"]),
        (&json!(1), &json!("docs/sub/123"))
    );
    assert_eq!(fs::read_to_string(live).unwrap(), "changed since");
    assert_eq!(fs::read_to_string(app.zfs().folder("tank/home").join("docs/sub/124")).unwrap(), "old");
}

#[tokio::test]
async fn a_copy_takes_space_and_nothing_came_since_elsewhere() {
    let app = many();
    app.zfs().add_dataset("dozer/rescue");
    let to = json!({ "to": { "dataset": "dozer/rescue", "path": "" } });
    let plan = app.script(Operator).post("/restores/plan", &request(&to)).await.ok();
    assert_eq!((&plan["clone_bytes"], &plan["copy_bytes"]), (&json!(0), &json!(900)));
    assert_eq!((&plan["added_since"]["count"], &plan["warnings"]), (&json!(0), &json!([])));
}

#[tokio::test]
async fn lists_show_a_few_items_of_a_result_and_the_job_itself_many() {
    let app = many();
    let script = app.script(Operator);
    let job = restore(&script, &request(&json!({}))).await;
    assert_eq!((&job["state"], &job["result"]["restored"]), (&json!("succeeded"), &json!(302)), "{job}");
    assert_eq!(job["result"]["items"].as_array().unwrap().len(), 302);
    let list = script.get("/jobs?kind=restore").await.ok();
    assert_eq!(list["items"][0]["result"]["items"].as_array().unwrap().len(), 20);
    assert_eq!(list["items"][0]["result"]["restored"], 302);
}
