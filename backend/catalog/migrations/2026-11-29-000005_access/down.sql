DROP TABLE audit;
DROP TABLE grants;
ALTER TABLE users DROP COLUMN restricted;
