//! Pools.

use nasman_zfs::{PoolState, Vdev, VdevState, ZfsError};

use super::{Fixture, list_cases};

list_cases!(a_pool_tells_its_space_and_devices, an_unknown_pool_is_named, the_version_is_told);

fn a_pool_tells_its_space_and_devices(fixture: &dyn Fixture) {
    let name = fixture.home().pool();
    let listed = fixture.zfs().pools().unwrap();
    assert!(listed.is_sorted_by_key(|pool| pool.name.clone()));
    let pool = fixture.zfs().pool(&name).unwrap();
    let same = listed.into_iter().find(|pool| pool.name == name).unwrap();
    assert_eq!((same.guid, same.size, &same.vdevs), (pool.guid, pool.size, &pool.vdevs));

    assert_ne!(pool.guid.0, 0);
    assert_eq!((pool.state, pool.status.as_ref(), pool.data_errors), (PoolState::Online, None, 0));
    assert!(pool.size > 0 && pool.allocated + pool.free <= pool.size, "{pool:?}");
    let share = pool.allocated * 100 / pool.size;
    assert!(share.abs_diff(pool.capacity.into()) <= 1, "{pool:?}");
    assert!(!pool.vdevs.is_empty());
    for leaf in pool.vdevs.iter().flat_map(leaves) {
        assert_eq!(
            (leaf.state, leaf.read_errors, leaf.checksum_errors),
            (VdevState::Online, 0, 0),
            "{leaf:?}"
        );
        assert!(matches!(leaf.kind.as_str(), "disk" | "file"), "{leaf:?}");
    }
}

fn leaves(vdev: &Vdev) -> Vec<&Vdev> {
    if vdev.children.is_empty() { vec![vdev] } else { vdev.children.iter().flat_map(leaves).collect() }
}

fn an_unknown_pool_is_named(fixture: &dyn Fixture) {
    let name: nasman_core::PoolName = "nosuchpool".parse().unwrap();
    assert_eq!(fixture.zfs().pool(&name), Err(ZfsError::PoolNotFound(name)));
}

fn the_version_is_told(fixture: &dyn Fixture) {
    let version = fixture.zfs().version().unwrap();
    assert!(version.userland.starts_with(|c: char| c.is_ascii_digit()), "{version:?}");
    assert!(version.kernel.is_some(), "{version:?}");
}
