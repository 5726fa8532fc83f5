# ruff: noqa: S608  (the pieces put together are our own)
"""Statements that bring one chunk of the ordered rows into the graph: `:low` < n ≤ `:high`."""

from omnisonic.core.imports.preparation_sql import IS_EDITABLE

# New recordings first: nearly every row is one, and a conflict leaves it to `FIND_LATECOMERS`.
INSERT_RECORDINGS = """
INSERT INTO recordings (id, title, isrc, work_id, primary_artist, duration_ms, released_on, genres,
  import_job_id, created_by, version, created_at, updated_at)
SELECT m.id, m.title, m.isrc, {work}, m.artist, m.duration_ms, m.released_on, m.genres,
  :job_id, :user_id, 1, now(), now()
FROM merge_rows m {work_join}
WHERE m.n > :low AND m.n <= :high AND m.first_row = m.row
  AND NOT EXISTS (SELECT 1 FROM known k WHERE k.n = m.n)
ORDER BY m.n
ON CONFLICT (isrc) DO NOTHING
"""
WORK_JOIN = "LEFT JOIN stage_works s ON s.work_key = m.work_key AND NOT s.is_foreign"

FIND_LATECOMERS = f"""
INSERT INTO known (n, recording_id, is_editable)
SELECT m.n, r.id, {IS_EDITABLE} FROM merge_rows m JOIN recordings r ON r.isrc = m.isrc
WHERE m.n > :low AND m.n <= :high AND m.first_row = m.row AND r.id <> m.id
ON CONFLICT DO NOTHING
"""

_IS_NEW = """
m.n > :low AND m.n <= :high AND m.first_row = m.row
  AND NOT EXISTS (SELECT 1 FROM known k WHERE k.n = m.n)
"""
INSERT_CREDITS = f"""
INSERT INTO recording_credits (recording_id, position, contributor_id, credited_as)
SELECT m.id, c.position, c.contributor_id, c.name
FROM merge_rows m JOIN credits c ON c.credit_no = m.credit_no WHERE {_IS_NEW} ORDER BY m.n, c.position
"""
_CREATED = """jsonb_build_object('title', m.title, 'isrc', m.isrc, 'primary_artist', m.artist,
  'duration_ms', m.duration_ms, 'released_on', m.released_on, 'genres', m.genres {told_work})"""
# Most rows say everything: looking for what to strip costs a third of building the document.
TELL_CREATED = f"""
INSERT INTO provenance (entity_type, entity_id, action, actor_id, source, after, at)
SELECT 'recording', m.id, 'created', :user_id, :source,
  CASE WHEN num_nulls(m.duration_ms, m.released_on, {{known_work}}) = 0
  THEN {_CREATED} ELSE jsonb_strip_nulls({_CREATED}) END, now()
FROM merge_rows m {{work_join}} WHERE {_IS_NEW} ORDER BY m.n
"""
INSERT_OTHER_CODES = """
INSERT INTO identifiers (id, created_at, scheme, value, status, recording_id)
SELECT gen_random_uuid(), now(), 'isrc', code, 'archived', coalesce(k.recording_id, m.id)
FROM merge_rows m LEFT JOIN known k ON k.n = m.n, LATERAL unnest(m.other_isrcs) code
WHERE m.n > :low AND m.n <= :high AND m.first_row = m.row AND m.other_isrcs IS NOT NULL
  AND k.is_editable IS NOT FALSE
  AND NOT EXISTS (SELECT 1 FROM recordings r WHERE r.isrc = code)
  AND NOT EXISTS (SELECT 1 FROM identifiers i WHERE i.scheme = 'isrc' AND i.value = code)
ON CONFLICT DO NOTHING
"""

# Empty cells change nothing; a row that says what the recording says already leaves no trace.
UPDATE_RECORDINGS = """
WITH wanted AS (
  SELECT DISTINCT ON (k.recording_id) k.recording_id, m.n, m.title, m.artist, m.credit_no, m.duration_ms,
    m.released_on, m.genres, {work} AS work_id
  FROM merge_rows m JOIN known k ON k.n = m.n {work_join}
  WHERE m.n > :low AND m.n <= :high AND k.is_editable ORDER BY k.recording_id, m.n
), before AS (
  SELECT r.id, w.credit_no, r.title, r.primary_artist, r.duration_ms, r.released_on, r.genres, r.work_id,
    w.title AS new_title, w.artist AS new_artist, coalesce(w.duration_ms, r.duration_ms) AS new_duration_ms,
    coalesce(w.released_on, r.released_on) AS new_released_on,
    CASE WHEN w.genres = '{{}}' THEN r.genres ELSE w.genres END AS new_genres,
    coalesce(w.work_id, r.work_id) AS new_work_id
  FROM recordings r JOIN wanted w ON w.recording_id = r.id ORDER BY r.id FOR UPDATE OF r
), changed AS (
  UPDATE recordings r SET title = new_title, primary_artist = new_artist, duration_ms = new_duration_ms,
    released_on = new_released_on, genres = new_genres, work_id = new_work_id, version = version + 1,
    updated_at = now()
  FROM before b WHERE r.id = b.id
    AND (b.title, b.primary_artist, b.duration_ms, b.released_on, b.genres, b.work_id) IS DISTINCT FROM
        (new_title, new_artist, new_duration_ms, new_released_on, new_genres, new_work_id)
  RETURNING r.id, b.credit_no, b.primary_artist <> b.new_artist AS has_new_credits,
    jsonb_build_object('title', b.title, 'primary_artist', b.primary_artist, 'duration_ms', b.duration_ms,
      'released_on', b.released_on, 'genres', b.genres, 'work_id', b.work_id) AS was,
    jsonb_build_object('title', new_title, 'primary_artist', new_artist, 'duration_ms', new_duration_ms,
      'released_on', new_released_on, 'genres', new_genres, 'work_id', new_work_id) AS becomes
)
INSERT INTO changed_rows SELECT id, credit_no, has_new_credits, was, becomes FROM changed
"""
CHANGED_ROWS = """
CREATE TEMP TABLE IF NOT EXISTS changed_rows (
  id uuid, credit_no int, has_new_credits boolean, was jsonb, becomes jsonb
) ON COMMIT DELETE ROWS
"""
TELL_CHANGED = """
INSERT INTO provenance (entity_type, entity_id, action, actor_id, source, before, after, at)
SELECT 'recording', id, 'changed', :user_id, :source,
  (SELECT jsonb_object_agg(key, value) FROM jsonb_each(was) WHERE value <> becomes -> key),
  (SELECT jsonb_object_agg(key, value) FROM jsonb_each(becomes) WHERE value <> was -> key), now()
FROM changed_rows
"""
DROP_OLD_CREDITS = """
DELETE FROM recording_credits c USING changed_rows r WHERE c.recording_id = r.id AND r.has_new_credits
"""
INSERT_NEW_CREDITS = """
INSERT INTO recording_credits (recording_id, position, contributor_id, credited_as)
SELECT r.id, c.position, c.contributor_id, c.name
FROM changed_rows r JOIN credits c ON c.credit_no = r.credit_no WHERE r.has_new_credits
"""
REPORT_FOREIGN = """
INSERT INTO {issues} (job_id, "row", "column", code, message, raw, is_warning)
SELECT :job_id, m.row, :column, :code, :message, m.isrc || ' | ' || m.title, false
FROM merge_rows m JOIN known k ON k.n = m.n
WHERE m.n > :low AND m.n <= :high AND NOT k.is_editable ORDER BY m.n
"""
REPORT_FOREIGN_WORKS = """
INSERT INTO {issues} (job_id, "row", "column", code, message, raw, is_warning)
SELECT :job_id, m.row, :column, :code, :message, m.isrc || ' | ' || m.title, true
FROM merge_rows m JOIN stage_works s ON s.work_key = m.work_key LEFT JOIN known k ON k.n = m.n
WHERE m.n > :low AND m.n <= :high AND m.first_row = m.row AND s.is_foreign AND k.is_editable IS NOT FALSE
"""
COUNT_CHUNK = """
SELECT count(*) FILTER (WHERE k.is_editable IS NOT FALSE), count(*) FILTER (WHERE k.is_editable IS FALSE),
  count(*) FILTER (WHERE k.is_editable)
FROM merge_rows m LEFT JOIN known k ON k.n = m.n
WHERE m.n > :low AND m.n <= :high AND m.first_row = m.row
"""
