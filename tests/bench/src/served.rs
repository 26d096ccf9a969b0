//! The real server over HTTP, on a ZFS in memory.

use std::{
    collections::BTreeMap,
    path::Path,
    sync::{Arc, mpsc},
    thread::JoinHandle,
};

use actix_web::{dev::ServerHandle, web};
use anyhow::{Context as _, Result, anyhow};
use nasman::{app::App, config::Config, serve};
use nasman_zfs::FakeZfs;
use tempfile::TempDir;
use tokio::sync::watch;

use crate::client::Client;

/// Of the administrator.
pub const PASSWORD: &str = "measured-by-the-bench";

/// The setting of how often live is looked at.
pub const LIVE_INTERVAL: &str = "NASMAN_INDEX_LIVE_INTERVAL_SECONDS";

/// A setting by the name it has in the environment.
type Setting = (&'static str, String);

/// Serves until dropped.
pub struct Served {
    /// Signed in.
    pub client: Client,
    /// Where it listens.
    pub address: String,
    /// Its parts.
    pub app: web::Data<App>,
    handle: ServerHandle,
    thread: Option<JoinHandle<()>>,
    stop: watch::Sender<bool>,
    /// Removed with it, where it is its own.
    state: Option<TempDir>,
}

impl Served {
    /// Starts a server with fresh state in the folder given.
    pub fn start(folder: &Path, zfs: Arc<FakeZfs>) -> Result<Self> {
        let state = tempfile::tempdir_in(folder)?;
        let mut served = Self::start_on(state.path(), zfs, None)?;
        served.state = Some(state);
        Ok(served)
    }

    /// Starts a server with the state given, which stays. Live is looked at every so many seconds, where told.
    pub fn start_on(state: &Path, zfs: Arc<FakeZfs>, live_interval: Option<u32>) -> Result<Self> {
        let seconds = live_interval.map(|seconds| (LIVE_INTERVAL, seconds.to_string()));
        Self::start_with(state, zfs, seconds.into_iter().collect(), false)
    }

    /// The same, with more settings, and jobs run and search follows the catalog.
    pub fn start_working(state: &Path, zfs: Arc<FakeZfs>, settings: Vec<Setting>) -> Result<Self> {
        Self::start_with(state, zfs, settings, true)
    }

    fn start_with(
        state: &Path,
        zfs: Arc<FakeZfs>,
        mut settings: Vec<Setting>,
        working: bool,
    ) -> Result<Self> {
        settings.push(("NASMAN_SERVER_LISTEN", "127.0.0.1:0".to_owned()));
        settings.push(("NASMAN_SERVER_STATE_DIR", state.display().to_string()));
        let settings = settings.into_iter().map(|(name, value)| (name.to_owned(), value));
        let config = Config::parse("", settings.collect::<BTreeMap<_, _>>())?;
        let (stop, stopping) = watch::channel(false);
        let (tell, told) = mpsc::channel();
        let thread = std::thread::spawn(move || {
            actix_web::rt::System::new().block_on(async {
                let started = start(config, zfs, stopping).map(|(app, running)| {
                    let serve::Running { address, handle, server } = running;
                    ((format!("http://{address}"), app, handle), server)
                });
                match started {
                    Ok((parts, server)) => {
                        if working {
                            actix_web::rt::spawn(serve::work(parts.1.clone()));
                        }
                        // Who started this waits for it; the server's own end is the end of the thread.
                        let _ = tell.send(Ok(parts));
                        let _ = server.await;
                    }
                    Err(error) => drop(tell.send(Err(error))),
                }
            });
        });
        let (address, app, handle) = told.recv().context("the server's thread ended")??;
        let client = Client::sign_in(&address, PASSWORD)?;
        Ok(Self { client, address, app, handle, thread: Some(thread), stop, state: None })
    }
}

fn start(
    config: Config,
    zfs: Arc<FakeZfs>,
    stopping: watch::Receiver<bool>,
) -> Result<(web::Data<App>, serve::Running)> {
    let app = serve::set_up(config, |_| zfs, stopping)?;
    serve::first_run(&app, Some(PASSWORD))?;
    let running = serve::listen(app.clone()).map_err(|error| anyhow!("listening: {error}"))?;
    Ok((app, running))
}

impl Drop for Served {
    fn drop(&mut self) {
        // What works in the background ends, too.
        self.stop.send_replace(true);
        // The order to stop is given by the call itself; that it has stopped is what the thread's end tells.
        drop(self.handle.stop(false));
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}
