-- What search has not been told yet: that something about an object is, or may be, different. Rows are removed once the
-- search index has committed them; telling them twice does no harm.
CREATE TABLE search_notes (
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    -- Its guid: the note outlives the dataset.
    dataset INTEGER NOT NULL,
    -- NULL: all of the dataset.
    inode INTEGER,
    -- What died at or before this state is as it was.
    since INTEGER NOT NULL,
    -- Whether its names are different, and with them the paths of all that is below it, even where no row tells.
    named INTEGER NOT NULL
) STRICT;
INSERT INTO search_notes (dataset, inode, since, named) SELECT guid, NULL, 0, 0 FROM datasets;

-- Searches that users keep. query is JSON: the parameters by their names.
CREATE TABLE searches (
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    user_id INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    name TEXT NOT NULL COLLATE NOCASE,
    query TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    UNIQUE (user_id, name)
) STRICT;
