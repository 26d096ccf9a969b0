-- Whose files are whose, and who looked at or changed what.

-- Sees only what the grants below say; whoever was there before goes on to see everything.
ALTER TABLE users ADD COLUMN restricted INTEGER NOT NULL DEFAULT 0;

CREATE TABLE grants (
    user_id INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    -- The dataset's identity: the name follows it.
    guid INTEGER NOT NULL,
    dataset TEXT NOT NULL,
    beneath INTEGER NOT NULL,
    browse INTEGER NOT NULL,
    restore_in_place INTEGER NOT NULL,
    restore_elsewhere INTEGER NOT NULL,
    PRIMARY KEY (user_id, guid)
) STRICT;
CREATE INDEX grants_by_guid ON grants (guid);

-- Outlives users, tokens and datasets, so it refers to none of them.
CREATE TABLE audit (
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    at INTEGER NOT NULL,
    user_id INTEGER,
    user_name TEXT NOT NULL COLLATE NOCASE,
    token_id INTEGER,
    action TEXT NOT NULL,
    dataset TEXT,
    path TEXT,
    snapshot TEXT,
    to_dataset TEXT,
    to_path TEXT,
    job TEXT,
    request_id TEXT NOT NULL,
    outcome TEXT NOT NULL,
    detail TEXT,
    -- All of the above that is looked for by text, as people write it, in small letters.
    words TEXT NOT NULL
) STRICT;
CREATE INDEX audit_by_at ON audit (at);
CREATE INDEX audit_by_user ON audit (user_name, id);
CREATE INDEX audit_by_action ON audit (action, id);
CREATE INDEX audit_by_dataset ON audit (dataset, id);
CREATE INDEX audit_by_target ON audit (to_dataset, id) WHERE to_dataset IS NOT NULL;
CREATE INDEX audit_by_job ON audit (job) WHERE job IS NOT NULL;
