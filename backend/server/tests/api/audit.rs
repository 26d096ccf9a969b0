//! Who looked at what and changed what, as administrators read it.

use jiff::{SignedDuration, Timestamp};
use nasman_catalog::NewAudit;
use nasman_core::Role::{Admin, Operator, Viewer};
use serde_json::{Value, json};

use crate::support::{Api, HOME, PASSWORD, Reply, Script, State, TestApp, query, restore};

fn scene() -> TestApp {
    let app = TestApp::new();
    app.zfs().write("tank/home", "docs/Größe.txt", "0123456789");
    app.zfs().write("tank/home", "film.mkv", "0123456789");
    app.zfs().add_snapshot("tank/home@one");
    app
}

async fn entries(admin: &Api<Script>, fields: &[(&str, &str)]) -> Vec<Value> {
    admin.get(&query("/audit", fields)).await.ok()["items"].as_array().unwrap().clone()
}

/// The one entry of this kind.
async fn only(admin: &Api<Script>, action: &str) -> Value {
    let found = entries(admin, &[("action", action)]).await;
    assert_eq!(found.len(), 1, "{action}: {found:?}");
    found.into_iter().next().unwrap()
}

/// What an entry must say of the request that it is about.
fn told_by(entry: &Value, reply: &Reply, user: &str) {
    assert_eq!(entry["request_id"], reply.header("x-request-id").unwrap(), "{entry}");
    assert_eq!(entry["user"], user, "{entry}");
}

#[tokio::test]
async fn looks_and_downloads_are_told() {
    let app = scene();
    let (admin, viewer) = (app.script(Admin), app.script(Viewer));
    let path = "docs/Gr%C3%B6%C3%9Fe.txt";
    let at = query(&format!("{HOME}/content"), &[("path", path), ("at", "one")]);
    let shown = viewer.get(&at).await.is(200);
    let entry = only(&admin, "preview").await;
    told_by(&entry, &shown, "viewer");
    assert_eq!(
        (&entry["dataset"], &entry["path"], &entry["snapshot"], &entry["outcome"], &entry["via"]),
        (&json!("tank/home"), &json!(path), &json!("one"), &json!("done"), &json!("token"))
    );
    let live = query(&format!("{HOME}/content"), &[("path", path), ("download", "true")]);
    let downloaded = viewer.get(&live).await.is(200);
    let entry = only(&admin, "download").await;
    told_by(&entry, &downloaded, "viewer");
    assert_eq!(entry["snapshot"], Value::Null);
    // What was not given out is not told.
    viewer.get(&format!("{HOME}/content?path=nothing")).await.is(404);
    assert_eq!(entries(&admin, &[("user", "viewer")]).await.len(), 2);
}

#[tokio::test]
async fn a_film_is_one_look_however_it_is_read() {
    let app = scene();
    let (admin, viewer) = (app.script(Admin), app.script(Viewer));
    let film = format!("{HOME}/content?path=film.mkv");
    for range in ["bytes=0-1", "bytes=4-", "bytes=2-5"] {
        viewer.get_with(&film, "range", range).await.is(206);
    }
    only(&admin, "preview").await;
    viewer.get(&format!("{film}&at=one")).await.is(200);
    app.script(Operator).get(&film).await.is(200);
    let told = entries(&admin, &[("action", "preview")]).await;
    let who: Vec<_> = told.iter().map(|entry| (entry["user"].clone(), entry["snapshot"].clone())).collect();
    let expected =
        [(json!("operator"), Value::Null), (json!("viewer"), json!("one")), (json!("viewer"), Value::Null)];
    assert_eq!(who, expected);
}

#[tokio::test]
async fn a_restore_is_told_with_its_outcome() {
    let app = scene();
    app.zfs().add_dataset("dozer/rescue");
    let (admin, operator) = (app.script(Admin), app.script(Operator));
    let to = json!({ "dataset": "dozer/rescue", "path": "from%20home" });
    let paths = ["film.mkv", "docs/Gr%C3%B6%C3%9Fe.txt"];
    let request = json!({ "dataset": "tank/home", "at": "one", "paths": paths, "to": to });
    operator.post("/restores/plan", &request).await.ok();
    assert!(entries(&admin, &[]).await.is_empty(), "a plan does nothing");
    let asked = operator.post("/restores", &request).await.is(202);
    let id = asked.json()["id"].as_str().unwrap().to_owned();
    operator.ended(&id).await;
    let entry = only(&admin, "restore").await;
    told_by(&entry, &asked, "operator");
    assert_eq!(
        (&entry["dataset"], &entry["path"], &entry["snapshot"], &entry["to_dataset"], &entry["to_path"]),
        (
            &json!("tank/home"),
            &json!("film.mkv"),
            &json!("one"),
            &json!("dozer/rescue"),
            &json!("from%20home")
        )
    );
    assert_eq!((&entry["job"], &entry["outcome"]), (&json!(id), &json!("done")));
    assert_eq!(entry["detail"], "also docs/Größe.txt");
    // Found by either dataset, by any of its paths as people write them, and by its job.
    for fields in [
        ("dataset", "tank/home"),
        ("dataset", "dozer/rescue"),
        ("q", "größe FILM"),
        ("q", "from home"),
        ("q", id.as_str()),
    ] {
        assert_eq!(entries(&admin, &[fields]).await.len(), 1, "{fields:?}");
    }
    assert!(entries(&admin, &[("q", "größe nothing")]).await.is_empty());
}

#[tokio::test]
async fn a_restore_that_failed_says_so() {
    let app = scene();
    let request = json!({ "dataset": "tank/home", "at": "one", "paths": ["film.mkv"] });
    app.zfs()
        .fail_always(nasman_zfs::Verb::Hold, nasman_zfs::ZfsError::PermissionDenied { detail: "no".into() });
    let job = restore(&app.script(Operator), &request).await;
    assert_eq!(job["state"], "failed");
    assert_eq!(only(&app.script(Admin), "restore").await["outcome"], "failed");
}

#[tokio::test]
async fn changes_are_told_without_secrets() {
    let app = scene();
    let admin = app.script(Admin);
    let taken = admin.post(&format!("{HOME}/snapshots"), &json!({ "tag": "two" })).await.is(201);
    told_by(&only(&admin, "snapshot_create").await, &taken, "admin");
    let destroyed = admin.delete(&format!("{HOME}/snapshots/two")).await.is(204);
    let entry = only(&admin, "snapshot_destroy").await;
    told_by(&entry, &destroyed, "admin");
    assert_eq!((&entry["dataset"], &entry["snapshot"]), (&json!("tank/home"), &json!("two")));
    let new = json!({ "name": "anna", "password": "battery staple", "role": "viewer" });
    let made = admin.post("/users", &new).await.is(201);
    told_by(&only(&admin, "user_create").await, &made, "admin");
    let at = format!("/users/{}", made.json()["id"]);
    let changed = admin.patch(&at, &json!({ "password": "staple battery", "disabled": true })).await.is(200);
    let entry = only(&admin, "user_change").await;
    told_by(&entry, &changed, "admin");
    assert_eq!(entry["detail"], "anna: disabled, password");
    let grants = json!({ "restricted": true, "grants": [{ "dataset": "tank/home", "rights": ["browse"] }] });
    let granted = admin.put(&format!("{at}/grants"), &grants).await.is(200);
    let entry = only(&admin, "grant_change").await;
    told_by(&entry, &granted, "admin");
    assert_eq!(entry["detail"], "anna may see tank/home (browse)");
    let removed = admin.delete(&at).await.is(204);
    told_by(&only(&admin, "user_remove").await, &removed, "admin");
    let token = admin.post("/tokens", &json!({ "name": "nightly", "role": "viewer" })).await.is(201);
    told_by(&only(&admin, "token_create").await, &token, "admin");
    let revoked = admin.delete(&format!("/tokens/{}", token.json()["token"]["id"])).await.is(204);
    told_by(&only(&admin, "token_revoke").await, &revoked, "admin");
    let all = admin.get("/audit").await.is(200).text();
    for secret in ["battery", "argon2", token.json()["secret"].as_str().unwrap()] {
        assert!(!all.contains(secret), "{secret}");
    }
    // A refused change is none.
    admin.delete("/users/999").await.is(404);
    assert_eq!(entries(&admin, &[]).await.len(), 8);
}

#[tokio::test]
async fn sign_ins_are_told_and_names_that_nobody_has_are_not() {
    let app = scene();
    let admin = app.script(Admin);
    app.add_user(Viewer);
    let wrong = app.anonymous().sign_in("viewer", "wrong password").await.is(401);
    let entry = only(&admin, "sign_in_failed").await;
    told_by(&entry, &wrong, "viewer");
    assert_eq!(
        (&entry["outcome"], &entry["via"], &entry["detail"]),
        (&json!("failed"), &json!("none"), &json!("from 127.0.0.1"))
    );
    let right = app.anonymous().sign_in("viewer", PASSWORD).await.is(200);
    let entry = only(&admin, "sign_in").await;
    told_by(&entry, &right, "viewer");
    assert_eq!(entry["via"], "session");
    // Typed into the wrong field.
    app.anonymous().sign_in("my secret password", "x").await.is(401);
    let all = admin.get("/audit").await.is(200);
    assert!(!all.text().contains("secret"), "{}", all.text());
    assert_eq!(
        (&all.json()["items"][0]["user"], &all.json()["items"][0]["user_id"]),
        (&json!(""), &Value::Null)
    );
}

#[tokio::test]
async fn pages_lead_through_all_entries_once() {
    let app = scene();
    let admin = app.script(Admin);
    let start: Timestamp = "2026-05-02T08:00:00Z".parse().unwrap();
    for hour in 0..5 {
        let entry = NewAudit {
            user_name: "anna".into(),
            action: "preview",
            detail: Some(hour.to_string()),
            ..NewAudit::default()
        };
        app.app.catalog.add_audit(&entry, start + SignedDuration::from_hours(hour)).unwrap();
    }
    let (mut told, mut cursor) = (Vec::new(), None::<String>);
    loop {
        let mut fields = vec![("limit", "2")];
        fields.extend(cursor.as_deref().map(|cursor| ("cursor", cursor)));
        let page = admin.get(&query("/audit", &fields)).await.ok();
        told.extend(page["items"].as_array().unwrap().iter().map(|entry| entry["detail"].clone()));
        match page["next"].as_str() {
            Some(next) => cursor = Some(next.to_owned()),
            None => break,
        }
    }
    assert_eq!(told, ["4", "3", "2", "1", "0"]);
    let between = [("from", "2026-05-02T09:00:00Z"), ("to", "2026-05-02T11:00:00Z")];
    let found: Vec<_> = entries(&admin, &between).await.iter().map(|entry| entry["detail"].clone()).collect();
    assert_eq!(found, ["2", "1"]);
    for (field, value) in
        [("cursor", "x"), ("limit", "0"), ("action", "steal"), ("from", "yesterday"), ("colour", "red")]
    {
        let problem = admin.get(&query("/audit", &[(field, value)])).await.is(400).json();
        assert_eq!(problem["field"], field, "{problem}");
    }
}

#[tokio::test]
async fn what_is_older_than_a_year_is_forgotten() {
    let state = State::new();
    let now = Timestamp::now();
    for (days, detail) in [(366, "old"), (364, "young")] {
        let entry = NewAudit { action: "preview", detail: Some(detail.into()), ..NewAudit::default() };
        state.catalog().add_audit(&entry, now - SignedDuration::from_hours(24 * days)).unwrap();
    }
    let app = state.start("");
    let admin = app.script(Admin);
    for _ in 0..500 {
        if entries(&admin, &[]).await.len() == 1 {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    let left: Vec<_> = entries(&admin, &[]).await.iter().map(|entry| entry["detail"].clone()).collect();
    assert_eq!(left, ["young"]);
}
