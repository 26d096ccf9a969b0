//! Snapshots destroyed, by plan.

use nasman_core::Role::{Admin, Operator};
use nasman_zfs::{Verb, Zfs as _, ZfsError};
use serde_json::{Value, json};

use crate::support::{Api, HOME, Script, TestApp};

/// A server with a snapshot `one` that alone keeps five bytes, and an administrator.
fn scene() -> (TestApp, Api<Script>) {
    let app = TestApp::new();
    let file = app.zfs().write("tank/home", "a", "12345");
    app.zfs().add_snapshot("tank/home@one");
    std::fs::remove_file(file).unwrap();
    let admin = app.script(Admin);
    (app, admin)
}

async fn plan(admin: &Api<Script>) -> Value {
    admin.get(&format!("{HOME}/snapshots/one/destroy-plan")).await.ok()
}

fn bound(plan: &Value) -> String {
    format!("{HOME}/snapshots/one?guid={}", plan["guid"].as_str().unwrap())
}

#[tokio::test]
async fn a_plan_tells_what_comes_back_and_changes_nothing() {
    let (app, admin) = scene();
    let plan = plan(&admin).await;
    assert_eq!((&plan["name"], &plan["reclaims"]), (&json!("tank/home@one"), &json!(5)));
    assert_eq!((&plan["possible"], &plan["blockers"]), (&json!(true), &json!([])));
    assert_eq!(app.zfs().calls(Verb::DestroySnapshot), 0);
    admin.delete(&bound(&plan)).await.is(204);
    admin.get(&format!("{HOME}/snapshots/one")).await.refused(404, "snapshot_not_found");
    admin.delete(&bound(&plan)).await.refused(404, "snapshot_not_found");
}

#[tokio::test]
async fn a_name_that_belongs_to_another_by_now_is_left_alone() {
    let (app, admin) = scene();
    let plan = plan(&admin).await;
    let name = "tank/home@one".parse().unwrap();
    app.zfs().destroy_snapshot(&name, plan["guid"].as_str().unwrap().parse().unwrap()).unwrap();
    app.zfs().add_snapshot("tank/home@one");
    admin.delete(&bound(&plan)).await.refused(409, "plan_stale");
    admin.get(&format!("{HOME}/snapshots/one")).await.ok();
    // Without a plan the name alone is good enough.
    admin.delete(&format!("{HOME}/snapshots/one")).await.is(204);
}

#[tokio::test]
async fn a_held_snapshot_stays_and_its_hold_is_named() {
    let (app, admin) = scene();
    app.zfs().hold(&"tank/home@one".parse().unwrap(), &"backup-42".parse().unwrap()).unwrap();
    let plan = plan(&admin).await;
    let blocker = &plan["blockers"][0];
    assert_eq!(
        (&plan["possible"], &blocker["kind"], &blocker["name"]),
        (&json!(false), &json!("hold"), &json!("backup-42"))
    );
    let detail = admin.delete(&bound(&plan)).await.refused(409, "snapshot_busy");
    assert!(detail.contains("backup-42") && detail.contains("release the hold"), "{detail}");
    admin.get(&format!("{HOME}/snapshots/one")).await.ok();
}

#[tokio::test]
async fn a_cloned_snapshot_stays_and_its_clone_is_named() {
    let (app, admin) = scene();
    app.zfs().add_clone("tank/home@one", "tank/copy");
    let plan = plan(&admin).await;
    assert_eq!(
        (&plan["blockers"][0]["kind"], &plan["blockers"][0]["name"]),
        (&json!("clone"), &json!("tank/copy"))
    );
    let detail = admin.delete(&bound(&plan)).await.refused(409, "snapshot_busy");
    assert!(detail.contains("tank/copy"), "{detail}");
    assert_eq!(admin.get("/datasets/tank%2Fcopy").await.ok()["origin"], "tank/home@one");
}

#[tokio::test]
async fn a_snapshot_in_use_stays() {
    let (app, admin) = scene();
    app.zfs().set_in_use("tank/home@one", true);
    let detail = admin.delete(&format!("{HOME}/snapshots/one")).await.refused(409, "snapshot_busy");
    assert!(detail.contains("in use"), "{detail}");
}

#[tokio::test]
async fn a_time_does_not_say_what_to_destroy() {
    let (_app, admin) = scene();
    admin.delete(&format!("{HOME}/snapshots/2100-01-01T00:00:00Z")).await.refused(404, "snapshot_not_found");
    let reply = admin.delete(&format!("{HOME}/snapshots/one?guid=x")).await.is(400);
    assert_eq!(reply.json()["field"], "guid");
    admin.delete(&format!("{HOME}/snapshots/one?force=true")).await.refused(400, "invalid_request");
    admin.get(&format!("{HOME}/snapshots/one")).await.ok();
}

#[tokio::test]
async fn by_guid_works_too_and_operators_may_not() {
    let (app, admin) = scene();
    let guid = plan(&admin).await["guid"].as_str().unwrap().to_owned();
    app.script(Operator).delete(&format!("{HOME}/snapshots/{guid}")).await.refused(403, "forbidden");
    app.zfs().fail(Verb::DestroySnapshot, ZfsError::PermissionDenied { detail: "cannot destroy".into() });
    admin.delete(&format!("{HOME}/snapshots/{guid}")).await.refused(503, "zfs_permission");
    admin.delete(&format!("{HOME}/snapshots/{guid}")).await.is(204);
}
