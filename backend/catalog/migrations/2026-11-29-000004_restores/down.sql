DROP TABLE restore_items;
DROP TABLE restores;
