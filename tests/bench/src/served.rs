//! The real server over HTTP, on a ZFS in memory.

use std::{
    collections::BTreeMap,
    path::Path,
    sync::{Arc, mpsc},
    thread::JoinHandle,
};

use actix_web::dev::ServerHandle;
use anyhow::{Context as _, Result, anyhow};
use nasman::{config::Config, serve};
use nasman_zfs::FakeZfs;
use tempfile::TempDir;
use tokio::sync::watch;

use crate::client::Client;

const PASSWORD: &str = "measured-by-the-bench";

/// Serves until dropped.
pub struct Served {
    /// Signed in.
    pub client: Client,
    handle: ServerHandle,
    thread: Option<JoinHandle<()>>,
    _stop: watch::Sender<bool>,
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
        let mut settings = vec![
            ("NASMAN_SERVER_LISTEN", "127.0.0.1:0".to_owned()),
            ("NASMAN_SERVER_STATE_DIR", state.display().to_string()),
        ];
        let seconds =
            live_interval.map(|seconds| ("NASMAN_INDEX_LIVE_INTERVAL_SECONDS", seconds.to_string()));
        settings.extend(seconds);
        let settings = settings.into_iter().map(|(name, value)| (name.to_owned(), value));
        let config = Config::parse("", settings.collect::<BTreeMap<_, _>>())?;
        let (stop, stopping) = watch::channel(false);
        let (tell, told) = mpsc::channel();
        let thread = std::thread::spawn(move || {
            actix_web::rt::System::new().block_on(async {
                let started = start(config, zfs, stopping).map(|running| {
                    let serve::Running { address, handle, server } = running;
                    ((format!("http://{address}"), handle), server)
                });
                match started {
                    Ok((address, server)) => {
                        // Who started this waits for it; the server's own end is the end of the thread.
                        let _ = tell.send(Ok(address));
                        let _ = server.await;
                    }
                    Err(error) => drop(tell.send(Err(error))),
                }
            });
        });
        let (url, handle) = told.recv().context("the server's thread ended")??;
        let client = Client::sign_in(&url, PASSWORD)?;
        Ok(Self { client, handle, thread: Some(thread), _stop: stop, state: None })
    }
}

fn start(config: Config, zfs: Arc<FakeZfs>, stopping: watch::Receiver<bool>) -> Result<serve::Running> {
    let app = serve::set_up(config, |_| zfs, stopping)?;
    serve::first_run(&app, Some(PASSWORD))?;
    serve::listen(app).map_err(|error| anyhow!("listening: {error}"))
}

impl Drop for Served {
    fn drop(&mut self) {
        // The order to stop is given by the call itself; that it has stopped is what the thread's end tells.
        drop(self.handle.stop(false));
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}
