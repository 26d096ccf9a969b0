//! What handlers and jobs share.

use std::{sync::Arc, time::Duration};

use jiff::Timestamp;
use nasman_catalog::{Catalog, CatalogError};
use nasman_zfs::{Result as ZfsResult, Zfs, files::Owners};
use tokio::sync::{Semaphore, watch};

use crate::{
    audit::Looks,
    auth::{CookieKey, Passwords, Throttle},
    config::Config,
    downloads::Downloads,
    http::error::{ApiError, ApiResult, Code},
    index::Index,
    jobs::Jobs,
    metrics::Metrics,
    routes::moment::CreatedCache,
    search::{KnownCache, Search},
};

/// Work on files may take this much longer than a ZFS command: it may have to mount a snapshot first.
const FILE_GRACE: Duration = Duration::from_secs(30);

/// The running server's parts.
pub struct App {
    /// Settings.
    pub config: Config,
    /// State.
    pub catalog: Catalog,
    /// ZFS.
    pub zfs: Arc<dyn Zfs>,
    /// Slow work.
    pub jobs: Arc<Jobs>,
    /// Keeps the catalog up with ZFS.
    pub index: Arc<Index>,
    /// Finds files over all time.
    pub search: Arc<Search>,
    /// What searches need of the catalog.
    pub search_known: KnownCache,
    /// Counters.
    pub metrics: Metrics,
    /// Signs the browsers' cookies.
    pub cookie_key: CookieKey,
    /// Hashes passwords.
    pub passwords: Arc<Passwords>,
    /// Slows down failed sign-ins.
    pub throttle: Throttle,
    /// So many passwords are checked at once: each takes 19 MiB, and who tries many at a time must wait, too.
    pub sign_ins: Semaphore,
    /// Which files are being looked at, so that the audit log tells it once.
    pub looks: Looks,
    /// When snapshots were taken.
    pub created: CreatedCache,
    /// Names of files' owners.
    pub owners: Owners,
    /// Archives that wait to be fetched, or are.
    pub downloads: Arc<Downloads>,
    /// Turns true when the server stops, so that endless answers end.
    pub stopping: watch::Receiver<bool>,
}

impl App {
    /// The clock, read at the edge and passed inwards.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        Timestamp::now()
    }

    /// Asks the state, off the async threads.
    ///
    /// # Errors
    /// As the call does.
    pub async fn catalog<T: Send + 'static>(
        &self,
        ask: impl FnOnce(&Catalog) -> Result<T, CatalogError> + Send + 'static,
    ) -> ApiResult<T> {
        let catalog = self.catalog.clone();
        blocking(self.config.zfs_timeout, move || ask(&catalog).map_err(ApiError::from)).await
    }

    /// Asks ZFS, off the async threads.
    ///
    /// # Errors
    /// As the verb does.
    pub async fn zfs<T: Send + 'static>(
        &self,
        ask: impl FnOnce(&dyn Zfs) -> ZfsResult<T> + Send + 'static,
    ) -> ApiResult<T> {
        self.files(move |zfs| ask(zfs).map_err(ApiError::from)).await
    }

    /// Looks at files through ZFS, off the async threads. A hung filesystem costs a thread, not the answer.
    ///
    /// # Errors
    /// As the work does, or [`Code::ZfsTimeout`].
    pub async fn files<T: Send + 'static>(
        &self,
        work: impl FnOnce(&dyn Zfs) -> ApiResult<T> + Send + 'static,
    ) -> ApiResult<T> {
        let zfs = Arc::clone(&self.zfs);
        blocking(self.config.zfs_timeout + FILE_GRACE, move || work(&*zfs)).await
    }
}

/// Runs blocking work on its own thread, up to a deadline. Past it the thread is left to itself: nothing can end
/// one that waits in the kernel.
///
/// # Errors
/// As the work does, or [`Code::ZfsTimeout`].
pub async fn blocking<T: Send + 'static>(
    deadline: Duration,
    work: impl FnOnce() -> ApiResult<T> + Send + 'static,
) -> ApiResult<T> {
    // What the thread logs belongs to this request.
    let span = tracing::Span::current();
    match tokio::time::timeout(deadline, tokio::task::spawn_blocking(move || span.in_scope(work))).await {
        Ok(Ok(result)) => result,
        Ok(Err(error)) => {
            tracing::error!(%error, "a thread of work was lost");
            Err(ApiError::new(Code::Internal, "the work for this request failed"))
        }
        Err(_) => {
            let detail =
                format!("no answer within {} s; the pool may be suspended or very busy", deadline.as_secs());
            Err(ApiError::new(Code::ZfsTimeout, detail))
        }
    }
}
