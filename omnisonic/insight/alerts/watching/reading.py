"""What the evaluation asks ClickHouse, once for all rules that ask the same."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

from omnisonic.insight.alerts.evaluation.baseline import HISTORY
from omnisonic.insight.alerts.evaluation.conditions import LEAST_SOURCES, Question, least_stories
from omnisonic.insight.alerts.evaluation.kinds import RuleKind
from omnisonic.insight.alerts.evaluation.timelines import Seen, Timeline
from omnisonic.insight.alerts.message import Article
from omnisonic.insight.alerts.schemas import RuleScope
from omnisonic.insight.store.filters import EntityRef, MentionFilter
from omnisonic.insight.store.mentions import Counts
from omnisonic.insight.store.news import news_by_ids
from omnisonic.insight.store.timelines import (
    EVER,
    Mention,
    counts_of_recent,
    first_mentions_like,
    mentions_of,
)

MAX_ARTICLES = 5


class Asking(Protocol):
    """What of a rule decides which mentions count: a stored rule or a draft."""

    @property
    def kind(self) -> RuleKind: ...
    @property
    def min_confidence(self) -> float: ...
    @property
    def threshold(self) -> int: ...
    @property
    def window_minutes(self) -> int: ...


@dataclass(frozen=True, kw_only=True)
class Asked:
    """Which mentions count. Rules that agree in it share their queries."""

    min_confidence: float
    genre: str | None
    source: str | None

    def between(self, since: datetime, until: datetime) -> MentionFilter:
        """The filter for a range; what came with the first fetch of a feed never alerts."""
        return MentionFilter(
            since=since,
            until=until,
            genre=self.genre,
            source=self.source,
            min_confidence=self.min_confidence,
            with_backfill=False,
        )

    def ever(self, until: datetime) -> MentionFilter:
        """The same over all time, with the backfill: who was in it is not new."""
        return MentionFilter(
            since=EVER,
            until=until,
            genre=self.genre,
            source=self.source,
            min_confidence=self.min_confidence,
        )


def asked_by(rule: Asking, scope: RuleScope) -> Asked:
    """Which mentions count for a rule."""
    return Asked(min_confidence=rule.min_confidence, genre=scope.genre, source=scope.source)


def question_of(rule: Asking, *, oldest: datetime) -> Question:
    """What a rule asks of its windows."""
    length = timedelta(minutes=rule.window_minutes)
    return Question(kind=RuleKind(rule.kind), length=length, threshold=rule.threshold, oldest=oldest)


def can_begin(counts: Counts, question: Question) -> bool:
    """Whether something can begin to fire with these counts; sources are at most the independent ones."""
    if question.kind is RuleKind.SPIKE and counts.sources < LEAST_SOURCES:
        return False
    return counts.stories >= least_stories(question)


def look_back(question: Question) -> timedelta:
    """How far before a data time its evaluation reads."""
    return question.length + (HISTORY if question.kind is RuleKind.SPIKE else timedelta())


@dataclass
class Reader:
    """Remembers the answers of one run; later runs ask anew."""

    _counts: dict[tuple[Asked, datetime, datetime, datetime], dict[EntityRef, Counts]] = field(
        default_factory=dict
    )
    _mentions: dict[tuple[Asked, datetime, datetime], dict[EntityRef, list[Mention]]] = field(
        default_factory=dict
    )
    _first: dict[tuple[Asked, datetime], dict[EntityRef, datetime]] = field(default_factory=dict)

    def recent(
        self, asked: Asked, *, since: datetime, until: datetime, recent: datetime
    ) -> dict[EntityRef, Counts]:
        """Counts of a window for all who had a story since `recent`."""
        key = (asked, since, until, max(since, recent))
        if key not in self._counts:
            self._counts[key] = counts_of_recent(asked.between(since, until), recent=key[3])
        return self._counts[key]

    def mentions(
        self, asked: Asked, entities: Collection[EntityRef], *, since: datetime, until: datetime
    ) -> dict[EntityRef, list[Mention]]:
        """The mentions of these entities in a range."""
        kept = self._mentions.setdefault((asked, since, until), {})
        missing = sorted(set(entities) - kept.keys())
        if missing:
            found = mentions_of(asked.between(since, until), missing)
            kept.update({one: found.get(one, []) for one in missing})
        return {one: kept[one] for one in entities}

    def first(
        self, asked: Asked, entities: Collection[EntityRef], *, until: datetime
    ) -> dict[EntityRef, datetime]:
        """When these entities were first mentioned; those that never were are missing."""
        kept = self._first.setdefault((asked, until), {})
        missing = sorted(set(entities) - kept.keys())
        if missing:
            kept.update(first_mentions_like(asked.ever(until), missing))
        return {one: kept[one] for one in entities if one in kept}


def timeline_of(mentions: Iterable[Mention], first_at: datetime | None) -> Timeline:
    """What the evaluation needs of mentions."""
    seen = (
        Seen(at=one.at, story=one.story, source=one.source, confidence=one.confidence) for one in mentions
    )
    return Timeline.of(seen, first_at=first_at)


def newest_stories(
    mentions: Iterable[Mention], *, since: datetime, until: datetime, limit: int = MAX_ARTICLES
) -> list[Mention]:
    """The first article in the window of each of the newest stories, newest story first."""
    first: dict[int, Mention] = {}
    for one in sorted(mentions, key=lambda one: (one.at, one.item)):
        if since <= one.at < until:
            first.setdefault(one.story, one)
    return sorted(first.values(), key=lambda one: (one.at, one.item), reverse=True)[:limit]


def articles_of(mentions: Sequence[Mention]) -> dict[int, Article]:
    """The articles behind mentions, by item; ones that are not in the store are missing."""
    found = news_by_ids({one.item_id for one in mentions})
    return {
        item.item_id.int: Article(
            id=item.item_id,
            title=item.title[:1000],
            url=item.url[:4096],
            source=item.source,
            published_at=item.published_at,
        )
        for item in found.values()
    }
