//! Puts the parts together and serves them until told to stop.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use actix_web::{App as ActixApp, HttpServer, dev::ServerHandle, guard, middleware::from_fn, web};
use nasman_catalog::{Catalog, NewUser};
use nasman_core::Role;
use nasman_zfs::{Zfs, feed::Feed, files::Owners};
use tokio::sync::{Semaphore, watch};
use utoipa_actix_web::{AppExt as _, scope, service_config::ServiceConfig};

use crate::{
    app::App,
    audit::{self, Looks},
    auth::{CookieKey, Passwords, Throttle, know_caller},
    config::Config,
    http::{
        error::{ApiError, Code},
        middleware::surround,
    },
    index::{self, IndexWork},
    jobs::{self, Jobs, Work},
    metrics::Metrics,
    restore::{RestoreWork, UndoWork},
    routes::{self, errors, frontend::frontend, moment::CreatedCache, openapi, system},
    search::{self, KnownCache, Search},
};

/// How long open requests may take to end when the server stops.
const GRACE_SECONDS: u64 = 20;
/// Passwords checked at a time.
const SIGN_INS: usize = 2;
/// Largest body of a request.
const MAX_BODY: usize = 1 << 20;

/// Why the server can't be set up. The text says what to do.
#[derive(Debug, thiserror::Error)]
pub enum SetupError {
    /// The state can't be opened.
    #[error(transparent)]
    State(#[from] nasman_catalog::OpenError),
    /// The state can't be read or written.
    #[error(transparent)]
    Catalog(#[from] nasman_catalog::CatalogError),
    /// Anything else.
    #[error("{0}")]
    Other(String),
}

/// What the administrator of a first run signs in with.
#[derive(Debug)]
pub struct FirstLogin {
    /// Name.
    pub name: &'static str,
    /// Password; absent when it came from the environment, and so is known.
    pub password: Option<String>,
}

/// Opens the state and makes the parts. `zfs` is made with the metrics at hand, so that it can count.
///
/// # Errors
/// As [`SetupError`] says.
pub fn set_up(
    config: Config,
    zfs: impl FnOnce(&Metrics) -> Arc<dyn Zfs>,
    stopping: watch::Receiver<bool>,
) -> Result<web::Data<App>, SetupError> {
    let other = |error: String| SetupError::Other(error);
    let catalog = Catalog::open(&config.state_dir)?;
    index::follow_excludes(&catalog, &config.index_exclude)?;
    let metrics = Metrics::new().map_err(|error| other(error.to_string()))?;
    let mut random = [0u8; 32];
    getrandom::fill(&mut random)
        .map_err(|error| other(format!("the system gives no randomness: {error}")))?;
    let secret =
        catalog.setting_or("cookie_key", || blake3::Hash::from_bytes(random).to_hex().to_string())?;
    Ok(web::Data::new(App {
        zfs: zfs(&metrics),
        jobs: Arc::new(Jobs::new(catalog.clone())),
        index: Arc::default(),
        search: Arc::new(Search::open(&config).map_err(|error| other(format!("[search]: {error}")))?),
        search_known: KnownCache::default(),
        cookie_key: CookieKey::new(&secret, config.https, config.session_renewal),
        passwords: Arc::new(Passwords::new().map_err(|error| other(error.detail))?),
        throttle: Throttle::default(),
        sign_ins: Semaphore::new(SIGN_INS),
        looks: Looks::default(),
        created: CreatedCache::default(),
        owners: Owners::default(),
        downloads: Arc::default(),
        catalog,
        metrics,
        config,
        stopping,
    }))
}

/// Makes the first administrator where there is no user at all.
///
/// # Errors
/// When the given password is no good, or the state can't be written.
pub fn first_run(app: &App, given: Option<&str>) -> Result<Option<FirstLogin>, SetupError> {
    if !app.catalog.users()?.is_empty() {
        return Ok(None);
    }
    let random = match given {
        Some(_) => None,
        None => Some(Passwords::random().map_err(|error| SetupError::Other(error.to_string()))?),
    };
    let password = given.or(random.as_deref()).unwrap_or_default();
    let hash = app.passwords.hash("password", password).map_err(|error| {
        SetupError::Other(format!("NASMAN_ADMIN_PASSWORD can't be the administrator's: {}", error.detail))
    })?;
    let user = NewUser { name: "admin", password_hash: &hash, role: Role::Admin, restricted: false };
    app.catalog.add_user(&user, app.now())?;
    Ok(Some(FirstLogin { name: "admin", password: random }))
}

/// A running server.
pub struct Running {
    /// Where it listens: the port is chosen when the setting's is 0.
    pub address: SocketAddr,
    /// Stops it.
    pub handle: ServerHandle,
    /// Ends when it has stopped.
    pub server: actix_web::dev::Server,
}

/// Begins to listen.
///
/// # Errors
/// When the address can't be listened on.
pub fn listen(app: web::Data<App>) -> std::io::Result<Running> {
    let address = app.config.listen;
    let server = HttpServer::new(move || service(app.clone()))
        .workers(2)
        .shutdown_timeout(GRACE_SECONDS)
        // Else the last part of an answer waits 40 ms for the client's acknowledgement of the part before.
        .tcp_nodelay(true)
        .keep_alive(Duration::from_secs(75))
        // Who closes a connection while an answer is under way is gone, and the work for it ends: else it would only be
        // noticed by the next write, and a folder of zeros that compresses to nothing writes none for hours.
        .h1_allow_half_closed(false)
        .disable_signals()
        .bind(address)?;
    let address = server.addrs().first().copied().unwrap_or(address);
    let server = server.run();
    Ok(Running { address, handle: server.handle(), server })
}

/// Runs the queue of jobs until the server stops.
pub async fn work(app: web::Data<App>) {
    let (zfs, index) = (Arc::clone(&app.zfs), Arc::clone(&app.index));
    let feed = Feed { exclude: app.config.index_exclude.clone(), ..Feed::default() };
    let kinds: Vec<Box<dyn Work>> = vec![
        Box::new(RestoreWork::new(Arc::clone(&zfs), app.catalog.clone(), Arc::clone(&index))),
        Box::new(UndoWork::new(Arc::clone(&zfs), app.catalog.clone(), Arc::clone(&index))),
        Box::new(IndexWork::new(zfs, app.catalog.clone(), index, Arc::clone(&app.search), feed)),
    ];
    let search = follow(&app);
    let jobs = jobs::run(Arc::clone(&app.jobs), Arc::new(kinds), app.stopping.clone());
    tokio::join!(jobs, audit::keep(app.clone()));
    app.search.hint();
    if let Err(error) = search.await {
        tracing::error!(%error, "the thread that keeps search up was lost");
    }
}

/// Keeps search up with the catalog until the server stops.
fn follow(app: &web::Data<App>) -> tokio::task::JoinHandle<()> {
    let app = app.clone();
    tokio::task::spawn_blocking(move || search::run(&app.search, &app.catalog, &app.stopping))
}

/// All routes that the OpenAPI document describes.
pub fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(scope::scope("/api/v1").configure(routes::api))
        .service(system::healthz)
        .service(system::readyz)
        .service(system::get_metrics);
}

/// The application: routes, refusals, and what surrounds them.
pub fn service(
    app: web::Data<App>,
) -> ActixApp<
    impl actix_web::dev::ServiceFactory<
        actix_web::dev::ServiceRequest,
        Config = (),
        Response = actix_web::dev::ServiceResponse<impl actix_web::body::MessageBody>,
        Error = actix_web::Error,
        InitError = (),
    >,
> {
    let (actix, document) = ActixApp::new()
        .into_utoipa_app()
        .openapi(openapi::base())
        .app_data(app)
        .app_data(web::PayloadConfig::new(MAX_BODY))
        .app_data(web::PathConfig::default().error_handler(|error, _| {
            ApiError::new(Code::InvalidRequest, format!("in the address: {error}")).into()
        }))
        .configure(routes)
        .split_for_parts();
    actix
        .app_data(web::Data::new(document))
        .service(web::resource("/openapi.json").guard(guard::Get()).to(openapi::get_document))
        .service(web::resource("/docs/errors").guard(guard::Get()).to(errors::get_errors))
        .default_service(web::to(frontend))
        .wrap(from_fn(know_caller))
        .wrap(actix_web::middleware::Compress::default())
        .wrap(from_fn(surround))
}
