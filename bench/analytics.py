"""`analytics`: every query behind /trends and /analytics over a year of links, beside SQL by hand.

ClickHouse makes the data itself: 10 M links of a year (1 M with `--quick`) to 20 000 entities, few of which
have most; two outlets of 500 per story. Filters vary from question to question, so that no cache helps.
Beside the time on the wall stands the server's processor time, which a busy machine changes least.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from statistics import quantiles
from string import Template

from clickhouse_connect.driver.client import Client

from bench.peers.bare_aggregate import FILL, MAKE_TABLE, QUESTIONS, RANGE
from bench.report import Figure
from bench.servers import cpu_ms_of, own_clickhouse, own_servers
from omnisonic.insight.news import EntityType
from omnisonic.insight.store import mentions, news, outlets, together, weeks
from omnisonic.insight.store.buckets import BucketSize, choose_buckets, cut
from omnisonic.insight.store.filters import EntityRef, MentionFilter
from omnisonic.platform.clickhouse import clickhouse
from omnisonic.platform.pagination import Page

SEED = 20_261_121
END = datetime(2026, 11, 16, tzinfo=UTC)
DAYS = 365
LINKS_AT_ONCE = 1_000_000
ENTITIES = 20_000
PAGE = Page(limit=50)
# 8 links for 5 articles, 2 articles for a story.
ITEM = """
    intDiv(number * 5, 8) AS item,
    cityHash64(item, 'i') AS chance,
    intDiv(item * {seconds:UInt64}, {items:UInt64}) AS second,
    toDateTime64({start:DateTime}, 3, 'UTC') + toIntervalSecond(second) AS seen,
    reinterpretAsUInt128(sipHash128(item, 'item')) AS item_number,
    reinterpretAsUInt128(sipHash128(intDiv(item, 2), 'story')) AS story_number,
    concat('outlet', toString(toUInt32(500 * pow((chance % 10007) / 10007, 2))), '.example') AS outlet
"""
LINKS = Template("""
INSERT INTO entity_links
WITH ${item},
    toUInt64(${entities} * pow((cityHash64(number, 'e') % 1000003) / 1000003, 3)) AS entity
SELECT ['artist', 'work', 'recording'][1 + entity % 3], reinterpretAsUUID(toUInt128(entity + 1)), item_number,
    (number * 5) % 8, 10, 'name', 0.4 + 0.6 * (chance % 1000) / 1000, 'heuristic', outlet, 1 + chance % 3,
    concat('genre', toString(entity % 20)), story_number, seen, seen, 1, 0
FROM numbers({first:UInt64}, {count:UInt64}) SETTINGS max_partitions_per_insert_block = 100
""").substitute(item=ITEM, entities=ENTITIES)
ITEMS = Template("""
INSERT INTO news_items
WITH ${item}
SELECT item_number, toUUID('00000000-0000-0000-0000-000000000001'), outlet, 1 + chance % 3, 'en',
    concat('Headline number ', toString(item), ' of the day'),
    concat('https://', outlet, '/', toString(item)),
    concat('What happened in ', toString(chance), ' and who was there. '), story_number, seen, seen, false, 1
FROM (SELECT number * 8 / 5 AS number FROM numbers({first:UInt64}, {count:UInt64}))
SETTINGS max_partitions_per_insert_block = 100
""").substitute(item=ITEM, entities=ENTITIES)


@dataclass(frozen=True)
class Question:
    """A question of a page: ours over a range that it is asked for."""

    name: str
    ask: Callable[[MentionFilter], object]


def run(quick: bool) -> list[Figure]:
    """Fill, then measure."""
    links, rounds, compared = (1_000_000, 2, 5) if quick else (10_000_000, 8, 15)
    with own_servers(), own_clickhouse() as pid, clickhouse() as client:
        _fill(client, links)
        chance = random.Random(SEED)
        top = list(mentions.count_by_entity(_last(timedelta(days=30)), limit=100))
        questions = _questions(top, chance)
        taken = {name: _timed(questions, length, rounds, chance, pid) for name, length in RANGES.items()}
        ours, theirs = _compare(client, top, compared, chance)
    figures = [
        Figure(
            "analytics",
            "p95_ms",
            "-",
            _p95([one for name in PAGES for one, _ in taken[name]]),
            None,
            "ms",
            False,
        )
    ]
    figures += [
        Figure("analytics", f"p95_{name}_ms", "-", _p95([wall for wall, _ in values]), None, "ms", False)
        for name, values in taken.items()
    ]
    figures += [
        Figure("analytics", f"p95_{name}_cpu_ms", "-", _p95([cpu for _, cpu in values]), None, "ms", False)
        for name, values in taken.items()
    ]
    return [*figures, Figure("analytics", "query_s", "bare_aggregate", ours, theirs, "s", False)]


RANGES = {
    "24h": timedelta(hours=24),
    "7d": timedelta(days=7),
    "30d": timedelta(days=30),
    "90d": timedelta(days=90),
    "year": timedelta(days=364),
}
PAGES = ("24h", "7d", "30d")  # what the pages offer by themselves


def _questions(top: list[EntityRef], chance: random.Random) -> list[Question]:
    def some(count: int) -> tuple[EntityRef, ...]:
        return tuple(chance.sample(top, count))

    def series(chosen: MentionFilter) -> object:
        buckets = choose_buckets(chosen.since, chosen.until)
        return mentions.series_by_entity(chosen.about(*some(10)), buckets=buckets)

    def windows(chosen: MentionFilter) -> object:
        length = chosen.until - chosen.since
        starts = [chosen.since - length * back for back in (4, 3, 2, 1)]
        before = chosen.between(starts[0], chosen.since).about(*top)
        return mentions.count_in_windows(before, starts=starts)

    def all_of(chosen: MentionFilter) -> object:
        return mentions.series_of_all(chosen, buckets=choose_buckets(chosen.since, chosen.until))

    def performance(chosen: MentionFilter) -> object:
        return outlets.source_performance(chosen, [f"outlet{n}.example" for n in range(20)])

    return [
        Question("totals", mentions.count_all),
        Question("top entities", lambda chosen: mentions.count_by_entity(chosen, limit=10)),
        Question("genres", mentions.count_by_genre),
        Question("sources", lambda chosen: mentions.count_by_source(chosen, limit=20)),
        Question("source performance", performance),
        Question("series of all", all_of),
        Question("series of ten", series),
        Question("baselines", windows),
        Question("together", lambda chosen: together.pairs_around(chosen, centers=some(1), limit=200)),
        Question("among", lambda chosen: together.pairs_among(chosen, entities=top[:60], limit=400)),
        Question("articles", lambda chosen: news.news_page(chosen, page=PAGE)),
        Question(
            "articles of one", lambda chosen: news.news_page(chosen.about(*some(1)), page=Page(limit=50))
        ),
        Question("behind", lambda chosen: news.newest_of_entities(chosen.about(*some(20)), each=3)),
        Question("freshness", lambda _chosen: news.newest_item_at()),
    ]


def _timed(
    questions: list[Question], length: timedelta, rounds: int, chance: random.Random, pid: int
) -> list[tuple[float, float]]:
    """Milliseconds on the wall, and of the server's processor time, of each question."""
    taken = []
    for place in range(rounds + 1):
        for question in questions:
            chosen = _narrowed(_last(length, chance), chance, place)
            started, cpu_ms = time.perf_counter(), cpu_ms_of(pid)
            question.ask(chosen)
            ms, cpu_ms = (time.perf_counter() - started) * 1000, cpu_ms_of(pid) - cpu_ms
            if place:  # the first round warms up
                taken.append((ms, cpu_ms))
                print(
                    f"  {length.days:4d} d  {question.name:20s} {ms:8.1f} ms, CPU {cpu_ms:6.0f} ms",
                    flush=True,
                )
    return taken


def _last(length: timedelta, chance: random.Random | None = None) -> MentionFilter:
    until = END - timedelta(minutes=chance.randrange(600) if chance else 0)
    return MentionFilter(since=until - length, until=until)


def _narrowed(chosen: MentionFilter, chance: random.Random, place: int) -> MentionFilter:
    """Every other round with a filter, as people use them."""
    if place % 2:
        return chosen
    return replace(
        chosen,
        **chance.choice([{"entity_type": EntityType.ARTIST}, {"genre": "genre3"}, {"min_confidence": 0.6}]),
    )


def _compare(client: Client, top: list[EntityRef], rounds: int, chance: random.Random) -> tuple[float, float]:
    """Seconds for the same six figures over 30 days, ours and by hand, in turns: the best of the rounds."""
    artists = [one for one in top if one.entity_type is EntityType.ARTIST][:10]
    ours: list[float] = []
    theirs: list[float] = []
    for place in range(rounds + 1):
        chosen = _last(timedelta(days=30), chance)
        for taken in (ours, theirs) if place % 2 else (theirs, ours):
            started = time.perf_counter()
            if taken is ours:
                _ask_ours(chosen, artists)
            else:
                _ask_bare(client, chosen, artists)
            if place:
                taken.append(time.perf_counter() - started)
    return min(ours), min(theirs)


def _ask_ours(chosen: MentionFilter, artists: list[EntityRef]) -> None:
    buckets = cut(chosen.since, chosen.until, BucketSize.DAY)
    mentions.count_all(chosen)
    mentions.count_by_entity(chosen, limit=10)
    mentions.count_by_genre(chosen)
    mentions.count_by_source(chosen, limit=20)
    mentions.series_of_all(chosen, buckets=buckets)
    mentions.series_by_entity(chosen.about(*artists), buckets=buckets)


def _ask_bare(client: Client, chosen: MentionFilter, artists: list[EntityRef]) -> None:
    entities = ", ".join(f"'{one.entity_id}'" for one in artists)
    between = RANGE.format(since=_second(chosen.since), until=_second(chosen.until))
    for question in QUESTIONS.values():
        client.query(question.format(range=between, entities=entities))


def _fill(client: Client, links: int) -> None:
    items = links * 5 // 8
    values = {"start": END - timedelta(days=DAYS), "seconds": DAYS * 86_400, "items": items}
    for statement, rows in ((LINKS, links), (ITEMS, items)):
        for first in range(0, rows, LINKS_AT_ONCE):
            part = {"first": first, "count": min(LINKS_AT_ONCE, rows - first)}
            client.command(statement, parameters=values | part)
    all_s = _building_s([END - timedelta(days=back) for back in range(DAYS + 1)])
    one_s = _building_s([END - timedelta(days=10)])
    client.command(MAKE_TABLE)
    client.command(FILL)
    mentioned, stories = client.query("SELECT count(), uniqExact(story) FROM mentions").result_rows[0]
    print(
        f"  {links} links, {mentioned} mentions, {stories} stories; weeks built in {all_s:.1f} s,", flush=True
    )
    print(f"  one of them again in {one_s:.2f} s", flush=True)


def _building_s(moments: list[datetime]) -> float:
    started = time.perf_counter()
    weeks.rebuild_weeks(moments)
    return time.perf_counter() - started


def _second(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M:%S}"


def _p95(values: list[float]) -> float:
    return quantiles(values, n=20)[-1]
