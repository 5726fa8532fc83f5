# ruff: noqa: S608  (the pieces put together are our own)
"""Statements between staging and merging: order and deduplicate the rows, find or make people and works.

Everything runs on temporary tables; `:user_id`, `:is_curator`, `:source` and `:job_id` are bound.
"""

# A UUIDv7 with a counter (RFC 9562 §6.2, method 1): `:id_prefix` has the time and 42 random bits, the
# row's number follows, so new rows land beside each other in every index. uuidv7() needs PostgreSQL 18.
NUMBERED_ID = "(:id_prefix || lpad(to_hex(n), 8, '0'))::uuid"

# In key order, so that two imports lock recordings in the same order; the first of equal codes counts.
ORDER_ROWS = f"""
CREATE TEMP TABLE merge_rows AS
SELECT {NUMBERED_ID} AS id, rows.*
FROM (
  SELECT (row_number() OVER (ORDER BY isrc, row))::int AS n,
    first_value(row) OVER (PARTITION BY isrc ORDER BY row) AS first_row,
    coalesce(iswc, 't:' || catalog_fold(work)) AS work_key,
    stage_rows.*
  FROM stage_rows
) rows;
DROP TABLE stage_rows;
CREATE UNIQUE INDEX ON merge_rows (n);
ANALYZE merge_rows, stage_credits
"""

REPORT_DUPLICATES = """
INSERT INTO {issues} (job_id, "row", "column", code, message, raw, is_warning)
SELECT :job_id, row, :column, :code,
  'Row ' || first_row || ' has this ISRC already; the first one counts.', isrc || ' | ' || title, false
FROM merge_rows WHERE first_row <> row ORDER BY row
"""

# Recordings that are in the graph already, by their preferred or an archived code.
FIND_KNOWN = """
CREATE TEMP TABLE known AS
SELECT DISTINCT ON (n) n, recording_id, is_editable FROM (
  SELECT m.n, r.id AS recording_id, 0 AS rank FROM merge_rows m JOIN recordings r ON r.isrc = m.isrc
  WHERE m.first_row = m.row
  UNION ALL
  SELECT m.n, coalesce(r.merged_into, r.id), 1 FROM merge_rows m
  JOIN identifiers i ON i.scheme = 'isrc' AND i.value = m.isrc AND i.recording_id IS NOT NULL
  JOIN recordings r ON r.id = i.recording_id
  WHERE m.first_row = m.row
) found, LATERAL (SELECT {editable} AS is_editable FROM recordings r WHERE r.id = found.recording_id) may
ORDER BY n, rank;
CREATE UNIQUE INDEX ON known (n);
ANALYZE known
"""
# The rules of `core.catalog.access` for many rows at once; a test holds the two together.
_LINKED_TO = """
EXISTS (SELECT 1 FROM contributions share JOIN contributors p ON p.id = share.contributor_id
  WHERE share.work_id = {work} AND p.user_id = :user_id
    AND (share.valid_to IS NULL OR share.valid_to > now()))
"""
# `IS TRUE`: what nobody owns any more (its account is gone) is nobody's, not unknown.
IS_EDITABLE = f"""
((:is_curator OR r.created_by = :user_id OR EXISTS (
  SELECT 1 FROM recording_credits c JOIN contributors p ON p.id = c.contributor_id
  WHERE c.recording_id = r.id AND p.user_id = :user_id) OR {_LINKED_TO.format(work="r.work_id")}) IS TRUE)
"""
IS_EDITABLE_WORK = f"""
((:is_curator OR w.created_by = :user_id OR {_LINKED_TO.format(work="w.id")}) IS TRUE)
"""
FIND_KNOWN = FIND_KNOWN.format(editable=IS_EDITABLE)

# What only rows about others' recordings name is not made.
FORGET_FOREIGN_CREDITS = """
DELETE FROM stage_credits c WHERE NOT EXISTS (
  SELECT 1 FROM merge_rows m LEFT JOIN known k ON k.n = m.n
  WHERE m.credit_no = c.credit_no AND m.first_row = m.row AND k.is_editable IS NOT FALSE)
"""

LIST_PEOPLE = """
CREATE TEMP TABLE people AS
SELECT (row_number() OVER (ORDER BY (isni IS NULL AND ipi IS NULL), name_key, isni, ipi))::int AS n,
  name_key, isni, ipi, name, NULL::uuid AS contributor_id
FROM (
  SELECT left(catalog_fold(name), 600) AS name_key, isni, ipi, min(name) AS name
  FROM stage_credits GROUP BY 1, 2, 3
) found;
CREATE UNIQUE INDEX ON people (n);
ANALYZE people
"""
MATCH_PEOPLE_BY_NUMBER = """
UPDATE people p SET contributor_id = coalesce(c.merged_into, c.id)
FROM contributors c
WHERE p.contributor_id IS NULL AND p.n > :low AND p.n <= :high
  AND (c.isni = p.isni OR c.ipi = p.ipi)
"""
MATCH_PEOPLE_BY_ARCHIVED_NUMBER = """
UPDATE people p SET contributor_id = coalesce(c.merged_into, c.id)
FROM identifiers i JOIN contributors c ON c.id = i.contributor_id
WHERE p.contributor_id IS NULL AND p.n > :low AND p.n <= :high
  AND ((i.scheme = 'isni' AND i.value = p.isni) OR (i.scheme = 'ipi' AND i.value = p.ipi))
"""
# A bare name means the importer's own contributor of that name; a number never joins another number.
MATCH_PEOPLE_BY_NAME = """
UPDATE people p SET contributor_id = found.id
FROM (
  SELECT DISTINCT ON (p.n) p.n, c.id
  FROM people p JOIN contributors c ON c.name_key = p.name_key
    AND (c.created_by = :user_id OR c.user_id = :user_id)
  WHERE p.contributor_id IS NULL AND p.n > :low AND p.n <= :high AND c.merged_into IS NULL
    AND (p.isni IS NULL OR c.isni IS NULL) AND (p.ipi IS NULL OR c.ipi IS NULL)
    AND (num_nulls(p.isni, p.ipi) = 2 OR num_nulls(c.isni, c.ipi) = 2)
  ORDER BY p.n, c.created_at, c.id
) found
WHERE p.n = found.n
"""
NUMBER_PEOPLE = """
WITH numbered AS (
  UPDATE contributors c SET isni = p.isni, ipi = p.ipi, version = version + 1, updated_at = now()
  FROM (SELECT DISTINCT ON (contributor_id) * FROM people
        WHERE contributor_id IS NOT NULL AND n > :low AND n <= :high AND num_nulls(isni, ipi) < 2
        ORDER BY contributor_id, n) p
  WHERE c.id = p.contributor_id AND num_nulls(c.isni, c.ipi) = 2 AND c.created_by = :user_id
  RETURNING c.id, c.isni, c.ipi
)
INSERT INTO provenance (entity_type, entity_id, action, actor_id, source, before, after, at)
SELECT 'contributor', id, 'changed', :user_id, :source, jsonb_build_object('isni', NULL, 'ipi', NULL),
  jsonb_build_object('isni', isni, 'ipi', ipi), now() FROM numbered
"""
# Two spellings of one number are one person: the first makes the row, the others find it afterwards.
MAKE_PEOPLE = f"""
WITH made AS (
  INSERT INTO contributors (id, name, name_key, roles, isni, ipi, created_by, version, created_at, updated_at)
  SELECT {NUMBERED_ID}, name, name_key, '{{performer}}', isni, ipi, :user_id, 1, now(), now()
  FROM people p WHERE contributor_id IS NULL AND n > :low AND n <= :high ORDER BY n
  ON CONFLICT DO NOTHING
  RETURNING id, name, name_key, isni, ipi
), told AS (
  INSERT INTO provenance (entity_type, entity_id, action, actor_id, source, after, at)
  SELECT 'contributor', id, 'created', :user_id, :source, jsonb_strip_nulls(
    jsonb_build_object('name', name, 'roles', '["performer"]'::jsonb, 'isni', isni, 'ipi', ipi)), now()
  FROM made
)
UPDATE people p SET contributor_id = made.id FROM made
WHERE p.contributor_id IS NULL AND p.n > :low AND p.n <= :high AND p.name_key = made.name_key
  AND p.isni IS NOT DISTINCT FROM made.isni AND p.ipi IS NOT DISTINCT FROM made.ipi
"""
ASSIGN_CREDITS = """
CREATE TEMP TABLE credits AS
SELECT c.credit_no, c.position, c.name, p.contributor_id
FROM stage_credits c JOIN people p ON p.name_key = left(catalog_fold(c.name), 600)
  AND p.isni IS NOT DISTINCT FROM c.isni AND p.ipi IS NOT DISTINCT FROM c.ipi;
CREATE INDEX ON credits (credit_no);
ANALYZE credits
"""

LIST_WORKS = """
CREATE TEMP TABLE stage_works AS
SELECT (row_number() OVER (ORDER BY work_key))::int AS n, work_key, max(iswc) AS iswc,
  (array_agg(coalesce(work, title) ORDER BY row))[1] AS title,
  coalesce(array_agg(DISTINCT genre) FILTER (WHERE genre IS NOT NULL), '{}') AS genres,
  NULL::uuid AS work_id, false AS is_foreign
FROM (
  SELECT m.work_key, m.iswc, m.work, m.title, m.row, genre
  FROM merge_rows m LEFT JOIN known k ON k.n = m.n LEFT JOIN LATERAL unnest(m.genres) genre ON true
  WHERE m.work_key IS NOT NULL AND m.first_row = m.row AND k.is_editable IS NOT FALSE
) found GROUP BY work_key;
CREATE UNIQUE INDEX ON stage_works (n);
CREATE UNIQUE INDEX ON stage_works (work_key);
ANALYZE stage_works
"""
MATCH_WORKS = """
UPDATE stage_works s SET work_id = coalesce(w.merged_into, w.id) FROM works w
WHERE s.work_id IS NULL AND s.iswc IS NOT NULL AND s.n > :low AND s.n <= :high AND w.iswc = s.iswc;
UPDATE stage_works s SET work_id = coalesce(w.merged_into, w.id)
FROM identifiers i JOIN works w ON w.id = i.work_id
WHERE s.work_id IS NULL AND s.iswc IS NOT NULL AND s.n > :low AND s.n <= :high
  AND i.scheme = 'iswc' AND i.value = s.iswc;
UPDATE stage_works s SET work_id = found.id FROM (
  SELECT DISTINCT ON (1) 't:' || catalog_fold(title) AS work_key, id FROM works
  WHERE created_by = :user_id AND merged_into IS NULL ORDER BY 1, created_at, id
) found
WHERE s.work_id IS NULL AND s.iswc IS NULL AND s.n > :low AND s.n <= :high AND found.work_key = s.work_key
"""
# A recording joins only a work that the importer may change: its shares decide who is paid.
PART_FROM_FOREIGN_WORKS = f"""
UPDATE stage_works s SET is_foreign = true FROM works w
WHERE w.id = s.work_id AND s.n > :low AND s.n <= :high AND NOT {IS_EDITABLE_WORK}
"""
MAKE_WORKS = f"""
WITH fresh AS MATERIALIZED (
  SELECT {NUMBERED_ID} AS id, n, title, iswc, genres FROM stage_works
  WHERE work_id IS NULL AND n > :low AND n <= :high ORDER BY n
), made AS (
  INSERT INTO works (id, title, iswc, genres, created_by, version, created_at, updated_at)
  SELECT id, title, iswc, genres, :user_id, 1, now(), now() FROM fresh ON CONFLICT DO NOTHING
  RETURNING id, title, iswc, genres
), told AS (
  INSERT INTO provenance (entity_type, entity_id, action, actor_id, source, after, at)
  SELECT 'work', id, 'created', :user_id, :source, jsonb_strip_nulls(
    jsonb_build_object('title', title, 'iswc', iswc, 'genres', to_jsonb(genres))), now() FROM made
)
UPDATE stage_works s SET work_id = made.id FROM made JOIN fresh USING (id) WHERE s.n = fresh.n
"""
ADD_WORK_GENRES = """
WITH before AS (
  SELECT w.id, w.genres,
    ARRAY(SELECT DISTINCT genre FROM unnest(w.genres || s.genres) genre ORDER BY 1) AS wanted
  FROM stage_works s JOIN works w ON w.id = s.work_id
  WHERE s.n > :low AND s.n <= :high AND NOT w.genres @> s.genres AND NOT s.is_foreign
  ORDER BY w.id FOR UPDATE OF w
), changed AS (
  UPDATE works w SET genres = before.wanted, version = version + 1, updated_at = now()
  FROM before WHERE w.id = before.id RETURNING w.id, w.version, before.genres AS was, w.genres
), told AS (
  INSERT INTO provenance (entity_type, entity_id, action, actor_id, source, before, after, at)
  SELECT 'work', id, 'changed', :user_id, :source, jsonb_build_object('genres', to_jsonb(was)),
    jsonb_build_object('genres', to_jsonb(genres)), now() FROM changed
)
SELECT count(*) FROM changed
"""
