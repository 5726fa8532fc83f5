-- What the feeds brought, and what each item is about.
--
-- Identity and order never change: a feed edits titles and dates, so neither is part of a key. An edited
-- item is inserted again with a higher `version`; readers use FINAL, which stays inside of one month.

CREATE TABLE IF NOT EXISTS news_items ${ON_CLUSTER} (
    item_id UInt128 COMMENT 'first 128 bits of SHA-256 of the dedupe key',
    feed_id UUID,
    source LowCardinality(String) COMMENT 'registrable domain of the outlet',
    source_tier UInt8,
    language LowCardinality(String),
    title String CODEC(ZSTD(1)),
    url String CODEC(ZSTD(1)),
    text String CODEC(ZSTD(3)),
    story_id UInt128 COMMENT 'shared by syndicated copies',
    published_at DateTime64(3, 'UTC') COMMENT 'what the feed says: for display only',
    first_seen_at DateTime64(3, 'UTC') COMMENT 'when we saw it first: drives partitions, charts and alerts',
    is_backfill Bool COMMENT 'came with the first fetch of its feed: never alerts',
    version UInt64,
    INDEX title_words lower(title) TYPE tokenbf_v1(8192, 3, 0) GRANULARITY 4
)
ENGINE = ${REPLICATED}ReplacingMergeTree(version)
PARTITION BY toYYYYMM(first_seen_at)
ORDER BY (toDate(first_seen_at), item_id)
TTL toDateTime(first_seen_at) + INTERVAL 24 MONTH
SETTINGS non_replicated_deduplication_window = 1000;

CREATE TABLE IF NOT EXISTS entity_links ${ON_CLUSTER} (
    entity_type LowCardinality(String) COMMENT 'artist, work or recording',
    entity_id UUID,
    item_id UInt128,
    span_start UInt32 COMMENT 'offset of the match in title, line break, text',
    span_end UInt32,
    matched_text String CODEC(ZSTD(1)),
    confidence Float32,
    method LowCardinality(String) COMMENT 'heuristic, fuzzy, embedding or hybrid',
    source LowCardinality(String),
    source_tier UInt8,
    genre LowCardinality(String),
    story_id UInt128,
    published_at DateTime64(3, 'UTC'),
    first_seen_at DateTime64(3, 'UTC'),
    version UInt64,
    is_deleted UInt8 COMMENT 'rejected by a person or gone after a re-tag'
)
ENGINE = ${REPLICATED}ReplacingMergeTree(version, is_deleted)
PARTITION BY toYYYYMM(first_seen_at)
ORDER BY (entity_type, entity_id, toDate(first_seen_at), item_id, span_start)
SETTINGS non_replicated_deduplication_window = 1000;

CREATE VIEW IF NOT EXISTS news_items_last7 ${ON_CLUSTER} AS
SELECT * FROM news_items FINAL
WHERE first_seen_at >= now('UTC') - INTERVAL 7 DAY;
