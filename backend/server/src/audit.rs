//! The log of who looked at what and changed what. Passwords, secrets and contents are never in it.
//!
//! An entry that can't be written is a line in the server's own log, and does not stop what it is about: a full disk
//! must not keep anybody from getting files back.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use actix_web::web;
use jiff::{SignedDuration, Timestamp};
use nasman_catalog::NewAudit;
use nasman_core::{DatasetName, RelPath};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    app::App,
    auth::{Caller, Via},
    http::middleware::current_request_id,
};

/// Entries are kept so long.
const KEPT: SignedDuration = SignedDuration::from_hours(365 * 24);
/// How often older ones are looked for.
const PRUNE_EVERY: Duration = Duration::from_secs(24 * 60 * 60);
/// A file that somebody goes on looking at is told again after this long: a film is read in hundreds of parts.
const LOOKING: SignedDuration = SignedDuration::from_mins(5);
/// So many files being looked at are remembered; beyond that some may be told twice.
const MOST_LOOKS: usize = 10_000;
/// Paths beyond the first that are told in an entry's detail.
const MOST_TOLD: usize = 20;

/// What was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[schema(as = AuditAction)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// A file was shown.
    Preview,
    /// One or more files were downloaded.
    Download,
    /// Files were restored.
    Restore,
    /// A restore was undone.
    Undo,
    /// A snapshot was taken.
    SnapshotCreate,
    /// A snapshot was destroyed.
    SnapshotDestroy,
    /// Somebody signed in.
    SignIn,
    /// Somebody tried to, with a wrong name or password.
    SignInFailed,
    /// Somebody changed their own password.
    PasswordChange,
    /// A user was made.
    UserCreate,
    /// A user's role or password was changed, or the user disabled or enabled.
    UserChange,
    /// A user was removed.
    UserRemove,
    /// What a user may see was changed.
    GrantChange,
    /// A token was made.
    TokenCreate,
    /// A token was revoked.
    TokenRevoke,
}

impl Action {
    /// The word that entries are stored under.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Preview => "preview",
            Self::Download => "download",
            Self::Restore => "restore",
            Self::Undo => "undo",
            Self::SnapshotCreate => "snapshot_create",
            Self::SnapshotDestroy => "snapshot_destroy",
            Self::SignIn => "sign_in",
            Self::SignInFailed => "sign_in_failed",
            Self::PasswordChange => "password_change",
            Self::UserCreate => "user_create",
            Self::UserChange => "user_change",
            Self::UserRemove => "user_remove",
            Self::GrantChange => "grant_change",
            Self::TokenCreate => "token_create",
            Self::TokenRevoke => "token_revoke",
        }
    }
}

/// Who did it.
pub struct Who {
    user_id: Option<i64>,
    user_name: String,
    token_id: Option<i64>,
}

impl From<&Caller> for Who {
    fn from(caller: &Caller) -> Self {
        let token_id = match caller.via {
            Via::Session(_) => None,
            Via::Token(id) => Some(id),
        };
        Self { user_id: Some(caller.user.id), user_name: caller.user.name.clone(), token_id }
    }
}

impl Who {
    /// Somebody who has not proved it. What was typed as a name is not told unless it is one: it may be a password.
    #[must_use]
    pub fn unproved(user: Option<(i64, &str)>) -> Self {
        Self {
            user_id: user.map(|(id, _)| id),
            user_name: user.map(|(_, name)| name.to_owned()).unwrap_or_default(),
            token_id: None,
        }
    }

    /// Somebody who has just signed in.
    #[must_use]
    pub fn signed_in(id: i64, name: &str) -> Self {
        Self { user_id: Some(id), user_name: name.to_owned(), token_id: None }
    }
}

/// An entry to write.
#[derive(Debug, Clone)]
pub struct Note {
    action: Action,
    dataset: Option<DatasetName>,
    paths: Vec<RelPath>,
    snapshot: Option<String>,
    to: Option<(DatasetName, Option<RelPath>)>,
    job: Option<String>,
    detail: Option<String>,
}

impl Note {
    /// That this was done.
    #[must_use]
    pub const fn of(action: Action) -> Self {
        Self { action, dataset: None, paths: Vec::new(), snapshot: None, to: None, job: None, detail: None }
    }

    /// To these paths of a dataset, as of a snapshot; absent: live.
    #[must_use]
    pub fn from(self, dataset: &DatasetName, paths: &[RelPath], snapshot: Option<&str>) -> Self {
        let snapshot = snapshot.map(str::to_owned);
        Self { dataset: Some(dataset.clone()), paths: paths.to_vec(), snapshot, ..self }
    }

    /// Into this dataset, and this folder of it; absent: to where each was.
    #[must_use]
    pub fn to(self, dataset: &DatasetName, folder: Option<&RelPath>) -> Self {
        Self { to: Some((dataset.clone(), folder.cloned())), ..self }
    }

    /// By this job, whose end becomes the entry's outcome.
    #[must_use]
    pub fn job(self, id: &str) -> Self {
        Self { job: Some(id.to_owned()), ..self }
    }

    /// More about it, for people.
    #[must_use]
    pub fn detail(self, detail: impl Into<String>) -> Self {
        Self { detail: Some(detail.into()), ..self }
    }

    fn entry(self, who: Who, request_id: String) -> NewAudit {
        let outcome = match (self.action, &self.job) {
            (Action::SignInFailed, _) => "failed",
            (_, Some(_)) => "started",
            _ => "done",
        };
        let shown: Vec<String> = self.paths.iter().map(RelPath::display).collect();
        let more = match shown.get(1..).unwrap_or_default() {
            [] => None,
            more => {
                let told = more.iter().take(MOST_TOLD).map(String::as_str).collect::<Vec<_>>().join(", ");
                let untold = more.len().saturating_sub(MOST_TOLD);
                let rest = if untold > 0 { format!(" and {untold} more") } else { String::new() };
                Some(format!("also {told}{rest}"))
            }
        };
        let detail = [self.detail, more].into_iter().flatten().collect::<Vec<_>>().join("; ");
        let (to_dataset, to_path) = self.to.map_or((None, None), |(dataset, path)| (Some(dataset), path));
        let target = to_path.as_ref().map(RelPath::display);
        NewAudit {
            user_id: who.user_id,
            user_name: who.user_name,
            token_id: who.token_id,
            action: self.action.as_str(),
            dataset: self.dataset.map(Into::into),
            path: self.paths.first().map(RelPath::encode),
            snapshot: self.snapshot,
            to_dataset: to_dataset.map(Into::into),
            to_path: to_path.map(|path| path.encode()),
            job: self.job,
            request_id,
            outcome,
            detail: Some(detail).filter(|detail| !detail.is_empty()),
            words: shown.into_iter().chain(target).collect::<Vec<_>>().join("\n"),
        }
    }
}

/// Writes an entry.
pub async fn note(app: &App, who: impl Into<Who>, note: Note) {
    let (entry, now) = (note.entry(who.into(), current_request_id()), app.now());
    let action = entry.action;
    if let Err(error) = app.catalog(move |catalog| catalog.add_audit(&entry, now)).await {
        tracing::error!(%error, action, "an entry of the audit log could not be written");
    }
}

/// Writes that somebody looks at a file, unless the same was written a moment ago.
pub async fn note_look(app: &App, caller: &Caller, note: Note) {
    if app.looks.is_new(caller.user.id, &note, app.now()) {
        self::note(app, caller, note).await;
    }
}

/// Which files are being looked at.
#[derive(Debug, Default)]
pub struct Looks(Mutex<HashMap<Look, Timestamp>>);

type Look = (i64, Action, Option<DatasetName>, Vec<RelPath>, Option<String>);

impl Looks {
    fn is_new(&self, user: i64, note: &Note, now: Timestamp) -> bool {
        let look = (user, note.action, note.dataset.clone(), note.paths.clone(), note.snapshot.clone());
        let recent = |at: &Timestamp| now.duration_since(*at) < LOOKING;
        let mut looks = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if looks.get(&look).is_some_and(recent) {
            return false;
        }
        if looks.len() >= MOST_LOOKS {
            looks.retain(|_, at| recent(at));
        }
        if looks.len() >= MOST_LOOKS {
            looks.clear();
        }
        looks.insert(look, now);
        true
    }
}

/// Forgets what is older than a year, now and every day, until the server stops.
pub async fn keep(app: web::Data<App>) {
    let mut stopping = app.stopping.clone();
    loop {
        let before = app.now().saturating_sub(KEPT).unwrap_or(Timestamp::MIN);
        match app.catalog(move |catalog| catalog.prune_audit(before)).await {
            Ok(0) => {}
            Ok(entries) => tracing::info!(entries, "forgot the oldest entries of the audit log"),
            Err(error) => tracing::warn!(%error, "old entries of the audit log could not be forgotten"),
        }
        tokio::select! {
            () = tokio::time::sleep(PRUNE_EVERY) => {}
            _ = stopping.changed() => return,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn look(path: &str, at: Option<&str>) -> Note {
        let paths = [RelPath::decode(path).unwrap()];
        Note::of(Action::Preview).from(&"tank/home".parse().unwrap(), &paths, at)
    }

    #[test]
    fn a_look_is_told_once_in_five_minutes() {
        let looks = Looks::default();
        let at = |second| Timestamp::from_second(second).unwrap();
        assert!(looks.is_new(1, &look("a", None), at(0)));
        assert!(!looks.is_new(1, &look("a", None), at(299)));
        assert!(looks.is_new(2, &look("a", None), at(1)), "another user");
        assert!(looks.is_new(1, &look("b", None), at(1)), "another file");
        assert!(looks.is_new(1, &look("a", Some("one")), at(1)), "another moment");
        assert!(looks.is_new(1, &look("a", None), at(300)));
    }

    #[test]
    fn an_entry_tells_of_all_paths_and_is_found_by_them() {
        let paths: Vec<_> = ["a%20b", "c", "d"].map(|path| RelPath::decode(path).unwrap()).into();
        let note = Note::of(Action::Restore).from(&"tank/home".parse().unwrap(), &paths, Some("one"));
        let entry = note.job("7").entry(Who::signed_in(1, "anna"), "r".into());
        assert_eq!((entry.path.as_deref(), entry.outcome), (Some("a%20b"), "started"));
        assert_eq!(entry.detail.as_deref(), Some("also c, d"));
        assert_eq!(entry.words, "a b\nc\nd");
    }
}
