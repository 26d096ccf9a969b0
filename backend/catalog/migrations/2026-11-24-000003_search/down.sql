DROP TABLE searches;
DROP TABLE search_notes;
