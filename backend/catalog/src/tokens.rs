//! Bearer tokens for scripts. Only their hashes are stored.

use diesel::prelude::{
    BoolExpressionMethods as _, ExpressionMethods as _, OptionalExtension as _, QueryDsl as _, Queryable,
    RunQueryDsl as _, Selectable, SelectableHelper as _,
};
use jiff::Timestamp;
use nasman_core::Role;

use crate::{
    Catalog, CatalogError, Result, User,
    schema::{tokens, users},
    time,
};

/// How stale `last_used_at` may be, so that a busy script does not write with each request.
const LAST_USED_GRAIN_MS: i64 = 60_000;

/// A token, without its secret, which nobody has but its user.
#[derive(Debug, Clone)]
pub struct Token {
    /// Identity.
    pub id: i64,
    /// Whose.
    pub user_id: i64,
    /// The user's name.
    pub user: String,
    /// What it is for, in its user's words.
    pub name: String,
    /// At most what it may do; never more than its user may.
    pub role: Role,
    /// When made.
    pub created_at: Timestamp,
    /// When it ends; absent: never.
    pub expires_at: Option<Timestamp>,
    /// Last use, to the minute.
    pub last_used_at: Option<Timestamp>,
}

/// What a new token needs.
#[derive(Debug)]
pub struct NewToken<'a> {
    /// Whose.
    pub user_id: i64,
    /// What it is for.
    pub name: &'a str,
    /// Hash of its secret.
    pub hash: &'a str,
    /// At most what it may do.
    pub role: Role,
    /// When it ends; absent: never.
    pub expires_at: Option<Timestamp>,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = tokens)]
struct Row {
    id: i64,
    user_id: i64,
    name: String,
    role: String,
    created_at: i64,
    expires_at: Option<i64>,
    last_used_at: Option<i64>,
}

impl Row {
    fn of(self, user: String) -> Token {
        Token {
            id: self.id,
            user_id: self.user_id,
            user,
            name: self.name,
            role: self.role.parse().unwrap_or(Role::Viewer),
            created_at: time::instant(self.created_at),
            expires_at: self.expires_at.map(time::instant),
            last_used_at: self.last_used_at.map(time::instant),
        }
    }
}

impl Catalog {
    /// One user's tokens, or everybody's, newest first.
    ///
    /// # Errors
    /// When the database fails.
    pub fn tokens(&self, user_id: Option<i64>) -> Result<Vec<Token>> {
        let mut query = tokens::table
            .inner_join(users::table)
            .select((Row::as_select(), users::name))
            .order(tokens::id.desc())
            .into_boxed();
        if let Some(id) = user_id {
            query = query.filter(tokens::user_id.eq(id));
        }
        let rows: Vec<(Row, String)> = query.load(&mut self.conn()?)?;
        Ok(rows.into_iter().map(|(row, user)| row.of(user)).collect())
    }

    /// Adds a token.
    ///
    /// # Errors
    /// When the database fails.
    pub fn add_token(&self, token: &NewToken<'_>, now: Timestamp) -> Result<Token> {
        let conn = &mut self.conn()?;
        let row = diesel::insert_into(tokens::table)
            .values((
                tokens::user_id.eq(token.user_id),
                tokens::name.eq(token.name),
                tokens::hash.eq(token.hash),
                tokens::role.eq(token.role.as_str()),
                tokens::created_at.eq(time::ms(now)),
                tokens::expires_at.eq(token.expires_at.map(time::ms)),
            ))
            .returning(Row::as_returning())
            .get_result::<Row>(conn)?;
        let user = users::table.find(token.user_id).select(users::name).first(conn)?;
        Ok(row.of(user))
    }

    /// Removes a token; with `owner`, only if it is that user's.
    ///
    /// # Errors
    /// [`CatalogError::NotFound`].
    pub fn remove_token(&self, id: i64, owner: Option<i64>) -> Result<()> {
        let mut query = diesel::delete(tokens::table).filter(tokens::id.eq(id)).into_boxed();
        if let Some(user_id) = owner {
            query = query.filter(tokens::user_id.eq(user_id));
        }
        if query.execute(&mut self.conn()?)? == 0 { Err(CatalogError::NotFound) } else { Ok(()) }
    }

    /// The token with this hash and its user, if neither expired nor disabled; its use is noted.
    ///
    /// # Errors
    /// When the database fails.
    pub fn token_user(&self, hash: &str, now: Timestamp) -> Result<Option<(Token, User)>> {
        let conn = &mut self.conn()?;
        let now_ms = time::ms(now);
        let row = tokens::table
            .filter(tokens::hash.eq(hash))
            .filter(tokens::expires_at.is_null().or(tokens::expires_at.gt(now_ms)))
            .select(Row::as_select())
            .first::<Row>(conn)
            .optional()?;
        let Some(row) = row else { return Ok(None) };
        let user = crate::users::user_by_id(conn, row.user_id)?;
        if user.disabled {
            return Ok(None);
        }
        if row.last_used_at.is_none_or(|at| now_ms - at > LAST_USED_GRAIN_MS) {
            diesel::update(tokens::table.find(row.id)).set(tokens::last_used_at.eq(now_ms)).execute(conn)?;
        }
        Ok(Some((row.of(user.name.clone()), user)))
    }
}
