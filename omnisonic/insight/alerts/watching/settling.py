"""Writes what an evaluation found: where the rule stands, and what is told to its channels."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from omnisonic.insight.alerts.evaluation.engine import Outcome, evaluate
from omnisonic.insight.alerts.evaluation.standings import Change, Standing
from omnisonic.insight.alerts.events import AlertEntity, fire
from omnisonic.insight.alerts.models import AlertRule, EventState
from omnisonic.insight.alerts.watching import standings
from omnisonic.insight.alerts.watching.evidence import Evidence, gather
from omnisonic.insight.alerts.watching.inhibition import covering_artists
from omnisonic.insight.alerts.watching.reading import Reader
from omnisonic.insight.alerts.watching.tasks import News, Task
from omnisonic.insight.entities import name_entities
from omnisonic.insight.store.filters import EntityRef
from omnisonic.platform.db import UnitOfWork

NOTICE_KEPT = timedelta(days=1)
TOO_MANY = (
    "At {at:%Y-%m-%d %H:%M} UTC more was in the news than one run looks at: the {most:,} with the most "
    "stories were evaluated, {more:,} were left out. Name less, or make the rule narrower."
)
STATES = {Change.FIRED: EventState.FIRING, Change.RESOLVED: EventState.RESOLVED}


@dataclass(kw_only=True)
class Walk:
    """The last outcome of each entity, the last change of each kind, and what nobody was told of."""

    standings: dict[EntityRef, Standing]
    silent: set[EntityRef]
    last: dict[EntityRef, Outcome] = field(default_factory=dict)
    changes: dict[tuple[EntityRef, Change], tuple[Outcome, datetime]] = field(default_factory=dict)

    def take(self, outcomes: Iterable[Outcome], *, at: datetime, is_silent: bool) -> None:
        """Go on by one data time."""
        for one in outcomes:
            self.last[one.entity] = one
            if one.standing is None:
                self.standings.pop(one.entity, None)
            else:
                self.standings[one.entity] = one.standing
            if one.change is Change.FIRED:
                (self.silent.add if is_silent else self.silent.discard)(one.entity)
            if one.change is not None and one.entity not in self.silent:
                self.changes[one.entity, one.change] = (one, at)


def settle(uow: UnitOfWork, rule: AlertRule, task: Task, news: News, reader: Reader) -> None:
    """Walk through the data times of a task; the caller holds the rule's row.

    After a pause each entity is told of once, however often it fired meanwhile. Raises
    `AnalyticsUnavailable` or `Busy` while it reads the articles, and has written nothing then.
    """
    rows = standings.rows_of(uow.session, rule.id, news.timelines)
    flagged = standings.flagged_spans(uow.session, rule, news.timelines, at=task.until)
    walk = Walk(
        standings={one: standings.standing_of(row) for one, row in rows.items()},
        silent={one for one, row in rows.items() if row.details.get("silent")},
    )
    for at in task.ticks:
        outcomes = evaluate(
            task.question,
            news.timelines,
            walk.standings,
            at=at,
            tested=news.tested[at],
            flagged=lambda one: flagged.get(one, ()),
        )
        walk.take(outcomes, at=at, is_silent=task.is_silent(at))
    standings.keep(uow.session, rule, rows, walk.last.values(), silent=walk.silent)
    covering = covering_artists(uow.session, task, news, walk.changes.values(), reader)
    _tell(uow, rule, gather(task, news, walk.changes.values()), covering)
    standings.forget_resolved(uow.session, rule.id, at=task.until)
    rule.evaluated_until = task.until
    rule.error = task.watched.problem or task.news.problem
    _note_what_was_left_out(rule, task, news)


def _tell(
    uow: UnitOfWork, rule: AlertRule, found: list[Evidence], covering: Mapping[EntityRef, frozenset[UUID]]
) -> None:
    names = name_entities(uow.session, [one.entity for one in found])
    for one in found:
        ref = one.entity
        entity = AlertEntity(type=ref.entity_type, id=ref.entity_id, name=names[ref].name)
        fire(
            uow,
            rule=rule,
            entity=entity,
            facts=one.facts,
            state=STATES[one.change],
            covered_by=covering.get(ref, frozenset()),
        )


def _note_what_was_left_out(rule: AlertRule, task: Task, news: News) -> None:
    """What was too much is said for a day: the next run, a minute later, may have had less to do."""
    if news.left_out:
        rule.notice = TOO_MANY.format(most=len(news.timelines), more=news.left_out, at=task.until)
        rule.noticed_at = task.until
    elif task.watched.notice:
        rule.notice, rule.noticed_at = task.watched.notice, task.until
    elif rule.noticed_at is not None and rule.noticed_at < task.until - NOTICE_KEPT:
        rule.notice = rule.noticed_at = None
