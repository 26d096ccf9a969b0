//! One state: what changed up to it, from the change feed into the catalog.

use jiff::Timestamp;
use nasman_catalog::{Applied, At, CatalogError, NewRun, NewSnapshot, State};
use nasman_core::{Change, FoundSnapshot, Known, KnownError, SnapshotName, Txg};
use nasman_zfs::{
    feed::{self, FeedError, Means},
    files::{Finding, Root},
};
use serde_json::json;

use super::work::Run;
use crate::{
    http::error::{ApiError, ApiResult, Code},
    jobs::{Progress, Unit},
    search::Ahead,
};

/// Between looks at whether to stop, and words of progress.
const TELL_EVERY: u64 = 512;
/// Findings kept with a run; their number is that of all.
const FINDINGS: usize = 20;

/// Asked to stop in the midst of it.
#[derive(Debug, thiserror::Error)]
#[error("asked to stop")]
struct Stopped;

impl Run<'_> {
    /// Reads a snapshot. One that is destroyed or renamed meanwhile is no fault; the next pass sees it.
    pub(super) fn index_snapshot(&mut self, snapshot: &FoundSnapshot) -> ApiResult<()> {
        let name = self.name.snapshot(snapshot.tag.clone())?;
        let Ok(noted) = self.catalog.snapshot(self.id, snapshot.guid) else { return Ok(()) };
        let new =
            NewSnapshot { guid: noted.guid, tag: noted.tag, txg: noted.txg, created_at: noted.created_at };
        match self.index_state(&name, State::Snapshot(new)) {
            Ok(()) => {
                self.result.snapshots += 1;
                Ok(())
            }
            Err(error) => self.snapshot_failed(snapshot, &name, error),
        }
    }

    /// What a failure means: the snapshot is gone; the dataset is; all is (the disk is full, say); or only this one
    /// can't be read, and the others can.
    fn snapshot_failed(
        &self,
        snapshot: &FoundSnapshot,
        name: &SnapshotName,
        error: ApiError,
    ) -> ApiResult<()> {
        if matches!(error.code, Code::Canceled | Code::NoSpace | Code::StateUnavailable | Code::ZfsTimeout) {
            return Err(error);
        }
        self.reachable()?;
        let there = self.zfs.snapshots(&self.name)?;
        if !there.iter().any(|s| s.guid == snapshot.guid && s.name == *name) {
            self.context.log("info", &format!("{name} was destroyed or renamed while it was read"));
            return Ok(());
        }
        self.context.log("warn", &format!("{name} can't be indexed and is passed over: {}", error.detail));
        Ok(self.catalog.fail_snapshot(self.id, snapshot.guid, &error.detail)?)
    }

    /// Tells the catalog what changed up to a state, against the newest indexed snapshot before it.
    pub(super) fn index_state(&mut self, to: &SnapshotName, state: State) -> ApiResult<()> {
        if self.context.should_stop() {
            return Err(stopped());
        }
        let at = Timestamp::now();
        let live = matches!(state, State::Live { .. });
        let base = self.base(state.txg())?;
        // A walk takes as long as there are files; after it, snapshots are what is counted.
        let files = if base.is_none() { self.objects(to) } else { None };
        let told = self.tell(to, state, base.as_ref(), files);
        self.zfs.leave_snapshot(to);
        if files.is_some() {
            self.counting_since = Some(Timestamp::now());
        }
        let tag = (!live).then(|| to.tag.clone());
        match told {
            Ok((run, _)) => {
                self.search.hint();
                self.count(&run);
                self.note_run(&NewRun { at, snapshot: tag, ..described(&run) });
                Ok(())
            }
            Err(error) => {
                let failed = NewRun { at, snapshot: tag, error: Some(error.detail.clone()), ..nothing() };
                self.note_run(&failed);
                Err(error)
            }
        }
    }

    /// The newest snapshot before `txg` of which the files are known.
    fn base(&self, txg: Txg) -> ApiResult<Option<(SnapshotName, Txg)>> {
        let known = self.catalog.snapshots(self.id)?;
        let base = known.into_iter().rev().find(|snapshot| snapshot.indexed && snapshot.txg < txg);
        base.map(|base| Ok((self.name.snapshot(base.tag)?, base.txg))).transpose()
    }

    fn tell(
        &self,
        to: &SnapshotName,
        state: State,
        base: Option<&(SnapshotName, Txg)>,
        files: Option<u64>,
    ) -> ApiResult<(feed::Run, Applied)> {
        let what = match &state {
            State::Live { .. } => "live".to_owned(),
            State::Snapshot(snapshot) => snapshot.tag.to_string(),
        };
        let (begun, mut told) = (Timestamp::now(), 0);
        self.progress(&what, told, files, begun);
        let known = base.map(|(_, txg)| self.catalog.known(self.id, At::Snapshot(*txg))).transpose()?;
        let from = base.zip(known.as_ref()).map(|((name, _), known)| (name, known as &dyn Known));
        let txg = state.txg();
        let mut apply = self.catalog.begin_apply(self.id, state, base.map(|(_, txg)| *txg))?;
        let mut ahead = apply.is_first().then(|| self.search.ahead(self.guid, txg));
        let run = self.feed.changes(self.zfs, from, to, &mut |change: Change| {
            told += 1;
            if told % TELL_EVERY == 0 {
                self.progress(&what, told, files, begun);
                if self.context.should_stop() {
                    return Err(Box::new(Stopped) as KnownError);
                }
            }
            if let Some(ahead) = &mut ahead {
                ahead.tell(&change);
            }
            apply.push(change).map_err(Into::into)
        });
        let run = run.map_err(feed_error)?;
        let applied = apply.finish()?;
        ahead.map(Ahead::end);
        Ok((run, applied))
    }

    fn count(&mut self, run: &feed::Run) {
        self.result.objects += run.counts.objects;
        self.result.directories += run.counts.directories;
        self.result.gone += run.counts.gone;
        self.result.findings += run.counts.findings;
    }

    /// How many objects there are in a snapshot; absent where that can't be told.
    fn objects(&self, snapshot: &SnapshotName) -> Option<u64> {
        Root::open(&self.zfs.snapshot_folder(snapshot).ok()?).ok()?.objects()
    }

    /// Counts files where all of `files` are walked, snapshots otherwise.
    fn progress(&self, what: &str, told: u64, files: Option<u64>, begun: Timestamp) {
        let progress = match files {
            Some(files) => Progress {
                done: told,
                total: files.max(told),
                unit: Unit::Files,
                message: Some(format!("walking {what}")),
                since: Some(begun),
            },
            None => Progress {
                done: self.done,
                total: self.total.max(self.done + 1),
                unit: Unit::Snapshots,
                message: Some(if told > 0 { format!("{what}: {told} changes") } else { what.to_owned() }),
                since: self.counting_since,
            },
        };
        self.context.progress(&progress);
    }

    /// The catalog's own record of what was done; that it can't be written does not undo the deed.
    fn note_run(&self, run: &NewRun) {
        if let Err(error) = self.catalog.note_run(self.id, run) {
            tracing::warn!(%error, dataset = %self.name, "a run could not be recorded");
        }
    }
}

fn stopped() -> ApiError {
    ApiError::new(Code::Canceled, "stopped before all was indexed; what was done is kept")
}

fn feed_error(error: FeedError) -> ApiError {
    match error {
        FeedError::Zfs(error) => error.into(),
        FeedError::File(error) => error.into(),
        FeedError::Sink(error) | FeedError::Known(error) => match error.downcast::<CatalogError>() {
            Ok(error) => (*error).into(),
            Err(error) if error.is::<Stopped>() => stopped(),
            Err(error) => ApiError::new(Code::Internal, error.to_string()),
        },
        error @ FeedError::Thread(_) => ApiError::new(Code::Internal, error.to_string()),
    }
}

/// The word for a means in the API.
pub(super) const fn means(means: Means) -> &'static str {
    match means {
        Means::Nothing => "nothing",
        Means::Ioctl => "ioctl",
        Means::ZfsDiff => "zfs_diff",
        Means::Walk => "walk",
    }
}

fn described(run: &feed::Run) -> NewRun {
    let passed = run.passed.iter().map(|p| json!({ "means": means(p.means), "reason": p.reason }));
    let finding = |f: &Finding| json!({ "path": f.path, "detail": f.error.to_string() });
    NewRun {
        means: means(run.means).to_owned(),
        passed: passed.collect(),
        objects: run.counts.objects,
        directories: run.counts.directories,
        gone: run.counts.gone,
        took_ms: u64::try_from(run.took.as_millis()).unwrap_or(u64::MAX),
        findings_total: run.counts.findings,
        findings: run.findings.iter().take(FINDINGS).map(finding).collect(),
        ..nothing()
    }
}

fn nothing() -> NewRun {
    NewRun {
        at: Timestamp::UNIX_EPOCH,
        snapshot: None,
        means: means(Means::Nothing).to_owned(),
        passed: json!([]),
        objects: 0,
        directories: 0,
        gone: 0,
        took_ms: 0,
        findings_total: 0,
        findings: json!([]),
        error: None,
    }
}
