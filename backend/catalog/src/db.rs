//! Opening, migrating and lending connections.

use std::{
    fs,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use diesel::{
    Connection as _, SqliteConnection,
    connection::SimpleConnection as _,
    r2d2::{ConnectionManager, CustomizeConnection, Pool, PooledConnection},
};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness as _, embed_migrations};

use crate::{CatalogError, Result, files::WeightCache};

const MIGRATIONS: EmbeddedMigrations = embed_migrations!("migrations");
/// For calls that end soon: readers beside the one writer that SQLite allows.
const CONNECTIONS: u32 = 12;
/// For what keeps its connection for as long as a state is taken in; apart, so that readers never wait for those.
const LASTING: u32 = 12;
/// How long a call waits for its turn.
const TURN: Duration = Duration::from_secs(15);
/// Connections beyond the first are closed again: each holds memory.
const IDLE: Duration = Duration::from_secs(60);

/// Why the state can't be opened. The text names the file and what to do.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The folder can't be made or entered.
    #[error("the state folder {path} can't be used: {cause}")]
    Folder {
        /// The folder.
        path: PathBuf,
        /// What the system said.
        cause: std::io::Error,
    },
    /// A later NASMan wrote it.
    #[error(
        "{path} was written by a newer version of NASMan (it has the migration {version}); \
         start that version, or put back the copy that was made before the upgrade"
    )]
    Newer {
        /// The file.
        path: PathBuf,
        /// The first migration this version does not know.
        version: String,
    },
    /// Not SQLite, damaged, or locked.
    #[error(
        "{path} can't be used as a database: {cause}; where it is damaged, `nasman catalog rebuild` makes it anew from \
         what can be read and the snapshots; or put back a copy"
    )]
    Database {
        /// The file.
        path: PathBuf,
        /// What SQLite said.
        cause: String,
    },
}

/// The state. Cheap to clone; all clones share the connections.
#[derive(Clone)]
pub struct Catalog {
    pool: Pool<ConnectionManager<SqliteConnection>>,
    lasting: Pool<ConnectionManager<SqliteConnection>>,
    path: Arc<Path>,
    pub(crate) weights: Arc<WeightCache>,
}

pub(crate) type Connection = PooledConnection<ConnectionManager<SqliteConnection>>;

impl Catalog {
    /// Opens `nasman.db` in `folder`, making both when missing, and brings it up to this version. Where
    /// there is something to migrate, the file is first copied to `nasman.db.before-<migration>`.
    ///
    /// # Errors
    /// When the folder or file can't be used, or a newer version wrote the file.
    pub fn open(folder: &Path) -> std::result::Result<Self, OpenError> {
        make_private(folder).map_err(|cause| OpenError::Folder { path: folder.to_owned(), cause })?;
        let path = folder.join("nasman.db");
        let failed = |cause: String| OpenError::Database { path: path.clone(), cause };
        migrate(&path)?;
        let connections = |most| {
            Pool::builder()
                .max_size(most)
                .min_idle(Some(1))
                .connection_timeout(TURN)
                .idle_timeout(Some(IDLE))
                .connection_customizer(Box::new(Pragmas))
                .build(ConnectionManager::new(path.to_string_lossy()))
                .map_err(|e| failed(e.to_string()))
        };
        let (pool, lasting) = (connections(CONNECTIONS)?, connections(LASTING)?);
        Ok(Self { pool, lasting, path: path.into(), weights: Arc::default() })
    }

    /// Bytes that the state takes on disk, its write-ahead log included.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        ["", "-wal", "-shm"]
            .iter()
            .map(|suffix| {
                let mut file = self.path.as_os_str().to_owned();
                file.push(suffix);
                fs::metadata(file).map_or(0, |meta| meta.len())
            })
            .sum()
    }

    /// Whether the database answers; used by the readiness check.
    ///
    /// # Errors
    /// When it does not.
    pub fn ping(&self) -> Result<()> {
        Ok(self.conn()?.batch_execute("SELECT 1")?)
    }

    pub(crate) fn conn(&self) -> Result<Connection> {
        self.pool.get().map_err(|_| CatalogError::Busy)
    }

    /// A connection to keep for long.
    pub(crate) fn lasting(&self) -> Result<Connection> {
        self.lasting.get().map_err(|_| CatalogError::Busy)
    }

    /// Runs `work` on one consistent picture of the state, whatever is written meanwhile.
    pub(crate) fn read<T>(&self, work: impl FnOnce(&mut SqliteConnection) -> Result<T>) -> Result<T> {
        self.conn()?.transaction(|conn| work(conn))
    }

    /// Runs `work` in one transaction that takes SQLite's write lock at once: a transaction that reads
    /// first and writes later can fail as busy in a way no timeout mends.
    pub(crate) fn write<T>(&self, work: impl FnOnce(&mut SqliteConnection) -> Result<T>) -> Result<T> {
        self.conn()?.immediate_transaction(work)
    }
}

/// The folder holds password hashes: nobody but its owner looks in.
fn make_private(folder: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::DirBuilderExt as _;
    fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)
}

pub(crate) fn migrate(path: &Path) -> std::result::Result<(), OpenError> {
    let failed = |cause: String| OpenError::Database { path: path.to_owned(), cause };
    let existed = path.exists();
    let mut conn = SqliteConnection::establish(&path.to_string_lossy()).map_err(|e| failed(e.to_string()))?;
    conn.batch_execute(PRAGMAS).map_err(|e| failed(e.to_string()))?;
    let applied = conn.applied_migrations().map_err(|e| failed(e.to_string()))?;
    let known: Vec<String> =
        diesel::migration::MigrationSource::<diesel::sqlite::Sqlite>::migrations(&MIGRATIONS)
            .map_err(|e| failed(e.to_string()))?
            .iter()
            .map(|m| m.name().version().to_string())
            .collect();
    if let Some(newer) = applied.iter().map(ToString::to_string).find(|v| !known.contains(v)) {
        return Err(OpenError::Newer { path: path.to_owned(), version: newer });
    }
    let Some(first_missing) = known.iter().find(|v| !applied.iter().any(|a| a.to_string() == **v)) else {
        return Ok(());
    };
    if existed {
        copy_aside(&mut conn, path, first_missing).map_err(failed)?;
    }
    conn.run_pending_migrations(MIGRATIONS).map_err(|e| failed(e.to_string()))?;
    Ok(())
}

/// `VACUUM INTO` copies what is committed, the write-ahead log included; a plain file copy would not.
fn copy_aside(conn: &mut SqliteConnection, path: &Path, migration: &str) -> std::result::Result<(), String> {
    use diesel::RunQueryDsl as _;
    let copy = path.with_extension(format!("db.before-{migration}"));
    if copy.exists() {
        fs::remove_file(&copy).map_err(|e| e.to_string())?;
    }
    diesel::sql_query("VACUUM INTO ?")
        .bind::<diesel::sql_types::Text, _>(copy.to_string_lossy().into_owned())
        .execute(conn)
        .map_err(|e| e.to_string())?;
    tracing::info!(copy = %copy.display(), "copied the state aside before migrating it");
    Ok(())
}

/// WAL lets readers and the writer work at once; NORMAL is safe in WAL against a killed process.
pub(crate) const PRAGMAS: &str = "PRAGMA busy_timeout = 10000; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; \
                       PRAGMA foreign_keys = ON;";

#[derive(Debug)]
struct Pragmas;

impl CustomizeConnection<SqliteConnection, diesel::r2d2::Error> for Pragmas {
    fn on_acquire(&self, conn: &mut SqliteConnection) -> std::result::Result<(), diesel::r2d2::Error> {
        conn.batch_execute(PRAGMAS).map_err(diesel::r2d2::Error::QueryError)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn opens_twice_and_is_private() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let state = folder.path().join("state");
        Catalog::open(&state).unwrap().ping().unwrap();
        Catalog::open(&state).unwrap().ping().unwrap();
        assert_eq!(fs::metadata(&state).unwrap().permissions().mode() & 0o777, 0o700);
    }

    #[test]
    fn a_newer_file_is_refused_by_name_and_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let catalog = Catalog::open(folder.path()).unwrap();
        catalog
            .conn()
            .unwrap()
            .batch_execute("INSERT INTO __diesel_schema_migrations (version) VALUES ('29990101000000')")
            .unwrap();
        let error = Catalog::open(folder.path()).err().unwrap().to_string();
        assert!(error.contains("29990101000000") && error.contains("newer version"), "{error}");
    }

    #[test]
    fn a_file_that_is_no_database_is_refused_by_name() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("nasman.db"), "this is not a database, whatever its name says").unwrap();
        let error = Catalog::open(folder.path()).err().unwrap().to_string();
        assert!(error.contains("nasman.db"), "{error}");
    }

    #[test]
    fn what_is_there_is_copied_aside_before_it_is_migrated() {
        let folder = tempfile::tempdir().unwrap();
        let catalog = Catalog::open(folder.path()).unwrap();
        let undone = catalog.conn().unwrap().revert_last_migration(MIGRATIONS).unwrap().to_string();
        drop(catalog);
        Catalog::open(folder.path()).unwrap().datasets().unwrap();
        assert!(folder.path().join(format!("nasman.db.before-{undone}")).exists());
    }
}
