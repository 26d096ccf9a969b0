//! The catalog's own figures: a first index, many snapshots, and what is asked of them. No ZFS is needed.
//! `cargo run --example figures -- [files] [snapshots] [changes per snapshot]`
#![allow(clippy::print_stdout, clippy::expect_used, missing_docs)]

use std::time::{Duration, Instant};

use jiff::Timestamp;
use nasman_catalog::{At, Catalog, DatasetId, NewSnapshot, State};
use nasman_core::{Change, EntryName, FileTime, Guid, Kind, Known as _, Meta, ROOT_INODE, RelPath, Txg};

/// Files in an ordinary folder; the one that is measured has `BIG`.
const PER_FOLDER: u64 = 16;
const BIG: u64 = 10_000;
const BIG_FOLDER: u64 = 7;
/// Changed in every snapshot.
const BUSY: u64 = 1_000;

fn meta(kind: Kind, inode: u64, clock: u64) -> Meta {
    let seconds = 1_700_000_000 + i64::try_from(clock * 60 + inode % 60).expect("small");
    let time = FileTime { seconds, nanos: 123_456_789 };
    Meta {
        generation: 1_700_000_000_123_456_789,
        kind,
        size: inode * 977 + clock,
        mtime: time,
        ctime: time,
        uid: 1000,
        gid: 1000,
        mode: 0o644,
        nlink: 1,
        target: None,
    }
}

fn name(inode: u64) -> EntryName {
    EntryName::new(format!("IMG_2023_{inode:08}.jpeg")).expect("a name")
}

/// Folders lie in the root; their files follow, each numbered on.
struct Shape {
    files: u64,
}

impl Shape {
    fn folders(&self) -> u64 {
        (self.files - BIG) / PER_FOLDER
    }

    fn files_of(&self, folder: u64) -> std::ops::Range<u64> {
        let begin = 10_000_000 + (folder - 1) * PER_FOLDER;
        if folder == BIG_FOLDER { 1_000_000..1_000_000 + BIG } else { begin..begin + PER_FOLDER }
    }

    fn walk(&self) -> impl Iterator<Item = Change> + '_ {
        let folder = |inode| Change::Object { inode, meta: Some(meta(Kind::Directory, inode, 0)) };
        let root = (1..=self.folders()).map(|inode| (name(inode), inode)).collect();
        let top = [folder(ROOT_INODE), Change::Directory { inode: ROOT_INODE, entries: root }];
        top.into_iter().chain((1..=self.folders()).flat_map(move |inode| {
            let entries = self.files_of(inode).map(|file| (name(file), file)).collect();
            let files = self.files_of(inode);
            // As a walk tells it: a folder's names come after what they lead to.
            [folder(inode)]
                .into_iter()
                .chain(files.map(|inode| Change::Object { inode, meta: Some(meta(Kind::File, inode, 0)) }))
                .chain([Change::Directory { inode, entries }])
        }))
    }

    /// One busy file, ten names that come and go in the big folder, and any files else.
    fn changes(&self, clock: u64, count: u64) -> Vec<Change> {
        let mut random = fastrand::Rng::with_seed(clock);
        let changed = |inode| Change::Object { inode, meta: Some(meta(Kind::File, inode, clock)) };
        let mut changes = vec![changed(self.files_of(BUSY).start)];
        let fresh = (0..10).map(|n| 20_000_000 + clock * 10 + n);
        let entries = self.files_of(BIG_FOLDER).chain(fresh.clone()).map(|file| (name(file), file)).collect();
        changes.push(Change::Directory { inode: BIG_FOLDER, entries });
        changes.extend(fresh.map(changed));
        while u64::try_from(changes.len()).expect("small") < count {
            let folder = random.u64(1..=self.folders());
            changes.push(changed(random.u64(self.files_of(folder))));
        }
        changes
    }
}

fn state(clock: u64) -> State {
    let tag = format!("s{clock}").parse().expect("a tag");
    let (guid, txg) = (Guid(clock), Txg(clock * 10));
    State::Snapshot(NewSnapshot { guid, tag, txg, created_at: Timestamp::UNIX_EPOCH })
}

fn percentile(mut times: Vec<Duration>, percent: usize) -> Duration {
    times.sort();
    times[(times.len() * percent / 100).min(times.len() - 1)]
}

/// Time this thread has had a processor: on a busy machine the clock tells of the others, too.
fn on_cpu() -> Duration {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").expect("Linux");
    Duration::from_nanos(text.split(' ').next().and_then(|nanos| nanos.parse().ok()).unwrap_or_default())
}

fn timed<T>(what: &str, runs: u64, mut ask: impl FnMut(u64) -> T) {
    let times = (0..runs).map(|run| {
        let (begin, cpu) = (Instant::now(), on_cpu());
        ask(run);
        (begin.elapsed(), on_cpu().saturating_sub(cpu))
    });
    let (wall, cpu): (Vec<Duration>, Vec<Duration>) = times.unzip();
    let both = |times: Vec<Duration>| {
        format!("p50 {:?}, p99 {:?}", percentile(times.clone(), 50), percentile(times, 99))
    };
    println!("{what}: {} (processor {})", both(wall), both(cpu));
}

fn memory() -> String {
    let status = std::fs::read_to_string("/proc/self/status").expect("Linux");
    status.lines().find(|line| line.starts_with("VmHWM")).unwrap_or_default().to_owned()
}

fn ask(catalog: &Catalog, dataset: DatasetId, shape: &Shape, snapshots: u64, seed: u64) {
    let mut random = fastrand::Rng::with_seed(seed);
    let mut any = || At::Snapshot(Txg(random.u64(1..=snapshots) * 10));
    let path = |folder| RelPath::from_bytes(name(folder).as_bytes()).expect("a path");
    let big = path(BIG_FOLDER);
    timed("folder of 10,000 names, whole", 100, |_| {
        catalog.list(dataset, any(), &big, None, 20_000).expect("a page").entries.len()
    });
    timed("folder of 10,000 names, first 200", 100, |_| {
        catalog.list(dataset, any(), &big, None, 200).expect("a page").total
    });
    timed("deleted names of that folder, first 200", 20, |_| {
        catalog.deleted(dataset, (At::Live, None), &big, None, 200).expect("a page").total
    });
    let busy = path(BUSY).join(&name(shape.files_of(BUSY).start)).expect("a path");
    println!("versions of the busy file: {}", catalog.versions(dataset, &busy).expect("versions").len());
    timed("its versions", 50, |_| catalog.versions(dataset, &busy).expect("versions").len());
    let ends = (At::Snapshot(Txg(10)), At::Live);
    let page = catalog.difference(dataset, ends, &RelPath::root(), None, 200).expect("a page");
    println!("differences of the first snapshot and live: {}", page.total);
    timed("a page of 200 of them", 3, |_| {
        catalog.difference(dataset, ends, &RelPath::root(), page.next.as_ref(), 200).expect("a page").total
    });
    timed("check of all", 1, |_| assert!(catalog.check().expect("a check").is_empty()));
    let known = catalog.known(dataset, At::Live).expect("known");
    timed("known objects, 1,000 in a range", 100, |run| {
        known.objects_in(10_000_000 + run * 5_000, u64::MAX, 1_000).expect("objects").len()
    });
}

fn main() {
    let mut arguments = std::env::args().skip(1).map(|text| text.parse::<u64>().expect("a number"));
    let shape = Shape { files: arguments.next().unwrap_or(1_000_000) };
    let (snapshots, count) = (arguments.next().unwrap_or(1_000), arguments.next().unwrap_or(500));
    let folder = tempfile::tempdir().expect("a folder");
    let catalog = Catalog::open(folder.path()).expect("a catalog");
    let dataset = catalog
        .note_dataset(Guid(1), &"tank/photos".parse().expect("a name"), Timestamp::UNIX_EPOCH)
        .expect("a dataset");

    let (begin, cpu) = (Instant::now(), on_cpu());
    let applied = catalog.apply(dataset, state(1), None, shape.walk()).expect("applied");
    let took = format!("{:?} (processor {:?})", begin.elapsed(), on_cpu().saturating_sub(cpu));
    let size =
        ["nasman.db", "nasman.db-wal"].map(|file| folder.path().join(file).metadata().map_or(0, |m| m.len()));
    println!("first index of {} files: {took}; {}", shape.files, memory());
    println!("database {} and log {} bytes: {} a version", size[0], size[1], size[0] / applied.objects_born);

    timed("a snapshot with its changes", snapshots - 1, |run| {
        catalog
            .apply(dataset, state(run + 2), Some(state(run + 1).txg()), shape.changes(run + 2, count))
            .expect("applied")
    });
    let size = folder.path().join("nasman.db").metadata().map_or(0, |m| m.len());
    let versions = applied.objects_born + (snapshots - 1) * count;
    println!("database {size} bytes: {} a version of {versions}; {}", size / versions, memory());
    ask(&catalog, dataset, &shape, snapshots, 1);
    timed("a snapshot without a change", 20, |run| {
        catalog
            .apply(dataset, state(snapshots + 1 + run), Some(state(snapshots + run).txg()), [])
            .expect("applied")
    });
    let mut random = fastrand::Rng::with_seed(2);
    let mut order: Vec<u64> = (1..=snapshots).collect();
    random.shuffle(&mut order);
    timed("destroying a snapshot", snapshots.min(100), |run| {
        catalog
            .forget_snapshot(dataset, Guid(order[usize::try_from(run).expect("small")]))
            .expect("forgotten")
    });
}
