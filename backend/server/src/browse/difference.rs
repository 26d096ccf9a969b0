//! What is different between two moments.

use jiff::Timestamp;
use nasman_catalog::{At, CatalogError, Difference, DifferenceSummary, Differs as Kept, Tally};
use nasman_core::{DatasetName, Kind, Meta, RelPath};
use serde::Serialize;
use utoipa::ToSchema;

use super::{known::Known, sighting::Sighting, versions::not_indexed};
use crate::{
    app::App,
    http::error::{ApiError, ApiResult, Code},
};

/// What is different in a folder between two moments: a page of it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = DifferencePage)]
pub struct ChangesView {
    /// In which dataset.
    #[schema(value_type = String, example = "tank/home")]
    dataset: DatasetName,
    /// In and below which folder, percent-encoded; empty for the root.
    #[schema(value_type = String, example = "anna/Documents")]
    path: RelPath,
    /// The earlier moment.
    from: Sighting,
    /// The later moment.
    to: Sighting,
    /// By the bytes of the path.
    items: Vec<DifferenceView>,
    /// Give it as `cursor` to get the next page; null on the last one.
    next: Option<String>,
    /// Differences in all.
    total: u64,
    /// Bytes that the files have more at the later moment (fewer: negative), over all differences.
    bytes: i64,
}

/// An entry that differs.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Difference)]
pub struct DifferenceView {
    /// Where it is at the later moment, or was at the earlier one when removed; percent-encoded.
    #[schema(value_type = String)]
    path: RelPath,
    /// Its name, for people.
    name: String,
    /// What it is, or was.
    kind: Kind,
    /// How it differs.
    differs: Differs,
    /// Of one that moved, where it was.
    #[schema(value_type = Option<String>)]
    moved_from: Option<RelPath>,
    /// At the earlier moment; null when created.
    before: Option<SideView>,
    /// At the later moment; null when removed.
    after: Option<SideView>,
}

/// How an entry differs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Differs {
    /// It is there only at the later moment.
    Created,
    /// It is there only at the earlier moment.
    Removed,
    /// It has another content.
    Modified,
    /// It has the same content; owner, mode or the like is another.
    Attributes,
    /// It had another path.
    Moved,
}

/// One of the two moments of an entry.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Side)]
pub struct SideView {
    /// Bytes, holes included.
    size: u64,
    /// Last change of the content.
    #[schema(value_type = Option<String>, format = DateTime)]
    modified: Option<Timestamp>,
}

impl From<&Meta> for SideView {
    fn from(meta: &Meta) -> Self {
        Self { size: meta.size, modified: meta.mtime.timestamp() }
    }
}

/// What is different in a folder between two moments, counted.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = DifferenceSummary)]
pub struct SummaryView {
    /// In which dataset.
    #[schema(value_type = String, example = "tank/home")]
    dataset: DatasetName,
    /// In and below which folder, percent-encoded; empty for the root.
    #[schema(value_type = String, example = "anna/Documents")]
    path: RelPath,
    /// The earlier moment.
    from: Sighting,
    /// The later moment.
    to: Sighting,
    /// Differences in all.
    total: u64,
    /// There only at the later moment.
    created: TallyView,
    /// There only at the earlier moment.
    removed: TallyView,
    /// With another content.
    modified: TallyView,
    /// With the same content; owner, mode or the like is another.
    attributes: TallyView,
    /// With another path.
    moved: TallyView,
    /// Bytes that the files have more at the later moment (fewer: negative).
    bytes: i64,
}

/// So many entries.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Tally)]
pub struct TallyView {
    /// Entries.
    entries: u64,
    /// Bytes of the files among them: at the later moment, of removed ones at the earlier.
    bytes: u64,
}

impl From<Tally> for TallyView {
    fn from(tally: Tally) -> Self {
        Self { entries: tally.entries, bytes: tally.bytes }
    }
}

/// What is different in `path` and below it between two moments; `to` absent: live. Blocks.
///
/// # Errors
/// [`Code::NotIndexed`], [`Code::SnapshotNotFound`], [`Code::FileNotFound`] when neither moment has the path, and
/// when `from` is later than `to`.
pub fn changes(
    app: &App,
    name: &DatasetName,
    (from, to): (&str, Option<&str>),
    path: &RelPath,
    after: Option<&RelPath>,
    limit: u32,
) -> ApiResult<ChangesView> {
    let (from, to) = ends(app, name, (from, to))?;
    let page = app.catalog.difference(from.dataset.id, (from.at, to.at), path, after, limit);
    let page = page.map_err(|error| refusal(error, name, path))?;
    Ok(ChangesView {
        dataset: name.clone(),
        path: path.clone(),
        from: sighting(&from)?,
        to: sighting(&to)?,
        items: page.items.into_iter().map(Into::into).collect(),
        next: page.next.map(|path| path.encode()),
        total: page.total,
        bytes: page.bytes,
    })
}

/// The same, counted. Blocks.
///
/// # Errors
/// As [`changes`].
pub fn changes_summary(
    app: &App,
    name: &DatasetName,
    ends_asked: (&str, Option<&str>),
    path: &RelPath,
) -> ApiResult<SummaryView> {
    let (from, to) = ends(app, name, ends_asked)?;
    let summary = app.catalog.difference_summary(from.dataset.id, (from.at, to.at), path);
    let DifferenceSummary { created, removed, modified, attributes, moved, bytes } =
        summary.map_err(|error| refusal(error, name, path))?;
    Ok(SummaryView {
        dataset: name.clone(),
        path: path.clone(),
        from: sighting(&from)?,
        to: sighting(&to)?,
        total: [created, removed, modified, attributes, moved].iter().map(|tally| tally.entries).sum(),
        created: created.into(),
        removed: removed.into(),
        modified: modified.into(),
        attributes: attributes.into(),
        moved: moved.into(),
        bytes,
    })
}

fn ends(app: &App, name: &DatasetName, (from, to): (&str, Option<&str>)) -> ApiResult<(Known, Known)> {
    let (from, to) = (moment(app, name, Some(from))?, moment(app, name, to)?);
    if let (At::Snapshot(early), At::Snapshot(late)) = (from.at, to.at)
        && early > late
    {
        return Err(ApiError::field(Code::InvalidRequest, "from", "is later than 'to'; change them round"));
    }
    Ok((from, to))
}

fn refusal(error: CatalogError, name: &DatasetName, path: &RelPath) -> ApiError {
    match error {
        CatalogError::NotFound => {
            let detail = format!("neither moment has '{}' in {name}", path.display());
            ApiError::new(Code::FileNotFound, detail)
        }
        CatalogError::NotIndexed => not_indexed(name),
        error => error.into(),
    }
}

fn moment(app: &App, name: &DatasetName, at: Option<&str>) -> ApiResult<Known> {
    match (Known::find(&app.catalog, name, at)?, at) {
        (Some(state), _) if state.indexed => Ok(state),
        (None, Some(at)) if app.catalog.dataset_by_name(name)?.is_some() => {
            let detail = format!("{name} has no snapshot '{at}' that is known; live is without 'to'");
            Err(ApiError::new(Code::SnapshotNotFound, detail))
        }
        _ => Err(not_indexed(name)),
    }
}

fn sighting(state: &Known) -> ApiResult<Sighting> {
    let at = state.as_of().ok_or_else(|| ApiError::new(Code::Internal, "a known state has no time"))?;
    Ok(Sighting { snapshot: state.moment.as_ref().map(|moment| moment.tag.clone()), at })
}

impl From<Difference> for DifferenceView {
    fn from(difference: Difference) -> Self {
        let Difference { path, differs, before, after } = difference;
        let kind = after.as_ref().or(before.as_ref()).map_or(Kind::Directory, |meta| meta.kind);
        let (differs, moved_from) = match differs {
            Kept::Created => (Differs::Created, None),
            Kept::Removed => (Differs::Removed, None),
            Kept::Modified => (Differs::Modified, None),
            Kept::Attributes => (Differs::Attributes, None),
            Kept::Moved { from } => (Differs::Moved, Some(from)),
        };
        Self {
            name: path.name().map(|name| name.display()).unwrap_or_default(),
            path,
            kind,
            differs,
            moved_from,
            before: before.as_ref().map(Into::into),
            after: after.as_ref().map(Into::into),
        }
    }
}
