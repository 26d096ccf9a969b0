//! Filesystems and volumes.

use jiff::Timestamp;
use nasman_core::Guid;

use super::{Listed, Malformed, Parsed, is_internal, rows::Row};
use crate::{DatasetKind, KeyStatus};

/// A dataset as listed: all but whether its files can be reached, for which the mounts must be known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Dataset {
    /// As far as the list tells; `unreachable` is always absent.
    pub(crate) dataset: crate::Dataset,
    /// By which the kernel counts what is in use.
    pub(crate) objset: Option<u64>,
}

impl Dataset {
    /// The columns read, without [`Self::SINCE_2_2`]. The mountpoint is free text, thus the last.
    pub(crate) const COLUMNS: &[&str] = &[
        "name",
        "guid",
        "type",
        "used",
        "available",
        "referenced",
        "usedbysnapshots",
        "written",
        "mounted",
        "readonly",
        "keystatus",
        "origin",
        "creation",
        "objsetid",
        "mountpoint",
    ];
    /// A column that 2.1 does not know.
    pub(crate) const SINCE_2_2: &str = "snapshots_changed";
    /// The columns read where that one is known.
    pub(crate) const ALL_COLUMNS: &[&str] = &[
        "name",
        "guid",
        "type",
        "used",
        "available",
        "referenced",
        "usedbysnapshots",
        "written",
        "mounted",
        "readonly",
        "keystatus",
        "origin",
        "creation",
        "objsetid",
        "snapshots_changed",
        "mountpoint",
    ];
}

/// `zfs list -Hp -t filesystem,volume -o COLUMNS`, or the same as JSON.
pub(crate) fn datasets(rows: &[Row<'_>]) -> Parsed<Listed<Dataset>> {
    let mut listed = Listed { items: Vec::with_capacity(rows.len()), findings: Vec::new() };
    for row in rows {
        let name = row.text("name")?;
        match name.parse() {
            Ok(name) => listed.items.push(dataset(row, name)?),
            Err(_) if is_internal(name) => {}
            Err(error) => listed.findings.push(format!("dataset {name:?}: {error}")),
        }
    }
    Ok(listed)
}

fn dataset(row: &Row<'_>, name: nasman_core::DatasetName) -> Parsed<Dataset> {
    let kind = match row.text("type")? {
        "filesystem" => DatasetKind::Filesystem,
        "volume" => DatasetKind::Volume,
        other => return Err(Malformed(format!("type is {other:?}"))),
    };
    let changed = row.some(Dataset::SINCE_2_2).map(|_| row.time(Dataset::SINCE_2_2)).transpose()?;
    let dataset = crate::Dataset {
        name,
        guid: row.value::<Guid>("guid")?,
        kind,
        used: row.value("used")?,
        available: row.value("available")?,
        referenced: row.value("referenced")?,
        used_by_snapshots: row.value("usedbysnapshots")?,
        written: row.optional("written")?.filter(|_| kind == DatasetKind::Filesystem),
        mountpoint: row.some("mountpoint").map(str::to_owned),
        mounted: row.text("mounted")? == "yes",
        readonly: row.text("readonly")? == "on",
        key_status: match row.some("keystatus") {
            None | Some("none") => KeyStatus::None,
            Some("available") => KeyStatus::Available,
            Some("unavailable") => KeyStatus::Unavailable,
            Some(other) => return Err(Malformed(format!("keystatus is {other:?}"))),
        },
        // The origin may be one of a receive's internal snapshots, which is nobody's.
        origin: row.some("origin").and_then(|origin| origin.parse().ok()),
        created: row.time("creation")?,
        snapshots_changed: changed.filter(|changed| *changed != Timestamp::UNIX_EPOCH),
        unreachable: None,
    };
    Ok(Dataset { dataset, objset: row.optional("objsetid")? })
}

#[cfg(test)]
mod tests {
    use super::{super::rows, *};

    const LINE: &str = "tank/a b\t18446744073709551615\tfilesystem\t4\t3\t2\t1\t5\tyes\toff\t-\ttank@base\t1795454766\t82\t/tank/a b\n";

    fn read(text: &str) -> Parsed<Listed<Dataset>> {
        datasets(&rows(text, Dataset::COLUMNS)?)
    }

    #[test]
    fn a_filesystem() {
        let Dataset { dataset, objset } = read(LINE).unwrap().items.remove(0);
        assert_eq!((dataset.name.as_str(), dataset.guid), ("tank/a b", Guid(u64::MAX)));
        assert_eq!(
            (dataset.used, dataset.available, dataset.referenced, dataset.used_by_snapshots, dataset.written),
            (4, 3, 2, 1, Some(5))
        );
        assert_eq!((dataset.mounted, dataset.readonly, dataset.key_status), (true, false, KeyStatus::None));
        assert_eq!(dataset.origin.unwrap().to_string(), "tank@base");
        assert_eq!((dataset.mountpoint.as_deref(), objset), (Some("/tank/a b"), Some(82)));
        assert_eq!(dataset.snapshots_changed, None);
    }

    #[test]
    fn a_volume_has_no_mountpoint() {
        let line = "tank/v\t1\tvolume\t4\t3\t2\t1\t5\t-\toff\t-\t-\t1795454766\t9\t-\n";
        let dataset = read(line).unwrap().items.remove(0).dataset;
        assert_eq!((dataset.kind, dataset.mountpoint, dataset.mounted), (DatasetKind::Volume, None, false));
        assert_eq!(dataset.written, None);
        assert_eq!(read(&LINE.replace("\t5\t", "\t-\t")).unwrap().items[0].dataset.written, None);
    }

    #[test]
    fn odd_names_do_not_hide_the_others() {
        let odd =
            LINE.replace("tank/a b\t", "tank/%recv\t") + &LINE.replace("tank/a b\t", "tank/\u{e4}\t") + LINE;
        let listed = read(&odd).unwrap();
        assert_eq!(listed.items.len(), 1);
        assert_eq!(listed.findings.len(), 1, "{:?}", listed.findings);
    }

    #[test]
    fn words_that_are_not_known() {
        for (word, other) in
            [("filesystem", "bucket"), ("\t4\t", "\tmany\t"), ("\t-\ttank@", "\tlost\ttank@")]
        {
            assert!(read(&LINE.replace(word, other)).is_err(), "{other}");
        }
    }

    #[test]
    fn when_snapshots_changed() {
        let line = LINE.replace("\t82\t", "\t82\t1795454772\t");
        let listed = datasets(&rows(&line, Dataset::ALL_COLUMNS).unwrap()).unwrap();
        assert_eq!(listed.items[0].dataset.snapshots_changed, Timestamp::from_second(1_795_454_772).ok());
    }
}
