//! Restores, through the API and past it.

use jiff::Timestamp;
use nasman::{
    restore::{Order, RestoreRequest, RestoreWork, plan},
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

/// What the job of such a restore has to do.
pub fn order(zfs: &FakeZfs, request: &Value) -> Value {
    let request: RestoreRequest = serde_json::from_value(request.clone()).expect("a request");
    let planned = plan(zfs, &CreatedCache::default(), &request).expect("a plan");
    let order = Order {
        dataset: request.dataset,
        snapshot: planned.view.snapshot.guid,
        target: planned.target,
        items: planned.items,
    };
    serde_json::to_value(order).expect("an order as JSON")
}

/// Puts the job of such a restore into the queue of a server that does not run.
pub fn seed(catalog: &Catalog, zfs: &FakeZfs, request: &Value) -> Job {
    let order = order(zfs, request);
    let new =
        NewJob { kind: RestoreWork::KIND, title: "Restore", user_id: 1, user_name: "admin", request: &order };
    catalog.add_job(&new, Timestamp::now()).expect("a job")
}
