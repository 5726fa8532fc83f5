-- What charts, trends and alerts count: one row for each article and entity, built anew for whole weeks.
--
-- A count of distinct stories cannot forget a link that was rejected, and reading `entity_links` with FINAL
-- costs every chart twice its time. So each write of links builds its weeks again in `mentions_next` and
-- exchanges the partitions: readers see the week before or after, never between, and need no FINAL.

CREATE TABLE IF NOT EXISTS mentions ${ON_CLUSTER} (
    day Date COMMENT 'of seen_at, in UTC',
    seen_at DateTime64(3, 'UTC') COMMENT 'first_seen_at of the article',
    entity_type LowCardinality(String),
    entity_id UUID,
    item_id UInt128,
    story UInt64 COMMENT 'the lower half of story_id, itself a part of a SHA-256',
    source LowCardinality(String),
    source_tier UInt8,
    genre LowCardinality(String),
    confidence Float32 COMMENT 'of the surest link of the entity in the article',
    is_backfill Bool COMMENT 'came with the first fetch of its feed: never alerts'
)
ENGINE = ${REPLICATED}MergeTree
PARTITION BY toMonday(day)
ORDER BY (entity_type, entity_id, seen_at, item_id);

CREATE TABLE IF NOT EXISTS mentions_next ${ON_CLUSTER} (
    day Date COMMENT 'of seen_at, in UTC',
    seen_at DateTime64(3, 'UTC') COMMENT 'first_seen_at of the article',
    entity_type LowCardinality(String),
    entity_id UUID,
    item_id UInt128,
    story UInt64 COMMENT 'the lower half of story_id, itself a part of a SHA-256',
    source LowCardinality(String),
    source_tier UInt8,
    genre LowCardinality(String),
    confidence Float32 COMMENT 'of the surest link of the entity in the article',
    is_backfill Bool COMMENT 'came with the first fetch of its feed: never alerts'
)
ENGINE = ${REPLICATED}MergeTree
PARTITION BY toMonday(day)
ORDER BY (entity_type, entity_id, seen_at, item_id);

CREATE TABLE IF NOT EXISTS article_opens ${ON_CLUSTER} (
    opened_at DateTime64(3, 'UTC'),
    item_id UInt128,
    source LowCardinality(String)
)
ENGINE = ${REPLICATED}MergeTree
PARTITION BY toYYYYMM(opened_at)
ORDER BY (source, opened_at)
TTL toDateTime(opened_at) + INTERVAL 24 MONTH;

ALTER TABLE news_items ${ON_CLUSTER} ADD INDEX IF NOT EXISTS item_ids item_id TYPE bloom_filter(0.01) GRANULARITY 1;

ALTER TABLE entity_links ${ON_CLUSTER} ADD INDEX IF NOT EXISTS link_items item_id TYPE bloom_filter(0.01) GRANULARITY 1;

CREATE VIEW IF NOT EXISTS entity_mentions_timeseries ${ON_CLUSTER} AS
SELECT
    day, entity_type, entity_id,
    count() AS mentions,
    uniqExact(story) AS stories,
    uniqExact(source) AS sources
FROM mentions
GROUP BY day, entity_type, entity_id;

CREATE VIEW IF NOT EXISTS genre_trends ${ON_CLUSTER} AS
SELECT
    day, genre,
    count() AS mentions,
    uniqExact(story) AS stories,
    uniqExact(entity_type, entity_id) AS entities
FROM mentions
GROUP BY day, genre;

CREATE VIEW IF NOT EXISTS source_performance ${ON_CLUSTER} AS
WITH
    seen AS (
        SELECT
            toDate(first_seen_at) AS day, source, story_id, item_id, is_backfill,
            first_seen_at - min(first_seen_at) OVER (PARTITION BY story_id) AS delay
        FROM news_items FINAL
    ),
    linked AS (SELECT item_id, count() AS links FROM mentions GROUP BY item_id),
    opened AS (SELECT toDate(opened_at) AS day, source, count() AS opens FROM article_opens GROUP BY day, source)
SELECT
    seen.day AS day,
    seen.source AS source,
    count() AS items,
    uniqExact(seen.story_id) AS stories,
    countIf(linked.links > 0) / count() AS linked_share,
    sum(linked.links) / count() AS links_per_item,
    quantileExactIf(0.5)(toFloat64(seen.delay), NOT seen.is_backfill) AS median_delay_s,
    any(opened.opens) AS opens
FROM seen
LEFT JOIN linked ON linked.item_id = seen.item_id
LEFT JOIN opened ON opened.day = seen.day AND opened.source = seen.source
GROUP BY day, source
