//! Restores, through the API and past it.

use std::{fs, path::Path};

use jiff::Timestamp;
use nasman::{
    restore::{RestoreRequest, RestoreWork, Stop, plan},
    routes::moment::CreatedCache,
};
use nasman_catalog::{Catalog, Job, NewJob};
use nasman_zfs::FakeZfs;
use serde_json::Value;

use super::{Api, Script};

/// Asks for a restore and waits for its job's end.
pub async fn restore(api: &Api<Script>, request: &Value) -> Value {
    let job = api.post("/restores", request).await.is(202).json();
    api.ended(job["id"].as_str().expect("an id")).await
}

/// Undoes the restore of this job, and waits for the end of the job that does.
pub async fn undo(api: &Api<Script>, restored: &Value) -> Value {
    let id = restored["id"].as_str().expect("an id");
    let job = api.post(&format!("/restores/{id}/undo"), &Value::Null).await.is(202).json();
    api.ended(job["id"].as_str().expect("an id")).await
}

/// All that is beneath a folder, sorted: paths with what files hold and where links point.
pub fn tree(folder: &Path) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(at) = folders.pop() {
        for entry in fs::read_dir(&at).expect("a folder") {
            let path = entry.expect("an entry").path();
            let meta = path.symlink_metadata().expect("its state");
            let holds = if meta.is_dir() {
                folders.push(path.clone());
                "/".to_owned()
            } else if meta.is_symlink() {
                format!("-> {}", fs::read_link(&path).expect("a link").display())
            } else if meta.is_file() {
                fs::read_to_string(&path).expect("text")
            } else {
                "special".to_owned()
            };
            found.push((path.strip_prefix(folder).expect("in it").display().to_string(), holds));
        }
    }
    found.sort();
    found
}

/// What the job of such a restore has to do.
pub fn order(zfs: &FakeZfs, request: &Value) -> Value {
    let request: RestoreRequest = serde_json::from_value(request.clone()).expect("a request");
    let planned = plan(zfs, &CreatedCache::default(), &request, false, &Stop::default()).expect("a plan");
    serde_json::to_value(planned.order).expect("an order as JSON")
}

/// Puts the job of such a restore into the queue of a server that does not run.
pub fn seed(catalog: &Catalog, zfs: &FakeZfs, request: &Value) -> Job {
    let order = order(zfs, request);
    let new =
        NewJob { kind: RestoreWork::KIND, title: "Restore", user_id: 1, user_name: "admin", request: &order };
    catalog.add_job(&new, Timestamp::now()).expect("a job")
}
