//! Pools: their space, and the words for states.

use nasman_core::{Guid, PoolName};

use super::{Parsed, rows, rows::Row};
use crate::{PoolState, Scan, Vdev, VdevState};

/// A pool's space and health: what `zpool list` tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Capacity {
    pub(crate) name: PoolName,
    pub(crate) guid: Guid,
    pub(crate) state: PoolState,
    pub(crate) size: u64,
    pub(crate) allocated: u64,
    pub(crate) free: u64,
    pub(crate) capacity: u8,
    pub(crate) fragmentation: Option<u8>,
}

/// A pool's condition: what `zpool status` tells.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Condition {
    pub(crate) status: Option<String>,
    pub(crate) action: Option<String>,
    pub(crate) scan: Option<Scan>,
    pub(crate) data_errors: u64,
    pub(crate) vdevs: Vec<Vdev>,
}

impl Capacity {
    pub(crate) const COLUMNS: &[&str] =
        &["name", "guid", "size", "allocated", "free", "capacity", "fragmentation", "health"];

    /// The pool, given its condition.
    pub(crate) fn with(self, condition: Condition) -> crate::Pool {
        crate::Pool {
            name: self.name,
            guid: self.guid,
            state: self.state,
            status: condition.status,
            action: condition.action,
            size: self.size,
            allocated: self.allocated,
            free: self.free,
            capacity: self.capacity,
            fragmentation: self.fragmentation,
            scan: condition.scan,
            data_errors: condition.data_errors,
            vdevs: condition.vdevs,
        }
    }
}

/// `zpool list -Hp -o name,guid,size,allocated,free,capacity,fragmentation,health [POOL]`. A pool that can't be opened
/// has `-` for all numbers.
pub(crate) fn capacities(text: &str) -> Parsed<Vec<Capacity>> {
    rows(text, Capacity::COLUMNS)?.iter().map(capacity).collect()
}

fn capacity(row: &Row<'_>) -> Parsed<Capacity> {
    Ok(Capacity {
        name: row.value("name")?,
        guid: row.optional("guid")?.unwrap_or(Guid(0)),
        state: pool_state(row.text("health")?),
        size: row.optional("size")?.unwrap_or(0),
        allocated: row.optional("allocated")?.unwrap_or(0),
        free: row.optional("free")?.unwrap_or(0),
        capacity: row.optional("capacity")?.unwrap_or(0),
        fragmentation: row.optional("fragmentation")?,
    })
}

/// A pool's state from ZFS's word.
pub(crate) fn pool_state(word: &str) -> PoolState {
    match word {
        "ONLINE" => PoolState::Online,
        "DEGRADED" => PoolState::Degraded,
        "FAULTED" => PoolState::Faulted,
        "OFFLINE" => PoolState::Offline,
        "UNAVAIL" => PoolState::Unavail,
        "REMOVED" => PoolState::Removed,
        "SUSPENDED" => PoolState::Suspended,
        _ => PoolState::Unknown,
    }
}

/// A device's state from ZFS's word: the text has one for people, the JSON another for some.
pub(crate) fn vdev_state(word: &str) -> VdevState {
    match word {
        "ONLINE" | "HEALTHY" => VdevState::Online,
        "DEGRADED" => VdevState::Degraded,
        "FAULTED" => VdevState::Faulted,
        "OFFLINE" => VdevState::Offline,
        "UNAVAIL" | "CANT_OPEN" | "CLOSED" => VdevState::Unavail,
        "REMOVED" => VdevState::Removed,
        "AVAIL" => VdevState::Available,
        "INUSE" => VdevState::InUse,
        _ => VdevState::Unknown,
    }
}

/// A sentence that ZFS broke into lines, on one line.
pub(crate) fn unwrapped(text: &str) -> Option<String> {
    let words: Vec<_> = text.split_whitespace().collect();
    (!words.is_empty()).then(|| words.join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_none() {
        let text = "tank\t414764135424984606\t100\t40\t60\t40\t7\tONLINE\ngone\t5\t-\t-\t-\t-\t-\tUNAVAIL\n";
        let pools = capacities(text).unwrap();
        assert_eq!((pools[0].size, pools[0].capacity, pools[0].fragmentation), (100, 40, Some(7)));
        assert_eq!((pools[1].size, pools[1].fragmentation, pools[1].state), (0, None, PoolState::Unavail));
    }

    #[test]
    fn malformed() {
        assert!(capacities("tank\t1\t100\n").is_err());
        assert!(capacities("tank\t1\t9.50G\t40\t60\t40\t7\tONLINE\n").is_err());
        assert_eq!(pool_state("BORED"), PoolState::Unknown);
        assert_eq!(unwrapped(" \n"), None);
    }
}
