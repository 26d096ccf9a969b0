//! What is asked of ZFS, as commands.

use std::{collections::HashMap, path::PathBuf};

use nasman_core::{DatasetName, Guid, HoldTag, PoolName, SnapshotName};

use super::{
    CliZfs,
    classify::{self, Subject},
    parse,
};
use crate::{
    Blocker, Dataset, DestroyPlan, Hold, Pool, Property, Result, Snapshot, SnapshotDetail, Tell, Version,
    Watch, Zfs, ZfsError, check_property_name,
};

impl Zfs for CliZfs {
    fn version(&self) -> Result<Version> {
        let text = self.run("zfs version", &[], Subject::Nothing)?;
        parse::version(&text).map_err(|e| e.of("zfs version"))
    }

    fn pools(&self) -> Result<Vec<Pool>> {
        self.list_pools(None)
    }

    fn pool(&self, name: &PoolName) -> Result<Pool> {
        self.list_pools(Some(name))?.pop().ok_or_else(|| ZfsError::PoolNotFound(name.clone()))
    }

    fn datasets(&self) -> Result<Vec<Dataset>> {
        self.list_datasets(None)
    }

    fn dataset(&self, name: &DatasetName) -> Result<Dataset> {
        self.list_datasets(Some(name))?.pop().ok_or_else(|| ZfsError::DatasetNotFound(name.clone()))
    }

    fn snapshots(&self, dataset: &DatasetName) -> Result<Vec<Snapshot>> {
        let columns = parse::FAST.join(",");
        let args = ["-Hp", "-d", "1", "-t", "snapshot", "-o", &columns, "-s", "createtxg", dataset.as_str()];
        let text = self.run("zfs list", &args, Subject::Dataset(dataset))?;
        Ok(parse::snapshots(&text).map_err(|e| e.of("zfs list"))?.logged("zfs list"))
    }

    fn snapshot_details(&self, names: &[SnapshotName]) -> Result<Vec<SnapshotDetail>> {
        if names.is_empty() {
            return Ok(Vec::new());
        }
        let found = self.list_details(names)?;
        let mut by_name: HashMap<SnapshotName, SnapshotDetail> =
            found.into_iter().map(|detail| (detail.name.clone(), detail)).collect();
        Ok(names.iter().filter_map(|name| by_name.remove(name)).collect())
    }

    fn create_snapshot(&self, name: &SnapshotName, recursive: bool) -> Result<Snapshot> {
        let text = name.to_string();
        let args: &[&str] = if recursive { &["-r", &text] } else { &[&text] };
        self.run("zfs snapshot", args, Subject::NewSnapshot(name))?;
        self.find_snapshot(name)
    }

    fn destroy_plan(&self, name: &SnapshotName) -> Result<DestroyPlan> {
        let guid = self.find_snapshot(name)?.guid;
        let blockers = self.blockers(name)?;
        // Refused where clones depend on it; then it says which on stderr, and nothing would be freed.
        let answer = self.door.run("zfs destroy", &["-nvp", &name.to_string()])?;
        let refused = || classify::classify("zfs destroy", &answer.stderr, Subject::Snapshot(name));
        let reclaims = parse::reclaims(&answer.stdout).map_err(|e| e.of("zfs destroy"))?;
        let reclaims = match reclaims {
            Some(bytes) if answer.ok => bytes,
            _ if blockers.is_empty() => return Err(refused()),
            _ => 0,
        };
        Ok(DestroyPlan { name: name.clone(), guid, reclaims, blockers })
    }

    fn destroy_snapshot(&self, name: &SnapshotName, guid: Guid) -> Result<()> {
        if self.find_snapshot(name)?.guid != guid {
            return Err(ZfsError::SnapshotNotFound(name.clone()));
        }
        match self.run("zfs destroy", &[&name.to_string()], Subject::Snapshot(name)) {
            Err(ZfsError::SnapshotBusy { name, blockers }) => {
                let found = self.blockers(&name)?;
                Err(ZfsError::SnapshotBusy {
                    blockers: if found.is_empty() { blockers } else { found },
                    name,
                })
            }
            answer => answer.map(drop),
        }
    }

    fn holds(&self, name: &SnapshotName) -> Result<Vec<Hold>> {
        let (text, subject, verb) = (name.to_string(), Subject::Snapshot(name), "zfs holds");
        let listed = match self.run_if_known(&self.knows.parsable_holds, verb, &["-Hp", &text], subject)? {
            Some(listed) => listed,
            None => self.run(verb, &["-H", &text], subject)?,
        };
        let mut holds = parse::holds(&listed).map_err(|e| e.of(verb))?;
        holds.sort_by(|a, b| a.tag.cmp(&b.tag));
        Ok(holds)
    }

    fn hold(&self, name: &SnapshotName, tag: &HoldTag) -> Result<()> {
        self.change_hold("zfs hold", name, tag)
    }

    fn release(&self, name: &SnapshotName, tag: &HoldTag) -> Result<()> {
        self.change_hold("zfs release", name, tag)
    }

    fn properties(&self, dataset: &DatasetName) -> Result<Vec<Property>> {
        let (verb, subject) = ("zfs get", Subject::Dataset(dataset));
        let json = ["-j", "-p", "all", dataset.as_str()];
        let parsed = match self.run_if_known(&self.knows.json_get, verb, &json, subject)? {
            Some(json) => parse::properties_json(&json),
            None => {
                let args = ["-Hp", "-o", "property,source,value", "all", dataset.as_str()];
                parse::properties(&self.run(verb, &args, subject)?)
            }
        };
        parsed.map_err(|e| e.of(verb))
    }

    fn set_property(&self, dataset: &DatasetName, name: &str, value: &str) -> Result<()> {
        check_property_name(name)?;
        let setting = format!("{name}={value}");
        self.run("zfs set", &[&setting, dataset.as_str()], Subject::Dataset(dataset)).map(drop)
    }

    fn live_folder(&self, dataset: &DatasetName) -> Result<PathBuf> {
        self.find_live_folder(dataset)
    }

    fn snapshot_folder(&self, snapshot: &SnapshotName) -> Result<PathBuf> {
        self.find_snapshot_folder(snapshot)
    }

    fn watch(&self, tell: Tell) -> Result<Watch> {
        self.watch_events(tell)
    }

    fn leave_snapshot(&self, snapshot: &SnapshotName) {
        if let Err(error) = self.unmount_snapshot(snapshot) {
            tracing::debug!(%snapshot, %error, "the snapshot stays mounted for now");
        }
    }
}

impl CliZfs {
    /// One snapshot's cheap columns.
    fn find_snapshot(&self, name: &SnapshotName) -> Result<Snapshot> {
        let columns = parse::FAST.join(",");
        let args = ["-Hp", "-t", "snapshot", "-o", &columns, &name.to_string()];
        let text = self.run("zfs list", &args, Subject::Snapshot(name))?;
        let listed = parse::snapshots(&text).map_err(|e| e.of("zfs list"))?;
        listed.items.into_iter().next().ok_or_else(|| ZfsError::SnapshotNotFound(name.clone()))
    }

    /// The holds and clones in the way of destroying a snapshot.
    fn blockers(&self, name: &SnapshotName) -> Result<Vec<Blocker>> {
        let Some(detail) = self.list_details(std::slice::from_ref(name))?.pop() else {
            return Err(ZfsError::SnapshotNotFound(name.clone()));
        };
        let holds = if detail.holds > 0 { self.holds(name)? } else { Vec::new() };
        let holds = holds.into_iter().map(|hold| Blocker::Hold(hold.tag));
        Ok(holds.chain(detail.clones.into_iter().map(Blocker::Clone)).collect())
    }

    fn change_hold(&self, verb: &'static str, name: &SnapshotName, tag: &HoldTag) -> Result<()> {
        let answer = self.door.run(verb, &[tag.as_str(), &name.to_string()])?;
        if answer.ok || classify::hold_as_asked(&answer.stderr) {
            return Ok(());
        }
        Err(classify::classify(verb, &answer.stderr, Subject::Snapshot(name)))
    }

    pub(super) fn snapdir_disabled(&self, dataset: &DatasetName) -> Result<bool> {
        let args = ["-Hp", "-o", "value", "snapdir", dataset.as_str()];
        let value = self.run("zfs get", &args, Subject::Dataset(dataset))?;
        Ok(value.trim_end() == "disabled")
    }
}
