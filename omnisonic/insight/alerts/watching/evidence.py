"""Why something fired: counts, what was expected, outlets and articles."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from omnisonic.insight.alerts.evaluation.conditions import Question
from omnisonic.insight.alerts.evaluation.engine import Outcome
from omnisonic.insight.alerts.evaluation.standings import Change
from omnisonic.insight.alerts.message import Facts
from omnisonic.insight.alerts.watching.reading import articles_of, newest_stories
from omnisonic.insight.alerts.watching.tasks import News, Task
from omnisonic.insight.store.filters import EntityRef
from omnisonic.insight.store.timelines import Mention


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """A change of one entity with its facts."""

    entity: EntityRef
    change: Change
    facts: Facts


def gather(task: Task, news: News, changes: Collection[tuple[Outcome, datetime]]) -> list[Evidence]:
    """The facts of each change, first what fired, then what is over; one query for all articles."""
    behind = {
        (one.entity, at): newest_stories(
            news.mentions.get(one.entity, ()), since=at - task.question.length, until=at
        )
        for one, at in changes
    }
    articles = articles_of([mention for mentions in behind.values() for mention in mentions])
    found = []
    for one, at in sorted(changes, key=lambda change: (str(change[0].change), change[0].entity)):
        if one.change is None:
            continue
        mentions = behind[one.entity, at]
        facts = measured_facts(
            task.question, one, mentions, at=task.until, reason=task.watched.paths.get(one.entity, "")
        )
        facts.articles = [articles[mention.item] for mention in mentions if mention.item in articles]
        found.append(Evidence(entity=one.entity, change=one.change, facts=facts))
    return found


def measured_facts(
    question: Question, one: Outcome, mentions: Sequence[Mention], *, at: datetime, reason: str
) -> Facts:
    """The figures of a change; its articles come from elsewhere."""
    seen = one.measure
    return Facts(
        value=seen.window.stories,
        window_minutes=int(question.length.total_seconds() // 60),
        data_time=at,
        expected=seen.expected,
        ratio=seen.ratio,
        probability=seen.probability,
        sources=seen.window.sources,
        confidence=max((mention.confidence for mention in mentions), default=None),
        reason=reason[:500],
    )
