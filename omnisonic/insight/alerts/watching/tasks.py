"""What one run has to evaluate of a rule, and the news that it needs for that."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from omnisonic.insight.alerts.evaluation.conditions import Question
from omnisonic.insight.alerts.evaluation.ticks import floor_to_tick, ticks_between
from omnisonic.insight.alerts.evaluation.timelines import Timeline
from omnisonic.insight.alerts.models import AlertRule
from omnisonic.insight.alerts.rules import scope_of
from omnisonic.insight.alerts.watching.freshness import LATE, Complete
from omnisonic.insight.alerts.watching.reading import (
    Asked,
    Reader,
    asked_by,
    can_begin,
    look_back,
    question_of,
    timeline_of,
)
from omnisonic.insight.alerts.watching.scopes import Watched, watched_by
from omnisonic.insight.store.filters import EntityRef
from omnisonic.insight.store.timelines import Mention

MAX_ENTITIES = 5000  # of one rule in one run; those with the most stories


@dataclass(frozen=True, kw_only=True)
class Task:
    """A rule with what it looks at, and the data times to evaluate.

    The first data time of a new rule is the one at which it was made: what was so then already is noted,
    and told to nobody.
    """

    rule: AlertRule
    question: Question
    asked: Asked
    watched: Watched
    news: Complete
    ticks: Sequence[datetime]
    is_first: bool

    @property
    def until(self) -> datetime:
        """The last data time, under which all that the run found is told together."""
        return self.ticks[-1]

    def is_silent(self, at: datetime) -> bool:
        """Whether what is found at this data time is told to nobody."""
        return self.is_first and at == self.ticks[0]


@dataclass(frozen=True, kw_only=True)
class News:
    """What ClickHouse holds about the entities that matter, and how many had a story at each data time.

    `left_out` are those that could have begun to fire and were too many.
    """

    mentions: dict[EntityRef, list[Mention]]
    timelines: dict[EntityRef, Timeline]
    tested: dict[datetime, int]
    left_out: int = 0


def plan(session: Session, rule: AlertRule, news: Complete) -> Task | None:
    """What to evaluate, or None when the news did not go on since the last time."""
    scope, question = scope_of(rule), question_of(rule, oldest=news.oldest)
    is_first = rule.evaluated_until is None
    after = rule.evaluated_until or min(rule.updated_at, news.until)
    ticks = ticks_between(after, news.until, window=question.length)
    if is_first:
        ticks = [floor_to_tick(after), *ticks]
    if not ticks:
        return None
    watched = watched_by(session, scope, user_id=rule.user_id)
    return Task(
        rule=rule,
        question=question,
        asked=asked_by(rule, scope),
        watched=watched,
        news=news,
        ticks=ticks,
        is_first=is_first,
    )


def read_news(task: Task, active: set[EntityRef], reader: Reader) -> News:
    """Ask for the counts at each data time, and for the mentions of those that matter at any of them."""
    ranked: dict[EntityRef, int] = {}
    tested: dict[datetime, int] = {}
    before = None if task.is_first else task.rule.evaluated_until
    for at in task.ticks:
        since = at - task.question.length
        recent = since if before is None else before - LATE
        counts = reader.recent(task.asked, since=since, until=at, recent=recent)
        mine = {one: held for one, held in counts.items() if task.watched.holds(one)}
        tested[at], before = len(mine), at
        for one, held in mine.items():
            if can_begin(held, task.question):
                ranked[one] = max(ranked.get(one, 0), held.stories)
    most = sorted(ranked, key=lambda one: (-ranked[one], one))[:MAX_ENTITIES]
    entities = {*most, *active}
    begin = task.ticks[0] - look_back(task.question)
    mentions = reader.mentions(task.asked, entities, since=begin, until=task.until)
    first = reader.first(task.asked, entities, until=task.until)
    timelines = {one: timeline_of(held, first.get(one)) for one, held in mentions.items()}
    left_out = len(ranked.keys() - entities)
    return News(mentions=mentions, timelines=timelines, tested=tested, left_out=left_out)
