DROP TABLE touched;
DROP TABLE links;
DROP TABLE objects;
DROP TABLE snapshots;
DROP TABLE datasets;
