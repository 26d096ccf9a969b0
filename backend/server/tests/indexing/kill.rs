//! The server killed while it indexes, fifty times.

use std::{
    fs::File,
    os::unix::process::ExitStatusExt as _,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use diesel::{Connection as _, RunQueryDsl as _, SqliteConnection, sql_types::BigInt};
use fastrand::Rng;
use jiff::Timestamp;
use nasman_catalog::{At, Catalog, DatasetId};
use tempfile::TempDir;

use crate::{
    answer::{answer, compare, versions},
    scene::{Scene, run, seeds, zfs},
    workload::Workload,
};

const KILLS: usize = 50;
const SNAPSHOTS: usize = 40;
const PATIENCE: Duration = Duration::from_secs(100);

/// A server process and its state.
struct Server<'a> {
    program: &'a Path,
    scene: &'a Scene,
    state: TempDir,
    process: Option<Child>,
}

impl<'a> Server<'a> {
    fn new(program: &'a Path, scene: &'a Scene) -> Self {
        let state = TempDir::with_prefix("nasman-test-").unwrap();
        let server = Self { program, scene, state, process: None };
        server.prepare();
        server
    }

    /// Leaves all other datasets out.
    fn prepare(&self) {
        use nasman_zfs::Zfs as _;
        let catalog = self.catalog();
        for other in self.scene.zfs.datasets().unwrap().iter().filter(|d| d.name != self.scene.root) {
            let id = catalog.note_dataset(other.guid, &other.name, Timestamp::now()).unwrap();
            catalog.set_excluded(id, true).unwrap();
        }
    }

    fn begin_anew(&mut self) {
        self.state = TempDir::with_prefix("nasman-test-").unwrap();
        self.prepare();
    }

    fn catalog(&self) -> Catalog {
        Catalog::open(self.state.path()).unwrap()
    }

    fn start(&mut self) {
        let log = File::options().create(true).append(true).open(self.state.path().join("log")).unwrap();
        let process = Command::new(self.program)
            .arg("serve")
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap())
            .env("NASMAN_SERVER_STATE_DIR", self.state.path())
            .env("NASMAN_SERVER_LISTEN", "127.0.0.1:0")
            .env("NASMAN_ADMIN_PASSWORD", "correct horse")
            .env("NASMAN_INDEX_LIVE_INTERVAL_SECONDS", "1")
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()
            .unwrap();
        self.process = Some(process);
    }

    fn kill(&mut self) {
        let mut process = self.process.take().unwrap();
        process.kill().unwrap();
        let status = process.wait().unwrap();
        assert_eq!(status.signal(), Some(9), "it ended of its own accord; {}", self.log());
    }

    fn log(&self) -> String {
        let log = std::fs::read_to_string(self.state.path().join("log")).unwrap_or_default();
        log.lines().rev().take(30).collect::<Vec<_>>().join("\n")
    }

    /// A number out of its database; none while there is no answer.
    fn ask(&self, sql: &str) -> Option<i64> {
        #[derive(diesel::QueryableByName)]
        struct Row {
            #[diesel(sql_type = BigInt)]
            n: i64,
        }
        let path = self.state.path().join("nasman.db");
        let mut conn = SqliteConnection::establish(&format!("file:{}?mode=ro", path.display())).ok()?;
        diesel::sql_query(sql).get_result::<Row>(&mut conn).ok().map(|row| row.n)
    }

    fn is_indexing(&self) -> bool {
        self.ask("SELECT count(*) AS n FROM jobs WHERE state = 'processing'").is_some_and(|n| n > 0)
    }

    /// All snapshots are known, and live as it was at that time or later.
    fn is_complete(&self, since: Timestamp) -> bool {
        let snapshots = self.scene.snapshots(&self.scene.root);
        let snapshots = snapshots.iter().filter(|s| !nasman::index::is_own(&s.name.tag)).count();
        let sql = format!(
            "SELECT count(*) AS n FROM snapshots WHERE indexed = 1 AND dataset = (SELECT id FROM datasets \
             WHERE NOT excluded AND position_at >= {}) AND NOT EXISTS (SELECT 1 FROM jobs \
             WHERE state IN ('processing', 'enqueued'))",
            since.as_millisecond()
        );
        self.ask(&sql) == i64::try_from(snapshots).ok()
    }

    fn wait(&self, what: &str, mut until: impl FnMut(&Self) -> bool) {
        let begin = Instant::now();
        while !until(self) {
            assert!(begin.elapsed() < PATIENCE, "{what} does not come; {}", self.log());
            thread::sleep(Duration::from_millis(20));
        }
    }

    fn id(&self, catalog: &Catalog) -> DatasetId {
        catalog.dataset_by_name(&self.scene.root).unwrap().unwrap().id
    }
}

impl Drop for Server<'_> {
    fn drop(&mut self) {
        if let Some(mut process) = self.process.take() {
            let _ = process.kill();
            let _ = process.wait();
        }
    }
}

#[test]
fn killed_fifty_times_it_comes_to_the_same_catalog() {
    let Some(program) = std::env::var_os("NASMAN_BIN").map(PathBuf::from) else {
        eprintln!("SKIPPED: NASMAN_BIN names no server");
        return;
    };
    let seed = seeds(&[1])[0];
    let Some(scene) = Scene::new("kill", &[]) else { return };
    let mut work = Workload::new(&scene.folder(&scene.root), seed);
    work.run(100);
    for number in 0..SNAPSHOTS {
        work.run(15);
        zfs(&["snapshot", &format!("{}@{number}", scene.root)]);
    }

    let mut killed = Server::new(&program, &scene);
    let (took, mut random) = (time_of_a_first_index(&program, &scene), Rng::with_seed(seed));
    let (mut kills, mut completed) = (0, 0);
    let begin = Instant::now();
    while kills < KILLS {
        // Live changes all the time; there is always something to do.
        work.run(3);
        run("zpool", &["sync", scene.root.pool().as_str()]);
        let since = Timestamp::now();
        killed.start();
        killed.wait("indexing", |server| server.is_indexing() || server.is_complete(since));
        thread::sleep(took.mul_f64(random.f64() / 8.0));
        let indexing = killed.is_indexing();
        let complete = killed.is_complete(since);
        killed.kill();
        if indexing {
            kills += 1;
        } else if complete {
            completed += 1;
            scene.has_nothing_of_nasmans_own();
            killed.begin_anew();
        }
        if kills % 10 == 0 {
            eprintln!("{kills} kills, {completed} times complete, {:?}", begin.elapsed());
        }
    }

    work.run(20);
    run("zpool", &["sync", scene.root.pool().as_str()]);
    let mut whole = Server::new(&program, &scene);
    for server in [&mut killed, &mut whole] {
        let since = Timestamp::now();
        server.start();
        server.wait("the end", |server| server.is_complete(since));
        server.kill();
    }
    scene.has_nothing_of_nasmans_own();
    let [held, expected] = [&killed, &whole].map(|server| {
        let catalog = server.catalog();
        assert_eq!(catalog.check().unwrap(), []);
        let id = server.id(&catalog);
        compare(&answer(&catalog, id, At::Live), &scene.live(&scene.root), "live");
        versions(server.state.path(), &catalog, id)
    });
    assert!(expected.len() > 300, "only {} versions", expected.len());
    let differ: Vec<_> = held.iter().filter(|(what, states)| expected.get(*what) != Some(states)).collect();
    assert!(differ.is_empty() && held.len() == expected.len(), "{differ:#?}");
}

/// Without a kill, from the first job's begin.
fn time_of_a_first_index(program: &Path, scene: &Scene) -> Duration {
    let mut server = Server::new(program, scene);
    let since = Timestamp::now();
    server.start();
    server.wait("indexing", Server::is_indexing);
    let begin = Instant::now();
    server.wait("the end", |server| server.is_complete(since));
    server.kill();
    eprintln!("a first index takes {:?}", begin.elapsed());
    begin.elapsed()
}
