//! A folder, live or as of a snapshot.
//!
//! As of a snapshot the catalog answers, without ZFS and without a mount; only what is not indexed is read from the
//! snapshot itself. Live is looked at where it is: the names come from the catalog as long as the folder's own time
//! of change shows that they are still right, their states from the file system. Where live can't be reached, the
//! catalog tells how it was.

use std::collections::HashSet;

use jiff::{SignedDuration, Timestamp};
use nasman_catalog::{At, CatalogError};
use nasman_core::{DatasetName, Kind, RelPath};
use nasman_zfs::{
    Zfs, ZfsError,
    files::{Cursor, FileError, Root},
};
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    DeletedView, Entry,
    kept::{names, not_there, of_catalog},
    known::{Known, known},
    live::{LiveError, live_root},
    sighting::Sightings,
};
use crate::{
    app::App,
    http::error::{ApiResult, Code},
    routes::{
        files::open_at,
        moment::{Moment, resolve},
    },
};

/// A clock of file times may stand still for some milliseconds: a change right after the look may have its time. So
/// names are believed only where the folder had not changed for this long when it was looked at.
const RIPE: SignedDuration = SignedDuration::from_secs(1);

/// Where an answer comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Source {
    /// From what is indexed.
    Catalog,
    /// From the files themselves.
    Filesystem,
}

/// Which page of which folder, when.
pub struct Question {
    /// In which dataset.
    pub dataset: DatasetName,
    /// Which folder.
    pub path: RelPath,
    /// As of when; absent: live.
    pub at: Option<String>,
    /// Whether names that are no more are listed too.
    pub deleted: bool,
    /// Whether it is told of each entry what became of it until now.
    pub compare: bool,
    /// Whether, then, names that came since are listed too.
    pub added: bool,
    /// Where the page begins.
    pub after: Option<Cursor>,
    /// Most entries in it.
    pub limit: u32,
}

/// A page of a folder.
pub struct Folder {
    /// As of when; absent: live.
    pub moment: Option<Moment>,
    /// Folders first, then by the bytes of the name.
    pub items: Vec<Entry>,
    /// Where the next page begins.
    pub next: Option<Cursor>,
    /// Entries in all.
    pub total: u64,
    /// Entries that could not be looked at.
    pub findings: Vec<nasman_zfs::files::Finding>,
    /// Where the answer comes from.
    pub source: Source,
    /// When it was so; absent: now.
    pub as_of: Option<Timestamp>,
    /// What people should know about it.
    pub note: Option<String>,
    /// When live was as the entries were compared with; absent where they were not.
    pub live_as_of: Option<Timestamp>,
}

/// Lists a folder. Blocks.
///
/// # Errors
/// When there is no such dataset, snapshot or folder, or it can't be reached and is not known either.
pub fn list(app: &App, zfs: &dyn Zfs, question: &Question) -> ApiResult<Folder> {
    let state = Known::find(&app.catalog, &question.dataset, question.at.as_deref())?;
    let page = match (&state, &question.at) {
        (Some(state), Some(_)) if state.indexed && !app.config.index_exclude.hides(&question.path) => {
            of_catalog(app, state, question)
        }
        (state, Some(at)) => of_snapshot(app, zfs, question, at, state.as_ref()),
        (state, None) => of_live(app, zfs, question, state.as_ref()),
    };
    let indexed = state.filter(|state| state.indexed && question.deleted);
    let Some(state) = indexed else { return page };
    with_deleted(app, page, &state, question)
}

/// The snapshot's own files, since it is not indexed.
fn of_snapshot(
    app: &App,
    zfs: &dyn Zfs,
    question: &Question,
    at: &str,
    state: Option<&Known>,
) -> ApiResult<Folder> {
    let moment = match state.and_then(|state| state.moment.clone()) {
        Some(moment) => moment,
        None => resolve(zfs, &app.created, &question.dataset, at)?,
    };
    let root = Root::open(&zfs.snapshot_folder(&moment.snapshot)?)?;
    let note = match state {
        Some(state) if state.indexed => "This folder is not indexed; it was read from the snapshot itself.",
        _ => "This snapshot is not indexed yet; it was read itself, and what was deleted is not shown.",
    };
    Ok(Folder {
        as_of: Some(moment.created),
        moment: Some(moment),
        note: Some(note.to_owned()),
        ..of_files(app, &root, question)?
    })
}

fn of_live(app: &App, zfs: &dyn Zfs, question: &Question, state: Option<&Known>) -> ApiResult<Folder> {
    let state = state.filter(|state| state.indexed);
    let root = match (live_root(zfs, &question.dataset), state) {
        (Ok(root), _) => root,
        (Err(LiveError::Zfs(ZfsError::Unreachable { reason, .. })), Some(state)) => {
            let page = of_catalog(app, state, question)?;
            let note = format!("The files can't be reached now ({reason}); this is how they were.");
            return Ok(Folder { note: Some(note), ..page });
        }
        (Err(error), _) => return Err(error.into()),
    };
    if let Some(state) = state
        && let Some(page) = known_names(app, &root, state, question)?
    {
        return Ok(page);
    }
    let note = state.is_none().then(|| "Not indexed yet; what was deleted is not shown.".to_owned());
    Ok(Folder { note, ..of_files(app, &root, question)? })
}

/// A page by the catalog's names and the file system's states; absent when the folder has changed since.
fn known_names(app: &App, root: &Root, state: &Known, question: &Question) -> ApiResult<Option<Folder>> {
    let stat = root.stat(&question.path)?;
    let Some((_, meta)) = known(app.catalog.entry(state.dataset.id, At::Live, &question.path))? else {
        return Ok(None);
    };
    let ripe =
        |at: Timestamp| meta.ctime.timestamp().is_some_and(|changed| at.duration_since(changed) >= RIPE);
    let unchanged =
        meta.kind == Kind::Directory && meta.ctime == stat.ctime && state.as_of().is_some_and(ripe);
    if !unchanged || app.config.index_exclude.hides(&question.path) {
        return Ok(None);
    }
    let page = names(app, state, question)?;
    let (mut items, mut findings) = (Vec::with_capacity(page.entries.len()), Vec::new());
    for known in &page.entries {
        let path = question.path.join(&known.name)?;
        match root.stat(&path) {
            Ok(stat) => {
                let target = known.meta.target.as_deref().filter(|_| stat.kind == Kind::Symlink);
                items.push(Entry::of_stat(known.name.display(), path, &stat, target, &app.owners));
            }
            // Deleted at this very moment.
            Err(FileError::NotFound { .. }) => return Ok(None),
            Err(error) => findings.push(nasman_zfs::files::Finding { path, error }),
        }
    }
    Ok(Some(Folder {
        moment: None,
        items,
        next: page.next.map(|(folder, name)| Cursor { folder, name }),
        total: page.total,
        findings,
        source: Source::Catalog,
        as_of: None,
        note: None,
        live_as_of: None,
    }))
}

fn of_files(app: &App, root: &Root, question: &Question) -> ApiResult<Folder> {
    let limit = usize::try_from(question.limit).unwrap_or(usize::MAX);
    let found = root.list(&question.path, question.after.as_ref(), limit)?;
    let items = found.entries.iter().map(|entry| {
        let path = question.path.join(&entry.name)?;
        Ok(Entry::of_stat(entry.name.display(), path, &entry.stat, entry.target.as_deref(), &app.owners))
    });
    Ok(Folder {
        moment: None,
        items: items.collect::<ApiResult<_>>()?,
        next: found.next,
        total: found.total as u64,
        findings: found.findings,
        source: Source::Filesystem,
        as_of: None,
        note: None,
        live_as_of: None,
    })
}

/// Puts what is no more in its place among what is. A folder that is gone itself is shown by what was in it.
fn with_deleted(app: &App, page: ApiResult<Folder>, state: &Known, question: &Question) -> ApiResult<Folder> {
    let page = match page {
        Err(error) if error.code == Code::FileNotFound => None,
        page => Some(page?),
    };
    let after = question.after.clone().map(|cursor| (cursor.folder, cursor.name));
    let (id, path) = (state.dataset.id, &question.path);
    // A name that came back since is listed as such.
    let again = page.as_ref().and_then(|page| page.live_as_of).filter(|_| question.added).map(|_| At::Live);
    let gone = match app.catalog.deleted(id, (state.at, again), path, after.as_ref(), question.limit) {
        Err(CatalogError::NotFound | CatalogError::NotIndexed) => {
            return page.ok_or_else(|| not_there(question));
        }
        gone => gone?,
    };
    let mut page = page.unwrap_or_else(|| Folder {
        moment: state.moment.clone(),
        items: Vec::new(),
        next: None,
        total: 0,
        findings: Vec::new(),
        source: Source::Catalog,
        as_of: state.as_of(),
        note: Some("This folder is no more; these are the names it had.".to_owned()),
        live_as_of: None,
    });
    let sightings = Sightings::new(&state.dataset, app.catalog.snapshots(id)?);
    let there: HashSet<Vec<u8>> = page.items.iter().map(|entry| entry.key().1).collect();
    for entry in gone.entries.iter().filter(|entry| !there.contains(entry.name.as_bytes())) {
        let (snapshots, _) = sightings.between(entry.seen.first, entry.seen.last);
        let deleted = DeletedView {
            first: sightings.of(entry.seen.first)?,
            last: sightings.of(entry.seen.last)?,
            snapshots,
            moved: entry.moved,
        };
        page.items.push(Entry::of_deleted(path.join(&entry.name)?, entry, deleted, &app.owners));
    }
    page.items.sort_by_cached_key(Entry::key);
    let limit = usize::try_from(question.limit).unwrap_or(usize::MAX);
    let more = page.next.is_some() || gone.next.is_some() || page.items.len() > limit;
    page.items.truncate(limit);
    page.next = page
        .items
        .last()
        .filter(|_| more)
        .and_then(|last| Some(Cursor { folder: last.kind == Kind::Directory, name: last.path.name()? }));
    page.total += gone.total;
    Ok(page)
}

/// One entry, live or as of a moment. Blocks.
///
/// # Errors
/// As [`list`].
pub fn entry_at(
    app: &App,
    zfs: &dyn Zfs,
    dataset: &DatasetName,
    at: Option<&str>,
    path: RelPath,
) -> ApiResult<Entry> {
    let name = path.name().map_or_else(|| dataset.to_string(), |name| name.display());
    let state = Known::find(&app.catalog, dataset, at)?;
    if let (Some(state), Some(_)) = (state.filter(|s| s.indexed), at)
        && let Some((inode, meta)) = known(app.catalog.entry(state.dataset.id, state.at, &path))?
    {
        return Ok(Entry::of_meta(name, path, inode, &meta, &app.owners));
    }
    let (root, _) = open_at(zfs, &app.created, dataset, at)?;
    let stat = root.stat(&path)?;
    let target = if stat.kind == Kind::Symlink { Some(root.link_target(&path)?) } else { None };
    Ok(Entry::of_stat(name, path, &stat, target.as_deref(), &app.owners))
}
