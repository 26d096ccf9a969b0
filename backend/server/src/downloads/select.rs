//! What is to be downloaded, checked: that all of it is there, and how it will lie in the archive.

use std::collections::HashSet;

use jiff::Timestamp;
use nasman_core::{
    DatasetName, RelPath,
    archive::{outermost, plain, shared_depth, top_folder},
};
use nasman_zfs::{
    Zfs,
    files::{FileError, Root, Way},
};

use super::{DownloadItem, DownloadRequest, Format};
use crate::{
    http::error::{ApiError, ApiResult, Code},
    routes::{
        files::open_at,
        moment::{CreatedCache, Moment},
    },
};

/// Most datasets and moments in one archive: while it streams, each is open and each snapshot mounted.
const MAX_ITEMS: usize = 100;
/// Most paths in one archive.
const MAX_PATHS: usize = 1000;

/// What goes into an archive.
#[derive(Debug)]
pub struct Selection {
    /// Which kind of archive.
    pub format: Format,
    /// What the file is called.
    pub name: String,
    /// From where, in the order asked for.
    pub parts: Vec<Part>,
}

/// What comes from one dataset at one moment.
#[derive(Debug)]
pub struct Part {
    /// Which dataset.
    pub dataset: DatasetName,
    /// When; absent: live.
    pub moment: Option<Moment>,
    /// The folder of the archive that holds it; empty: the archive's top.
    pub top: String,
    /// So many folders are cut off the front of each path.
    pub cut: usize,
    /// None lies in another.
    pub paths: Vec<RelPath>,
}

impl Part {
    /// Where an entry lies in the archive.
    #[must_use]
    pub fn place(&self, path: &RelPath) -> Vec<u8> {
        let mut place = self.top.clone().into_bytes();
        for name in path.names().skip(self.cut) {
            if !place.is_empty() {
                place.push(b'/');
            }
            place.extend_from_slice(name.as_bytes());
        }
        place
    }

    /// Whether both are the same dataset at the same moment.
    fn is_from(&self, dataset: &DatasetName, moment: Option<&Moment>) -> bool {
        self.dataset == *dataset && self.moment.as_ref().map(|m| m.guid) == moment.map(|m| m.guid)
    }
}

/// Checks a request. Blocks.
///
/// # Errors
/// What is wrong with the first field that is.
pub fn select(
    zfs: &dyn Zfs,
    cache: &CreatedCache,
    request: DownloadRequest,
    now: Timestamp,
) -> ApiResult<Selection> {
    check(&request)?;
    let mut parts: Vec<Part> = Vec::new();
    for (number, item) in request.items.into_iter().enumerate() {
        let place = format!("items[{number}]");
        let moment = look(zfs, cache, &item, &place)?;
        match parts.iter_mut().find(|part| part.is_from(&item.dataset, moment.as_ref())) {
            Some(part) => part.paths.extend(item.paths),
            None => {
                let (dataset, paths) = (item.dataset, item.paths);
                parts.push(Part { dataset, moment, top: String::new(), cut: 0, paths });
            }
        }
    }
    arrange(&mut parts);
    let name = format!("{}.{}", stem(&parts, now), request.format.extension());
    Ok(Selection { format: request.format, name, parts })
}

fn check(request: &DownloadRequest) -> ApiResult<()> {
    let wrong = |field: &str, rule: String| Err(ApiError::field(Code::InvalidRequest, field, rule));
    if !(1..=MAX_ITEMS).contains(&request.items.len()) {
        return wrong("items", format!("takes 1 to {MAX_ITEMS}, not {}", request.items.len()));
    }
    if let Some(empty) = request.items.iter().position(|item| item.paths.is_empty()) {
        return wrong(&format!("items[{empty}].paths"), "takes at least one path".into());
    }
    let paths: usize = request.items.iter().map(|item| item.paths.len()).sum();
    if paths > MAX_PATHS {
        let rule =
            format!("take {MAX_PATHS} paths together, not {paths}; choose the folder above them instead");
        return wrong("items", rule);
    }
    Ok(())
}

/// Whether everything is there.
fn look(zfs: &dyn Zfs, cache: &CreatedCache, item: &DownloadItem, place: &str) -> ApiResult<Option<Moment>> {
    let (root, moment) = open_at(zfs, cache, &item.dataset, item.at.as_deref()).map_err(|error| {
        let field = if error.code == Code::SnapshotNotFound { "at" } else { "dataset" };
        ApiError { field: Some(format!("{place}.{field}")), ..error }
    })?;
    for (number, path) in item.paths.iter().enumerate() {
        let found = root.stat(path).and_then(|stat| match stat.mountpoint {
            true => Err(FileError::Escapes { path: path.clone(), way: Way::Mount }),
            false => Ok(()),
        });
        found.map_err(|error| ApiError {
            field: Some(format!("{place}.paths[{number}]")),
            ..ApiError::from(error)
        })?;
    }
    Ok(moment)
}

/// Alone, a part's entries lie at the archive's top; several have a folder each. Below that, what all have in common is
/// cut off.
fn arrange(parts: &mut [Part]) {
    let several = parts.len() > 1;
    let mut taken = HashSet::new();
    for part in parts {
        part.paths = outermost(part.paths.drain(..));
        part.cut = shared_depth(&part.paths);
        let whole = part.paths.iter().any(RelPath::is_root);
        if several {
            let tag = part.moment.as_ref().map(|moment| moment.tag.as_str());
            part.top = top_folder(&part.dataset, tag, &mut taken);
        } else if whole {
            part.top = plain(own_name(&part.dataset.to_string()));
        }
    }
}

fn own_name(dataset: &str) -> &str {
    dataset.rsplit('/').next().unwrap_or(dataset)
}

/// The file's name without its end: what it holds, and of when.
fn stem(parts: &[Part], now: Timestamp) -> String {
    let of = |moment: Option<&Moment>| {
        moment.map_or(now, |moment| moment.created).strftime("%Y-%m-%d").to_string()
    };
    let [part] = parts else { return format!("NASMan selection {}", of(None)) };
    let what = match part.paths.as_slice() {
        [one] => one.name().map_or_else(|| part.top.clone(), |name| plain(&name.display())),
        _ => "NASMan selection".to_owned(),
    };
    format!("{what} {}", of(part.moment.as_ref()))
}

/// Opens the roots of all parts. As long as they are open no snapshot among them can be destroyed. Blocks.
///
/// # Errors
/// When a dataset or snapshot is no more, or can't be reached now.
pub fn open(zfs: &dyn Zfs, cache: &CreatedCache, selection: &Selection) -> ApiResult<Vec<Root>> {
    let one = |part: &Part| {
        let guid = part.moment.as_ref().map(|moment| moment.guid);
        let (root, moment) =
            open_at(zfs, cache, &part.dataset, guid.map(|guid| guid.to_string()).as_deref())?;
        // A snapshot may be called like another's guid.
        if moment.map(|moment| moment.guid) != guid {
            let detail = format!("the snapshot of {} that was chosen is gone", part.dataset);
            return Err(ApiError::new(Code::SnapshotNotFound, detail));
        }
        Ok(root)
    };
    selection.parts.iter().map(one).collect()
}
