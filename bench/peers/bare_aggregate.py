"""The peer of `analytics`: plain tables and plain SQL, for links that nobody ever takes back.

One MergeTree row per article and entity in the best order for the questions, no versions, no corrections,
no filter builder: what a careful analyst would write by hand for exactly these figures.
"""

from __future__ import annotations

MAKE_TABLE = """
CREATE TABLE bare_mentions (
    seen_at DateTime('UTC'), entity_type LowCardinality(String), entity_id UUID, story UInt64,
    source LowCardinality(String), genre LowCardinality(String), confidence Float32
) ENGINE = MergeTree PARTITION BY toMonday(seen_at) ORDER BY (entity_type, entity_id, seen_at)
"""
FILL = """
INSERT INTO bare_mentions
SELECT seen_at, entity_type, entity_id, story, source, genre, confidence FROM mentions
SETTINGS max_partitions_per_insert_block = 1000
"""
RANGE = "seen_at >= '{since}' AND seen_at < '{until}'"
QUESTIONS = {
    "totals": "SELECT uniqExact(story), count(), uniqExact(source) FROM bare_mentions WHERE {range}",
    "top": (
        "SELECT entity_type, entity_id, uniqExact(story) AS n, count(), uniqExact(source) "
        "FROM bare_mentions WHERE {range} GROUP BY 1, 2 ORDER BY n DESC LIMIT 10"
    ),
    "genres": (
        "SELECT genre, uniqExact(story) AS n, count(), uniqExact(source) "
        "FROM bare_mentions WHERE {range} GROUP BY 1 ORDER BY n DESC"
    ),
    "sources": (
        "SELECT source, uniqExact(story) AS n, count(), uniqExact(entity_id) "
        "FROM bare_mentions WHERE {range} GROUP BY 1 ORDER BY n DESC LIMIT 20"
    ),
    "all": (
        "SELECT toDate(first) AS day, count() FROM "
        "(SELECT min(seen_at) AS first FROM bare_mentions WHERE {range} GROUP BY story) GROUP BY day"
    ),
    "series": (
        "SELECT entity_type, entity_id, toDate(first) AS day, count() FROM "
        "(SELECT entity_type, entity_id, min(seen_at) AS first FROM bare_mentions "
        "WHERE {range} AND entity_type = 'artist' AND entity_id IN ({entities}) "
        "GROUP BY 1, 2, story) GROUP BY 1, 2, 3"
    ),
}
