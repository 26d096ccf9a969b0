//! The server's own parts on one state folder: what looks, the queue, and the work.

use std::{
    collections::BTreeMap,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

use actix_web::web;
use jiff::{SignedDuration, Timestamp};
use nasman::{
    app::App,
    config::Config,
    index::{self, IndexWork, is_own},
    jobs::{self, Work},
    serve,
};
use nasman_catalog::{At, Dataset, JobState, Run};
use nasman_core::DatasetName;
use nasman_zfs::{Zfs, feed::Feed};
use tempfile::TempDir;
use tokio::sync::watch;

use crate::{
    answer::{Truth, answer, compare},
    scene::{Scene, tells_when_snapshots_changed},
};

/// Longest time that some work may take here.
const PATIENCE: Duration = Duration::from_secs(120);

/// A server without its doors.
pub(crate) struct Line {
    pub(crate) name: &'static str,
    pub(crate) app: web::Data<App>,
    pub(crate) folder: TempDir,
    stop: watch::Sender<bool>,
    queue: Option<JoinHandle<()>>,
    /// Whether ZFS tells when snapshots changed.
    told: bool,
    looks: AtomicI64,
}

impl Line {
    /// Which asks the kernel, and never looks at live of its own accord.
    pub(crate) fn ioctl(scene: &Scene) -> Self {
        Self::new("ioctl", scene, Feed::default(), "[index]\nlive_interval_seconds = 0")
    }

    pub(crate) fn zfs_diff(scene: &Scene) -> Self {
        let feed = Feed { ioctl: false, zfs_diff: true, ..Feed::default() };
        Self::new("zfs_diff", scene, feed, "[index]\nlive_interval_seconds = 0")
    }

    pub(crate) fn walk(scene: &Scene) -> Self {
        let feed = Feed { ioctl: false, ..Feed::default() };
        Self::new("walk", scene, feed, "[index]\nlive_interval_seconds = 0")
    }

    pub(crate) fn new(name: &'static str, scene: &Scene, feed: Feed, settings: &str) -> Self {
        let folder = TempDir::with_prefix("nasman-test-").unwrap();
        let mut config = Config::parse(settings, BTreeMap::new()).unwrap();
        config.state_dir = folder.path().to_owned();
        let (stop, stopping) = watch::channel(false);
        let zfs: Arc<dyn Zfs> = Arc::clone(&scene.zfs) as _;
        let app = serve::set_up(config, |_| zfs, stopping.clone()).unwrap();
        exclude_others(&app, scene);
        let work = IndexWork::new(
            Arc::clone(&app.zfs),
            app.catalog.clone(),
            Arc::clone(&app.index),
            Arc::clone(&app.search),
            feed,
        );
        let kinds: Arc<Vec<Box<dyn Work>>> = Arc::new(vec![Box::new(work)]);
        let jobs = Arc::clone(&app.jobs);
        let queue = thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_multi_thread().enable_time().build().unwrap();
            runtime.block_on(jobs::run(jobs, kinds, stopping));
        });
        let told = tells_when_snapshots_changed();
        Self { name, app, folder, stop, queue: Some(queue), told, looks: AtomicI64::new(0) }
    }

    /// What the schedule does at a time, and then waits for the work that it finds. Answers how many jobs there were.
    pub(crate) fn look_at(&self, now: Timestamp) -> usize {
        let before = self.jobs();
        index::look(&self.app, now).unwrap();
        let mut news = self.jobs();
        news.retain(|job| !before.contains(job));
        let begin = Instant::now();
        for id in &news {
            loop {
                let job = self.app.catalog.job(id).unwrap();
                if job.state.ended() {
                    assert_eq!(job.state, JobState::Succeeded, "{}: {:?}", self.name, job.error);
                    break;
                }
                assert!(begin.elapsed() < PATIENCE, "{}: {job:?} does not end", self.name);
                thread::sleep(Duration::from_millis(3));
            }
        }
        news.len()
    }

    pub(crate) fn look(&self) -> usize {
        self.look_at(self.now())
    }

    /// Where ZFS does not tell when snapshots changed, they are listed every ten minutes: so much passes with each look.
    fn now(&self) -> Timestamp {
        let looks = if self.told { 0 } else { self.looks.fetch_add(1, Ordering::Relaxed) };
        Timestamp::now() + SignedDuration::from_mins(looks * 11)
    }

    /// Looks, at live also.
    pub(crate) fn look_at_live(&self, datasets: &[DatasetName]) {
        for dataset in datasets {
            self.app.index.note_change(dataset.clone());
        }
        assert_eq!(self.look(), datasets.len(), "{}", self.name);
    }

    fn jobs(&self) -> Vec<String> {
        let jobs = self.app.catalog.jobs(None, Some(IndexWork::KIND), None, 1000).unwrap();
        jobs.into_iter().map(|job| job.id).collect()
    }

    pub(crate) fn dataset(&self, name: &DatasetName) -> Dataset {
        let known = self.app.catalog.dataset_by_name(name).unwrap();
        known.unwrap_or_else(|| panic!("{}: {name} is not known", self.name))
    }

    pub(crate) fn runs(&self, name: &DatasetName) -> Vec<Run> {
        self.app.catalog.runs(self.dataset(name).id, 1000).unwrap()
    }

    pub(crate) fn is_sound(&self, context: &str) {
        assert_eq!(self.app.catalog.check().unwrap(), [], "{}, {context}", self.name);
    }

    pub(crate) fn knows_live(&self, name: &DatasetName, truth: &Truth, context: &str) {
        let found = answer(&self.app.catalog, self.dataset(name).id, At::Live);
        compare(&found, truth, &format!("{}, {context}, live", self.name));
    }

    /// Knows every snapshot, and no other: their tags and what they hold.
    pub(crate) fn knows_snapshots(
        &self,
        scene: &Scene,
        name: &DatasetName,
        truths: &BTreeMap<String, Truth>,
    ) {
        let (id, there) = (self.dataset(name).id, scene.snapshots(name));
        let there: Vec<_> = there.iter().filter(|snapshot| !is_own(&snapshot.name.tag)).collect();
        let known = self.app.catalog.snapshots(id).unwrap();
        let tags = |tag: &nasman_core::SnapshotTag, guid: nasman_core::Guid| format!("{tag} {guid:?}");
        let expected: Vec<_> = there.iter().map(|s| tags(&s.name.tag, s.guid)).collect();
        let found: Vec<_> = known.iter().map(|s| tags(&s.tag, s.guid)).collect();
        assert_eq!(found, expected, "{}, {name}", self.name);
        for snapshot in known {
            let context = format!("{}, {name}@{}", self.name, snapshot.tag);
            assert!(snapshot.indexed, "{context}: {:?}", snapshot.failed);
            let found = answer(&self.app.catalog, id, At::Snapshot(snapshot.txg));
            compare(&found, &truths[snapshot.tag.as_str()], &context);
        }
    }
}

/// Other datasets of the machine are none of this test's business.
fn exclude_others(app: &App, scene: &Scene) {
    let mine = |name: &DatasetName| name.as_str().starts_with(scene.root.as_str());
    for dataset in app.zfs.datasets().unwrap().iter().filter(|dataset| !mine(&dataset.name)) {
        let id = app.catalog.note_dataset(dataset.guid, &dataset.name, Timestamp::now()).unwrap();
        app.catalog.set_excluded(id, true).unwrap();
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        let _ = self.stop.send(true);
        let ended = self.queue.take().map(JoinHandle::join);
        if !thread::panicking() {
            assert!(ended.is_none_or(|ended| ended.is_ok()), "the queue panicked");
        }
    }
}
