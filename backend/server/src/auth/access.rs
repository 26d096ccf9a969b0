//! Which datasets a caller may see and restore: the one place that decides it.
//!
//! What may not be seen is answered exactly as what does not exist, so that nobody learns its name.

use std::sync::Arc;

use nasman_catalog::{Job, StoredGrant, User};
use nasman_core::{
    DatasetName, Grant, Right, Role,
    grant::{self, NoRestore},
};
use nasman_zfs::ZfsError;

use crate::http::error::{ApiError, ApiResult, Code};

/// What a caller may see and restore.
#[derive(Debug, Clone)]
pub struct Access {
    user: i64,
    /// Absent: everything.
    grants: Option<Arc<[Grant]>>,
    /// Whether restores are not ruled out altogether, by the role or the token.
    restores: bool,
}

impl Access {
    /// What a user may do who acts in this role: the own one, or a token's lesser one.
    #[must_use]
    pub fn of(user: &User, role: Role, stored: Vec<StoredGrant>) -> Self {
        // Administrators could grant themselves everything anyhow.
        let restricted = user.restricted && user.role != Role::Admin;
        let valid = stored.into_iter().filter(|stored| !stored.void).map(|stored| stored.grant);
        // A grant lets a viewer restore; a token that its user made lesser on purpose stays so.
        let restores = role >= Role::Operator || (restricted && role == user.role);
        Self { user: user.id, grants: restricted.then(|| valid.collect()), restores }
    }

    /// Whether some datasets may not be seen.
    #[must_use]
    pub const fn is_restricted(&self) -> bool {
        self.grants.is_some()
    }

    /// What is granted; nothing where everything may be seen.
    #[must_use]
    pub fn grants(&self) -> &[Grant] {
        self.grants.as_deref().unwrap_or_default()
    }

    /// Whether a dataset may be seen.
    #[must_use]
    pub fn sees(&self, dataset: &DatasetName) -> bool {
        self.grants.as_deref().is_none_or(|grants| grant::may(grants, dataset, Right::Browse))
    }

    /// Refuses a dataset that may not be seen.
    ///
    /// # Errors
    /// [`Code::DatasetNotFound`], as where there is no such dataset.
    pub fn browse(&self, dataset: &DatasetName) -> ApiResult<()> {
        if self.sees(dataset) { Ok(()) } else { Err(ZfsError::DatasetNotFound(dataset.clone()).into()) }
    }

    /// Refuses what is done to a dataset and all that are beneath it, whether or not there are any.
    ///
    /// # Errors
    /// [`Code::DatasetNotFound`]; [`Code::Forbidden`] where only the dataset itself is granted.
    pub fn browse_beneath(&self, dataset: &DatasetName) -> ApiResult<()> {
        self.browse(dataset)?;
        if self.grants.as_deref().is_none_or(|grants| grant::may_see_beneath(grants, dataset)) {
            return Ok(());
        }
        let detail = format!("you may see {dataset} itself, but not all that is beneath it");
        Err(ApiError::new(Code::Forbidden, detail))
    }

    /// Whether anything can be restored at all.
    #[must_use]
    pub fn may_restore_something(&self) -> bool {
        let granted =
            |grant: &Grant| grant.allows(Right::RestoreInPlace) || grant.allows(Right::RestoreElsewhere);
        self.restores && self.grants.as_deref().is_none_or(|grants| grants.iter().any(granted))
    }

    /// Refuses to restore files of one dataset into another, or into the same.
    ///
    /// # Errors
    /// [`Code::DatasetNotFound`] for the first of them that may not be seen; [`Code::Forbidden`].
    pub fn restore(&self, source: &DatasetName, target: &DatasetName) -> ApiResult<()> {
        if let Some(grants) = self.grants.as_deref() {
            grant::may_restore(grants, source, target).map_err(refused)?;
        }
        if self.restores {
            return Ok(());
        }
        Err(ApiError::new(Code::Forbidden, "nothing may be restored with this role or token"))
    }

    /// Whether work that this user asked for may be seen.
    #[must_use]
    pub fn sees_jobs_of(&self, user: i64) -> bool {
        !self.is_restricted() || user == self.user
    }

    /// Whose jobs may be seen; absent: everybody's.
    #[must_use]
    pub fn jobs_of(&self) -> Option<i64> {
        self.is_restricted().then_some(self.user)
    }

    /// Refuses a job that may not be seen.
    ///
    /// # Errors
    /// [`Code::JobNotFound`], as where there is no such job.
    pub fn job(&self, job: &Job) -> ApiResult<()> {
        if self.sees_jobs_of(job.user_id) { Ok(()) } else { Err(job_not_found(&job.id)) }
    }

    /// Refuses what is about all datasets at once.
    ///
    /// # Errors
    /// [`Code::Forbidden`].
    pub fn everything(&self) -> ApiResult<()> {
        if !self.is_restricted() {
            return Ok(());
        }
        Err(ApiError::new(Code::Forbidden, "this is about all datasets, and you may see some of them only"))
    }
}

/// The refusal of a job that does not exist, or must seem so.
#[must_use]
pub fn job_not_found(id: &str) -> ApiError {
    ApiError::new(Code::JobNotFound, format!("no job '{id}' exists"))
}

fn refused(why: NoRestore) -> ApiError {
    let detail = match why {
        NoRestore::Hidden(dataset) => return ZfsError::DatasetNotFound(dataset).into(),
        NoRestore::NotInPlace(dataset) => {
            format!("you may not restore files of {dataset} to where they were")
        }
        NoRestore::NotElsewhere(dataset) => {
            format!("you may not restore files of {dataset} into another dataset")
        }
        NoRestore::NotInto(dataset) => format!("you may not restore anything into {dataset}"),
    };
    ApiError::new(Code::Forbidden, format!("{detail}; ask an administrator for a grant"))
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use nasman_core::Guid;

    use super::*;

    fn user(role: Role, restricted: bool) -> User {
        User {
            id: 7,
            name: "anna".into(),
            password_hash: String::new(),
            role,
            disabled: false,
            created_at: Timestamp::UNIX_EPOCH,
            last_login_at: None,
            restricted,
        }
    }

    fn stored(void: bool) -> Vec<StoredGrant> {
        let rights = [Right::RestoreInPlace].into();
        let grant = Grant { dataset: "tank/anna".parse().unwrap(), beneath: false, rights };
        vec![StoredGrant { guid: Guid(1), grant, void }]
    }

    #[test]
    fn role_token_and_grants_come_together() {
        use Role::{Admin, Operator, Viewer};
        let own: DatasetName = "tank/anna".parse().unwrap();
        let other: DatasetName = "tank/bert".parse().unwrap();
        // Role, restricted, role of the token; sees the granted one, the other one, restores the granted one.
        let cases = [
            (Viewer, false, Viewer, [true, true, false]),
            (Operator, false, Operator, [true, true, true]),
            (Operator, false, Viewer, [true, true, false]),
            (Viewer, true, Viewer, [true, false, true]),
            (Operator, true, Operator, [true, false, true]),
            (Operator, true, Viewer, [true, false, false]),
            (Admin, true, Admin, [true, true, true]),
            (Admin, true, Viewer, [true, true, false]),
        ];
        for (role, restricted, token, expected) in cases {
            let access = Access::of(&user(role, restricted), token, stored(false));
            let found = [access.sees(&own), access.sees(&other), access.restore(&own, &own).is_ok()];
            assert_eq!(found, expected, "{role} {restricted} {token}");
            assert_eq!(access.may_restore_something(), expected[2], "{role} {restricted} {token}");
        }
        assert!(!Access::of(&user(Viewer, true), Viewer, stored(true)).sees(&own));
    }

    #[test]
    fn what_is_hidden_is_not_there() {
        let access = Access::of(&user(Role::Viewer, true), Role::Viewer, stored(false));
        let (own, other) = ("tank/anna".parse().unwrap(), "tank/bert".parse().unwrap());
        for error in [access.browse(&other), access.restore(&other, &own), access.restore(&own, &other)] {
            let error = error.unwrap_err();
            assert_eq!(
                (error.code, error.detail.as_str()),
                (Code::DatasetNotFound, "no dataset tank/bert exists here")
            );
        }
        assert_eq!(access.browse_beneath(&own).unwrap_err().code, Code::Forbidden);
        assert!(access.sees_jobs_of(7) && !access.sees_jobs_of(8) && !access.sees_jobs_of(0));
        assert_eq!(access.everything().unwrap_err().code, Code::Forbidden);
    }
}
