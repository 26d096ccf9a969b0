//! Snapshots: what is cheap to list, and what is not.

use nasman_core::{DatasetName, SnapshotName};

use super::{Listed, Parsed, is_internal, rows};
use crate::{Snapshot, SnapshotDetail};

/// What ZFS lists without opening each snapshot. A single other column, or another sort key, opens them all.
pub(crate) const FAST: &[&str] = &["name", "guid", "createtxg"];
/// What it must open each snapshot for.
pub(crate) const COSTLY: &[&str] =
    &["name", "guid", "creation", "used", "referenced", "written", "userrefs", "clones"];

fn name(text: &str, findings: &mut Vec<String>) -> Option<SnapshotName> {
    match text.parse() {
        Ok(name) => Some(name),
        Err(_) if is_internal(text) => None,
        Err(error) => {
            findings.push(format!("snapshot {text:?}: {error}"));
            None
        }
    }
}

/// `zfs list -Hp -d 1 -t snapshot -o name,guid,createtxg -s createtxg DATASET`. As lines, since JSON opens each
/// snapshot.
pub(crate) fn snapshots(text: &str) -> Parsed<Listed<Snapshot>> {
    let mut listed = Listed { items: Vec::new(), findings: Vec::new() };
    for row in rows(text, FAST)? {
        if let Some(name) = name(row.text("name")?, &mut listed.findings) {
            let createtxg = nasman_core::Txg(row.value("createtxg")?);
            listed.items.push(Snapshot { name, guid: row.value("guid")?, createtxg });
        }
    }
    Ok(listed)
}

/// `zfs list -Hp -t snapshot -o name,guid,creation,used,referenced,written,userrefs,clones SNAPSHOT…`
pub(crate) fn details(text: &str) -> Parsed<Listed<SnapshotDetail>> {
    let mut listed = Listed { items: Vec::new(), findings: Vec::new() };
    for row in rows(text, COSTLY)? {
        if let Some(name) = name(row.text("name")?, &mut listed.findings) {
            listed.items.push(SnapshotDetail {
                name,
                guid: row.value("guid")?,
                created: row.time("creation")?,
                used: row.value("used")?,
                referenced: row.value("referenced")?,
                written: row.value("written")?,
                holds: row.value("userrefs")?,
                clones: row.some("clones").map(clones).unwrap_or_default(),
            });
        }
    }
    Ok(listed)
}

/// Names hold no comma.
fn clones(text: &str) -> Vec<DatasetName> {
    text.split(',').filter_map(|name| name.parse().ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cheap_ones() {
        let listed = snapshots("tank/a b@x y\t8097603133721122561\t29\ntank/a b@%recv\t1\t30\n").unwrap();
        assert_eq!(listed.items.len(), 1);
        assert_eq!(listed.items[0].name.to_string(), "tank/a b@x y");
        assert_eq!(listed.items[0].createtxg.0, 29);
        assert_eq!(listed.findings, Vec::<String>::new());
    }

    #[test]
    fn as_real_ones_tell_them() {
        for version in ["2.1", "2.3"] {
            let path = format!("{}/tests/fixtures/{version}/zfs-list-fast.out", env!("CARGO_MANIFEST_DIR"));
            let listed = snapshots(&std::fs::read_to_string(path).unwrap()).unwrap();
            assert!(listed.items.len() > 10 && listed.findings.is_empty(), "{version}");
        }
    }

    #[test]
    fn costly_ones() {
        let text =
            "tank@a\t5\t1795454772\t1\t2\t3\t4\ttank/c,tank/d e\ntank@b\t6\t1795454772\t1\t2\t3\t0\t-\n";
        let items = details(text).unwrap().items;
        let clones: Vec<_> = items[0].clones.iter().map(DatasetName::as_str).collect();
        assert_eq!(clones, ["tank/c", "tank/d e"]);
        assert_eq!((items[0].used, items[0].referenced, items[0].written, items[0].holds), (1, 2, 3, 4));
        assert!(items[1].clones.is_empty());
    }

    #[test]
    fn malformed() {
        assert!(snapshots("tank@a\t5\n").is_err());
        assert!(snapshots("tank@a\t5\tx\n").is_err());
        assert!(details("tank@a\t5\t1795454772\t1\t2\t3\t4\n").is_err());
        assert_eq!(snapshots("tank\t5\t6\n").unwrap().findings.len(), 1);
    }
}
