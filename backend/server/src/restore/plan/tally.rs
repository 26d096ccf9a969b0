//! What a plan counts, and what names it.

use std::collections::HashSet;

use nasman_core::{Guid, RelPath};
use nasman_zfs::files::{Expected, Kind, NotKept, Stat};

use super::super::model::{Added, Contents, NotKeptSum, PlanAction, PlanItem, RefusedItems};

/// Most conflicts, refused entries and added ones that are shown.
const SHOWN: usize = 200;
/// Most different things told as not kept. They are few by nature; but names of attributes are anybody's.
const LOSSES: usize = 100;

/// Sums up a plan, in memory that does not grow with it.
pub(super) struct Tally {
    hasher: blake3::Hasher,
    pub(super) files: u64,
    pub(super) folders: u64,
    pub(super) bytes: u64,
    pub(super) conflicts: u64,
    pub(super) conflict_items: Vec<PlanItem>,
    pub(super) unchanged: u64,
    pub(super) added: Added,
    pub(super) refused: RefusedItems,
    pub(super) not_kept: Vec<NotKeptSum>,
    pub(super) guard: bool,
    /// Files with several names, whose content counts once.
    linked: HashSet<u64>,
}

impl Tally {
    /// Begins a plan from this snapshot to this dataset.
    pub(super) fn begin(snapshot: Guid, target: Guid) -> Self {
        let mut hasher = blake3::Hasher::new();
        hasher.update(&snapshot.0.to_le_bytes()).update(&target.0.to_le_bytes());
        Self {
            hasher,
            files: 0,
            folders: 0,
            bytes: 0,
            conflicts: 0,
            conflict_items: Vec::new(),
            unchanged: 0,
            added: Added::default(),
            refused: RefusedItems::default(),
            not_kept: Vec::new(),
            guard: false,
            linked: HashSet::new(),
        }
    }

    /// Notes a deed: all of them together are the plan.
    pub(super) fn deed(
        &mut self,
        from: &RelPath,
        action: PlanAction,
        to: &RelPath,
        replaces: Option<Expected>,
    ) {
        // Lengths come first, so that no two plans have the same bytes.
        for part in [from.as_bytes(), action.as_str().as_bytes(), to.as_bytes()] {
            self.hasher.update(&(part.len() as u64).to_le_bytes()).update(part);
        }
        if let Some(Expected { inode, size, mtime }) = replaces {
            self.hasher.update(&inode.to_le_bytes()).update(&size.to_le_bytes());
            self.hasher.update(&mtime.seconds.to_le_bytes()).update(&mtime.nanos.to_le_bytes());
        }
    }

    /// Counts an entry that will be restored, also among the contents of what it is in.
    pub(super) fn count(&mut self, stat: &Stat, within: Option<&mut Contents>) {
        let once = stat.nlink < 2 || self.linked.insert(stat.inode);
        let bytes = if stat.kind == Kind::File && once { stat.size } else { 0 };
        self.bytes += bytes;
        let (all, inside) = match stat.kind {
            Kind::Directory => (&mut self.folders, within.map(|c| (&mut c.folders, &mut c.bytes))),
            Kind::File => (&mut self.files, within.map(|c| (&mut c.files, &mut c.bytes))),
            _ => (&mut self.files, within.map(|c| (&mut c.others, &mut c.bytes))),
        };
        *all += 1;
        if let Some((count, sum)) = inside {
            *count += 1;
            *sum += bytes;
        }
    }

    pub(super) fn lost(&mut self, not_kept: &[NotKept]) {
        for NotKept { what, why } in not_kept {
            let known = self.not_kept.iter().position(|known| known.what == *what && known.why == *why);
            if let Some(place) = known {
                self.not_kept[place].count += 1;
            } else if self.not_kept.len() < LOSSES {
                self.not_kept.push(NotKeptSum { what: what.clone(), why: why.clone(), count: 1 });
            }
        }
    }

    /// Counts a conflict. Answers whether it is to be shown.
    pub(super) fn conflict(&mut self) -> bool {
        self.conflicts += 1;
        self.conflict_items.len() < SHOWN
    }

    /// Counts what can't be restored. Answers whether it is to be shown.
    pub(super) fn refused(&mut self) -> bool {
        self.refused.count += 1;
        self.refused.items.len() < SHOWN
    }

    pub(super) fn added(&mut self, path: &RelPath) {
        self.added.count += 1;
        if self.added.items.len() < SHOWN {
            self.added.items.push(path.clone());
        }
    }

    /// The same for the same deeds: source, target, and the state of what would be replaced.
    pub(super) fn fingerprint(&self, keep_setid: bool) -> String {
        let mut hasher = self.hasher.clone();
        hasher.update(&[u8::from(keep_setid)]);
        hasher.finalize().to_hex()[..32].to_owned()
    }
}
