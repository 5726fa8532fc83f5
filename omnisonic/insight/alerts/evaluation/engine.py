"""One evaluation of one rule over many entities: from their mentions to what changed."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from omnisonic.insight.alerts.evaluation.baseline import Span
from omnisonic.insight.alerts.evaluation.conditions import Measure, Question, measure, read
from omnisonic.insight.alerts.evaluation.discovery import discoveries
from omnisonic.insight.alerts.evaluation.kinds import AlertState, RuleKind
from omnisonic.insight.alerts.evaluation.standings import ACTIVE, Change, Standing, advance
from omnisonic.insight.alerts.evaluation.timelines import Timeline
from omnisonic.insight.store.filters import EntityRef

# At most one false spike per hundred entities and week, shared out over the windows of a week (Bonferroni):
# one for each story, and those of more than 400 stories overlap too much to be tests of their own.
FALSE_PER_ENTITY_AND_WEEK, WINDOWS_PER_WEEK = 0.01, 400
LEVEL = FALSE_PER_ENTITY_AND_WEEK / WINDOWS_PER_WEEK  # expected share of false ones among a tick's findings

Flagged = Callable[[EntityRef], Sequence[Span]]


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What an evaluation made of one entity."""

    entity: EntityRef
    standing: Standing | None
    change: Change | None
    measure: Measure


def evaluate(
    question: Question,
    timelines: Mapping[EntityRef, Timeline],
    standings: Mapping[EntityRef, Standing],
    *,
    at: datetime,
    tested: int,
    flagged: Flagged,
) -> list[Outcome]:
    """What becomes of each entity of `timelines` at a data time, in a fixed order.

    `tested` is how many entities had a story since the last time, also those that cannot fire and are not
    among the timelines: the false-discovery control counts them.
    """
    found = {
        one: measure(
            timeline,
            question,
            at=at,
            flagged=flagged(one),
            always=_is_active(standings.get(one)),
        )
        for one, timeline in timelines.items()
    }
    tests = {one: m.probability for one, m in found.items() if m.gate and m.probability is not None}
    passed = discoveries(tests, level=LEVEL, tests=max(tested, len(found)))
    return [
        _outcome(one, found[one], question, standings.get(one), at=at, passed=passed) for one in sorted(found)
    ]


def _outcome(
    entity: EntityRef,
    found: Measure,
    question: Question,
    before: Standing | None,
    *,
    at: datetime,
    passed: Collection[EntityRef],
) -> Outcome:
    if question.kind is RuleKind.NEW_ENTITY and before is not None:  # nothing is new twice
        return Outcome(entity=entity, standing=before, change=None, measure=found)
    reading = read(found, question, is_discovery=entity in passed)
    standing, change = advance(before, reading, at=at, kind=question.kind)
    if question.kind is RuleKind.NEW_ENTITY and change is Change.FIRED:
        standing = Standing(state=AlertState.RESOLVED, since=at, evaluated_at=at)
    return Outcome(entity=entity, standing=standing, change=change, measure=found)


def _is_active(standing: Standing | None) -> bool:
    return standing is not None and standing.state in ACTIVE
