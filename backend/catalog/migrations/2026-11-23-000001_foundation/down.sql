DROP TABLE job_log;
DROP TABLE jobs;
DROP TABLE tokens;
DROP TABLE sessions;
DROP TABLE users;
DROP TABLE settings;
