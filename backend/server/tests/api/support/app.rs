//! The real server on a port of its own, with a ZFS in memory.

use std::{
    collections::BTreeMap,
    path::PathBuf,
    sync::{Arc, OnceLock, mpsc},
    thread::JoinHandle,
};

use actix_web::{dev::ServerHandle, web};
use jiff::Timestamp;
use nasman::{app::App, auth::hash_token, config::Config, serve};
use nasman_catalog::{Catalog, NewToken, NewUser, User};
use nasman_core::{DatasetName, Grant, Right, Role};
use nasman_zfs::{FakeZfs, Zfs as _};
use tempfile::TempDir;
use tokio::sync::watch;

use super::{Anonymous, Api, Browser, Script, log};

/// Everybody's password here.
pub const PASSWORD: &str = "correct horse";
/// The dataset that is always there, as an address has it.
pub const HOME: &str = "/datasets/tank%2Fhome";

/// What outlives a server: its ZFS and its state.
pub struct State {
    pub zfs: Arc<FakeZfs>,
    pub folder: TempDir,
}

impl State {
    /// A pool with `tank/home`, and no state yet.
    pub fn new() -> Self {
        Self::on(FakeZfs::new().with_dataset("tank/home"))
    }

    pub fn on(zfs: FakeZfs) -> Self {
        Self { zfs: Arc::new(zfs), folder: TempDir::with_prefix("nasman-test-").expect("a folder") }
    }

    /// The database, as a server before this one left it.
    pub fn catalog(&self) -> Catalog {
        Catalog::open(&self.state_dir()).expect("the state")
    }

    pub fn state_dir(&self) -> PathBuf {
        self.folder.path().join("state")
    }

    /// Starts a server with these settings on top of the defaults.
    pub fn start(self, settings: &str) -> TestApp {
        log::capture();
        let env = [("NASMAN_SERVER_LISTEN", "127.0.0.1:0")].map(|(k, v)| (k.to_owned(), v.to_owned()));
        let mut config = Config::parse(settings, BTreeMap::from(env)).expect("the settings");
        config.state_dir = self.state_dir();
        let (stop, stopping) = watch::channel(false);
        let (tell, told) = mpsc::channel();
        let zfs = Arc::clone(&self.zfs);
        let thread = std::thread::spawn(move || {
            actix_web::rt::System::new().block_on(async move {
                let app = serve::set_up(config, |_| zfs, stopping).expect("the parts");
                let running = serve::listen(app.clone()).expect("a port");
                let _ = tell.send((app.clone(), running.address, running.handle));
                let work = actix_web::rt::spawn(serve::work(app));
                running.server.await.expect("a clean end");
                work.await.expect("the queue's clean end");
            });
        });
        let (app, address, handle) = told.recv().expect("a running server");
        TestApp {
            app,
            base: format!("http://{address}"),
            stop,
            handle,
            thread: Some(thread),
            state: Some(self),
        }
    }
}

/// A running server; stops when dropped.
pub struct TestApp {
    /// Its parts, to set scenes up with.
    pub app: web::Data<App>,
    pub base: String,
    stop: watch::Sender<bool>,
    handle: ServerHandle,
    thread: Option<JoinHandle<()>>,
    state: Option<State>,
}

impl TestApp {
    /// On a pool with `tank/home`, with the default settings.
    pub fn new() -> Self {
        State::new().start("")
    }

    pub fn zfs(&self) -> &Arc<FakeZfs> {
        &self.state().zfs
    }

    pub fn state(&self) -> &State {
        self.state.as_ref().expect("a server that was not stopped")
    }

    pub fn anonymous(&self) -> Api<Anonymous> {
        Api::new(&self.base, Anonymous)
    }

    /// A new user, named after the role.
    pub fn add_user(&self, role: Role) -> User {
        self.add(role.as_str(), role, false)
    }

    /// A new user who may see nothing but this: a dataset, whether what is beneath it, and what to do there.
    pub fn add_restricted(&self, name: &str, role: Role, granted: &[(&str, bool, &[Right])]) -> User {
        let user = self.add(name, role, true);
        self.grant(&user, granted);
        user
    }

    /// Replaces what a user may see.
    pub fn grant(&self, user: &User, granted: &[(&str, bool, &[Right])]) {
        let identified = |(name, beneath, rights): &(&str, bool, &[Right])| {
            let dataset: DatasetName = name.parse().expect("a name");
            let guid = self.zfs().dataset(&dataset).expect("a dataset").guid;
            self.app.catalog.note_dataset(guid, &dataset, Timestamp::now()).expect("the state");
            (guid, Grant { dataset, beneath: *beneath, rights: rights.iter().copied().collect() })
        };
        let grants: Vec<_> = granted.iter().map(identified).collect();
        self.app.catalog.set_grants(user.id, true, &grants).expect("grants");
    }

    fn add(&self, name: &str, role: Role, restricted: bool) -> User {
        static HASH: OnceLock<String> = OnceLock::new();
        let hash = HASH.get_or_init(|| self.app.passwords.hash("password", PASSWORD).expect("a hash"));
        let new = NewUser { name, password_hash: hash, role, restricted };
        self.app.catalog.add_user(&new, Timestamp::now()).expect("a user")
    }

    /// A user of this role, new or known, signed in with a browser.
    pub async fn browser(&self, role: Role) -> Api<Browser> {
        self.user(role);
        let reply = self.anonymous().sign_in(role.as_str(), PASSWORD).await.is(200);
        let cookie = reply.header("set-cookie").expect("a cookie").split(';').next().unwrap_or_default();
        self.with_cookie(cookie)
    }

    pub fn with_cookie(&self, cookie: &str) -> Api<Browser> {
        Api::new(&self.base, Browser { cookie: cookie.to_owned() })
    }

    /// A token of a user of this role, new or known.
    pub fn script(&self, role: Role) -> Api<Script> {
        let user = self.user(role);
        self.with_token(&user, role, None)
    }

    /// A token of this user.
    pub fn with_token(&self, user: &User, role: Role, expires_at: Option<Timestamp>) -> Api<Script> {
        let secret = nasman::auth::new_secret().expect("randomness");
        let hash = hash_token(&secret);
        let new = NewToken { user_id: user.id, name: "test", hash: &hash, role, expires_at };
        self.app.catalog.add_token(&new, Timestamp::now()).expect("a token");
        Api::new(&self.base, Script { secret })
    }

    fn user(&self, role: Role) -> User {
        let known = self.app.catalog.user_by_name(role.as_str()).expect("the state");
        known.unwrap_or_else(|| self.add_user(role))
    }

    /// Tells the server to stop, and does not wait.
    pub fn tell_to_stop(&self) {
        let _ = self.stop.send(true);
        drop(self.handle.stop(false));
    }

    /// Stops the server; what outlives it is left.
    pub fn stopped(mut self) -> State {
        self.end();
        self.state.take().expect("the state")
    }

    fn end(&mut self) {
        self.tell_to_stop();
        let ended = self.thread.take().map(JoinHandle::join);
        if !std::thread::panicking() {
            assert!(ended.is_none_or(|ended| ended.is_ok()), "the server panicked");
        }
    }
}

impl Drop for TestApp {
    fn drop(&mut self) {
        self.end();
    }
}
