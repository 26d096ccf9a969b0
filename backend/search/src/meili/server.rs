//! One Meilisearch server: reached, checked, set up, waited for.

use std::{
    sync::{Mutex, PoisonError, RwLock, TryLockError},
    thread,
    time::{Duration, Instant},
};

use futures_util::FutureExt as _;
use meilisearch_sdk::{
    client::Client,
    errors::{Error, ErrorCode, ErrorType, MeilisearchError},
    indexes::Index,
    request::{HttpClient as _, Method},
    settings::Settings,
};
use serde::Deserialize;

use super::{
    http::{Away, Http},
    settings,
};
use crate::{Result, SearchError};

/// The first version that this engine works with.
const OLDEST: (u64, u64) = (1, 15);
/// Between two looks at a task, at most.
const LOOK: Duration = Duration::from_millis(250);

/// What was found out at the last contact.
#[derive(Debug, Clone, Copy)]
pub(super) struct Known {
    /// Major and minor; absent where the key may not ask (one for a single index can't).
    version: Option<(u64, u64)>,
}

impl Known {
    /// Whether it is certainly this version or a later one.
    pub(super) fn since(self, version: (u64, u64)) -> bool {
        self.version.is_some_and(|known| known >= version)
    }
}

pub(super) struct Server {
    client: Client<Http>,
    http: Http,
    /// The index that all documents are in.
    pub(super) index: Index<Http>,
    /// Until it was away.
    known: RwLock<Option<Known>>,
    /// Held by who finds it out.
    contact: Mutex<()>,
    /// How long writing waits for a server that is away.
    pub(super) patience: Duration,
}

/// How a task ended.
#[derive(Debug, Deserialize)]
struct Task {
    status: String,
    error: Option<MeilisearchError>,
}

/// What the client library answers.
pub(super) type Told<T> = std::result::Result<T, Error>;

/// Runs what never waits: all waiting is done inside [`Http`].
pub(super) fn now<T>(future: impl Future<Output = Told<T>>) -> Told<T> {
    future.now_or_never().unwrap_or(Err(Error::Timeout))
}

impl Server {
    pub(super) fn new(url: &str, http: Http, index: &str, patience: Duration) -> Self {
        // The key is in `http`: the library itself needs none.
        let client = Client::new_with_client(url, None::<String>, http.clone());
        let index = client.index(index);
        Self { client, http, index, known: RwLock::default(), contact: Mutex::default(), patience }
    }

    /// Makes sure that it was reached, is new enough and set up; once, and again after it was away.
    pub(super) fn ready(&self) -> Result<Known> {
        if let Some(known) = self.known() {
            return Ok(known);
        }
        let _alone = self.contact.lock().unwrap_or_else(PoisonError::into_inner);
        self.find_out()
    }

    /// The same, but rather fails than waits for somebody else who is setting it up.
    pub(super) fn ready_at_once(&self) -> Result<Known> {
        if let Some(known) = self.known() {
            return Ok(known);
        }
        let _alone = match self.contact.try_lock() {
            Ok(alone) => alone,
            Err(TryLockError::Poisoned(alone)) => alone.into_inner(),
            Err(TryLockError::WouldBlock) => {
                return Err(SearchError::Unavailable("Meilisearch is being set up".into()));
            }
        };
        self.find_out()
    }

    fn known(&self) -> Option<Known> {
        *self.known.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn find_out(&self) -> Result<Known> {
        // Somebody else may just have done so.
        if let Some(known) = self.known() {
            return Ok(known);
        }
        let version = self.version()?;
        self.set_up(version.is_some_and(|version| version >= settings::ATTRIBUTE_RANK))?;
        let met = Known { version };
        *self.known.write().unwrap_or_else(PoisonError::into_inner) = Some(met);
        tracing::info!(version = ?version, "Meilisearch is there and set up");
        Ok(met)
    }

    fn forget(&self) {
        *self.known.write().unwrap_or_else(PoisonError::into_inner) = None;
    }

    fn version(&self) -> Result<Option<(u64, u64)>> {
        let text = match now(self.client.get_version()) {
            Ok(version) => version.pkg_version,
            Err(Error::Meilisearch(error)) if error.error_code == ErrorCode::InvalidApiKey => {
                return Ok(None);
            }
            Err(error) => return Err(self.failed(error).0),
        };
        let mut numbers = text.split('.').map_while(|number| number.parse().ok());
        let version = numbers.next().zip(numbers.next());
        if version.is_some_and(|version| version < OLDEST) {
            let (major, minor) = OLDEST;
            return Err(SearchError::Unavailable(format!(
                "this is Meilisearch {text}; {major}.{minor} or later is needed"
            )));
        }
        Ok(version)
    }

    fn set_up(&self, attribute_rank: bool) -> Result<()> {
        let wanted = settings::wanted(attribute_rank);
        let found = match now(self.index.get_settings()) {
            Err(Error::Meilisearch(error)) if error.error_code == ErrorCode::IndexNotFound => {
                self.create()?;
                Settings::new()
            }
            found => found.map_err(|error| self.failed(error).0)?,
        };
        if settings::differing(&wanted, &found).is_empty() {
            return Ok(());
        }
        let task = now(self.index.set_settings(&wanted)).map_err(|error| self.failed(error).0)?;
        self.wait(task.task_uid)?;
        let found = now(self.index.get_settings()).map_err(|error| self.failed(error).0)?;
        match settings::differing(&wanted, &found).as_slice() {
            [] => Ok(()),
            names => Err(SearchError::Refused(format!("it did not take the settings {}", names.join(", ")))),
        }
    }

    fn create(&self) -> Result<()> {
        let task = now(self.client.create_index(&self.index.uid, Some("id")));
        let task = task.map_err(|error| self.failed(error).0)?;
        match self.end_of(task.task_uid)? {
            // Another host was faster.
            Some(error) if error.error_code == ErrorCode::IndexAlreadyExists => Ok(()),
            Some(error) => Err(task_failed(task.task_uid, &error)),
            None => Ok(()),
        }
    }

    /// Asks once.
    pub(super) fn once<T>(&self, ask: impl FnOnce() -> Told<T>) -> Result<T> {
        ask().map_err(|error| self.failed(error).0)
    }

    /// Asks again, ever more slowly, while it is away and patience lasts.
    pub(super) fn patiently<T>(&self, mut ask: impl FnMut() -> Told<T>) -> Result<T> {
        let until = Instant::now() + self.patience;
        let mut pause = Duration::from_millis(50);
        loop {
            match ask().map_err(|error| self.failed(error)) {
                Ok(answer) => return Ok(answer),
                Err((_, true)) if Instant::now() + pause < until => thread::sleep(pause),
                Err((error, _)) => return Err(error),
            }
            pause *= 2;
        }
    }

    /// Waits until a task has succeeded, however long it takes.
    pub(super) fn wait(&self, task: u32) -> Result<()> {
        self.end_of(task)?.map_or(Ok(()), |error| Err(task_failed(task, &error)))
    }

    /// Waits until a task has ended; what it failed by.
    fn end_of(&self, task: u32) -> Result<Option<MeilisearchError>> {
        let url = format!("{}/tasks/{task}", self.client.get_host());
        let mut pause = Duration::from_millis(5);
        loop {
            let get = || self.http.request::<(), (), Task>(&url, Method::Get { query: () }, 200);
            let Task { status, error } = self.patiently(|| now(get()))?;
            match (status.as_str(), error) {
                ("enqueued" | "processing", _) => thread::sleep(pause),
                ("succeeded", _) => return Ok(None),
                (_, Some(error)) => return Ok(Some(error)),
                (status, None) => return Err(SearchError::Refused(format!("its task {task} is {status}"))),
            }
            pause = (pause * 2).min(LOOK);
        }
    }

    /// What a failure means, and whether asking again at once may help.
    fn failed(&self, error: Error) -> (SearchError, bool) {
        let (failure, again) = match error {
            Error::Meilisearch(error) => (refusal(&error), error.error_type == ErrorType::Internal),
            Error::MeilisearchCommunication(error) => {
                let text = format!("Meilisearch answered with status {}", error.status_code);
                match error.status_code {
                    429 | 500.. => (SearchError::Unavailable(text), true),
                    _ => (SearchError::Refused(text), false),
                }
            }
            Error::Other(error) => (
                SearchError::Unavailable(format!("Meilisearch can't be reached: {error}")),
                error.is::<Away>(),
            ),
            error => (SearchError::Refused(error.to_string()), false),
        };
        if !matches!(failure, SearchError::Refused(_)) {
            self.forget();
        }
        (failure, again)
    }
}

fn refusal(error: &MeilisearchError) -> SearchError {
    let message = &error.error_message;
    match (&error.error_code, error.error_type) {
        (ErrorCode::NoSpaceLeftOnDevice | ErrorCode::DatabaseSizeLimitReached, _) => SearchError::DiskFull,
        (ErrorCode::IndexNotFound, _) => SearchError::Unusable(message.clone()),
        (ErrorCode::TaskNotFound, _) => {
            SearchError::Unavailable(format!("Meilisearch lost a task: {message}"))
        }
        (_, ErrorType::Auth) => {
            SearchError::Unavailable(format!("Meilisearch does not take the key: {message}"))
        }
        (_, ErrorType::Internal) => SearchError::Unavailable(format!("Meilisearch failed: {message}")),
        _ => SearchError::Refused(message.clone()),
    }
}

fn task_failed(task: u32, error: &MeilisearchError) -> SearchError {
    match refusal(error) {
        SearchError::Refused(message) => SearchError::Refused(format!("its task {task} failed: {message}")),
        other => other,
    }
}
