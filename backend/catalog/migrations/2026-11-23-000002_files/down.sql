DROP INDEX jobs_by_kind;
DROP TABLE runs;
DROP TABLE touched;
DROP TABLE links;
DROP TABLE objects;
DROP TABLE snapshots;
DROP TABLE datasets;
DELETE FROM sqlite_stat1 WHERE tbl IN ('objects', 'links', 'touched');
