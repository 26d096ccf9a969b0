//! A state file that is damaged, made anew: what is about files can be told again by the snapshots, the rest is
//! carried over as far as it can be read.

use std::{
    fs,
    path::{Path, PathBuf},
};

use diesel::{
    Connection as _, QueryableByName, RunQueryDsl as _, SqliteConnection,
    connection::SimpleConnection as _,
    sql_types::{BigInt, Text},
};
use jiff::Timestamp;

use crate::{
    OpenError,
    db::{PRAGMAS, migrate},
    files::check_file,
};

/// What came of making the state anew.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rebuilt {
    /// Where the damaged file was put; absent where it is sound and only its rows were not.
    pub aside: Option<PathBuf>,
    /// What could not be carried over, for people.
    pub lost: Vec<String>,
}

/// What is carried over, parents first, with the columns.
const CARRIED: [(&str, &str); 12] = [
    ("settings", "key, value"),
    ("users", "id, name, password_hash, role, disabled, created_at, last_login_at, restricted"),
    ("grants", "user_id, guid, dataset, beneath, browse, restore_in_place, restore_elsewhere"),
    ("sessions", "id, user_id, created_at, expires_at"),
    ("tokens", "id, user_id, name, hash, role, created_at, expires_at, last_used_at"),
    (
        "jobs",
        "id, kind, title, user_id, user_name, state, request, marks, progress, result, error, created_at, \
         started_at, finished_at",
    ),
    ("job_log", "id, job_id, at, level, text"),
    ("restores", "id, job_id, guard, guard_guid, undo_job, pending_from"),
    (
        "restore_items",
        "id, restore, source, target, action, outcome, kind, inode, size, mtime_s, mtime_ns, bytes, more, \
         undone, undo_error",
    ),
    ("searches", "id, user_id, name, query, created_at"),
    (
        "audit",
        "id, at, user_id, user_name, token_id, action, dataset, path, snapshot, to_dataset, to_path, job, \
         request_id, outcome, detail, words",
    ),
    ("datasets", "id, guid, name, first_seen, last_seen, live_interval, excluded"),
];
const FORGET: &str = "BEGIN IMMEDIATE; DELETE FROM search_notes; DELETE FROM touched; DELETE FROM links; DELETE FROM objects; \
    DELETE FROM settings WHERE key = 'search.catalog'; \
    UPDATE snapshots SET indexed = 0, failed = NULL; \
    UPDATE datasets SET position = NULL, position_at = NULL, applying = NULL, applying_base = NULL, seen = NULL; \
    COMMIT;";
/// What belongs to something that could not be read.
const ORPHANS: [(&str, &str); 7] = [
    ("grants", "user_id NOT IN (SELECT id FROM users)"),
    ("sessions", "user_id NOT IN (SELECT id FROM users)"),
    ("searches", "user_id NOT IN (SELECT id FROM users)"),
    ("tokens", "user_id NOT IN (SELECT id FROM users)"),
    ("job_log", "job_id NOT IN (SELECT id FROM jobs)"),
    ("restores", "job_id NOT IN (SELECT id FROM jobs)"),
    ("restore_items", "restore NOT IN (SELECT id FROM restores)"),
];

/// Where so many rows can't be read, the rest of their table is given up.
const MOST_UNREAD: u64 = 100_000;

/// Forgets all that the state in `folder` says of files, so that the server indexes anew. Where the file itself is
/// damaged a new one takes its place, with all else that could be read, and it is kept beside. The server must not
/// run meanwhile.
///
/// # Errors
/// When the folder can't be used or a newer version wrote the file; then nothing has changed.
pub fn rebuild(folder: &Path, now: Timestamp) -> Result<Rebuilt, OpenError> {
    let path = folder.join("nasman.db");
    let failed = |cause: String| OpenError::Database { path: path.clone(), cause };
    if !path.exists() {
        return Err(failed("there is no such file".to_owned()));
    }
    if is_sound(&path) {
        migrate(&path)?;
        let mut conn = open(&path).map_err(failed)?;
        conn.batch_execute(FORGET).map_err(|e| failed(e.to_string()))?;
        return Ok(Rebuilt { aside: None, lost: Vec::new() });
    }
    let new = folder.join("nasman.db.rebuilding");
    remove(&new).map_err(|e| failed(e.to_string()))?;
    migrate(&new)?;
    let lost = carry(&path, &new).map_err(failed)?;
    let aside = folder.join(format!("nasman.db.damaged-{}", now.strftime("%Y%m%dT%H%M%SZ")));
    let moved = |from: &Path, to: &Path| fs::rename(from, to).map_err(|e| failed(e.to_string()));
    for suffix in ["-wal", "-shm"] {
        if with(&path, suffix).exists() {
            moved(&with(&path, suffix), &with(&aside, suffix))?;
        }
    }
    moved(&path, &aside)?;
    moved(&new, &path)?;
    Ok(Rebuilt { aside: Some(aside), lost })
}

fn with(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}

fn remove(path: &Path) -> std::io::Result<()> {
    for suffix in ["", "-wal", "-shm", "-journal"] {
        let file = with(path, suffix);
        if file.exists() {
            fs::remove_file(file)?;
        }
    }
    Ok(())
}

fn open(path: &Path) -> Result<SqliteConnection, String> {
    let mut conn = SqliteConnection::establish(&path.to_string_lossy()).map_err(|e| e.to_string())?;
    conn.batch_execute(PRAGMAS).map_err(|e| e.to_string())?;
    Ok(conn)
}

fn is_sound(path: &Path) -> bool {
    let mut problems = Vec::new();
    open(path).is_ok_and(|mut conn| check_file(&mut conn, &mut problems).is_ok()) && problems.is_empty()
}

/// Copies what can be read. Answers what could not.
fn carry(old: &Path, new: &Path) -> Result<Vec<String>, String> {
    let text = |e: diesel::result::Error| e.to_string();
    let mut conn = open(new)?;
    // The new file is moved when it is done, so nothing may lie beside it.
    conn.batch_execute("PRAGMA journal_mode = DELETE; PRAGMA foreign_keys = OFF;").map_err(text)?;
    let mut lost = Vec::new();
    let attached = diesel::sql_query("ATTACH ? AS old")
        .bind::<Text, _>(old.to_string_lossy().into_owned())
        .execute(&mut conn);
    if let Err(error) = attached {
        lost.push(format!("nothing can be read of the old file: {error}"));
        return Ok(lost);
    }
    for (table, columns) in CARRIED {
        lost.extend(carry_table(&mut conn, table, columns));
    }
    // The search index projects what was there before.
    conn.batch_execute("DELETE FROM main.settings WHERE key = 'search.catalog'").map_err(text)?;
    for (table, orphan) in ORPHANS {
        let gone = diesel::sql_query(format!("DELETE FROM main.{table} WHERE {orphan}"))
            .execute(&mut conn)
            .map_err(text)?;
        if gone > 0 {
            lost.push(format!("{table}: {gone} rows belong to what could not be read"));
        }
    }
    Ok(lost)
}

#[derive(QueryableByName)]
struct Range {
    #[diesel(sql_type = BigInt)]
    first: i64,
    #[diesel(sql_type = BigInt)]
    last: i64,
}

#[derive(QueryableByName)]
struct Column {
    #[diesel(sql_type = Text)]
    name: String,
}

/// Those of the columns that the old file has: one of an earlier version lacks what came later, which has a default.
fn known_columns(conn: &mut SqliteConnection, table: &str, columns: &str) -> String {
    let asked = diesel::sql_query("SELECT name FROM pragma_table_info(?, 'old')").bind::<Text, _>(table);
    let known: Vec<Column> = asked.load(conn).unwrap_or_default();
    let is_known = |column: &&str| known.is_empty() || known.iter().any(|known| known.name == *column);
    columns.split(", ").filter(is_known).collect::<Vec<_>>().join(", ")
}

/// Where a range of rows can't be read, its halves may be.
fn carry_table(conn: &mut SqliteConnection, table: &str, columns: &str) -> Option<String> {
    let ends =
        format!("SELECT ifnull(min(rowid), 1) AS first, ifnull(max(rowid), 0) AS last FROM old.{table}");
    let range = match diesel::sql_query(ends).get_result::<Range>(conn) {
        Ok(range) => range,
        // No table at all cannot be told from a damaged root; nor what its rows were.
        Err(error) => return Some(format!("{table}: nothing can be read: {error}")),
    };
    let columns = known_columns(conn, table, columns);
    let copy = format!(
        "INSERT OR IGNORE INTO main.{table} ({columns}) SELECT {columns} FROM old.{table} \
         WHERE rowid BETWEEN ? AND ?"
    );
    let (mut ranges, mut unread, mut cause) = (vec![range], 0u64, None);
    while let Some(Range { first, last }) = ranges.pop() {
        if first > last {
            continue;
        }
        if unread > MOST_UNREAD {
            return Some(format!("{table}: much of it can't be read: {}", cause.unwrap_or_default()));
        }
        let copied = diesel::sql_query(&copy).bind::<BigInt, _>(first).bind::<BigInt, _>(last).execute(conn);
        match copied {
            Ok(_) => {}
            Err(error) if first == last => {
                unread += 1;
                cause = Some(error.to_string());
            }
            Err(_) => {
                let middle = first + (last - first) / 2;
                ranges.push(Range { first: middle + 1, last });
                ranges.push(Range { first, last: middle });
            }
        }
    }
    cause.map(|cause| format!("{table}: up to {unread} rows can't be read: {cause}"))
}
