//! What users who may not see everything are allowed.

use std::collections::BTreeSet;

use diesel::{
    SqliteConnection,
    prelude::{
        ExpressionMethods as _, Insertable, OptionalExtension as _, QueryDsl as _, Queryable,
        RunQueryDsl as _, Selectable, SelectableHelper as _,
    },
};
use nasman_core::{DatasetName, Grant, Guid, Right};

use crate::{
    Catalog, CatalogError, Result, User,
    schema::{datasets, grants, users},
    users::user_by_id,
};

/// A grant, as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredGrant {
    /// The dataset's identity: a grant follows it when it is renamed.
    pub guid: Guid,
    /// What it allows, with what the dataset was last called.
    pub grant: Grant,
    /// Another dataset has the name now, so the grant allows nothing: neither of that one, which was not granted, nor of
    /// the one that was, which is gone.
    pub void: bool,
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = grants)]
struct Row {
    user_id: i64,
    guid: i64,
    dataset: String,
    beneath: bool,
    browse: bool,
    restore_in_place: bool,
    restore_elsewhere: bool,
}

impl Row {
    fn of(user_id: i64, guid: Guid, grant: &Grant) -> Self {
        let has = |right| grant.rights.contains(&right);
        Self {
            user_id,
            guid: guid.0.cast_signed(),
            dataset: grant.dataset.to_string(),
            beneath: grant.beneath,
            browse: has(Right::Browse),
            restore_in_place: has(Right::RestoreInPlace),
            restore_elsewhere: has(Right::RestoreElsewhere),
        }
    }

    fn grant(&self) -> Result<Grant> {
        let has = |right: &Right| match right {
            Right::Browse => self.browse,
            Right::RestoreInPlace => self.restore_in_place,
            Right::RestoreElsewhere => self.restore_elsewhere,
        };
        let dataset = self.dataset.parse();
        Ok(Grant {
            dataset: dataset.map_err(|e| CatalogError::Database(format!("a granted dataset's name: {e}")))?,
            beneath: self.beneath,
            rights: Right::ALL.into_iter().filter(has).collect::<BTreeSet<_>>(),
        })
    }
}

impl Catalog {
    /// A user's grants, by the names of the datasets.
    ///
    /// # Errors
    /// When the database fails.
    pub fn grants(&self, user_id: i64) -> Result<Vec<StoredGrant>> {
        self.read(|conn| {
            let rows: Vec<Row> = grants::table
                .filter(grants::user_id.eq(user_id))
                .order((grants::dataset, grants::guid))
                .select(Row::as_select())
                .load(conn)?;
            rows.iter()
                .map(|row| {
                    let void = bearer(conn, &row.dataset)?.is_some_and(|guid| guid != row.guid);
                    Ok(StoredGrant { guid: Guid(row.guid.cast_unsigned()), grant: row.grant()?, void })
                })
                .collect()
        })
    }

    /// Replaces what a user may see: everything, or what these grants allow. It takes effect at once.
    ///
    /// # Errors
    /// [`CatalogError::NotFound`]: no such user. [`CatalogError::Taken`]: a dataset is granted twice.
    pub fn set_grants(&self, user_id: i64, restricted: bool, new: &[(Guid, Grant)]) -> Result<User> {
        self.write(|conn| {
            diesel::update(users::table.find(user_id)).set(users::restricted.eq(restricted)).execute(conn)?;
            let user = user_by_id(conn, user_id)?;
            diesel::delete(grants::table.filter(grants::user_id.eq(user_id))).execute(conn)?;
            let rows: Vec<Row> = new.iter().map(|(guid, grant)| Row::of(user_id, *guid, grant)).collect();
            for row in rows {
                diesel::insert_into(grants::table).values(row).execute(conn)?;
            }
            Ok(user)
        })
    }
}

/// Which dataset was last called so.
fn bearer(conn: &mut SqliteConnection, name: &str) -> Result<Option<i64>> {
    Ok(datasets::table
        .filter(datasets::name.eq(name))
        .order((datasets::last_seen.desc(), datasets::id.desc()))
        .select(datasets::guid)
        .first(conn)
        .optional()?)
}

/// A dataset has another name now.
pub(crate) fn follow(conn: &mut SqliteConnection, guid: i64, name: &DatasetName) -> Result<()> {
    diesel::update(grants::table.filter(grants::guid.eq(guid)))
        .set(grants::dataset.eq(name.as_str()))
        .execute(conn)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use nasman_core::Role;

    use super::*;
    use crate::NewUser;

    fn name(text: &str) -> DatasetName {
        text.parse().unwrap()
    }

    fn grant(dataset: &str, rights: &[Right]) -> Grant {
        Grant { dataset: name(dataset), beneath: true, rights: rights.iter().copied().collect() }
    }

    fn with_user() -> (tempfile::TempDir, Catalog, User) {
        let folder = tempfile::tempdir().unwrap();
        let catalog = Catalog::open(folder.path()).unwrap();
        let new = NewUser { name: "anna", password_hash: "x", role: Role::Viewer, restricted: false };
        let user = catalog.add_user(&new, Timestamp::UNIX_EPOCH).unwrap();
        (folder, catalog, user)
    }

    #[test]
    fn grants_are_replaced_as_a_whole() {
        let (_folder, catalog, user) = with_user();
        assert!(!user.restricted && catalog.grants(user.id).unwrap().is_empty());
        let (home, media) = (grant("tank/home", &[Right::RestoreInPlace]), grant("tank/media", &Right::ALL));
        let both = [(Guid(u64::MAX), media.clone()), (Guid(1), home.clone())];
        assert!(catalog.set_grants(user.id, true, &both).unwrap().restricted);
        let stored = catalog.grants(user.id).unwrap();
        assert_eq!(stored.iter().map(|stored| &stored.grant).collect::<Vec<_>>(), [&home, &media]);
        assert_eq!(stored.iter().map(|stored| stored.guid).collect::<Vec<_>>(), [Guid(1), Guid(u64::MAX)]);
        let twice = [(Guid(1), home.clone()), (Guid(1), media)];
        assert!(matches!(catalog.set_grants(user.id, false, &twice), Err(CatalogError::Taken)));
        assert!(catalog.user(user.id).unwrap().restricted, "a refused change changes nothing");
        assert_eq!(catalog.grants(user.id).unwrap(), stored);
        assert!(matches!(catalog.set_grants(99, true, &[]), Err(CatalogError::NotFound)));
        catalog.remove_user(user.id).unwrap();
        assert!(catalog.grants(user.id).unwrap().is_empty());
    }

    #[test]
    fn a_grant_follows_its_dataset_and_not_its_name() {
        let (_folder, catalog, user) = with_user();
        let at = |second| Timestamp::from_second(second).unwrap();
        let (old, new) = (name("tank/anna"), name("tank/family/anna"));
        catalog.note_dataset(Guid(1), &old, at(1)).unwrap();
        catalog.set_grants(user.id, true, &[(Guid(1), grant("tank/anna", &Right::ALL))]).unwrap();
        catalog.note_dataset(Guid(1), &new, at(2)).unwrap();
        // Another one gets the name that it had.
        catalog.note_dataset(Guid(2), &old, at(3)).unwrap();
        let stored = catalog.grants(user.id).unwrap();
        assert_eq!((&stored[0].grant.dataset, stored[0].void), (&new, false));
        // It is gone, and another one takes its place.
        catalog.note_dataset(Guid(3), &new, at(4)).unwrap();
        assert!(catalog.grants(user.id).unwrap()[0].void);
    }
}
