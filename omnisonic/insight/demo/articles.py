"""Some three hundred articles over sixty days, the same ones every time for the same moment. Pure."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from omnisonic.insight.demo.events import ACTS, ASIDES, BURST, BURST_ACT, COLORS, EVENTS, Act, Event
from omnisonic.insight.demo.outlets import OUTLETS, Outlet

SEED = 20_260_501
DAYS = 60
NEWS_PER_DAY = 2
ASIDE_SHARE = 0.25
REWRITE_SHARE = 0.3  # outlets that do not take the agency's headline
BURST_HOURS_AGO = 26  # it begins yesterday and is still on


@dataclass(frozen=True)
class Article:
    """One article of one outlet."""

    outlet: Outlet
    number: int
    title: str
    text: str
    published_at: datetime


def write_articles(now: datetime) -> list[Article]:
    """Every article up to `now`, oldest first; the last days hold a burst of news about one artist."""
    pen = random.Random(SEED)
    drafts = [*_everyday(pen, now), *_burst(pen, now)]
    drafts.sort(key=lambda draft: (draft[3], draft[0].slug, draft[1]))
    return [
        Article(outlet, number, title, text, published_at)
        for number, (outlet, title, text, published_at) in enumerate(drafts, start=1)
        if published_at <= now
    ]


Draft = tuple[Outlet, str, str, datetime]


def _everyday(pen: random.Random, now: datetime) -> Iterator[Draft]:
    for day in range(DAYS, 0, -1):
        for _ in range(NEWS_PER_DAY + (pen.random() < 0.3)):
            happened_at = now - timedelta(days=day, hours=-pen.uniform(0, 22))
            if pen.random() < ASIDE_SHARE:
                title, text, _weight = pen.choices(ASIDES, [weight for *_, weight in ASIDES])[0]
                event, act = Event(title, title, text), None
            else:
                event = pen.choices(EVENTS, [one.weight for one in EVENTS])[0]
                act = pen.choices(ACTS, [one.weight for one in ACTS])[0]
            covered_by = pen.choices((1, 2, 3, 4), (3, 4, 2, 1))[0]
            yield from _cover(pen, event, act, happened_at, pen.sample(OUTLETS, covered_by))


def _burst(pen: random.Random, now: datetime) -> Iterator[Draft]:
    for number, event in enumerate(BURST):
        happened_at = now - timedelta(hours=BURST_HOURS_AGO - 7 * number)
        yield from _cover(pen, event, BURST_ACT, happened_at, OUTLETS[: 7 - number])


def _cover(
    pen: random.Random, event: Event, act: Act | None, happened_at: datetime, outlets: Sequence[Outlet]
) -> Iterator[Draft]:
    """An event in several outlets: most take the same headline, each comes when it comes."""
    slots = {name: pen.choice(values) for name, values in COLORS.items()}
    if act is not None:
        slots |= {"artist": act.name, "song": pen.choice(act.songs), "other": pen.choice(act.beside)}
    for position, outlet in enumerate(outlets):
        is_own = position > 0 and pen.random() < REWRITE_SHARE
        title = (event.rewrite if is_own else event.headline).format(**slots) + outlet.suffix
        delay_hours = pen.uniform(*outlet.delay_hours) if position else 0.0
        published_at = (happened_at + timedelta(hours=delay_hours)).replace(second=0, microsecond=0)
        yield outlet, title, event.text.format(**slots), published_at
