//! Where a dataset's files are, judged by the mounts and not by its properties alone.

use super::parse::Mount;
use crate::{Dataset, DatasetKind, KeyStatus, Unreachable};

/// The mounts of a dataset or snapshot, the youngest first: a later one may hide an earlier.
pub(super) fn mounts_of<'a>(source: &str, mounts: &'a [Mount]) -> impl Iterator<Item = &'a Mount> {
    mounts.iter().rev().filter(move |mount| mount.source == source)
}

/// Why a dataset's live files can't be reached; absent when they can. `in_use` tells whether the kernel has it mounted
/// somewhere, and is asked only where that decides.
pub(super) fn unreachable(
    dataset: &Dataset,
    mounts: &[Mount],
    in_use: impl FnOnce() -> bool,
) -> Option<Unreachable> {
    if dataset.kind == DatasetKind::Volume {
        Some(Unreachable::Volume)
    } else if mounts_of(dataset.name.as_str(), mounts).next().is_some() {
        None
    } else if in_use() {
        Some(Unreachable::OtherNamespace)
    } else if dataset.key_status == KeyStatus::Unavailable {
        Some(Unreachable::KeyNotLoaded)
    } else {
        Some(match dataset.mountpoint.as_deref() {
            Some("legacy") => Unreachable::LegacyMountpoint,
            Some("none") => Unreachable::NoMountpoint,
            _ => Unreachable::Unmounted,
        })
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use nasman_core::Guid;

    use super::*;

    fn dataset(mountpoint: &str) -> Dataset {
        Dataset {
            name: "tank/home".parse().unwrap(),
            guid: Guid(1),
            kind: DatasetKind::Filesystem,
            used: 0,
            available: 0,
            referenced: 0,
            used_by_snapshots: 0,
            written: None,
            mountpoint: Some(mountpoint.into()),
            mounted: false,
            readonly: false,
            key_status: KeyStatus::None,
            origin: None,
            created: Timestamp::UNIX_EPOCH,
            snapshots_changed: None,
            unreachable: None,
        }
    }

    fn mount(source: &str) -> Mount {
        Mount { source: source.into(), point: "/mnt".into(), device: (0, 45), follows: false }
    }

    #[test]
    fn the_mounts_decide() {
        let legacy = dataset("legacy");
        assert_eq!(unreachable(&legacy, &[mount("tank/home")], || false), None);
        let others = [mount("tank"), mount("tank/home2"), mount("tank/home@x")];
        assert_eq!(unreachable(&legacy, &others, || false), Some(Unreachable::LegacyMountpoint));
    }

    #[test]
    fn each_reason() {
        let why = |dataset: &Dataset, in_use| unreachable(dataset, &[], || in_use);
        assert_eq!(why(&dataset("/x"), false), Some(Unreachable::Unmounted));
        assert_eq!(why(&dataset("none"), false), Some(Unreachable::NoMountpoint));
        assert_eq!(why(&dataset("/x"), true), Some(Unreachable::OtherNamespace));
        let locked = Dataset { key_status: KeyStatus::Unavailable, ..dataset("/x") };
        assert_eq!(why(&locked, false), Some(Unreachable::KeyNotLoaded));
        let volume = Dataset { kind: DatasetKind::Volume, ..dataset("/x") };
        assert_eq!(why(&volume, true), Some(Unreachable::Volume));
    }
}
