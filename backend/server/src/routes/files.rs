//! Folders and entries, live or as of a snapshot.

use actix_web::{get, web};
use jiff::Timestamp;
use nasman_core::{DatasetName, EntryName, RelPath};
use nasman_zfs::{
    Zfs,
    files::{Cursor, Root},
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{
    moment::{CreatedCache, Moment, resolve},
    named,
};
use crate::{
    app::App,
    auth::Viewer,
    browse::{self, Entry, Question, Source},
    http::{
        error::{ApiError, ApiResult, Code, Problem},
        page::{bad_cursor, checked_limit},
        query::{Query, flag, number},
    },
};

/// A page of a folder.
#[derive(Serialize, ToSchema)]
pub struct Listing {
    /// In which dataset.
    #[schema(value_type = String, example = "tank/home")]
    dataset: DatasetName,
    /// Which folder, percent-encoded; empty for the root.
    #[schema(value_type = String, example = "anna/Documents")]
    path: RelPath,
    /// As of when; null: live.
    at: Option<Moment>,
    /// From the root down to this folder itself.
    parents: Vec<Crumb>,
    /// This page's entries: folders first, then by the bytes of the name.
    items: Vec<Entry>,
    /// Give it as `cursor` to get the next page; null on the last one.
    next: Option<String>,
    /// How many entries the folder has; with `deleted`, names that are no more are counted.
    total: u64,
    /// Entries of this page that could not be looked at.
    findings: Vec<FindingView>,
    /// Where the answer comes from.
    source: Source,
    /// When it was so: of a snapshot its time, of live that can't be reached the last look; null: just now.
    #[schema(value_type = Option<String>, format = DateTime)]
    as_of: Option<Timestamp>,
    /// What to know about it, for people: why the files themselves were read, or why they could not be.
    note: Option<String>,
    /// With `compare`: when live was looked at that the entries' `now` tells of; null where they could not be
    /// compared.
    #[schema(value_type = Option<String>, format = DateTime)]
    live_as_of: Option<Timestamp>,
}

/// A folder on the way.
#[derive(Serialize, ToSchema)]
pub struct Crumb {
    /// For people; the dataset's name for the root.
    name: String,
    /// Percent-encoded.
    #[schema(value_type = String)]
    path: RelPath,
}

/// An entry that could not be looked at.
#[derive(Serialize, ToSchema)]
#[schema(as = Finding)]
pub struct FindingView {
    /// Percent-encoded.
    #[schema(value_type = String)]
    path: RelPath,
    /// What happened.
    detail: String,
}

/// The dataset's files, live or as of a moment. Blocks.
///
/// # Errors
/// When there is no such dataset or snapshot, or its files can't be reached.
pub fn open_at(
    zfs: &dyn Zfs,
    cache: &CreatedCache,
    dataset: &DatasetName,
    at: Option<&str>,
) -> ApiResult<(Root, Option<Moment>)> {
    let Some(at) = at else { return Ok((browse::live_root(zfs, dataset)?, None)) };
    let moment = resolve(zfs, cache, dataset, at)?;
    Ok((Root::open(&zfs.snapshot_folder(&moment.snapshot)?)?, Some(moment)))
}

/// What a folder is compared with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Compare {
    /// How it is now, as far as live was looked at.
    Live,
}

/// Which folder, when, and which page of it.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct FilesQuery {
    /// The folder; absent or empty: the dataset's root.
    #[serde(default)]
    #[param(value_type = Option<String>, example = "anna/Documents")]
    path: RelPath,
    /// A snapshot's name, its guid, or a time (the newest snapshot at or before it); absent: live.
    #[serde(default)]
    at: Option<String>,
    /// Whether to list, too, what the folder had before and has no more; also of a folder that is gone itself.
    #[serde(default, deserialize_with = "flag")]
    #[param(default = false)]
    deleted: bool,
    /// Tells of each entry what became of it since; needs `at`.
    #[serde(default)]
    #[param(inline)]
    compare: Option<Compare>,
    /// Whether to list, too, what was not there then and is now; needs `compare`.
    #[serde(default, deserialize_with = "flag")]
    #[param(default = false)]
    added: bool,
    /// Items in the page, 1 to 1000.
    #[serde(default, deserialize_with = "number")]
    #[param(minimum = 1, maximum = 1000, default = 100)]
    limit: Option<u32>,
    /// The last page's `next`.
    #[serde(default)]
    cursor: Option<String>,
}

/// Lists a folder, live or as of a snapshot.
#[utoipa::path(tag = "files", params(("dataset" = String, Path, description = "Full name, percent-encoded as one segment"), FilesQuery), responses(
    (status = 200, description = "A page of the folder", body = Listing),
    (status = 400, description = "`invalid_path`; `invalid_request`: such as compare without at", body = Problem),
    (status = 404, description = "`dataset_not_found`, `snapshot_not_found`, `file_not_found`", body = Problem),
    (status = 409, description = "`files_unreachable`, `not_a_directory`, `outside_dataset`", body = Problem),
))]
#[get("/datasets/{dataset}/files")]
pub async fn list_files(
    app: web::Data<App>,
    user: Viewer,
    dataset: web::Path<String>,
    query: Query<FilesQuery>,
) -> ApiResult<web::Json<Listing>> {
    let dataset: DatasetName = named("dataset", &dataset)?;
    user.0.access.browse(&dataset)?;
    let FilesQuery { path, at, deleted, compare, added, limit, cursor } = query.0;
    if compare.is_some() && at.is_none() {
        return Err(ApiError::field(
            Code::InvalidRequest,
            "compare",
            "needs 'at': then is compared with now",
        ));
    }
    if added && compare.is_none() {
        return Err(ApiError::field(Code::InvalidRequest, "added", "needs 'compare=live'"));
    }
    let limit = checked_limit(limit)?;
    let after = cursor.map(|cursor| parse_cursor(&cursor).ok_or_else(bad_cursor)).transpose()?;
    let compare = compare == Some(Compare::Live);
    let question = Question { dataset, path, at, deleted, compare, added, after, limit };
    let worker = app.clone();
    let listing = app.files(move |zfs| {
        let folder = browse::list(&worker, zfs, &question)?;
        Ok(Listing {
            at: folder.moment,
            parents: crumbs(&question.dataset, &question.path)?,
            items: folder.items,
            next: folder.next.as_ref().map(write_cursor),
            total: folder.total,
            findings: folder
                .findings
                .into_iter()
                .map(|finding| FindingView { path: finding.path, detail: finding.error.to_string() })
                .collect(),
            source: folder.source,
            as_of: folder.as_of,
            note: folder.note,
            live_as_of: folder.live_as_of,
            dataset: question.dataset,
            path: question.path,
        })
    });
    Ok(web::Json(listing.await?))
}

fn crumbs(dataset: &DatasetName, path: &RelPath) -> ApiResult<Vec<Crumb>> {
    let mut crumbs = vec![Crumb { name: dataset.to_string(), path: RelPath::root() }];
    let mut at = RelPath::root();
    for name in path.names() {
        at = at.join(&name)?;
        crumbs.push(Crumb { name: name.display(), path: at.clone() });
    }
    Ok(crumbs)
}

/// `d` or `f`, then the name in its lossless form.
fn write_cursor(cursor: &Cursor) -> String {
    let kind = if cursor.folder { 'd' } else { 'f' };
    let name = RelPath::root().join(&cursor.name).map(|path| path.encode()).unwrap_or_default();
    format!("{kind}{name}")
}

fn parse_cursor(text: &str) -> Option<Cursor> {
    let (folder, name) = match text.split_at_checked(1)? {
        ("d", name) => (true, name),
        ("f", name) => (false, name),
        _ => return None,
    };
    let path = RelPath::decode(name).ok()?;
    let only: Vec<EntryName> = path.names().collect();
    match <[EntryName; 1]>::try_from(only) {
        Ok([name]) => Some(Cursor { folder, name }),
        Err(_) => None,
    }
}

/// Which entry, when.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct EntryQuery {
    /// The entry; absent or empty: the dataset's root.
    #[serde(default)]
    #[param(value_type = Option<String>, example = "anna/Documents/Tax%20return%202025.pdf")]
    path: RelPath,
    /// A snapshot's name, its guid, or a time (the newest snapshot at or before it); absent: live.
    #[serde(default)]
    at: Option<String>,
}

/// One entry, live or as of a snapshot.
#[utoipa::path(tag = "files", params(("dataset" = String, Path, description = "Full name, percent-encoded as one segment"), EntryQuery), responses(
    (status = 200, description = "The entry", body = Entry),
    (status = 404, description = "`dataset_not_found`, `snapshot_not_found`, `file_not_found`", body = Problem),
    (status = 409, description = "`files_unreachable`, `outside_dataset`", body = Problem),
))]
#[get("/datasets/{dataset}/entry")]
pub async fn get_entry(
    app: web::Data<App>,
    user: Viewer,
    dataset: web::Path<String>,
    query: Query<EntryQuery>,
) -> ApiResult<web::Json<Entry>> {
    let dataset: DatasetName = named("dataset", &dataset)?;
    user.0.access.browse(&dataset)?;
    let EntryQuery { path, at } = query.0;
    let worker = app.clone();
    let found = app.files(move |zfs| browse::entry_at(&worker, zfs, &dataset, at.as_deref(), path));
    Ok(web::Json(found.await?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cursors_carry_any_name() {
        for name in [&b"a b"[..], b"\xff\n", b"d", b"%41"] {
            let cursor = Cursor { folder: true, name: EntryName::new(name).unwrap() };
            assert_eq!(parse_cursor(&write_cursor(&cursor)), Some(cursor));
        }
        for bad in ["", "x", "d", "da/b", "d..", "ü"] {
            assert_eq!(parse_cursor(bad), None, "{bad}");
        }
    }
}
