//! What is not granted is not found: not in hits, totals, counts, suggestions, versions, events, or what lags behind.

use nasman_core::{
    Right::RestoreInPlace,
    Role::{Operator, Viewer},
};
use reqwest::Method;
use serde_json::{Value, json};

use crate::{
    grants::{member, scene},
    index::look,
    search::{ask, names, settled},
    support::{Api, Script, TestApp, query, restore},
};

/// The family's datasets, indexed, with a file of Bert's own; and Anna.
async fn found() -> (TestApp, Api<Script>) {
    let app = scene();
    app.zfs().write("tank/bert", "secret plan.odt", "x");
    app.zfs().add_snapshot("tank/bert@berts");
    look(&app).await;
    app.app.search.hint();
    settled(&app.script(Viewer), &[]).await;
    let anna = member(&app, &[("tank/anna", true, &[RestoreInPlace])]);
    (app, anna)
}

#[tokio::test]
async fn hits_totals_and_counts_are_of_what_is_granted() {
    let (app, anna) = found().await;
    let facets = "dataset,category,ext,size,year,owner,state,host";
    let all = ask(&app.script(Viewer), &[("q", "type:document"), ("facets", facets)]).await;
    assert_eq!((all["total"]["count"].as_u64(), names(&all).len()), (Some(5), 5), "{all}");
    let own = ask(&anna, &[("q", "type:document"), ("facets", facets)]).await;
    assert_eq!((own["total"]["count"].as_u64(), names(&own)), (Some(2), vec!["a.txt", "a.txt"]), "{own}");
    let values = |facet: &str, field: &str| -> Vec<Value> {
        own["facets"][facet].as_array().unwrap().iter().map(|value| value[field].clone()).collect()
    };
    assert_eq!(values("ext", "value"), ["txt"]);
    let mut labels: Vec<_> =
        values("dataset", "label").iter().map(|l| l.as_str().unwrap().to_owned()).collect();
    labels.sort();
    assert_eq!(labels, ["tank/anna", "tank/anna/photos"]);
    for facet in facets.split(',') {
        let counts = values(facet, "count");
        assert_eq!(counts.iter().filter_map(Value::as_u64).sum::<u64>(), 2, "{facet}: {counts:?}");
    }
    for asked in ["secret", "in:tank/bert", "plan ext:odt", "secrte"] {
        let answer = ask(&anna, &[("q", asked), ("facets", facets)]).await;
        assert_eq!(answer["total"]["count"], 0, "{asked}: {answer}");
        assert!(!answer.to_string().contains("bert/") && !answer.to_string().contains("odt\""), "{answer}");
    }
    // Chosen by its identity, which Anna can't know.
    let guid =
        app.script(Viewer).get("/datasets/tank%2Fbert").await.ok()["guid"].as_str().unwrap().to_owned();
    assert_eq!(ask(&anna, &[("dataset", &guid)]).await["total"]["count"], 0);
}

#[tokio::test]
async fn moments_of_others_are_none() {
    let (_app, anna) = found().await;
    let others = ask(&anna, &[("q", "a at:berts")]).await;
    let nobodys = ask(&anna, &[("q", "a at:nobody")]).await;
    let detail = |answer: &Value| answer["problems"][0]["detail"].as_str().unwrap_or_default().to_owned();
    assert_eq!(detail(&others).replace("berts", "nobody"), detail(&nobodys));
    assert!(!detail(&others).is_empty());
    assert_eq!(names(&ask(&anna, &[("q", "a at:one")]).await), ["a.txt", "a.txt"]);
}

#[tokio::test]
async fn suggestions_are_of_what_is_granted() {
    let (app, anna) = found().await;
    let texts = async |script: &Api<Script>, q: &str| -> Vec<String> {
        let answer = script.get(&query("/search/suggest", &[("q", q)])).await.ok();
        let items = answer["items"].as_array().unwrap().clone();
        let mut texts: Vec<_> = items.iter().map(|item| item["text"].as_str().unwrap().to_owned()).collect();
        texts.sort();
        texts
    };
    let everything = app.script(Viewer);
    assert!(texts(&everything, "secr").await.contains(&"secret plan.odt".to_owned()));
    assert!(texts(&anna, "secr").await.is_empty());
    assert!(texts(&everything, "in:tank").await.contains(&"tank/bert".to_owned()));
    assert_eq!(texts(&anna, "in:tank").await, ["tank/anna", "tank/anna/photos"]);
    assert!(texts(&anna, "ext:o").await.is_empty());
}

#[tokio::test]
async fn what_waits_elsewhere_is_not_told() {
    let (app, anna) = found().await;
    let id = app.app.catalog.dataset_by_name(&"tank/bert".parse().unwrap()).unwrap().unwrap().id;
    app.app.catalog.reset_dataset(id).unwrap();
    let complete = async |script: &Api<Script>| {
        let told = ask(script, &[("q", "a")]).await["completeness"].clone();
        (
            told["snapshots_waiting"].as_u64().unwrap(),
            told["datasets_waiting"].as_u64().unwrap(),
            told["pending"].clone(),
        )
    };
    // What others see is remembered for a second.
    let everything = app.script(Viewer);
    for _ in 0..500 {
        if complete(&everything).await.0 > 0 {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    assert_eq!((complete(&everything).await.0, complete(&everything).await.1), (2, 1));
    assert_eq!(complete(&anna).await, (0, 0, json!(0)));
}

#[tokio::test]
async fn versions_differences_and_the_index_of_others_are_not_there() {
    let (_app, anna) = found().await;
    for (address, mine) in [("/versions?path=a.txt", 200), ("/diff?from=one", 200)] {
        anna.get(&format!("/datasets/tank%2Fanna{address}")).await.is(mine);
        anna.get(&format!("/datasets/tank%2Fbert{address}")).await.refused(404, "dataset_not_found");
    }
    anna.get("/index/tank%2Fanna").await.ok();
    anna.get("/index/tank%2Fbert").await.refused(404, "dataset_not_found");
}

#[tokio::test]
async fn a_renamed_dataset_stays_with_whom_it_was_granted_to() {
    let (app, anna) = found().await;
    let catalog = &app.app.catalog;
    let guid = |name: &str| catalog.dataset_by_name(&name.parse().unwrap()).unwrap().unwrap().guid;
    let (annas, berts) = (guid("tank/anna"), guid("tank/bert"));
    // Noted as the next look at ZFS would.
    catalog.note_dataset(annas, &"tank/family".parse().unwrap(), app.app.now()).unwrap();
    anna.get("/datasets/tank%2Fanna").await.refused(404, "dataset_not_found");
    assert_eq!(anna.get("/me").await.ok()["grants"][0]["dataset"], "tank/family");
    // Another one that takes the name is not granted by that.
    catalog.note_dataset(berts, &"tank/anna".parse().unwrap(), app.app.now()).unwrap();
    anna.get("/datasets/tank%2Fanna").await.refused(404, "dataset_not_found");
}

#[tokio::test]
async fn events_are_of_ones_own_jobs() {
    let (app, anna) = found().await;
    let mut events = anna.request(Method::GET, "/events").send().await.unwrap();
    let request = |dataset: &str| json!({ "dataset": dataset, "at": "one", "paths": ["a.txt"] });
    let theirs = restore(&app.script(Operator), &request("tank/bert")).await;
    let own = restore(&anna, &request("tank/anna")).await;
    let (id, other) = (own["id"].as_str().unwrap(), theirs["id"].as_str().unwrap());
    let mut text = String::new();
    while !(text.contains(id) && text.contains("\"succeeded\"")) {
        let chunk = tokio::time::timeout(std::time::Duration::from_secs(20), events.chunk()).await;
        text += &String::from_utf8_lossy(&chunk.expect("an event in time").unwrap().expect("no end"));
    }
    assert!(!text.contains(other) && !text.contains("tank/bert"), "{text}");
}
