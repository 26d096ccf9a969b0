//! What clients ask for.

use nasman_core::{
    DatasetName, RelPath,
    restore::{AddedSince, ConflictPolicy, Policies},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::http::error::{ApiError, ApiResult, Code};

/// Most paths, and most choices, in one request.
const MOST: usize = 1000;

/// What to restore, from when, to where.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RestoreRequest {
    /// Where the files were.
    #[schema(value_type = String, example = "tank/home")]
    pub dataset: DatasetName,
    /// From when: a snapshot's name, its guid, or a time (then the newest snapshot at or before it).
    #[schema(example = "daily-2026-11-22")]
    pub at: String,
    /// Which files, links, pipes or folders with all that is in them: 1 to 1000 paths, percent-encoded, as listings give
    /// them. The empty path is all of the dataset.
    #[schema(value_type = Vec<String>, min_items = 1, max_items = 1000)]
    pub paths: Vec<RelPath>,
    /// Where to; absent or null: where each was.
    #[serde(default)]
    pub to: Option<RestoreTarget>,
    /// What to do where the name is taken.
    #[serde(default)]
    pub on_conflict: ConflictPolicy,
    /// What to do with single entries instead: at most 1000. A choice for a folder holds for all in it that has none of its
    /// own.
    #[serde(default)]
    #[schema(max_items = 1000)]
    pub choices: Vec<Choice>,
    /// What to do with what came into the folders since; only where these are restored to where they were.
    #[serde(default)]
    pub added_since: AddedSince,
    /// Whether setuid, setgid and file capabilities come back, too: what is restored may be an old, vulnerable program.
    #[serde(default)]
    pub keep_setid: bool,
    /// The plan that was shown: the restore is refused if it would do something else by now.
    #[serde(default)]
    pub plan: Option<String>,
}

/// Another place to restore to.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RestoreTarget {
    /// Which dataset.
    #[schema(value_type = String, example = "tank/home")]
    pub dataset: DatasetName,
    /// Which folder in it; folders that are missing are made.
    #[schema(value_type = String, example = "anna/Restored")]
    pub path: RelPath,
}

/// What to do with one entry where its name is taken.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Choice {
    /// Its path in the snapshot: one of those asked for, or of something in them.
    #[schema(value_type = String)]
    pub path: RelPath,
    /// What to do.
    pub on_conflict: ConflictPolicy,
}

impl RestoreRequest {
    /// In which dataset the restored files will be.
    #[must_use]
    pub fn target(&self) -> &DatasetName {
        self.to.as_ref().map_or(&self.dataset, |to| &to.dataset)
    }

    /// The policy for each entry.
    #[must_use]
    pub fn policies(&self) -> Policies {
        policies(self.on_conflict, &self.choices)
    }

    /// Where an entry asked for goes.
    ///
    /// # Errors
    /// [`Code::InvalidPath`] where the whole path grows too long.
    pub(super) fn place(&self, from: &RelPath) -> ApiResult<RelPath> {
        match (&self.to, from.name()) {
            (None, _) => Ok(from.clone()),
            (Some(to), None) => Ok(to.path.clone()),
            (Some(to), Some(name)) => {
                to.path.join(&name).map_err(|error| ApiError::field(Code::InvalidPath, "to.path", error))
            }
        }
    }

    /// # Errors
    /// What is wrong by itself, whatever is on disk.
    pub(super) fn check(&self) -> ApiResult<()> {
        let wrong = |field: &str, detail: String| Err(ApiError::field(Code::InvalidRequest, field, detail));
        match (self.paths.len(), self.choices.len()) {
            (0, _) => return wrong("paths", "name at least one file or folder".to_owned()),
            (n, _) if n > MOST => {
                return wrong("paths", format!("{n} are more than the {MOST} allowed at once"));
            }
            (_, n) if n > MOST => {
                return wrong("choices", format!("{n} are more than the {MOST} allowed at once"));
            }
            _ => {}
        }
        if self.added_since == AddedSince::MoveAside && !self.in_place() {
            let detail =
                "only what is restored to where it was has anything to move aside; leave it out, or 'to'";
            return wrong("added_since", detail.to_owned());
        }
        for (number, choice) in self.choices.iter().enumerate() {
            if !self.paths.iter().any(|path| within(&choice.path, path)) {
                let detail = "it is neither one of the paths asked for nor in one of them";
                return wrong(&format!("choices[{number}].path"), detail.to_owned());
            }
            if self.choices[..number].iter().any(|other| other.path == choice.path) {
                return wrong(&format!("choices[{number}].path"), "it is given twice".to_owned());
            }
        }
        Ok(())
    }

    /// Whether each entry goes to where it was.
    pub(super) const fn in_place(&self) -> bool {
        self.to.is_none()
    }

    /// The other path asked for that restores this one along, where it goes to the same place.
    pub(super) fn part_of(&self, number: usize) -> Option<&RelPath> {
        let path = &self.paths[number];
        let mut others = self.paths.iter().enumerate();
        let covers = |other: &RelPath| self.in_place() && other != path && within(path, other);
        let found = others.find(|(n, other)| covers(other) || (*n < number && *other == path));
        found.map(|(_, other)| other)
    }
}

/// The policy for each entry.
pub(super) fn policies(all: ConflictPolicy, choices: &[Choice]) -> Policies {
    Policies::new(all, choices.iter().map(|choice| (choice.path.clone(), choice.on_conflict)))
}

/// Whether a path is another one or beneath it.
pub(super) fn within(path: &RelPath, other: &RelPath) -> bool {
    let rest = path.as_bytes().strip_prefix(other.as_bytes());
    other.is_root() || rest.is_some_and(|rest| rest.is_empty() || rest[0] == b'/')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn within_goes_by_names_and_not_by_letters() {
        let within = |a: &str, b: &str| within(&RelPath::decode(a).unwrap(), &RelPath::decode(b).unwrap());
        assert!(within("a/b", "a") && within("a", "a") && within("a", ""));
        assert!(!within("ab", "a") && !within("a", "a/b"));
    }
}
