ALTER TABLE restore_items ADD COLUMN pending INTEGER NOT NULL DEFAULT 0;
UPDATE restore_items SET pending = 1
    WHERE outcome = 1 AND id >= (SELECT pending_from FROM restores WHERE restores.id = restore);
ALTER TABLE restores DROP COLUMN pending_from;
CREATE INDEX restore_items_pending ON restore_items (restore, target) WHERE pending = 1;
