-- What waits in new folders is told by one number for the restore, and not by each item: ten thousand files in a new folder
-- were written twice. And items are numbered without a table of their own for it, which each of them wrote to.
ALTER TABLE restores ADD COLUMN pending_from INTEGER;
UPDATE restores SET pending_from =
    (SELECT min(id) FROM restore_items WHERE restore = restores.id AND pending = 1);
CREATE TABLE items (
    id INTEGER NOT NULL PRIMARY KEY,
    restore INTEGER NOT NULL REFERENCES restores (id) ON DELETE CASCADE,
    -- Of what was moved aside: where it was in the target.
    source BLOB NOT NULL,
    target BLOB NOT NULL,
    -- The server's word.
    action TEXT NOT NULL,
    -- In the order in which they are shown. 0: failed, 1: restored, 2: skipped. What was restored and has an id from the
    -- restore's pending_from on is in a new folder that does not have its name yet: if the process dies, it is not there.
    outcome INTEGER NOT NULL CHECK (outcome IN (0, 1, 2)),
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
INSERT INTO items SELECT id, restore, source, target, action, outcome, kind, inode, size, mtime_s, mtime_ns, bytes, more,
    undone, undo_error FROM restore_items;
DROP TABLE restore_items;
ALTER TABLE items RENAME TO restore_items;
CREATE INDEX restore_items_by_outcome ON restore_items (restore, outcome);
CREATE INDEX restore_items_by_source ON restore_items (restore, source);
