//! The processes of their own: one that indexes, and one that serves, so that the memory of each is its own.

use std::{
    collections::BTreeMap,
    fs,
    io::{BufRead as _, BufReader, Write as _},
    path::Path,
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
    sync::Arc,
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, bail, ensure};
use nasman::{
    config::Config,
    search::{Search, run},
};
use nasman_catalog::Catalog;
use nasman_zfs::Zfs as _;
use serde_json::{Value, json};
use tokio::sync::watch;

use crate::{
    client::Client,
    index::{DATASET, as_snapshot, fake, hold, memory},
    inside::{self, take_in, take_in_and_tell, told},
    rounds::wait_for,
    served::{LIVE_INTERVAL, PASSWORD, Served},
};

/// The second snapshot, in which some files are different.
const CHANGED: &str = "changed";

/// What was indexed, and how fast.
#[derive(Debug, Clone, Copy)]
pub struct Indexed {
    /// From the first look at the tree until the catalog had it; 0 where it had it before.
    pub walked: f64,
    /// From then until all was found.
    pub projected: f64,
    /// MB that the process took at most.
    pub memory: f64,
    /// Documents in it.
    pub documents: f64,
}

impl Indexed {
    /// Indexes in a process of its own; the catalog has it all already where there is no tree.
    pub fn measure(tree: Option<&Path>, state: &Path) -> Result<Self> {
        let mut child = Command::new(std::env::current_exe()?);
        child.args([inside::WORD, "search-index"]).arg(state).args(tree).stderr(Stdio::inherit());
        let output = child.output()?;
        ensure!(output.status.success(), "the process that indexes failed");
        let told = told(std::str::from_utf8(&output.stdout)?)?;
        let number = |key: &str| told[key].as_f64().with_context(|| format!("no {key} in {told}"));
        Ok(Self {
            walked: number("walked")?,
            projected: number("projected")?,
            memory: number("memory")? / 1e6,
            documents: number("documents")?,
        })
    }
}

/// In the process that indexes: takes the tree into the catalog as a job does, while search follows as in the server.
pub fn index(state: &Path, tree: Option<&Path>) -> Result<Value> {
    let catalog = Catalog::open(state)?;
    let settings = [("NASMAN_SERVER_STATE_DIR".to_owned(), state.display().to_string())];
    let began = Instant::now();
    let search = Search::open(&Config::parse("", BTreeMap::from(settings))?)?;
    let (stop, stopping) = watch::channel(false);
    let (walked, projected) = thread::scope(|scope| {
        scope.spawn(|| run(&search, &catalog, &stopping));
        let followed = follow(&search, &catalog, tree, began);
        stop.send_replace(true);
        search.hint();
        followed
    })?;
    let status = serde_json::to_value(search.status())?;
    Ok(json!({
        "walked": walked,
        "projected": projected,
        "memory": memory()?,
        "documents": status["documents"],
    }))
}

/// Seconds until the catalog had all, and from then until all was found. `began`: when search was opened.
fn follow(search: &Search, catalog: &Catalog, tree: Option<&Path>, began: Instant) -> Result<(f64, f64)> {
    let (began, walked) = match tree {
        None => (began, 0.0),
        Some(tree) => {
            // A server is there before there is anything to index.
            wait_until_ready(search, catalog)?;
            let began = Instant::now();
            let (zfs, dataset, snapshot) = as_snapshot(tree)?;
            let id = catalog.note_dataset(dataset.guid, &dataset.name, jiff::Timestamp::now())?;
            let ahead = search.ahead(dataset.guid, snapshot.createtxg);
            take_in_and_tell(&zfs, catalog, id, None, &snapshot, Some(ahead))?;
            search.hint();
            (began, began.elapsed().as_secs_f64())
        }
    };
    wait_until_ready(search, catalog)?;
    Ok((walked, began.elapsed().as_secs_f64() - walked))
}

fn wait_until_ready(search: &Search, catalog: &Catalog) -> Result<()> {
    while catalog.search_pending()? > 0 || serde_json::to_value(search.status())?["state"] != "ready" {
        thread::sleep(Duration::from_millis(5));
    }
    Ok(())
}

/// In the process that serves: until its input ends. Each line of it takes the tree in once more. Where an address is
/// given, the Meilisearch there answers.
pub fn serve(state: &Path, tree: Option<&Path>, (url, index): (&str, &str)) -> Result<()> {
    let zfs = Arc::new(match tree {
        Some(tree) => as_snapshot(tree)?.0,
        None => fake(),
    });
    let mut settings = vec![(LIVE_INTERVAL, "0".to_owned())];
    if !url.is_empty() {
        settings.push(("NASMAN_SEARCH_URL", url.to_owned()));
        settings.push(("NASMAN_SEARCH_INDEX", index.to_owned()));
        settings.extend(std::env::var("MEILISEARCH_KEY").map(|key| ("NASMAN_SEARCH_KEY", key)));
    }
    let served = Served::start_working(state, Arc::clone(&zfs), settings)?;
    writeln!(std::io::stdout(), "{}", json!({ "server": served.address }))?;
    for line in std::io::stdin().lines() {
        let Some(tree) = tree.filter(|_| line.is_ok()) else { break };
        let app = &served.app;
        let dataset = zfs.dataset(&DATASET.parse()?)?;
        let base = zfs.snapshots(&dataset.name)?.pop().context("a snapshot")?;
        let next = zfs.add_snapshot(&format!("{}@{CHANGED}", dataset.name));
        hold(&zfs, &next, tree)?;
        let id = app.catalog.dataset(dataset.guid)?.id;
        take_in(&*zfs, &app.catalog, id, Some(&base), &next)?;
        app.search.hint();
        writeln!(std::io::stdout(), "{}", json!({ "taken": CHANGED }))?;
    }
    Ok(())
}

/// A server in a process of its own; ends when dropped.
pub struct Server {
    /// Signed in.
    pub client: Client,
    child: Child,
    orders: Option<ChildStdin>,
    told: BufReader<ChildStdout>,
}

impl Server {
    /// Starts it with the state of an indexed tree, and waits until all of it is found. `meilisearch`: an address and the
    /// name of an index, where that is to answer.
    pub fn start(state: &Path, tree: Option<&Path>, meilisearch: Option<(&str, &str)>) -> Result<Self> {
        let mut child = Command::new(std::env::current_exe()?);
        let (url, index) = meilisearch.unwrap_or_default();
        child.args([inside::WORD, "search-serve", url, index]).arg(state).args(tree);
        let mut child = child.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
        let orders = child.stdin.take();
        let mut told = BufReader::new(child.stdout.take().context("the server prints nothing")?);
        let address = line(&mut told)?;
        let client = Client::sign_in(address["server"].as_str().context("no address")?, PASSWORD)?;
        let server = Self { client, child, orders, told };
        wait_for(Duration::from_secs(3600), "search", || {
            let found = server.client.get("/search?limit=1")?;
            Ok((found["completeness"]["state"] == "ready").then_some(()))
        })?;
        Ok(server)
    }

    /// Has the tree taken in once more.
    pub fn take_in(&mut self) -> Result<()> {
        writeln!(self.orders.as_mut().context("the server's input")?)?;
        let told = line(&mut self.told)?;
        ensure!(told["taken"] == CHANGED, "the server said {told}");
        Ok(())
    }

    /// MB of memory that it has now: all, and what is not a file's.
    pub fn memory(&self) -> Result<(f64, f64)> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        let mb = |key: &str| -> Result<f64> {
            let line = status.lines().find_map(|line| line.strip_prefix(key)).context(key.to_owned())?;
            let kib: u32 = line.trim().trim_end_matches("kB").trim().parse()?;
            Ok(f64::from(kib) * 1024.0 / 1e6)
        };
        Ok((mb("VmRSS:")?, mb("RssAnon:")?))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // The end of its input is its own; what is left of it then is waited for.
        self.orders = None;
        let _ = self.child.wait();
    }
}

fn line(told: &mut BufReader<ChildStdout>) -> Result<Value> {
    let mut line = String::new();
    if told.read_line(&mut line)? == 0 {
        bail!("the server ended");
    }
    Ok(serde_json::from_str(&line)?)
}
