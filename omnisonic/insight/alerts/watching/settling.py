"""Writes what an evaluation found: where the rule stands, and what is told to its channels."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from omnisonic.insight.alerts.evaluation.engine import Outcome, evaluate
from omnisonic.insight.alerts.evaluation.standings import Change, Standing
from omnisonic.insight.alerts.events import AlertEntity, fire
from omnisonic.insight.alerts.models import AlertRule, EventState
from omnisonic.insight.alerts.watching import standings
from omnisonic.insight.alerts.watching.evidence import Evidence, gather
from omnisonic.insight.alerts.watching.tasks import News, Task
from omnisonic.insight.entities import name_entities
from omnisonic.insight.store.filters import EntityRef
from omnisonic.platform.db import UnitOfWork

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


def settle(uow: UnitOfWork, rule: AlertRule, task: Task, news: News) -> None:
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
    _tell(uow, rule, gather(task, news, walk.changes.values()))
    standings.forget_resolved(uow.session, rule.id, at=task.until)
    rule.evaluated_until = task.until
    rule.error = task.watched.problem or task.news.problem


def _tell(uow: UnitOfWork, rule: AlertRule, found: list[Evidence]) -> None:
    names = name_entities(uow.session, [one.entity for one in found])
    for one in found:
        ref = one.entity
        entity = AlertEntity(type=ref.entity_type, id=ref.entity_id, name=names[ref].name)
        fire(uow, rule=rule, entity=entity, facts=one.facts, state=STATES[one.change])
