//! Searches that users keep.

use diesel::prelude::{
    ExpressionMethods as _, QueryDsl as _, Queryable, RunQueryDsl as _, Selectable, SelectableHelper as _,
};
use jiff::Timestamp;
use serde_json::Value;

use crate::{Catalog, CatalogError, Result, schema::searches, time};

/// A search that a user keeps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SavedSearch {
    /// Identity.
    pub id: i64,
    /// What the user calls it.
    pub name: String,
    /// What was asked, in the server's words.
    pub query: Value,
    /// When it was kept.
    pub created_at: Timestamp,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = searches)]
struct Row {
    id: i64,
    name: String,
    query: String,
    created_at: i64,
}

impl From<Row> for SavedSearch {
    fn from(row: Row) -> Self {
        let query = serde_json::from_str(&row.query).unwrap_or_default();
        Self { id: row.id, name: row.name, query, created_at: time::instant(row.created_at) }
    }
}

impl Catalog {
    /// A user's searches, by name.
    ///
    /// # Errors
    /// When the database fails.
    pub fn searches(&self, user_id: i64) -> Result<Vec<SavedSearch>> {
        let rows: Vec<Row> = searches::table
            .filter(searches::user_id.eq(user_id))
            .order(searches::name)
            .select(Row::as_select())
            .load(&mut self.conn()?)?;
        Ok(rows.into_iter().map(SavedSearch::from).collect())
    }

    /// Keeps a search.
    ///
    /// # Errors
    /// [`CatalogError::Taken`] where the user has one of this name.
    pub fn add_search(&self, user_id: i64, name: &str, query: &Value, now: Timestamp) -> Result<SavedSearch> {
        let row: Row = diesel::insert_into(searches::table)
            .values((
                searches::user_id.eq(user_id),
                searches::name.eq(name),
                searches::query.eq(query.to_string()),
                searches::created_at.eq(time::ms(now)),
            ))
            .returning(Row::as_returning())
            .get_result(&mut self.conn()?)?;
        Ok(row.into())
    }

    /// Forgets a user's search.
    ///
    /// # Errors
    /// [`CatalogError::NotFound`] where the user has no such search.
    pub fn remove_search(&self, user_id: i64, id: i64) -> Result<()> {
        let own = searches::table.filter(searches::id.eq(id)).filter(searches::user_id.eq(user_id));
        match diesel::delete(own).execute(&mut self.conn()?)? {
            0 => Err(CatalogError::NotFound),
            _ => Ok(()),
        }
    }
}
