//! The server's own binary, with a state of its own: started, killed, held still, asked.

use std::{
    fs::{self, File},
    os::unix::process::ExitStatusExt as _,
    path::{Path, PathBuf},
    process::{Child, Command},
    thread,
    time::{Duration, Instant},
};

use diesel::{Connection as _, RunQueryDsl as _, SqliteConnection, sql_types::BigInt};
use jiff::Timestamp;
use nasman_catalog::Catalog;
use nasman_core::DatasetName;
use nasman_zfs::Zfs;
use tempfile::TempDir;

use crate::scene::run;

/// Longest that anything may take here.
const PATIENCE: Duration = Duration::from_secs(240);
/// Between looks, where the moment counts,
const PAUSE: Duration = Duration::from_millis(5);
/// and where it does not.
const REST: Duration = Duration::from_millis(50);

/// Waits for a condition.
pub(crate) fn wait_for(what: &str, mut until: impl FnMut() -> bool) {
    let begin = Instant::now();
    while !until() {
        assert!(begin.elapsed() < PATIENCE, "{what} does not come");
        thread::sleep(REST);
    }
}

/// A server process and its state; killed when dropped.
pub(crate) struct Server {
    program: PathBuf,
    pub(crate) state: TempDir,
    process: Option<Child>,
    /// Where in the log the last start begins.
    started_at: usize,
}

impl Server {
    /// The binary. Absent (and said so) where none is named.
    pub(crate) fn program() -> Option<PathBuf> {
        let program = std::env::var_os("NASMAN_BIN").map(PathBuf::from);
        if program.is_none() {
            eprintln!("SKIPPED: NASMAN_BIN names no server");
        }
        program
    }

    pub(crate) fn new(program: &Path) -> Self {
        Self { program: program.to_owned(), state: new_state(), process: None, started_at: 0 }
    }

    /// With a state that knows of nothing.
    pub(crate) fn begin_anew(&mut self) {
        self.state = new_state();
    }

    pub(crate) fn catalog(&self) -> Catalog {
        Catalog::open(self.state.path()).unwrap()
    }

    /// Leaves all datasets out of the index but this one.
    pub(crate) fn index_only(&self, zfs: &dyn Zfs, dataset: Option<&DatasetName>) {
        let catalog = self.catalog();
        for other in zfs.datasets().unwrap().iter().filter(|other| Some(&other.name) != dataset) {
            let id = catalog.note_dataset(other.guid, &other.name, Timestamp::now()).unwrap();
            catalog.set_excluded(id, true).unwrap();
        }
    }

    pub(crate) fn start(&mut self) {
        let path = self.state.path().join("log");
        self.started_at = fs::metadata(&path).map_or(0, |log| usize::try_from(log.len()).unwrap());
        let log = File::options().create(true).append(true).open(path).unwrap();
        let process = Command::new(&self.program)
            .arg("serve")
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap())
            .env("NASMAN_SERVER_STATE_DIR", self.state.path())
            .env("NASMAN_SERVER_LISTEN", "127.0.0.1:0")
            .env("NASMAN_ADMIN_PASSWORD", "correct horse")
            .env("NASMAN_INDEX_LIVE_INTERVAL_SECONDS", "1")
            .stdout(log.try_clone().unwrap())
            .stderr(log)
            .spawn()
            .unwrap();
        self.process = Some(process);
    }

    pub(crate) fn kill(&mut self) {
        let mut process = self.process.take().unwrap();
        process.kill().unwrap();
        let status = process.wait().unwrap();
        assert_eq!(status.signal(), Some(9), "it ended of its own accord; {}", self.log());
    }

    /// Where it listens, once it does.
    pub(crate) fn address(&self) -> String {
        let mut found = None;
        self.wait("its address", |server| {
            let log = server.whole_log();
            let said = log.get(server.started_at..).unwrap_or_default().lines();
            found = said.filter_map(|line| line.strip_prefix("NASMan serves ")).map(str::to_owned).next();
            found.is_some()
        });
        found.unwrap()
    }

    /// Holds it still, every thread of it, until [`Self::go_on`].
    pub(crate) fn pause(&self) {
        let id = self.process.as_ref().unwrap().id().to_string();
        run("kill", &["-STOP", &id]);
        self.wait("its standing still", |_| {
            let threads = fs::read_dir(format!("/proc/{id}/task")).unwrap();
            let states = threads.map(|thread| fs::read_to_string(thread.unwrap().path().join("stat")));
            states.flatten().all(|stat| stat.rsplit(") ").next().is_some_and(|rest| rest.starts_with('T')))
        });
    }

    pub(crate) fn go_on(&self) {
        run("kill", &["-CONT", &self.process.as_ref().unwrap().id().to_string()]);
    }

    fn whole_log(&self) -> String {
        fs::read_to_string(self.state.path().join("log")).unwrap_or_default()
    }

    /// The end of it.
    pub(crate) fn log(&self) -> String {
        self.whole_log().lines().rev().take(30).collect::<Vec<_>>().join("\n")
    }

    /// It met no fault of its own.
    pub(crate) fn is_sound(&self) {
        let log = self.whole_log();
        let panics: Vec<_> = log.lines().filter(|line| line.contains("panicked at")).collect();
        assert!(panics.is_empty(), "{panics:#?}");
    }

    /// A number out of its database; none while there is no answer.
    pub(crate) fn ask(&self, sql: &str) -> Option<i64> {
        #[derive(diesel::QueryableByName)]
        struct Row {
            #[diesel(sql_type = BigInt)]
            n: i64,
        }
        let path = self.state.path().join("nasman.db");
        let mut conn = SqliteConnection::establish(&format!("file:{}?mode=ro", path.display())).ok()?;
        diesel::sql_query(sql).get_result::<Row>(&mut conn).ok().map(|row| row.n)
    }

    pub(crate) fn wait(&self, what: &str, mut until: impl FnMut(&Self) -> bool) {
        let begin = Instant::now();
        while !until(self) {
            assert!(begin.elapsed() < PATIENCE, "{what} does not come; {}", self.log());
            thread::sleep(PAUSE);
        }
    }
}

fn new_state() -> TempDir {
    TempDir::with_prefix("nasman-test-").unwrap()
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Some(mut process) = self.process.take() {
            let _ = process.kill();
            let _ = process.wait();
        }
    }
}
