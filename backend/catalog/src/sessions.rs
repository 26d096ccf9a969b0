//! Signed-in browsers.

use diesel::SqliteConnection;
use diesel::prelude::{ExpressionMethods as _, OptionalExtension as _, QueryDsl as _, RunQueryDsl as _};
use jiff::Timestamp;
use uuid::Uuid;

use crate::{Catalog, Result, User, schema::sessions, time, users};

/// A signed-in browser.
#[derive(Debug, Clone)]
pub struct Session {
    /// Identity; part of the signed cookie.
    pub id: String,
    /// The moment after which it can't be renewed any more.
    pub expires_at: Timestamp,
}

impl Catalog {
    /// Signs a browser in, and forgets sessions that have expired.
    ///
    /// # Errors
    /// When the database fails.
    pub fn add_session(&self, user_id: i64, now: Timestamp, expires_at: Timestamp) -> Result<Session> {
        let id = Uuid::now_v7().to_string();
        self.write(|conn| {
            diesel::delete(sessions::table.filter(sessions::expires_at.le(time::ms(now)))).execute(conn)?;
            diesel::insert_into(sessions::table)
                .values((
                    sessions::id.eq(&id),
                    sessions::user_id.eq(user_id),
                    sessions::created_at.eq(time::ms(now)),
                    sessions::expires_at.eq(time::ms(expires_at)),
                ))
                .execute(conn)?;
            Ok(())
        })?;
        Ok(Session { id, expires_at })
    }

    /// The session and its user, if it has neither ended nor expired and the user is not disabled.
    ///
    /// # Errors
    /// When the database fails.
    pub fn session_user(&self, id: &str, now: Timestamp) -> Result<Option<(Session, User)>> {
        let conn = &mut self.conn()?;
        let found = sessions::table
            .find(id)
            .filter(sessions::expires_at.gt(time::ms(now)))
            .select((sessions::user_id, sessions::expires_at))
            .first::<(i64, i64)>(conn)
            .optional()?;
        let Some((user_id, expires_at)) = found else { return Ok(None) };
        let user = users::user_by_id(conn, user_id)?;
        let session = Session { id: id.to_owned(), expires_at: time::instant(expires_at) };
        Ok((!user.disabled).then_some((session, user)))
    }

    /// Signs a browser out; one that is not signed in stays so.
    ///
    /// # Errors
    /// When the database fails.
    pub fn end_session(&self, id: &str) -> Result<()> {
        diesel::delete(sessions::table.find(id)).execute(&mut self.conn()?)?;
        Ok(())
    }
}

pub(crate) fn end_all(conn: &mut SqliteConnection, user_id: i64) -> Result<()> {
    diesel::delete(sessions::table.filter(sessions::user_id.eq(user_id))).execute(conn)?;
    Ok(())
}
