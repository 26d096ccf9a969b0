-- What every snapshot holds, each state once with its lifetime in transaction groups: [born, died), died NULL while
-- it lasts. 64-bit identities of ZFS are stored as the signed number with the same bits.

CREATE TABLE datasets (
    id INTEGER NOT NULL PRIMARY KEY,
    guid INTEGER NOT NULL UNIQUE,
    name TEXT NOT NULL,
    -- The state up to which everything below is complete: of the last snapshot applied, or of live when last looked at.
    position INTEGER,
    -- The state being applied; set when a process died at it, and then all that is later than position is undone.
    applying INTEGER,
    -- The state that one is told against: its versions stay until then, also when its snapshot is forgotten.
    applying_base INTEGER,
    -- When position was how the filesystem looked.
    position_at INTEGER,
    first_seen INTEGER NOT NULL,
    last_seen INTEGER NOT NULL,
    -- Seconds between two looks at live; NULL: as configured for all, 0: never.
    live_interval INTEGER,
    excluded INTEGER NOT NULL DEFAULT 0,
    -- What ZFS said of it at the last look, in the server's own words.
    seen TEXT
) STRICT;
CREATE INDEX datasets_by_name ON datasets (name, last_seen);

-- A received snapshot keeps its guid, so only dataset and guid together are one.
CREATE TABLE snapshots (
    dataset INTEGER NOT NULL REFERENCES datasets (id) ON DELETE CASCADE,
    guid INTEGER NOT NULL,
    tag TEXT NOT NULL,
    txg INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    indexed INTEGER NOT NULL DEFAULT 0,
    -- Why its files can't be known.
    failed TEXT,
    PRIMARY KEY (dataset, guid)
) STRICT, WITHOUT ROWID;
CREATE INDEX snapshots_by_txg ON snapshots (dataset, txg);
CREATE INDEX snapshots_by_tag ON snapshots (dataset, tag);
CREATE INDEX snapshots_by_time ON snapshots (dataset, created_at);

-- How states were taken in, the newest few of each dataset. passed and findings are JSON of the server's.
CREATE TABLE runs (
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    dataset INTEGER NOT NULL REFERENCES datasets (id) ON DELETE CASCADE,
    at INTEGER NOT NULL,
    -- Its tag; NULL: live.
    snapshot TEXT,
    means TEXT NOT NULL,
    passed TEXT NOT NULL,
    objects INTEGER NOT NULL,
    directories INTEGER NOT NULL,
    gone INTEGER NOT NULL,
    took_ms INTEGER NOT NULL,
    findings_total INTEGER NOT NULL,
    findings TEXT NOT NULL,
    error TEXT
) STRICT;
CREATE INDEX runs_by_dataset ON runs (dataset, id);

CREATE INDEX jobs_by_kind ON jobs (kind, id);

-- kind: 0 file, 1 folder, 2 symbolic link, 3 fifo, 4 socket, 5 block device, 6 character device.
CREATE TABLE objects (
    dataset INTEGER NOT NULL,
    inode INTEGER NOT NULL,
    born INTEGER NOT NULL,
    died INTEGER,
    generation INTEGER NOT NULL,
    kind INTEGER NOT NULL,
    size INTEGER NOT NULL,
    mtime_s INTEGER NOT NULL,
    mtime_ns INTEGER NOT NULL,
    ctime_s INTEGER NOT NULL,
    ctime_ns INTEGER NOT NULL,
    uid INTEGER NOT NULL,
    gid INTEGER NOT NULL,
    mode INTEGER NOT NULL,
    nlink INTEGER NOT NULL,
    target BLOB,
    PRIMARY KEY (dataset, inode, born)
) STRICT, WITHOUT ROWID;

-- A name in a folder, leading to an object. file: 0 for folders and 1 for all else, so that the key is the order in
-- which folders are listed.
CREATE TABLE links (
    dataset INTEGER NOT NULL,
    parent INTEGER NOT NULL,
    file INTEGER NOT NULL,
    name BLOB NOT NULL,
    born INTEGER NOT NULL,
    died INTEGER,
    inode INTEGER NOT NULL,
    PRIMARY KEY (dataset, parent, file, name, born)
) STRICT, WITHOUT ROWID;
CREATE INDEX links_by_inode ON links (dataset, inode);

-- Which objects, or names of them, were born or died at a state; the first state of a dataset is left out, since all
-- is born there. It finds what a destroyed snapshot, a rollback or a difference is about without looking at the rest.
CREATE TABLE touched (
    dataset INTEGER NOT NULL,
    txg INTEGER NOT NULL,
    inode INTEGER NOT NULL,
    PRIMARY KEY (dataset, txg, inode)
) STRICT, WITHOUT ROWID;

-- Without figures SQLite takes "dataset" to be selective and reads a whole dataset where an inode is asked for. These
-- are what ANALYZE would find in a large catalog, so that a small one is asked the same way: rows, then rows for
-- each value of the first, the first two … columns of the key.
ANALYZE sqlite_schema;
INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES
    ('objects', 'objects', '1000000 1000000 2 1'),
    ('links', 'links', '1000000 1000000 16 8 2 1'),
    ('links', 'links_by_inode', '1000000 1000000 2'),
    ('touched', 'touched', '1000000 1000000 1000 1');
