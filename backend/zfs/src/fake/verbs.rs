//! The fake's answers.

use std::{fs, path::PathBuf};

use nasman_core::{DatasetName, Guid, HoldTag, PoolName, SnapshotName, Txg};

use super::{
    FakeZfs, Verb, props,
    state::{self, FakeSnapshot, disk},
    tell::{blockers, computed, describe, detail, fast, measured, own_spaces, unique},
};
use crate::{
    Blocker, Dataset, DatasetKind, DestroyPlan, Hold, KeyStatus, Pool, Property, Result, Snapshot,
    SnapshotDetail, Tell, Unreachable, Version, Watch, Zfs, ZfsError, check_property_name, watch::matters,
};

impl Zfs for FakeZfs {
    fn version(&self) -> Result<Version> {
        drop(self.enter(Verb::Version)?);
        Ok(Version { userland: "2.3.9-fake".into(), kernel: Some("2.3.9-fake".into()) })
    }

    fn pools(&self) -> Result<Vec<Pool>> {
        let state = self.enter(Verb::Pools)?;
        state.pools.values().map(|pool| measured(&state, pool)).collect()
    }

    fn pool(&self, name: &PoolName) -> Result<Pool> {
        let state = self.enter(Verb::Pool)?;
        let pool = state.pools.get(name).ok_or_else(|| ZfsError::PoolNotFound(name.clone()))?;
        measured(&state, pool)
    }

    fn datasets(&self) -> Result<Vec<Dataset>> {
        let state = self.enter(Verb::Datasets)?;
        let own = own_spaces(&state)?;
        state.datasets.iter().map(|(name, dataset)| describe(&state, name, dataset, &own)).collect()
    }

    fn dataset(&self, name: &DatasetName) -> Result<Dataset> {
        let state = self.enter(Verb::Dataset)?;
        describe(&state, name, state.dataset(name)?, &own_spaces(&state)?)
    }

    fn snapshots(&self, dataset: &DatasetName) -> Result<Vec<Snapshot>> {
        let state = self.enter(Verb::Snapshots)?;
        Ok(state.dataset(dataset)?.snapshots.iter().map(|snapshot| fast(dataset, snapshot)).collect())
    }

    fn snapshot_details(&self, names: &[SnapshotName]) -> Result<Vec<SnapshotDetail>> {
        if names.is_empty() {
            return Ok(Vec::new());
        }
        let mut state = self.enter(Verb::SnapshotDetails)?;
        state.calls.details_asked += names.len();
        names.iter().filter_map(|name| detail(&state, name).transpose()).collect()
    }

    fn create_snapshot(&self, name: &SnapshotName, recursive: bool) -> Result<Snapshot> {
        let mut state = self.enter(Verb::CreateSnapshot)?;
        state.dataset(&name.dataset)?;
        let members = if recursive { state.family(&name.dataset) } else { vec![name.dataset.clone()] };
        for member in &members {
            if state.dataset(member)?.find(&name.tag).is_some() {
                let taken = SnapshotName { dataset: member.clone(), tag: name.tag.clone() };
                return Err(ZfsError::SnapshotExists(taken));
            }
        }
        if state.available(&name.dataset.pool())? == 0 {
            let detail = format!("cannot create snapshot '{name}': out of space");
            return Err(ZfsError::NoSpace { detail });
        }
        state.txg += 1;
        let (createtxg, created) = (Txg(state.txg), state.now_seconds());
        for member in &members {
            let (guid, dataset) = (state.next_guid(), state.dataset(member)?.guid);
            let held = state.freeze(dataset, guid)?;
            let dataset = state.dataset_mut(member)?;
            dataset.contents.extend(held.map(|held| (createtxg, held)));
            dataset.snapshots.push(FakeSnapshot { tag: name.tag.clone(), guid, createtxg, created });
            dataset.snapshots_changed = Some(created);
        }
        let taken = fast(&name.dataset, state.snapshot(name)?);
        drop(state);
        members.iter().for_each(|member| self.watchers.tell_of_snapshot(member, &name.tag));
        self.leave(Verb::CreateSnapshot);
        Ok(taken)
    }

    fn destroy_plan(&self, name: &SnapshotName) -> Result<DestroyPlan> {
        let state = self.enter(Verb::DestroyPlan)?;
        let guid = state.snapshot(name)?.guid;
        let blockers = blockers(&state, name, guid);
        // Like the real thing: what is held would give back as much, what has clones nothing.
        let cloned = blockers.iter().any(|blocker| matches!(blocker, Blocker::Clone(_)));
        let reclaims = if cloned { 0 } else { unique(&state, name)? };
        Ok(DestroyPlan { name: name.clone(), guid, reclaims, blockers })
    }

    fn destroy_snapshot(&self, name: &SnapshotName, guid: Guid) -> Result<()> {
        let mut state = self.enter(Verb::DestroySnapshot)?;
        if state.snapshot(name)?.guid != guid {
            return Err(ZfsError::SnapshotNotFound(name.clone()));
        }
        let mut blockers = blockers(&state, name, guid);
        if state.in_use.contains(&guid) {
            blockers.push(Blocker::InUse);
        }
        if !blockers.is_empty() {
            return Err(ZfsError::SnapshotBusy { name: name.clone(), blockers });
        }
        let folder = state.snapshot_path(guid);
        if folder.exists() {
            fs::remove_dir_all(&folder).map_err(|e| disk(&e))?;
        }
        let now = state.now_seconds();
        let dataset = state.dataset_mut(&name.dataset)?;
        if let Some(index) = dataset.find(&name.tag) {
            let gone = dataset.snapshots.remove(index);
            dataset.contents.remove(&gone.createtxg);
        }
        dataset.snapshots_changed = Some(now);
        drop(state);
        self.watchers.tell_of_snapshot(&name.dataset, &name.tag);
        Ok(())
    }

    fn holds(&self, name: &SnapshotName) -> Result<Vec<Hold>> {
        let state = self.enter(Verb::Holds)?;
        let guid = state.snapshot(name)?.guid;
        let holds = state.holds.get(&guid).into_iter().flatten();
        Ok(holds.map(|(tag, placed)| Hold { tag: tag.clone(), placed: *placed }).collect())
    }

    fn hold(&self, name: &SnapshotName, tag: &HoldTag) -> Result<()> {
        let mut state = self.enter(Verb::Hold)?;
        let (guid, now) = (state.snapshot(name)?.guid, state.now_seconds());
        state.holds.entry(guid).or_default().entry(tag.clone()).or_insert(now);
        Ok(())
    }

    fn release(&self, name: &SnapshotName, tag: &HoldTag) -> Result<()> {
        let mut state = self.enter(Verb::Release)?;
        let guid = state.snapshot(name)?.guid;
        if let Some(holds) = state.holds.get_mut(&guid) {
            holds.remove(tag);
            if holds.is_empty() {
                state.holds.remove(&guid);
            }
        }
        Ok(())
    }

    fn properties(&self, dataset: &DatasetName) -> Result<Vec<Property>> {
        let state = self.enter(Verb::Properties)?;
        let facts = describe(&state, dataset, state.dataset(dataset)?, &own_spaces(&state)?)?;
        let mut all = computed(&facts);
        for name in props::names(&state.datasets, dataset) {
            if let Some((value, source)) = state.value(dataset, &name) {
                all.push(Property { name, value, source });
            }
        }
        Ok(all)
    }

    fn set_property(&self, dataset: &DatasetName, name: &str, value: &str) -> Result<()> {
        let mut state = self.enter(Verb::SetProperty)?;
        check_property_name(name)?;
        props::check(dataset, state.dataset(dataset)?.kind, name, value)?;
        state.dataset_mut(dataset)?.local.insert(name.to_owned(), value.to_owned());
        if matches!(name, "mountpoint" | "canmount") {
            let mountable = value.starts_with('/') || value == "on";
            let members = if name == "mountpoint" { state.family(dataset) } else { vec![dataset.clone()] };
            for member in members {
                let inherits =
                    member == *dataset || !state.dataset(&member)?.local.contains_key("mountpoint");
                let member = state.dataset_mut(&member)?;
                let readable =
                    member.kind == DatasetKind::Filesystem && member.key_status != KeyStatus::Unavailable;
                if inherits {
                    member.mounted = mountable && readable;
                }
            }
        }
        drop(state);
        if matters(name) {
            self.watchers.tell(Some(dataset));
        }
        Ok(())
    }

    fn live_folder(&self, dataset: &DatasetName) -> Result<PathBuf> {
        let state = self.enter(Verb::LiveFolder)?;
        let found = state.dataset(dataset)?;
        let folder = match state.unreachable(dataset, found) {
            Some(reason) => Err(ZfsError::Unreachable { name: dataset.to_string(), reason }),
            None => state::ready(&state.live_path(found.guid)),
        };
        drop(state);
        self.leave(Verb::LiveFolder);
        folder
    }

    fn snapshot_folder(&self, snapshot: &SnapshotName) -> Result<PathBuf> {
        let state = self.enter(Verb::SnapshotFolder)?;
        let guid = state.snapshot(snapshot)?.guid;
        let dataset = state.dataset(&snapshot.dataset)?;
        let hidden = state.value(&snapshot.dataset, "snapdir").is_some_and(|(value, _)| value == "disabled");
        let reason = state.unreachable(&snapshot.dataset, dataset).or(if hidden {
            Some(Unreachable::SnapdirDisabled)
        } else {
            dataset.automount_fails.then_some(Unreachable::AutomountFailed)
        });
        match reason {
            Some(reason) => Err(ZfsError::Unreachable { name: snapshot.to_string(), reason }),
            None => state::ready(&state.snapshot_path(guid)),
        }
    }

    fn watch(&self, tell: Tell) -> Result<Watch> {
        drop(self.enter(Verb::Watch)?);
        Ok(self.watchers.add(tell))
    }

    fn leave_snapshot(&self, _: &SnapshotName) {
        drop(self.enter(Verb::LeaveSnapshot));
    }
}
