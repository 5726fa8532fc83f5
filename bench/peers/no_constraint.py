"""The peer of `licenses`: the same table with the same indexes, but nothing that refuses an overlap."""

PEER_TABLE = "licenses_unguarded"

# `INCLUDING ALL` copies checks, indexes and the exclusion constraint, which is dropped again; foreign keys
# are never copied.
MAKE_PEER_TABLE = """
CREATE TABLE licenses_unguarded (LIKE licenses INCLUDING ALL);
DO $$
DECLARE exclusion text := (SELECT conname FROM pg_constraint
                           WHERE conrelid = 'licenses_unguarded'::regclass AND contype = 'x');
BEGIN
  EXECUTE format('ALTER TABLE licenses_unguarded DROP CONSTRAINT %I', exclusion);
END $$;
ALTER TABLE licenses_unguarded ADD FOREIGN KEY (work_id) REFERENCES works;
ALTER TABLE licenses_unguarded ADD FOREIGN KEY (recording_id) REFERENCES recordings;
ALTER TABLE licenses_unguarded ADD FOREIGN KEY (created_by) REFERENCES users;
"""
