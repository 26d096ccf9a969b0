//! A pool's condition from JSON.

use std::collections::HashMap;

use indexmap::IndexMap;
use jiff::Timestamp;
use serde::Deserialize;

use super::{
    Malformed, Parsed,
    pool::{Condition, unwrapped, vdev_state},
};
use crate::{Scan, ScanKind, ScanState, Vdev};

#[derive(Deserialize)]
struct Status {
    pools: HashMap<String, PoolJson>,
}

/// Devices keep the order in which ZFS prints them.
type Vdevs = IndexMap<String, VdevJson>;

#[derive(Deserialize)]
#[serde(default)]
#[derive(Default)]
struct PoolJson {
    status: String,
    action: String,
    scan_stats: Option<ScanJson>,
    error_count: u64,
    /// The root, whose members are the top-level ones.
    vdevs: Vdevs,
    special: Vdevs,
    dedup: Vdevs,
    logs: Vdevs,
    l2cache: Vdevs,
    spares: Vdevs,
}

#[derive(Deserialize)]
struct ScanJson {
    function: String,
    state: String,
    #[serde(default)]
    start_time: i64,
    #[serde(default)]
    end_time: i64,
    #[serde(default)]
    errors: u64,
    #[serde(default)]
    to_examine: u64,
    #[serde(default)]
    issued: u64,
    #[serde(default)]
    skipped: u64,
}

/// Some members of some kinds of devices lack members (draid has neither state nor type), so all are optional.
#[derive(Deserialize, Default)]
#[serde(default)]
struct VdevJson {
    name: String,
    vdev_type: Option<String>,
    path: Option<String>,
    state: String,
    read_errors: u64,
    write_errors: u64,
    checksum_errors: u64,
    vdevs: Vdevs,
}

/// `zpool status -j --json-int [POOL]`, by the pool's name. Its pool guids are right, unlike those of `zfs list`.
pub(crate) fn status_json(text: &str) -> Parsed<HashMap<String, Condition>> {
    let status: Status = serde_json::from_str(text).map_err(|error| Malformed(error.to_string()))?;
    Ok(status.pools.into_iter().map(|(name, pool)| (name, condition(pool))).collect())
}

fn condition(pool: PoolJson) -> Condition {
    let normal = pool.vdevs.into_values().flat_map(|root| root.vdevs.into_values());
    let mut vdevs: Vec<Vdev> = normal.map(|vdev| describe(vdev, "normal")).collect();
    let others = [
        (pool.special, "special"),
        (pool.dedup, "dedup"),
        (pool.logs, "log"),
        (pool.l2cache, "cache"),
        (pool.spares, "spare"),
    ];
    for (group, class) in others {
        vdevs.extend(group.into_values().map(|vdev| describe(vdev, class)));
    }
    Condition {
        status: unwrapped(&pool.status),
        action: unwrapped(&pool.action),
        scan: pool.scan_stats.and_then(|scan| describe_scan(&scan)),
        data_errors: pool.error_count,
        vdevs,
    }
}

fn describe(vdev: VdevJson, class: &str) -> Vdev {
    let kind = vdev.vdev_type.unwrap_or_else(|| kind_by_name(&vdev.name).to_owned());
    Vdev {
        kind,
        class: class.to_owned(),
        state: vdev_state(&vdev.state),
        read_errors: vdev.read_errors,
        write_errors: vdev.write_errors,
        checksum_errors: vdev.checksum_errors,
        path: vdev.path,
        children: vdev.vdevs.into_values().map(|child| describe(child, class)).collect(),
        name: vdev.name,
    }
}

/// A device's kind where only its name tells, as `zpool status` names them: `raidz2-0`, `mirror-1`, a path.
pub(crate) fn kind_by_name(name: &str) -> &'static str {
    const GROUPS: [&str; 6] = ["mirror", "raidz", "draid", "spare", "replacing", "indirect"];
    let group = GROUPS.into_iter().find(|group| {
        let rest = name.strip_prefix(group);
        rest.is_some_and(|rest| {
            rest.contains('-') && rest.starts_with(|c: char| c == '-' || c.is_ascii_digit())
        })
    });
    group.unwrap_or("disk")
}

fn describe_scan(scan: &ScanJson) -> Option<Scan> {
    let kind = match scan.function.as_str() {
        "SCRUB" | "ERRORSCRUB" => ScanKind::Scrub,
        "RESILVER" | "REBUILD" => ScanKind::Resilver,
        _ => return None,
    };
    let state = match scan.state.as_str() {
        "SCANNING" => ScanState::Scanning,
        "FINISHED" => ScanState::Finished,
        "CANCELED" => ScanState::Canceled,
        _ => return None,
    };
    let time = |seconds: i64| (seconds > 0).then(|| Timestamp::from_second(seconds).ok()).flatten();
    let running = state == ScanState::Scanning;
    // What is skipped needs no reading, as `zpool status` reckons too.
    let percent = (scan.issued * 100).checked_div(scan.to_examine.saturating_sub(scan.skipped)).unwrap_or(0);
    Some(Scan {
        kind,
        state,
        started: time(scan.start_time),
        ended: if running { None } else { time(scan.end_time) },
        errors: scan.errors,
        percent: running.then(|| u8::try_from(percent.min(100)).unwrap_or(100)),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::VdevState;

    fn captured(name: &str, pool: &str) -> Condition {
        let path = format!("{}/tests/fixtures/2.3/status-{name}-json.out", env!("CARGO_MANIFEST_DIR"));
        status_json(&std::fs::read_to_string(path).unwrap()).unwrap().remove(pool).unwrap()
    }

    #[test]
    fn a_healthy_mirror() {
        let condition = captured("healthy", "tank");
        assert_eq!((condition.status.as_deref(), condition.scan, condition.data_errors), (None, None, 0));
        let [mirror] = &condition.vdevs[..] else { panic!("{:?}", condition.vdevs) };
        assert_eq!(
            (mirror.name.as_str(), mirror.kind.as_str(), mirror.class.as_str()),
            ("mirror-0", "mirror", "normal")
        );
        assert_eq!(mirror.children[1].path.as_deref(), Some("/dev/disk/by-id/virtio-data2-part1"));
    }

    #[test]
    fn classes_spares_and_a_missing_disk() {
        let condition = captured("spare-and-missing", "complex");
        assert!(
            condition
                .status
                .unwrap()
                .starts_with("One or more devices are faulted in response to persistent")
        );
        let seen: Vec<_> =
            condition.vdevs.iter().map(|v| (v.class.as_str(), v.kind.as_str(), v.state)).collect();
        assert_eq!(
            seen,
            [
                ("normal", "raidz", VdevState::Degraded),
                ("special", "mirror", VdevState::Online),
                ("log", "file", VdevState::Online),
                ("cache", "disk", VdevState::Online),
                ("spare", "file", VdevState::InUse),
                ("spare", "file", VdevState::Available),
            ]
        );
        let raidz = &condition.vdevs[0].children;
        assert_eq!(raidz[0].children[0].state, VdevState::Faulted);
        assert_eq!(
            (raidz[1].state, raidz[1].path.as_deref()),
            (VdevState::Unavail, Some("/var/tmp/vdevs/disk2"))
        );
    }

    #[test]
    fn scans() {
        let seconds = |time: Option<Timestamp>| time.map(Timestamp::as_second);
        let scan = captured("scrubbed", "tank").scan.unwrap();
        assert_eq!((scan.kind, scan.state, scan.percent), (ScanKind::Scrub, ScanState::Finished, None));
        assert_eq!((seconds(scan.started), seconds(scan.ended)), (Some(1_795_454_774), Some(1_795_454_774)));
        let scan = captured("scrubbing", "tank").scan.unwrap();
        assert_eq!((scan.state, scan.ended, scan.percent), (ScanState::Scanning, None, Some(0)));
        assert_eq!(captured("scrub-canceled", "tank").scan.unwrap().state, ScanState::Canceled);
        assert_eq!(captured("resilvering", "tank").scan.unwrap().kind, ScanKind::Resilver);
    }

    #[test]
    fn damaged_data() {
        let condition = captured("data-errors", "broken");
        assert_eq!((condition.data_errors, condition.vdevs[0].checksum_errors), (121, 244));
        assert_eq!(condition.scan.unwrap().errors, 121);
    }

    #[test]
    fn members_may_be_absent_but_not_wrong() {
        let text = r#"{"pools":{"t":{"vdevs":{"t":{"name":"t","vdevs":{"draid1:2d:3c:0s-0":{"name":"draid1:2d:3c:0s-0"}}}}}}}"#;
        let condition = status_json(text).unwrap().remove("t").unwrap();
        assert_eq!(
            (condition.vdevs[0].kind.as_str(), condition.vdevs[0].state),
            ("draid", VdevState::Unknown)
        );
        assert!(status_json(r#"{"pools":{"t":{"error_count":"none"}}}"#).is_err());
        assert!(status_json("no pools available\n").is_err());
        assert!(status_json(r#"{"pools":{}}"#).unwrap().is_empty());
    }

    #[test]
    fn kinds_by_name() {
        for (name, kind) in [
            ("mirror-0", "mirror"),
            ("raidz2-11", "raidz"),
            ("spare-0", "spare"),
            ("mirrored-disk", "disk"),
            ("sda", "disk"),
        ] {
            assert_eq!(kind_by_name(name), kind, "{name}");
        }
    }
}
