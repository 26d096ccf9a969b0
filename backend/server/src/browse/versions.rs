//! Every version of a path.

use jiff::Timestamp;
use nasman_catalog::{CatalogError, Version};
use nasman_core::{DatasetName, Kind, RelPath};
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    entry::{group_name, made, text, user_name},
    known::Known,
    sighting::{Sighting, Sightings},
};
use crate::{
    app::App,
    http::{
        error::{ApiError, ApiResult, Code},
        page::bad_cursor,
    },
};

/// One state of a file, each told once, however many snapshots hold it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Version)]
pub struct VersionView {
    /// What it is.
    kind: Kind,
    /// Bytes, holes included.
    size: u64,
    /// Last change of the content; null for a time beyond the calendar.
    #[schema(value_type = Option<String>, format = DateTime)]
    modified: Option<Timestamp>,
    /// Last change of anything.
    #[schema(value_type = Option<String>, format = DateTime)]
    changed: Option<Timestamp>,
    /// When made; null where the file system does not tell.
    #[schema(value_type = Option<String>, format = DateTime)]
    created: Option<Timestamp>,
    /// Permission bits, as a number: 420 is rw-r--r--.
    mode: u32,
    /// Owner's number.
    uid: u32,
    /// Group's number.
    gid: u32,
    /// Owner's name on this machine; the number where it has none.
    owner: String,
    /// Group's name on this machine; the number where it has none.
    group: String,
    /// The object number in its dataset.
    inode: String,
    /// Where a symbolic link points, for people.
    target: Option<String>,
    /// Whether the file is so now, as far as live was looked at.
    live: bool,
    /// The first state that shows it.
    first: Sighting,
    /// The newest snapshot that holds it: open, download or restore it from there. Live only where no snapshot does.
    last: Sighting,
    /// How many snapshots hold it.
    snapshots: u64,
    /// Whether it was at the path asked for; otherwise it had another name then.
    here: bool,
    /// Where it was; null where no folder known leads there.
    #[schema(value_type = Option<String>)]
    path: Option<RelPath>,
}

/// A page of the versions of a path.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = VersionPage)]
pub struct VersionsView {
    /// In which dataset.
    #[schema(value_type = String, example = "tank/home")]
    dataset: DatasetName,
    /// The path asked for, percent-encoded.
    #[schema(value_type = String, example = "anna/Documents/Thesis.md")]
    path: RelPath,
    /// Newest first.
    items: Vec<VersionView>,
    /// Give it as `cursor` to get the next page; null on the last one.
    next: Option<String>,
    /// Versions in all.
    total: usize,
    /// When live was last looked at.
    #[schema(value_type = Option<String>, format = DateTime)]
    as_of: Option<Timestamp>,
    /// What to know about it, for people: whether snapshots are still missing.
    note: Option<String>,
}

/// Where a page of versions begins: after the version of this inode that was born then.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct After(u64, u64);

impl std::str::FromStr for After {
    type Err = std::num::ParseIntError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (born, inode) = text.split_once('-').unwrap_or((text, ""));
        Ok(Self(born.parse()?, inode.parse()?))
    }
}

/// All versions of a path, newest first, page by page. Blocks.
///
/// # Errors
/// [`Code::NotIndexed`], or [`Code::FileNotFound`] when no state has had the path.
pub fn versions(
    app: &App,
    name: &DatasetName,
    path: &RelPath,
    after: Option<After>,
    limit: u32,
) -> ApiResult<VersionsView> {
    let state = Known::find(&app.catalog, name, None)?.filter(|state| state.indexed);
    let Some(state) = state else { return Err(not_indexed(name)) };
    let found = match app.catalog.versions(state.dataset.id, path) {
        Err(CatalogError::NotFound) => {
            let detail = format!("nothing was ever at '{}' in {name}, as far as is indexed", path.display());
            return Err(ApiError::new(Code::FileNotFound, detail));
        }
        found => found?,
    };
    let key = |version: &Version| After(version.lifetime.born.0, version.inode);
    let begin = match after {
        None => 0,
        Some(after) => found.iter().position(|v| key(v) == after).map(|at| at + 1).ok_or_else(bad_cursor)?,
    };
    let end = begin.saturating_add(usize::try_from(limit).unwrap_or(usize::MAX)).min(found.len());
    let page = found.get(begin..end).unwrap_or_default();
    let next = page.last().filter(|_| end < found.len()).map(key);
    let snapshots = app.catalog.snapshots(state.dataset.id)?;
    let missing = snapshots.iter().filter(|snapshot| !snapshot.indexed).count();
    let note = (missing > 0).then(|| match missing {
        1 => "One snapshot is not indexed; what only it holds is missing.".to_owned(),
        _ => format!("{missing} snapshots are not indexed; what only they hold is missing."),
    });
    let sightings = Sightings::new(&state.dataset, snapshots);
    Ok(VersionsView {
        dataset: name.clone(),
        path: path.clone(),
        items: page.iter().map(|version| view(app, &sightings, version)).collect::<ApiResult<_>>()?,
        next: next.map(|After(born, inode)| format!("{born}-{inode}")),
        total: found.len(),
        as_of: state.dataset.position_at,
        note,
    })
}

/// The refusal where nothing of a dataset is known.
pub(super) fn not_indexed(name: &DatasetName) -> ApiError {
    let detail = format!("{name} is not indexed yet; the index page tells how far it is");
    ApiError::new(Code::NotIndexed, detail)
}

fn view(app: &App, sightings: &Sightings<'_>, version: &Version) -> ApiResult<VersionView> {
    let Version { inode, meta, lifetime, seen, here, path } = version;
    let (snapshots, newest) = sightings.between(seen.first, seen.last);
    Ok(VersionView {
        kind: meta.kind,
        size: meta.size,
        modified: meta.mtime.timestamp(),
        changed: meta.ctime.timestamp(),
        created: made(meta),
        mode: meta.mode,
        uid: meta.uid,
        gid: meta.gid,
        owner: user_name(&app.owners, meta.uid),
        group: group_name(&app.owners, meta.gid),
        inode: inode.to_string(),
        target: text(meta.target.as_deref()),
        live: lifetime.died.is_none(),
        first: sightings.of(seen.first)?,
        last: newest.map_or_else(|| sightings.of(seen.last), Ok)?,
        snapshots,
        here: *here,
        path: path.clone(),
    })
}
