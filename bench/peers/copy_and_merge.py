"""The peer of `import`: what someone with psql at hand would do, COPY and one set-based merge.

No row is explained, nothing can be resumed or stopped, and one account is alone on the server.
"""

from __future__ import annotations

import time
from contextlib import closing
from pathlib import Path
from uuid import UUID

import psycopg2

SETTINGS = "SET synchronous_commit = off; SET work_mem = '64MB'; SET temp_buffers = '64MB'; SET jit = off"
STAGE = (
    "CREATE TEMP TABLE stage "
    "(isrc text, title text, artist text, duration text, released_at text, genre text)"
)
COPY = "COPY stage FROM STDIN WITH (FORMAT csv, HEADER true)"
GOOD = "isrc ~ '^[A-Z]{2}[A-Z0-9]{3}[0-9]{7}$'"
CREDITS = """
CREATE TEMP TABLE split AS
SELECT artist, position - 1 AS position, name, catalog_fold(name) AS name_key
FROM (SELECT DISTINCT artist FROM stage) lines,
  LATERAL unnest(string_to_array(artist, ' feat. ')) WITH ORDINALITY AS parts (name, position);
ANALYZE split
"""
CONTRIBUTORS = """
INSERT INTO contributors (id, name, name_key, roles, created_by, version, created_at, updated_at)
SELECT uuidv7(), name, name_key, '{performer}', %(user)s, 1, now(), now()
FROM (SELECT DISTINCT ON (name_key) name, name_key FROM split ORDER BY name_key) people;
ANALYZE contributors
"""
RECORDINGS = f"""
CREATE TEMP TABLE merged AS
SELECT DISTINCT ON (isrc) uuidv7() AS id, stage.* FROM stage WHERE {GOOD} ORDER BY isrc;
ANALYZE merged;
INSERT INTO recordings (id, title, isrc, primary_artist, duration_ms, released_on, genres,
  created_by, version, created_at, updated_at)
SELECT id, title, isrc, artist, duration::int * 1000, released_at::date, ARRAY[genre],
  %(user)s, 1, now(), now() FROM merged
ON CONFLICT (isrc) DO UPDATE SET title = excluded.title, primary_artist = excluded.primary_artist,
  duration_ms = excluded.duration_ms, released_on = excluded.released_on, genres = excluded.genres
"""  # noqa: S608
CREDITED = """
INSERT INTO recording_credits (recording_id, position, contributor_id, credited_as)
SELECT m.id, s.position, c.id, s.name FROM merged m JOIN split s USING (artist)
JOIN contributors c ON c.name_key = s.name_key AND c.created_by = %(user)s
"""
HISTORY = """
INSERT INTO provenance (entity_type, entity_id, action, actor_id, source, after, at)
SELECT 'recording', id, 'created', %(user)s, 'copy', jsonb_build_object('title', title, 'isrc', isrc,
  'primary_artist', artist, 'duration_ms', duration::int * 1000, 'released_on', released_at,
  'genres', ARRAY[genre]), now() FROM merged
"""


def copy_and_merge(url: str, path: Path, user_id: UUID) -> float:
    """Seconds for the file to be in the same final tables."""
    with closing(psycopg2.connect(url)) as connection, connection.cursor() as cursor:
        cursor.execute(SETTINGS)
        started_s = time.perf_counter()
        cursor.execute(STAGE)
        with path.open("rb") as file:
            cursor.copy_expert(COPY, file, size=1 << 20)
        for statement in (CREDITS, CONTRIBUTORS, RECORDINGS, CREDITED, HISTORY):
            cursor.execute(statement, {"user": str(user_id)})
        connection.commit()
        return time.perf_counter() - started_s
