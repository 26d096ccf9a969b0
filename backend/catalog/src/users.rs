//! Who may sign in.

use diesel::SqliteConnection;
use diesel::prelude::{
    AsChangeset, ExpressionMethods as _, OptionalExtension as _, QueryDsl as _, Queryable, RunQueryDsl as _,
    Selectable, SelectableHelper as _,
};
use jiff::Timestamp;
use nasman_core::Role;

use crate::{Catalog, CatalogError, Result, schema::users, time};

/// A user, as stored.
#[derive(Debug, Clone)]
pub struct User {
    /// Identity.
    pub id: i64,
    /// Unique, whatever the case of its letters.
    pub name: String,
    /// Argon2id, in its own text form. Never leaves the server.
    pub password_hash: String,
    /// What the user may do.
    pub role: Role,
    /// A disabled user can't sign in, and what was signed in no longer is.
    pub disabled: bool,
    /// When made.
    pub created_at: Timestamp,
    /// Last successful sign-in.
    pub last_login_at: Option<Timestamp>,
    /// Sees only what was granted. Administrators see everything all the same.
    pub restricted: bool,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = users)]
struct Row {
    id: i64,
    name: String,
    password_hash: String,
    role: String,
    disabled: bool,
    created_at: i64,
    last_login_at: Option<i64>,
    restricted: bool,
}

impl From<Row> for User {
    fn from(row: Row) -> Self {
        Self {
            id: row.id,
            name: row.name,
            password_hash: row.password_hash,
            // The table's CHECK allows the three words only; anything else gets the least right.
            role: row.role.parse().unwrap_or(Role::Viewer),
            disabled: row.disabled,
            created_at: time::instant(row.created_at),
            last_login_at: row.last_login_at.map(time::instant),
            restricted: row.restricted,
        }
    }
}

/// What a new user needs.
#[derive(Debug)]
pub struct NewUser<'a> {
    /// Unique name.
    pub name: &'a str,
    /// Argon2id, in its own text form.
    pub password_hash: &'a str,
    /// What the user may do.
    pub role: Role,
    /// Whether to see only what is granted, which is nothing at first.
    pub restricted: bool,
}

/// What to change; what is absent stays.
#[derive(Debug, Default)]
pub struct UserChange {
    /// New role.
    pub role: Option<Role>,
    /// Disable or enable.
    pub disabled: Option<bool>,
    /// New password's hash; signs the user out everywhere.
    pub password_hash: Option<String>,
}

#[derive(AsChangeset)]
#[diesel(table_name = users)]
struct Changes {
    role: Option<&'static str>,
    disabled: Option<bool>,
    password_hash: Option<String>,
}

impl Catalog {
    /// All users, by name.
    ///
    /// # Errors
    /// When the database fails.
    pub fn users(&self) -> Result<Vec<User>> {
        let rows: Vec<Row> =
            users::table.select(Row::as_select()).order(users::name).load(&mut self.conn()?)?;
        Ok(rows.into_iter().map(User::from).collect())
    }

    /// One user.
    ///
    /// # Errors
    /// [`CatalogError::NotFound`].
    pub fn user(&self, id: i64) -> Result<User> {
        let conn = &mut self.conn()?;
        user_by_id(conn, id)
    }

    /// The user of this name, if any.
    ///
    /// # Errors
    /// When the database fails.
    pub fn user_by_name(&self, name: &str) -> Result<Option<User>> {
        let row = users::table
            .filter(users::name.eq(name))
            .select(Row::as_select())
            .first::<Row>(&mut self.conn()?)
            .optional()?;
        Ok(row.map(User::from))
    }

    /// Adds a user.
    ///
    /// # Errors
    /// [`CatalogError::Taken`].
    pub fn add_user(&self, user: &NewUser<'_>, now: Timestamp) -> Result<User> {
        let row = diesel::insert_into(users::table)
            .values((
                users::name.eq(user.name),
                users::password_hash.eq(user.password_hash),
                users::role.eq(user.role.as_str()),
                users::disabled.eq(false),
                users::restricted.eq(user.restricted),
                users::created_at.eq(time::ms(now)),
            ))
            .returning(Row::as_returning())
            .get_result::<Row>(&mut self.conn()?)?;
        Ok(row.into())
    }

    /// Changes a user. A new password, a disabled account and a lesser role take effect at once.
    ///
    /// # Errors
    /// [`CatalogError::NotFound`]; [`CatalogError::LastAdmin`] when nobody could administer any more.
    pub fn change_user(&self, id: i64, change: UserChange) -> Result<User> {
        self.write(|conn| {
            let before = user_by_id(conn, id)?;
            let signs_out = change.password_hash.is_some() || change.disabled == Some(true);
            let changes = Changes {
                role: change.role.map(Role::as_str),
                disabled: change.disabled,
                password_hash: change.password_hash,
            };
            if changes.role.is_none() && changes.disabled.is_none() && changes.password_hash.is_none() {
                return Ok(before);
            }
            let admin = administers(&before);
            diesel::update(users::table.find(id)).set(changes).execute(conn)?;
            if signs_out {
                crate::sessions::end_all(conn, id)?;
            }
            let after = user_by_id(conn, id)?;
            if admin && !administers(&after) {
                keep_an_admin(conn)?;
            }
            Ok(after)
        })
    }

    /// Removes a user with all sessions and tokens.
    ///
    /// # Errors
    /// [`CatalogError::NotFound`]; [`CatalogError::LastAdmin`].
    pub fn remove_user(&self, id: i64) -> Result<()> {
        self.write(|conn| {
            let admin = administers(&user_by_id(conn, id)?);
            diesel::delete(users::table.find(id)).execute(conn)?;
            if admin { keep_an_admin(conn) } else { Ok(()) }
        })
    }

    /// Notes a successful sign-in.
    ///
    /// # Errors
    /// When the database fails.
    pub fn note_login(&self, id: i64, now: Timestamp) -> Result<()> {
        diesel::update(users::table.find(id))
            .set(users::last_login_at.eq(time::ms(now)))
            .execute(&mut self.conn()?)?;
        Ok(())
    }
}

pub(crate) fn user_by_id(conn: &mut SqliteConnection, id: i64) -> Result<User> {
    Ok(users::table.find(id).select(Row::as_select()).first::<Row>(conn)?.into())
}

fn administers(user: &User) -> bool {
    user.role == Role::Admin && !user.disabled
}

/// To be asked after one who could administer no longer can. Where nobody ever could, others still change.
fn keep_an_admin(conn: &mut SqliteConnection) -> Result<()> {
    let admins: i64 = users::table
        .filter(users::role.eq(Role::Admin.as_str()))
        .filter(users::disabled.eq(false))
        .count()
        .get_result(conn)?;
    if admins == 0 { Err(CatalogError::LastAdmin) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn catalog() -> (tempfile::TempDir, Catalog) {
        let folder = tempfile::tempdir().unwrap();
        let catalog = Catalog::open(folder.path()).unwrap();
        (folder, catalog)
    }

    fn add(catalog: &Catalog, name: &str, role: Role) -> Result<User> {
        catalog
            .add_user(&NewUser { name, password_hash: "x", role, restricted: false }, Timestamp::UNIX_EPOCH)
    }

    #[test]
    fn names_are_unique_whatever_their_case() {
        let (_folder, catalog) = catalog();
        add(&catalog, "Anna", Role::Admin).unwrap();
        assert!(matches!(add(&catalog, "anna", Role::Viewer), Err(CatalogError::Taken)));
        assert_eq!(catalog.user_by_name("ANNA").unwrap().unwrap().name, "Anna");
    }

    #[test]
    fn the_last_admin_stays() {
        let (_folder, catalog) = catalog();
        let anna = add(&catalog, "anna", Role::Admin).unwrap();
        let demote = || UserChange { role: Some(Role::Viewer), ..UserChange::default() };
        assert!(matches!(catalog.change_user(anna.id, demote()), Err(CatalogError::LastAdmin)));
        assert!(matches!(catalog.remove_user(anna.id), Err(CatalogError::LastAdmin)));
        assert_eq!(catalog.user(anna.id).unwrap().role, Role::Admin);
        add(&catalog, "bert", Role::Admin).unwrap();
        assert_eq!(catalog.change_user(anna.id, demote()).unwrap().role, Role::Viewer);
    }

    #[test]
    fn without_any_admin_others_still_change() {
        let (_folder, catalog) = catalog();
        let anna = add(&catalog, "anna", Role::Viewer).unwrap();
        let change = UserChange { password_hash: Some("y".into()), ..UserChange::default() };
        assert_eq!(catalog.change_user(anna.id, change).unwrap().password_hash, "y");
        catalog.remove_user(anna.id).unwrap();
        assert!(matches!(catalog.remove_user(anna.id), Err(CatalogError::NotFound)));
    }

    #[test]
    fn a_new_password_ends_the_sessions() {
        let (_folder, catalog) = catalog();
        let anna = add(&catalog, "anna", Role::Admin).unwrap();
        let far = Timestamp::from_second(9_000_000_000).unwrap();
        let session = catalog.add_session(anna.id, Timestamp::UNIX_EPOCH, far).unwrap();
        assert!(catalog.session_user(&session.id, Timestamp::UNIX_EPOCH).unwrap().is_some());
        let change = UserChange { password_hash: Some("y".into()), ..UserChange::default() };
        catalog.change_user(anna.id, change).unwrap();
        assert!(catalog.session_user(&session.id, Timestamp::UNIX_EPOCH).unwrap().is_none());
    }
}
