-- What restores made, entry by entry, so that they can be told, gone on with after a kill, and undone.
CREATE TABLE restores (
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    job_id TEXT NOT NULL UNIQUE REFERENCES jobs (id) ON DELETE CASCADE,
    -- The snapshot that keeps what was replaced: its full name when it was taken, and its guid.
    guard TEXT,
    guard_guid INTEGER,
    -- The last job that undid it, or began to.
    undo_job TEXT
) STRICT;

CREATE TABLE restore_items (
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    restore INTEGER NOT NULL REFERENCES restores (id) ON DELETE CASCADE,
    -- Of what was moved aside: where it was in the target.
    source BLOB NOT NULL,
    target BLOB NOT NULL,
    -- The server's word.
    action TEXT NOT NULL,
    -- In the order in which they are shown. 0: failed, 1: restored, 2: skipped.
    outcome INTEGER NOT NULL CHECK (outcome IN (0, 1, 2)),
    -- In a new folder that does not have its name yet: if the process dies, it is not there.
    pending INTEGER NOT NULL DEFAULT 0,
    -- As in objects; NULL where it could not be looked at.
    kind INTEGER,
    -- What was made, as it was then.
    inode INTEGER NOT NULL,
    size INTEGER NOT NULL,
    mtime_s INTEGER NOT NULL,
    mtime_ns INTEGER NOT NULL,
    bytes INTEGER NOT NULL,
    -- JSON of the server's: how it came over, what it lacks, why it failed.
    more TEXT,
    -- 0: undone, 1: left, 2: failed; NULL: not tried.
    undone INTEGER CHECK (undone IN (0, 1, 2)),
    undo_error TEXT
) STRICT;
CREATE INDEX restore_items_by_outcome ON restore_items (restore, outcome);
CREATE INDEX restore_items_by_source ON restore_items (restore, source);
CREATE INDEX restore_items_pending ON restore_items (restore, target) WHERE pending = 1;
