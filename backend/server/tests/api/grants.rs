//! Whose files: a user with grants sees and restores what is granted, and of the rest nothing, not even that it is there.

use std::{collections::BTreeSet, fs};

use nasman_core::{
    Right::{self, Browse, RestoreElsewhere, RestoreInPlace},
    Role::{Admin, Operator, Viewer},
};
use nasman_zfs::Zfs as _;
use reqwest::Method;
use serde_json::{Value, json};

use crate::{
    index::look,
    support::{Api, HOME, Reply, Script, State, TestApp, Who, restore},
};

type Granted<'a> = &'a [(&'a str, bool, &'a [Right])];

/// Datasets of a family, each with `a.txt` in the snapshot `one`.
pub fn scene() -> TestApp {
    let app = State::new().start("");
    for name in ["tank/anna", "tank/anna/photos", "tank/bert", "dozer/rescue"] {
        app.zfs().add_dataset(name);
    }
    for name in ["tank/home", "tank/anna", "tank/anna/photos", "tank/bert"] {
        app.zfs().write(name, "a.txt", name);
        app.zfs().add_snapshot(&format!("{name}@one"));
    }
    app
}

/// A member of the family who may see this only.
pub fn member(app: &TestApp, granted: Granted<'_>) -> Api<Script> {
    let user = app.add_restricted("anna", Viewer, granted);
    app.with_token(&user, Viewer, None)
}

fn listed(reply: &Value) -> Vec<&str> {
    reply["items"].as_array().unwrap().iter().map(|item| item["name"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn lists_have_what_is_granted() {
    let app = scene();
    let anna = member(&app, &[("tank/anna", true, &[Browse])]);
    assert_eq!(listed(&anna.get("/datasets").await.ok()), ["tank/anna", "tank/anna/photos"]);
    // Pages are of what may be seen.
    let page = anna.get("/datasets?limit=1").await.ok();
    assert_eq!((listed(&page), &page["next"]), (vec!["tank/anna"], &json!("tank/anna")));
    let last = anna.get("/datasets?limit=1&cursor=tank%2Fanna").await.ok();
    assert_eq!((listed(&last), &last["next"]), (vec!["tank/anna/photos"], &Value::Null));
    for address in ["", "/snapshots", "/files", "/entry?path=a.txt", "/content?path=a.txt&at=one"] {
        anna.get(&format!("/datasets/tank%2Fanna%2Fphotos{address}")).await.is(200);
        anna.get(&format!("/datasets/tank%2Fbert{address}")).await.refused(404, "dataset_not_found");
        anna.get(&format!("/datasets/tank{address}")).await.refused(404, "dataset_not_found");
    }
    assert_eq!(anna.get("/pools").await.ok()["items"], json!([]));
    let hidden = anna.get("/pools/tank").await.refused(404, "pool_not_found");
    assert_eq!(hidden.replace("tank", "nope"), anna.get("/pools/nope").await.refused(404, "pool_not_found"));
    anna.get("/index").await.refused(403, "forbidden");
    anna.get("//metrics").await.refused(403, "forbidden");
    anna.get("/users").await.refused(403, "forbidden");
    anna.get("/audit").await.refused(403, "forbidden");
}

#[tokio::test]
async fn names_of_other_datasets_are_left_out() {
    let app = scene();
    app.zfs().add_clone("tank/bert@one", "tank/anna/copy");
    app.zfs().add_clone("tank/anna@one", "tank/bert/copy");
    let anna = member(&app, &[("tank/anna", true, &[Browse])]);
    assert_eq!(anna.get("/datasets/tank%2Fanna%2Fcopy").await.ok()["origin"], Value::Null);
    let all = anna.get("/datasets").await.is(200);
    assert!(!all.text().contains("bert"), "{}", all.text());
    for address in ["/snapshots", "/snapshots/one", "/snapshots/one/destroy-plan"] {
        let reply = anna.get(&format!("/datasets/tank%2Fanna{address}")).await.is(200);
        assert!(!reply.text().contains("bert"), "{}", reply.text());
    }
    let admin = app.script(Admin);
    let shown = admin.get("/datasets/tank%2Fanna/snapshots/one").await.ok();
    assert_eq!(shown["clones"], json!(["tank/bert/copy"]), "others see them");
}

/// An operation of the document: method, path, and a query with what it needs.
struct Operation {
    method: String,
    path: String,
    query: String,
}

/// Every operation of the document that names a dataset.
fn operations() -> Vec<Operation> {
    let document: Value = serde_json::from_str(&nasman::routes::openapi::document().unwrap()).unwrap();
    let schemas = &document["components"]["schemas"];
    let names_one = |operation: &Value| {
        let parameters = operation["parameters"].as_array();
        // The one of a search chooses among what is in scope.
        let in_address = parameters
            .is_some_and(|all| all.iter().any(|one| one["name"] == "dataset" && one["in"] == "path"));
        let body = operation["requestBody"]["content"]["application/json"]["schema"]["$ref"].as_str();
        let in_body = body.and_then(|name| name.rsplit('/').next()).is_some_and(|name| {
            let properties = &schemas[name]["properties"];
            properties["dataset"].is_object() || properties["items"].is_object()
        });
        in_address || in_body
    };
    let names_one = &names_one;
    let paths = document["paths"].as_object().unwrap().iter();
    let each = paths.flat_map(|(path, operations)| {
        let named = operations.as_object().unwrap().iter().filter(move |(_, operation)| names_one(operation));
        named.map(move |(method, operation)| Operation {
            method: method.to_uppercase(),
            path: path.clone(),
            query: needed(operation),
        })
    });
    each.collect()
}

/// A query with the parameters that must be there, such as would work.
fn needed(operation: &Value) -> String {
    let parameters = operation["parameters"].as_array().into_iter().flatten();
    let needed = parameters.filter(|one| one["in"] == "query" && one["required"] == true);
    let pairs = needed.map(|one| match one["name"].as_str().unwrap() {
        "path" => "path=a.txt".to_owned(),
        name => format!("{name}=one"),
    });
    let query = pairs.collect::<Vec<_>>().join("&");
    if query.is_empty() { query } else { format!("?{query}") }
}

/// Asks for something that would work on a dataset that may be seen.
async fn ask<W: Who>(api: &Api<W>, operation: &Operation, dataset: &str) -> Reply {
    let Operation { method, path, query } = operation;
    let encoded = dataset.replace('/', "%2F");
    let address = path.replace("{dataset}", &encoded).replace("{snapshot}", "one").replace("/api/v1", "");
    let body = match path.as_str() {
        "/api/v1/restores" | "/api/v1/restores/plan" => {
            json!({ "dataset": dataset, "at": "one", "paths": ["a.txt"] })
        }
        "/api/v1/downloads" => {
            json!({ "format": "zip", "items": [{ "dataset": dataset, "at": "one", "paths": ["a.txt"] }] })
        }
        _ => json!({}),
    };
    let method: Method = method.parse().unwrap();
    let request = api.request(method.clone(), &format!("{address}{query}"));
    api.send(if matches!(method, Method::GET | Method::DELETE) { request } else { request.json(&body) }).await
}

fn without_id(reply: &Reply) -> Value {
    let mut problem = reply.json();
    problem["request_id"] = Value::Null;
    problem
}

#[tokio::test]
async fn a_dataset_that_is_not_granted_answers_as_one_that_is_not_there() {
    let app = scene();
    // Indexed, so that what may be seen is answered.
    look(&app).await;
    let user = app.add_restricted("anna", Operator, &[("tank/anna", true, &Right::ALL)]);
    let anna = app.with_token(&user, Operator, None);
    let everything = app.script(Operator);
    let mut asked = 0;
    for operation in operations() {
        let hidden = ask(&anna, &operation, "tank/bert").await;
        let absent = ask(&anna, &operation, "tank/nope").await;
        let Operation { method, path, .. } = &operation;
        let as_absent: Value =
            serde_json::from_str(&without_id(&hidden).to_string().replace("tank/bert", "tank/nope")).unwrap();
        assert_eq!((hidden.status, &as_absent), (absent.status, &without_id(&absent)), "{method} {path}");
        if hidden.json()["code"] == "forbidden" {
            assert_eq!((method.as_str(), hidden.status), ("DELETE", 403), "{path}: only of administrators");
            continue;
        }
        hidden.refused(404, "dataset_not_found");
        let granted = ask(&anna, &operation, "tank/anna").await;
        assert_ne!(granted.status, 404, "{method} {path}: {}", granted.text());
        let other = ask(&everything, &operation, "tank/bert").await;
        assert_ne!(other.status, 404, "{method} {path}: {}", other.text());
        asked += 1;
    }
    assert!(asked >= 14, "only {asked} operations were found");
}

#[tokio::test]
async fn own_files_come_back_alone() {
    let app = scene();
    let anna = member(&app, &[("tank/anna", false, &[RestoreInPlace])]);
    fs::remove_file(app.zfs().folder("tank/anna").join("a.txt")).unwrap();
    let request = json!({ "dataset": "tank/anna", "at": "one", "paths": ["a.txt"] });
    assert_eq!(anna.post("/restores/plan", &request).await.ok()["files"], 1);
    let job = restore(&anna, &request).await;
    assert_eq!((&job["state"], &job["user"]), (&json!("succeeded"), &json!("anna")), "{job}");
    assert_eq!(fs::read_to_string(app.zfs().folder("tank/anna").join("a.txt")).unwrap(), "tank/anna");
    // But nothing else of what takes an operator.
    anna.post("/datasets/tank%2Fanna/snapshots", &json!({})).await.refused(403, "forbidden");
    anna.post("/index/tank%2Fanna", &json!({})).await.refused(403, "forbidden");
}

#[tokio::test]
async fn elsewhere_takes_a_right_of_its_own() {
    let app = scene();
    app.zfs().add_dataset("tank/look");
    let granted: Granted<'_> = &[
        ("tank/anna", false, &[RestoreInPlace]),
        ("tank/bert", false, &[RestoreElsewhere]),
        ("tank/look", false, &[Browse]),
    ];
    let anna = member(&app, granted);
    let plan = async |source: &str, target: &str| {
        let to = json!({ "dataset": target, "path": "back" });
        let request = json!({ "dataset": source, "at": "one", "paths": ["a.txt"], "to": to });
        for address in ["/restores/plan", "/restores"] {
            let reply = anna.post(address, &request).await;
            if reply.status >= 400 {
                let problem = reply.json();
                let status = reply.status;
                return reply.refused(status, problem["code"].as_str().unwrap());
            }
        }
        "allowed".to_owned()
    };
    assert_eq!(plan("tank/bert", "tank/anna").await, "allowed");
    assert_eq!(plan("tank/anna", "tank/anna").await, "allowed");
    let forbidden = plan("tank/anna", "tank/bert").await;
    assert!(
        forbidden.starts_with("you may not restore files of tank/anna into another dataset"),
        "{forbidden}"
    );
    let forbidden = plan("tank/bert", "tank/bert").await;
    assert!(forbidden.starts_with("you may not restore files of tank/bert to where"), "{forbidden}");
    let forbidden = plan("tank/bert", "tank/look").await;
    assert!(forbidden.starts_with("you may not restore anything into tank/look"), "{forbidden}");
    for (source, target, named) in [
        ("tank/home", "tank/anna", "tank/home"),
        ("tank/bert", "tank/home", "tank/home"),
        ("tank/bert", "tank/nope", "tank/nope"),
    ] {
        assert_eq!(plan(source, target).await, format!("no dataset {named} exists here"));
    }
}

#[tokio::test]
async fn to_browse_is_not_to_restore() {
    let app = scene();
    let anna = member(&app, &[("tank/anna", false, &[Browse])]);
    let request = json!({ "dataset": "tank/anna", "at": "one", "paths": ["a.txt"] });
    anna.post("/restores", &request).await.refused(403, "forbidden");
    let me = anna.get("/me").await.ok();
    assert_eq!((&me["restricted"], &me["may_restore"]), (&json!(true), &json!(false)));
    assert_eq!(me["grants"], json!([{ "dataset": "tank/anna", "beneath": false, "rights": ["browse"] }]));
    let me = app.script(Operator).get("/me").await.ok();
    assert_eq!(
        (&me["restricted"], &me["may_restore"], &me["grants"]),
        (&json!(false), &json!(true), &json!([]))
    );
}

#[tokio::test]
async fn a_token_is_as_restricted_as_its_user() {
    let app = scene();
    let user = app.add_restricted("olga", Operator, &[("tank/anna", false, &[RestoreInPlace])]);
    let request = json!({ "dataset": "tank/anna", "at": "one", "paths": ["a.txt"] });
    let whole = app.with_token(&user, Operator, None);
    assert_eq!(listed(&whole.get("/datasets").await.ok()), ["tank/anna"]);
    whole.post("/restores/plan", &request).await.ok();
    // A lesser token is for looking, whatever the grants.
    let lesser = app.with_token(&user, Viewer, None);
    assert_eq!(listed(&lesser.get("/datasets").await.ok()), ["tank/anna"]);
    lesser.post("/restores/plan", &request).await.refused(403, "forbidden");
    // Snapshots stay with the role, on what may be seen.
    whole.post("/datasets/tank%2Fanna/snapshots", &json!({ "tag": "two" })).await.is(201);
    let beneath = json!({ "tag": "three", "recursive": true });
    whole.post("/datasets/tank%2Fanna/snapshots", &beneath).await.refused(403, "forbidden");
    assert_eq!(app.zfs().snapshots(&"tank/anna/photos".parse().unwrap()).unwrap().len(), 1);
}

#[tokio::test]
async fn changes_take_effect_at_once() {
    let app = scene();
    let (admin, user) = (app.script(Admin), app.add_user(Viewer));
    let anna = app.with_token(&user, Viewer, None);
    let at = format!("/users/{}/grants", user.id);
    assert_eq!(admin.get(&at).await.ok(), json!({ "restricted": false, "grants": [] }));
    anna.get(HOME).await.ok();
    let grant = json!({ "dataset": "tank/anna", "beneath": true, "rights": ["browse", "restore_in_place"] });
    let wanted = json!({ "restricted": true, "grants": [grant] });
    assert_eq!(admin.put(&at, &wanted).await.ok(), wanted);
    assert_eq!(admin.get(&at).await.ok(), wanted);
    anna.get(HOME).await.refused(404, "dataset_not_found");
    anna.get("/datasets/tank%2Fanna%2Fphotos").await.ok();
    let listed = admin.get("/users").await.ok();
    let of = |name: &str| {
        listed["items"].as_array().unwrap().iter().find(|user| user["name"] == name).unwrap().clone()
    };
    assert_eq!((&of("viewer")["restricted"], &of("admin")["restricted"]), (&json!(true), &json!(false)));
    admin.put(&at, &json!({ "restricted": true })).await.ok();
    assert_eq!(anna.get("/datasets").await.ok()["items"], json!([]));
    admin.put(&at, &json!({ "restricted": false })).await.ok();
    anna.get(HOME).await.ok();
}

#[tokio::test]
async fn a_new_member_sees_nothing_at_first() {
    let app = scene();
    let admin = app.script(Admin);
    let new = json!({ "name": "anna", "password": "correct horse", "role": "viewer", "restricted": true });
    assert_eq!(admin.post("/users", &new).await.is(201).json()["restricted"], true);
    let reply = app.anonymous().sign_in("anna", "correct horse").await.is(200);
    let cookie = reply.header("set-cookie").unwrap().split(';').next().unwrap().to_owned();
    assert_eq!(app.with_cookie(&cookie).get("/datasets").await.ok()["items"], json!([]));
    let king = json!({ "name": "king", "password": "correct horse", "role": "admin", "restricted": true });
    assert_eq!(admin.post("/users", &king).await.is(400).json()["field"], "restricted");
}

#[tokio::test]
async fn bad_grants_are_refused_by_field_and_change_nothing() {
    let app = scene();
    let (admin, user) = (app.script(Admin), app.add_user(Viewer));
    let at = format!("/users/{}/grants", user.id);
    let one = |dataset: &str, rights: &[&str]| json!({ "dataset": dataset, "rights": rights });
    let cases = [
        (json!({ "grants": [] }), 400, Value::Null),
        (json!({ "restricted": true, "grants": [one("tank/anna", &[])] }), 400, json!("grants[0].rights")),
        (
            json!({ "restricted": true, "grants": [one("tank/anna", &["own"])] }),
            400,
            json!("grants[0].rights[0]"),
        ),
        (
            json!({ "restricted": true, "grants": [one("tank@a", &["browse"])] }),
            400,
            json!("grants[0].dataset"),
        ),
        (
            json!({ "restricted": true, "grants": [one("tank/anna", &["browse"]), one("tank/anna", &["browse"])] }),
            400,
            json!("grants[1].dataset"),
        ),
        (
            json!({ "restricted": true, "grants": [one("tank/nope", &["browse"])] }),
            404,
            json!("grants[0].dataset"),
        ),
    ];
    for (body, status, field) in cases {
        let problem = admin.put(&at, &body).await.is(status).json();
        assert_eq!(problem["field"], field, "{body}: {problem}");
    }
    assert_eq!(admin.get(&at).await.ok(), json!({ "restricted": false, "grants": [] }));
    admin.put("/users/999/grants", &json!({ "restricted": true })).await.refused(404, "user_not_found");
    admin.get("/users/999/grants").await.refused(404, "user_not_found");
    let own = admin.get("/me").await.ok()["user"]["id"].to_string();
    let problem =
        admin.put(&format!("/users/{own}/grants"), &json!({ "restricted": true })).await.is(400).json();
    assert_eq!(problem["field"], "restricted");
}

#[tokio::test]
async fn a_grant_of_a_dataset_that_is_away_stays() {
    let app = scene();
    let user = app.add_restricted("anna", Viewer, &[("dozer/rescue", false, &[Browse])]);
    app.zfs().remove_dataset("dozer/rescue");
    let admin = app.script(Admin);
    let at = format!("/users/{}/grants", user.id);
    let mut grants = admin.get(&at).await.ok();
    grants["grants"].as_array_mut().unwrap().push(json!({ "dataset": "tank/anna", "rights": ["browse"] }));
    let after = admin.put(&at, &grants).await.ok();
    let names: Vec<_> =
        after["grants"].as_array().unwrap().iter().map(|grant| grant["dataset"].clone()).collect();
    assert_eq!(names, ["dozer/rescue", "tank/anna"]);
}

#[tokio::test]
async fn jobs_of_others_are_not_there() {
    let app = scene();
    let (anna, operator) = (member(&app, &[("tank/anna", false, &[RestoreInPlace])]), app.script(Operator));
    let request = |dataset: &str| json!({ "dataset": dataset, "at": "one", "paths": ["a.txt"] });
    let theirs = restore(&operator, &request("tank/bert")).await;
    let own = restore(&anna, &request("tank/anna")).await;
    let ids = |list: Value| -> BTreeSet<String> {
        list["items"].as_array().unwrap().iter().map(|job| job["id"].as_str().unwrap().to_owned()).collect()
    };
    let own_id = own["id"].as_str().unwrap().to_owned();
    assert_eq!(ids(anna.get("/jobs").await.ok()), BTreeSet::from([own_id.clone()]));
    assert!(ids(operator.get("/jobs").await.ok()).contains(&own_id));
    let id = theirs["id"].as_str().unwrap();
    let absent = "01936b1e-5a4f-7c3a-9f52-3d8a2c1b0e77";
    let hidden = anna.get(&format!("/jobs/{id}")).await.refused(404, "job_not_found");
    let none = anna.get(&format!("/jobs/{absent}")).await.refused(404, "job_not_found");
    assert_eq!(hidden.replace(id, absent), none);
    anna.delete(&format!("/jobs/{id}")).await.refused(404, "job_not_found");
    anna.delete(&format!("/jobs/{own_id}")).await.refused(409, "conflict");
    operator.get(&format!("/jobs/{id}")).await.ok();
}
