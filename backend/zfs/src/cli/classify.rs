//! What ZFS's words on stderr mean. The only place that reads them.

use nasman_core::{DatasetName, PoolName, SnapshotName};

use crate::{Blocker, ZfsError};

/// What a command was about, so that "does not exist" can name it.
#[derive(Debug, Clone, Copy)]
pub(super) enum Subject<'a> {
    Nothing,
    Pool(&'a PoolName),
    Dataset(&'a DatasetName),
    Snapshot(&'a SnapshotName),
    /// A snapshot to be taken: it is its dataset that may be missing.
    NewSnapshot(&'a SnapshotName),
}

impl Subject<'_> {
    fn name(&self) -> String {
        match self {
            Self::Nothing => String::new(),
            Self::Pool(name) => name.to_string(),
            Self::Dataset(name) => name.to_string(),
            Self::Snapshot(name) | Self::NewSnapshot(name) => name.to_string(),
        }
    }

    fn missing(&self) -> Option<ZfsError> {
        Some(match *self {
            Self::Nothing => return None,
            Self::Pool(name) => ZfsError::PoolNotFound(name.clone()),
            Self::Dataset(name) => ZfsError::DatasetNotFound(name.clone()),
            Self::Snapshot(name) => ZfsError::SnapshotNotFound(name.clone()),
            Self::NewSnapshot(name) => ZfsError::DatasetNotFound(name.dataset.clone()),
        })
    }
}

/// Tells a failed command's error from its words. A busy snapshot's blockers are those that the words name, or "in
/// use": the caller may know better.
pub(super) fn classify(verb: &'static str, stderr: &str, subject: Subject<'_>) -> ZfsError {
    let detail = detail(stderr);
    // A name may hold spaces, so it could read like a reason.
    let name = subject.name();
    let words = if name.is_empty() { stderr.to_owned() } else { stderr.replace(&name, "") };
    let says = |phrases: &[&str]| phrases.iter().any(|phrase| words.contains(phrase));

    if says(NOT_INSTALLED) {
        return ZfsError::NotInstalled { detail: not_installed(&detail) };
    }
    if says(&["ermission denied", "must be run as root", "permission is needed"]) {
        return ZfsError::PermissionDenied { detail };
    }
    if says(NOT_FOUND)
        && let Some(error) = subject.missing()
    {
        return error;
    }
    if says(&["out of space", "No space left", "quota exceeded"]) {
        return ZfsError::NoSpace { detail };
    }
    match subject {
        Subject::NewSnapshot(asked) if says(&["dataset already exists"]) => {
            ZfsError::SnapshotExists(quoted_snapshot(stderr).unwrap_or_else(|| asked.clone()))
        }
        Subject::Snapshot(name) if says(&["dependent clones", "is busy", "being held"]) => {
            ZfsError::SnapshotBusy { name: name.clone(), blockers: named_blockers(stderr) }
        }
        _ => ZfsError::Failed { verb, detail },
    }
}

const NOT_INSTALLED: &[&str] = &[
    "modules are not loaded",
    "modules cannot be auto-loaded",
    "/dev/zfs and /proc/self/mounts are required",
    "Failed to initialize the libzfs library",
    "ailed to initialize ZFS library",
];

const NOT_FOUND: &[&str] = &[
    "dataset does not exist",
    "no such pool",
    "could not find any snapshots to destroy",
    "no such pool or dataset",
];

/// Some versions say only that their library did not start, which helps nobody.
fn not_installed(detail: &str) -> String {
    format!(
        "{detail}; the kernel module is not loaded (`modprobe zfs`), or /dev/zfs is not shared with this container"
    )
}

/// Whether the command refused the option itself, as versions do that do not know it yet: the C library says so, then
/// the command, or one of them.
pub(super) fn unknown_option(stderr: &str) -> bool {
    let says = |line: &str| line.starts_with("invalid option '") || line.contains(": invalid option -- '");
    stderr.lines().take(2).any(says)
}

/// Whether the command refused a column, as versions do that do not know it yet.
pub(super) fn unknown_property(stderr: &str, property: &str) -> bool {
    stderr.contains("bad property list") && stderr.contains(property)
}

/// Whether all that failed was that some of the things asked for are not there.
pub(super) fn only_missing(stderr: &str) -> bool {
    let mut lines = stderr.lines().filter(|line| !line.trim().is_empty()).peekable();
    lines.peek().is_some() && lines.all(|line| line.ends_with("dataset does not exist"))
}

/// What is to be in place already is, or what is to go is gone.
pub(super) fn hold_as_asked(stderr: &str) -> bool {
    stderr.contains("tag already exists on this dataset") || stderr.contains("no such tag on this dataset")
}

/// ZFS's sentence, on one line and without the usage that some follow with.
fn detail(stderr: &str) -> String {
    let lines = stderr.lines().take_while(|line| !line.starts_with("usage:")).map(str::trim);
    let text = lines.filter(|line| !line.is_empty()).collect::<Vec<_>>().join("; ");
    if text.is_empty() { "it gave no reason".to_owned() } else { text }
}

/// The snapshot in quotes in `cannot create snapshot 'tank/home@x': …`.
fn quoted_snapshot(stderr: &str) -> Option<SnapshotName> {
    stderr.split('\'').find_map(|part| part.parse().ok())
}

/// The clones listed after `use '-R' to destroy the following datasets:`.
fn named_blockers(stderr: &str) -> Vec<Blocker> {
    let listed = stderr.lines().skip_while(|line| !line.starts_with("use '-R'")).skip(1);
    let clones: Vec<Blocker> =
        listed.filter_map(|line| line.parse::<DatasetName>().ok()).map(Blocker::Clone).collect();
    if clones.is_empty() { vec![Blocker::InUse] } else { clones }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What 2.1 and 2.3 printed, by the name of the capture.
    fn said(capture: &str) -> [String; 2] {
        ["2.1", "2.3"].map(|version| {
            let path = format!("{}/tests/fixtures/{version}/{capture}.err", env!("CARGO_MANIFEST_DIR"));
            String::from_utf8_lossy(&std::fs::read(path).unwrap()).into_owned()
        })
    }

    /// The same from both.
    fn told(capture: &str, subject: Subject<'_>) -> ZfsError {
        let [older, newer] = said(capture).map(|text| classify("zfs x", &text, subject));
        let detailed = matches!(newer, ZfsError::NotInstalled { .. });
        assert!(detailed || older == newer, "{capture}: {older:?} {newer:?}");
        assert_eq!(std::mem::discriminant(&older), std::mem::discriminant(&newer), "{capture}");
        newer
    }

    fn snapshot(name: &str) -> SnapshotName {
        name.parse().unwrap()
    }

    #[test]
    fn what_is_missing_is_named() {
        let pool = "nopool".parse().unwrap();
        let error = told("refused-list-unknown-pool-zpool", Subject::Pool(&pool));
        assert_eq!(error, ZfsError::PoolNotFound(pool));
        let dataset = "tank/nothing".parse().unwrap();
        let error = told("refused-list-unknown-dataset", Subject::Dataset(&dataset));
        assert_eq!(error, ZfsError::DatasetNotFound(dataset.clone()));
        let name = snapshot("tank/home@nothing");
        for capture in [
            "refused-list-unknown-snapshot",
            "refused-destroy-unknown-snapshot",
            "refused-hold-unknown-snapshot",
        ] {
            let error = told(capture, Subject::Snapshot(&name));
            assert_eq!(error, ZfsError::SnapshotNotFound(name.clone()), "{capture}");
        }
        let name = snapshot("tank/nothing@x");
        let error = told("refused-snapshot-unknown-dataset", Subject::NewSnapshot(&name));
        assert_eq!(error, ZfsError::DatasetNotFound(dataset));
    }

    #[test]
    fn what_is_taken_is_named() {
        let asked = snapshot("tank@monday");
        let error = told("refused-snapshot-duplicate", Subject::NewSnapshot(&asked));
        assert_eq!(error, ZfsError::SnapshotExists(snapshot("tank/home@monday")));
    }

    #[test]
    fn what_stands_in_the_way_is_named() {
        let name = snapshot("tank/media@base");
        let clones = vec![Blocker::Clone("tank/clone".parse().unwrap())];
        let error = told("refused-destroy-clone", Subject::Snapshot(&name));
        assert_eq!(error, ZfsError::SnapshotBusy { name, blockers: clones });
        for (capture, name) in [
            ("refused-destroy-held", "tank/home@monday"),
            ("refused-destroy-snapshot-in-use", "tank/home@tuesday"),
        ] {
            let name = snapshot(name);
            let error = told(capture, Subject::Snapshot(&name));
            assert_eq!(error, ZfsError::SnapshotBusy { name, blockers: vec![Blocker::InUse] }, "{capture}");
        }
    }

    #[test]
    fn rights_are_told_apart() {
        for capture in [
            "refused-nobody-create",
            "refused-nobody-destroy",
            "refused-nobody-diff",
            "refused-nobody-hold",
            "refused-nobody-no-device",
            "refused-nobody-scrub",
            "refused-nobody-snapshot",
        ] {
            let error = told(capture, Subject::Snapshot(&snapshot("tank/home@tuesday")));
            assert!(matches!(error, ZfsError::PermissionDenied { .. }), "{capture}: {error:?}");
        }
    }

    #[test]
    fn a_full_pool_is_told_apart() {
        for capture in ["refused-full-create", "refused-full-snapshot"] {
            let error = told(capture, Subject::Nothing);
            assert!(matches!(error, ZfsError::NoSpace { .. }), "{capture}: {error:?}");
        }
    }

    #[test]
    fn a_missing_module_is_told_apart() {
        for capture in ["no-module-zfs", "no-module-zpool"] {
            let error = told(capture, Subject::Nothing);
            assert!(matches!(error, ZfsError::NotInstalled { .. }), "{error:?}");
        }
    }

    #[test]
    fn anything_else_is_quoted_in_one_line() {
        let dataset = "tank/home".parse().unwrap();
        let error = told("refused-set-readonly-property", Subject::Dataset(&dataset));
        let words = "cannot set property for 'tank/home': 'used' is readonly".to_owned();
        assert_eq!(error, ZfsError::Failed { verb: "zfs x", detail: words });
        assert_eq!(detail(""), "it gave no reason");
    }

    #[test]
    fn a_name_is_no_reason() {
        let dataset = "tank/out of space".parse().unwrap();
        let text = "cannot set property for 'tank/out of space': 'used' is readonly\n";
        let error = classify("zfs set", text, Subject::Dataset(&dataset));
        assert!(matches!(error, ZfsError::Failed { .. }), "{error:?}");
    }

    #[test]
    fn some_missing_of_many() {
        let one = "cannot open 'tank@a': dataset does not exist\n";
        assert!(only_missing(one));
        assert!(!only_missing(&format!("{one}cannot open 'tank@b': I/O error\n")));
        assert!(!only_missing(""));
    }

    #[test]
    fn options_that_older_versions_lack() {
        assert!(unknown_option("invalid option 'j'\nusage:\n"));
        assert!(unknown_option("/usr/sbin/zfs: invalid option -- 'j'\ninvalid option 'j'\nusage:\n"));
        assert!(said("refused-snapshot-unknown-dataset").iter().all(|text| !unknown_option(text)));
        assert!(unknown_property(
            "bad property list: invalid property 'snapshots_changed'",
            "snapshots_changed"
        ));
    }

    #[test]
    fn holds_that_are_as_asked() {
        assert!(said("refused-hold-twice").iter().all(|text| hold_as_asked(text)));
        assert!(said("refused-release-unknown-tag").iter().all(|text| hold_as_asked(text)));
        assert!(said("refused-hold-unknown-snapshot").iter().all(|text| !hold_as_asked(text)));
    }
}
