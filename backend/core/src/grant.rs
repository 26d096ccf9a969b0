//! What a user who may not see everything is allowed, dataset by dataset.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::DatasetName;

/// Something that a grant allows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Right {
    /// See, search and download its files. Implied by the other two.
    Browse,
    /// Restore its files into the dataset itself.
    RestoreInPlace,
    /// Restore its files into another dataset, of which a grant allows either kind of restoring.
    RestoreElsewhere,
}

impl Right {
    /// All of them, the least first.
    pub const ALL: [Self; 3] = [Self::Browse, Self::RestoreInPlace, Self::RestoreElsewhere];
}

/// What a user may do with a dataset.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grant {
    /// Which one.
    pub dataset: DatasetName,
    /// Whether it holds for the datasets beneath it, too, also for those made later.
    pub beneath: bool,
    /// What it allows; nothing where empty.
    pub rights: BTreeSet<Right>,
}

/// Why a restore is not allowed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NoRestore {
    /// Such a dataset must seem not to exist.
    Hidden(DatasetName),
    /// It may be seen, but its files may not be restored into itself.
    NotInPlace(DatasetName),
    /// It may be seen, but its files may not be restored into another dataset.
    NotElsewhere(DatasetName),
    /// It may be seen, but nothing may be restored into it.
    NotInto(DatasetName),
}

impl Grant {
    /// Whether it is about this dataset.
    #[must_use]
    pub fn covers(&self, dataset: &DatasetName) -> bool {
        self.dataset == *dataset || (self.beneath && dataset.is_beneath(&self.dataset))
    }

    /// Whether it allows this, where it is about the dataset.
    #[must_use]
    pub fn allows(&self, right: Right) -> bool {
        self.rights.contains(&right) || (right == Right::Browse && !self.rights.is_empty())
    }
}

/// Whether one of the grants allows this. A dataset above a granted one is not granted by that.
#[must_use]
pub fn may(grants: &[Grant], dataset: &DatasetName, right: Right) -> bool {
    grants.iter().any(|grant| grant.covers(dataset) && grant.allows(right))
}

/// Whether the grants allow to see a dataset and all there is, or will be, beneath it.
#[must_use]
pub fn may_see_beneath(grants: &[Grant], dataset: &DatasetName) -> bool {
    grants.iter().any(|grant| grant.beneath && grant.covers(dataset) && grant.allows(Right::Browse))
}

/// Whether files of `source` may be restored into `target`.
///
/// # Errors
/// Why not: what may not be seen comes before what may not be done.
pub fn may_restore(grants: &[Grant], source: &DatasetName, target: &DatasetName) -> Result<(), NoRestore> {
    let may = |dataset, right| may(grants, dataset, right);
    if let Some(hidden) = [source, target].into_iter().find(|dataset| !may(dataset, Right::Browse)) {
        return Err(NoRestore::Hidden(hidden.clone()));
    }
    if source == target {
        let allowed = may(source, Right::RestoreInPlace);
        return if allowed { Ok(()) } else { Err(NoRestore::NotInPlace(source.clone())) };
    }
    if !may(source, Right::RestoreElsewhere) {
        return Err(NoRestore::NotElsewhere(source.clone()));
    }
    if !may(target, Right::RestoreInPlace) && !may(target, Right::RestoreElsewhere) {
        return Err(NoRestore::NotInto(target.clone()));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(text: &str) -> DatasetName {
        text.parse().unwrap()
    }

    fn grant(dataset: &str, beneath: bool, rights: &[Right]) -> Grant {
        Grant { dataset: name(dataset), beneath, rights: rights.iter().copied().collect() }
    }

    #[test]
    fn a_grant_is_about_its_dataset_and_what_is_beneath() {
        let cases = [
            ("tank/home", false, "tank/home", true),
            ("tank/home", false, "tank/home/anna", false),
            ("tank/home", true, "tank/home/anna", true),
            ("tank/home", true, "tank/home/anna/photos", true),
            ("tank/home", true, "tank/homework", false),
            ("tank/home", true, "tank/home2/anna", false),
            // Not what is above it, nor beside it.
            ("tank/home", true, "tank", false),
            ("tank/home", true, "tank/media", false),
            ("tank", true, "tank/media", true),
            ("tank", true, "tank2", false),
        ];
        for (granted, beneath, asked, covered) in cases {
            let grants = [grant(granted, beneath, &[Right::Browse])];
            assert_eq!(may(&grants, &name(asked), Right::Browse), covered, "{granted} {beneath} {asked}");
        }
    }

    #[test]
    fn to_restore_is_to_browse_and_not_the_other_way_round() {
        use Right::{Browse, RestoreElsewhere, RestoreInPlace};
        let cases: [(&[Right], [bool; 3]); 5] = [
            (&[], [false, false, false]),
            (&[Browse], [true, false, false]),
            (&[RestoreInPlace], [true, true, false]),
            (&[RestoreElsewhere], [true, false, true]),
            (&[Browse, RestoreInPlace, RestoreElsewhere], [true, true, true]),
        ];
        for (rights, allowed) in cases {
            let grants = [grant("tank/home", false, rights)];
            assert_eq!(
                Right::ALL.map(|right| may(&grants, &name("tank/home"), right)),
                allowed,
                "{rights:?}"
            );
        }
    }

    #[test]
    fn grants_add_up_and_nothing_is_granted_without_one() {
        let grants = [
            grant("tank", true, &[Right::Browse]),
            grant("tank/home", false, &[Right::RestoreInPlace]),
            grant("tank/media", true, &[]),
        ];
        assert!(may(&grants, &name("tank/home"), Right::RestoreInPlace));
        assert!(!may(&grants, &name("tank/home/anna"), Right::RestoreInPlace));
        // One that allows nothing takes nothing away.
        assert!(may(&grants, &name("tank/media"), Right::Browse));
        assert!(!may(&[], &name("tank"), Right::Browse));
        assert!(
            may_see_beneath(&grants, &name("tank/home"))
                && !may_see_beneath(&grants[1..], &name("tank/home"))
        );
    }

    #[test]
    fn restores_stay_among_what_is_granted() {
        use Right::{Browse, RestoreElsewhere, RestoreInPlace};
        let grants = [
            grant("t/in", false, &[RestoreInPlace]),
            grant("t/out", false, &[RestoreElsewhere]),
            grant("t/both", true, &[RestoreInPlace, RestoreElsewhere]),
            grant("t/look", false, &[Browse]),
        ];
        let hidden = |dataset| Err(NoRestore::Hidden(name(dataset)));
        let not_elsewhere = |dataset| Err(NoRestore::NotElsewhere(name(dataset)));
        let cases = [
            ("t/in", "t/in", Ok(())),
            ("t/both", "t/both", Ok(())),
            ("t/both", "t/in", Ok(())),
            ("t/both", "t/out", Ok(())),
            ("t/out", "t/both/deep", Ok(())),
            ("t/out", "t/out", Err(NoRestore::NotInPlace(name("t/out")))),
            ("t/look", "t/look", Err(NoRestore::NotInPlace(name("t/look")))),
            ("t/in", "t/both", not_elsewhere("t/in")),
            ("t/look", "t/both", not_elsewhere("t/look")),
            ("t/both", "t/look", Err(NoRestore::NotInto(name("t/look")))),
            ("t/secret", "t/secret", hidden("t/secret")),
            ("t/secret", "t/both", hidden("t/secret")),
            ("t/in", "t/secret", hidden("t/secret")),
            ("t", "t/in", hidden("t")),
        ];
        for (source, target, expected) in cases {
            assert_eq!(may_restore(&grants, &name(source), &name(target)), expected, "{source} to {target}");
        }
    }
}
