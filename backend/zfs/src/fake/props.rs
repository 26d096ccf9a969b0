//! The fake's properties: which there are, what they take, how they inherit.

use std::collections::BTreeMap;

use nasman_core::DatasetName;

use super::state::FakeDataset;
use crate::{DatasetKind, Result, ZfsError};

/// A property that can be set.
struct Known {
    name: &'static str,
    default: &'static str,
    inherits: bool,
    /// The words it takes; empty for any.
    words: &'static [&'static str],
    volumes: bool,
}

const ON_OFF: &[&str] = &["on", "off"];

const fn known(name: &'static str, default: &'static str, words: &'static [&'static str]) -> Known {
    Known { name, default, inherits: true, words, volumes: false }
}

const KNOWN: &[Known] = &[
    known("aclmode", "discard", &["discard", "groupmask", "passthrough", "restricted"]),
    known("acltype", "off", &["off", "nfsv4", "posix"]),
    known("atime", "on", ON_OFF),
    Known { inherits: false, ..known("canmount", "on", &["on", "off", "noauto"]) },
    Known {
        volumes: true,
        ..known("checksum", "on", &["on", "off", "fletcher4", "sha256", "sha512", "blake3"])
    },
    Known { volumes: true, ..known("compression", "on", &["on", "off", "lz4", "zstd", "gzip", "zle"]) },
    Known { volumes: true, ..known("copies", "1", &["1", "2", "3"]) },
    known("mountpoint", "", &[]),
    Known { inherits: false, ..known("quota", "0", &[]) },
    Known { volumes: true, ..known("readonly", "off", ON_OFF) },
    known("recordsize", "131072", &[]),
    Known { inherits: false, ..known("refquota", "0", &[]) },
    Known { inherits: false, volumes: true, ..known("refreservation", "0", &[]) },
    Known { inherits: false, volumes: true, ..known("reservation", "0", &[]) },
    known("relatime", "on", ON_OFF),
    known("snapdir", "hidden", &["disabled", "hidden", "visible"]),
    Known { volumes: true, ..known("sync", "standard", &["standard", "always", "disabled"]) },
    known("xattr", "sa", &["on", "off", "dir", "sa"]),
];

/// Computed ones that ZFS refuses to set.
const READ_ONLY: &[&str] = &[
    "available",
    "compressratio",
    "createtxg",
    "creation",
    "encryption",
    "guid",
    "keystatus",
    "mounted",
    "origin",
    "referenced",
    "snapshots_changed",
    "type",
    "used",
    "usedbysnapshots",
];

fn refusal(dataset: &DatasetName, why: &str) -> ZfsError {
    ZfsError::Failed { verb: "zfs set", detail: format!("cannot set property for '{dataset}': {why}") }
}

/// Whether ZFS would take this value for this property of such a dataset.
pub(super) fn check(dataset: &DatasetName, kind: DatasetKind, name: &str, value: &str) -> Result<()> {
    if name.contains(':') {
        return Ok(());
    }
    if READ_ONLY.contains(&name) {
        return Err(refusal(dataset, &format!("'{name}' is readonly")));
    }
    let Some(known) = KNOWN.iter().find(|known| known.name == name) else {
        return Err(refusal(dataset, &format!("invalid property '{name}'")));
    };
    if kind == DatasetKind::Volume && !known.volumes {
        return Err(refusal(dataset, &format!("'{name}' does not apply to datasets of this type")));
    }
    if !known.words.is_empty() && !known.words.contains(&value) {
        return Err(refusal(dataset, &format!("'{name}' must be one of '{}'", known.words.join(" | "))));
    }
    if name == "mountpoint" && !value.starts_with('/') && !matches!(value, "none" | "legacy") {
        return Err(refusal(dataset, &format!("'{name}' must be an absolute path, 'none', or 'legacy'")));
    }
    Ok(())
}

/// The names that apply to a dataset: the known ones, and the user's own set on it or above.
pub(super) fn names(datasets: &BTreeMap<DatasetName, FakeDataset>, dataset: &DatasetName) -> Vec<String> {
    let kind = datasets.get(dataset).map(|dataset| dataset.kind);
    let fits = |known: &&Known| known.volumes || kind == Some(DatasetKind::Filesystem);
    let mut names: Vec<String> = KNOWN.iter().filter(fits).map(|known| known.name.to_owned()).collect();
    for (_, above) in line(datasets, dataset) {
        let own = above.local.keys().filter(|name| name.contains(':'));
        names.extend(own.cloned());
    }
    names.sort();
    names.dedup();
    names
}

/// The value here and where it comes from.
pub(super) fn effective(
    datasets: &BTreeMap<DatasetName, FakeDataset>,
    dataset: &DatasetName,
    name: &str,
) -> Option<(String, String)> {
    let known = KNOWN.iter().find(|known| known.name == name);
    let inherits = known.is_none_or(|known| known.inherits);
    for (above, state) in line(datasets, dataset) {
        let Some(value) = state.local.get(name) else { if inherits { continue } else { break } };
        if above == dataset {
            return Some((value.clone(), "local".into()));
        }
        let beneath = dataset.as_str().strip_prefix(above.as_str()).unwrap_or_default();
        let is_path = name == "mountpoint" && value.starts_with('/');
        let value = if is_path { format!("{}{beneath}", value.trim_end_matches('/')) } else { value.clone() };
        return Some((value, format!("inherited from {above}")));
    }
    match name {
        "mountpoint" => Some((format!("/{dataset}"), "default".into())),
        _ => known.map(|known| (known.default.to_owned(), "default".into())),
    }
}

/// The dataset and those above it, nearest first.
fn line<'a>(
    datasets: &'a BTreeMap<DatasetName, FakeDataset>,
    dataset: &'a DatasetName,
) -> impl Iterator<Item = (&'a DatasetName, &'a FakeDataset)> {
    let above = datasets.range(..=dataset).rev();
    above.filter(move |(name, _)| {
        let rest = dataset.as_str().strip_prefix(name.as_str());
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    })
}

#[cfg(test)]
mod tests {
    use crate::{FakeZfs, Zfs as _};

    fn value(zfs: &FakeZfs, dataset: &str, name: &str) -> (String, String) {
        let all = zfs.properties(&dataset.parse().unwrap()).unwrap();
        let found = all.into_iter().find(|property| property.name == name).unwrap();
        (found.value, found.source)
    }

    #[test]
    fn the_nearest_setting_above_counts() {
        let zfs = FakeZfs::new().with_dataset("tank/a/b").with_dataset("tank/a-b");
        zfs.set_property(&"tank/a".parse().unwrap(), "mountpoint", "/srv/a").unwrap();
        zfs.set_property(&"tank".parse().unwrap(), "org.nasman:keep", "yes").unwrap();
        assert_eq!(
            value(&zfs, "tank/a/b", "mountpoint"),
            ("/srv/a/b".into(), "inherited from tank/a".into())
        );
        assert_eq!(value(&zfs, "tank/a-b", "mountpoint"), ("/tank/a-b".into(), "default".into()));
        assert_eq!(value(&zfs, "tank/a/b", "org.nasman:keep"), ("yes".into(), "inherited from tank".into()));
    }
}
