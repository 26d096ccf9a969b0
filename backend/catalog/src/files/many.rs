//! Statements about many rows at once.
//!
//! A statement costs about 10,000 instructions besides the work on its rows, so that one for each row costs more than
//! all else. Diesel forgets what it prepares of `sql_query`, of `eq_any` and of inserts of a `Vec`, and then parses it
//! anew each time, which costs more still. These here are prepared once for a connection, since each kind has a type of
//! its own for each number of rows, of which there are few.

use std::marker::PhantomData;

use diesel::{
    QueryResult, SqliteConnection,
    prelude::{Queryable, RunQueryDsl},
    query_builder::{AstPass, Query, QueryFragment, QueryId},
    query_dsl::methods::LoadQuery,
    sql_types::{BigInt, Binary, Nullable},
    sqlite::Sqlite,
};

use crate::Result;

/// Rows in the largest statement.
const MOST: usize = 64;
/// And in the one for what is left then; what is left of that goes one by one.
const SOME: usize = 8;

/// A kind of statement: `BEFORE (?, ?), (?, ?), … AFTER`.
pub(super) trait Many: Send + 'static {
    /// What is told of each row.
    type Row: 'static;
    /// The columns that are answered, `()` when none are.
    type Answer: 'static;
    /// SQL up to the first row.
    const BEFORE: &'static str;
    /// SQL after the last one.
    const AFTER: &'static str;
    /// Pushes the values of a row, the same number each time.
    fn push<'b>(row: &'b Self::Row, values: &mut Values<'_, '_, 'b>) -> QueryResult<()>;
}

/// Where the values of a row go.
pub(super) struct Values<'v, 'a, 'b> {
    out: &'v mut AstPass<'a, 'b, Sqlite>,
    first: bool,
    comma: &'static str,
}

impl<'b> Values<'_, '_, 'b> {
    fn next(&mut self) {
        self.out.push_sql(self.comma);
        self.comma = ", ";
    }

    pub(super) fn number(&mut self, value: &'b i64) -> QueryResult<()> {
        self.next();
        self.out.push_bind_param::<BigInt, _>(value)
    }

    pub(super) fn numbers(&mut self, values: impl IntoIterator<Item = &'b i64>) -> QueryResult<()> {
        values.into_iter().try_for_each(|value| self.number(value))
    }

    /// A value that is the same in all rows: bound with the first, where it is the parameter called `name`.
    pub(super) fn same(&mut self, name: &'static str, value: &'b i64) -> QueryResult<()> {
        if self.first {
            return self.number(value);
        }
        self.literal(name);
        Ok(())
    }

    pub(super) fn literal(&mut self, sql: &'static str) {
        self.next();
        self.out.push_sql(sql);
    }

    pub(super) fn number_or_null(&mut self, value: &'b Option<i64>) -> QueryResult<()> {
        self.next();
        self.out.push_bind_param::<Nullable<BigInt>, _>(value)
    }

    pub(super) fn bytes(&mut self, value: &'b Vec<u8>) -> QueryResult<()> {
        self.next();
        self.out.push_bind_param::<Binary, _>(value)
    }

    pub(super) fn bytes_or_null(&mut self, value: &'b Option<Vec<u8>>) -> QueryResult<()> {
        self.next();
        self.out.push_bind_param::<Nullable<Binary>, _>(value)
    }
}

/// A statement of that kind about `N` rows.
pub(super) struct Of<'r, M: Many, const N: usize> {
    rows: &'r [M::Row; N],
    kind: PhantomData<M>,
}

impl<'r, M: Many, const N: usize> Of<'r, M, N> {
    fn new(rows: &'r [M::Row; N]) -> Self {
        Self { rows, kind: PhantomData }
    }
}

impl<M: Many, const N: usize> QueryId for Of<'_, M, N> {
    type QueryId = Of<'static, M, N>;
    const HAS_STATIC_QUERY_ID: bool = true;
}

impl<M: Many, const N: usize> QueryFragment<Sqlite> for Of<'_, M, N> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Sqlite>) -> QueryResult<()> {
        out.push_sql(M::BEFORE);
        for (place, row) in self.rows.iter().enumerate() {
            out.push_sql(if place == 0 { "(" } else { "), (" });
            M::push(row, &mut Values { out: &mut out, first: place == 0, comma: "" })?;
        }
        out.push_sql(")");
        out.push_sql(M::AFTER);
        Ok(())
    }
}

impl<M: Many, const N: usize> Query for Of<'_, M, N> {
    type SqlType = M::Answer;
}

impl<M: Many, const N: usize> RunQueryDsl<SqliteConnection> for Of<'_, M, N> {}

/// Runs a statement of that kind about all these rows.
pub(super) fn run<M: Many>(conn: &mut SqliteConnection, rows: &[M::Row]) -> Result<()> {
    let (whole, rest) = rows.as_chunks::<MOST>();
    for rows in whole {
        Of::<M, MOST>::new(rows).execute(conn)?;
    }
    let (some, rest) = rest.as_chunks::<SOME>();
    for rows in some {
        Of::<M, SOME>::new(rows).execute(conn)?;
    }
    run_each::<M>(conn, rest)
}

/// The same with a statement for each row.
pub(super) fn run_each<M: Many>(conn: &mut SqliteConnection, rows: &[M::Row]) -> Result<()> {
    for row in rows {
        Of::<M, 1>::new(std::array::from_ref(row)).execute(conn)?;
    }
    Ok(())
}

/// Loads what a statement of that kind answers about all these rows.
pub(super) fn load<'r, M, T>(conn: &mut SqliteConnection, rows: &'r [M::Row]) -> Result<Vec<T>>
where
    M: Many,
    T: Queryable<M::Answer, Sqlite>,
    Of<'r, M, MOST>: LoadQuery<'r, SqliteConnection, T>,
    Of<'r, M, SOME>: LoadQuery<'r, SqliteConnection, T>,
    Of<'r, M, 1>: LoadQuery<'r, SqliteConnection, T>,
{
    let mut answer = Vec::new();
    let (whole, rest) = rows.as_chunks::<MOST>();
    for rows in whole {
        answer.extend(Of::<M, MOST>::new(rows).load::<T>(conn)?);
    }
    let (some, rest) = rest.as_chunks::<SOME>();
    for rows in some {
        answer.extend(Of::<M, SOME>::new(rows).load::<T>(conn)?);
    }
    for row in rest {
        answer.extend(Of::<M, 1>::new(std::array::from_ref(row)).load::<T>(conn)?);
    }
    Ok(answer)
}
