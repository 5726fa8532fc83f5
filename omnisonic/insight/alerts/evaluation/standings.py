"""Where a rule stands with an entity, and what one more evaluation makes of it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from omnisonic.insight.alerts.evaluation.kinds import AlertState, RuleKind

KEEP_FIRING = timedelta(minutes=60)  # calm for so long before it is called over
TICKS_TO_FIRE = {RuleKind.SPIKE: 2, RuleKind.THRESHOLD: 1, RuleKind.NEW_ENTITY: 1}
ACTIVE = frozenset({AlertState.PENDING, AlertState.FIRING, AlertState.RECOVERING})


class Reading(StrEnum):
    """What one evaluation saw."""

    HIGH = "high"  # enough to fire
    RAISED = "raised"  # not enough to fire, too much to call it over
    CALM = "calm"


class Change(StrEnum):
    """What is worth telling."""

    FIRED = "fired"
    RESOLVED = "resolved"


@dataclass(frozen=True, kw_only=True)
class Standing:
    """A state since when, the data time of the last evaluation, and how many in a row agreed with it."""

    state: AlertState
    since: datetime
    evaluated_at: datetime
    ticks: int = 1


def advance(
    before: Standing | None, reading: Reading, *, at: datetime, kind: RuleKind
) -> tuple[Standing | None, Change | None]:
    """The next standing (None: nothing worth keeping) and what changed for the world.

    The same data time, or an earlier one, again changes nothing.
    """
    if before is not None and at <= before.evaluated_at:
        return before, None
    if before is None or before.state in (AlertState.RESOLVED, AlertState.PENDING):
        return _while_quiet(before, reading, at=at, kind=kind)
    return _while_firing(before, reading, at=at)


def _while_quiet(
    before: Standing | None, reading: Reading, *, at: datetime, kind: RuleKind
) -> tuple[Standing | None, Change | None]:
    is_pending = before is not None and before.state is AlertState.PENDING
    if reading is not Reading.HIGH:
        return (None if is_pending or before is None else replace(before, evaluated_at=at)), None
    ticks = before.ticks + 1 if before is not None and is_pending else 1
    if ticks >= TICKS_TO_FIRE[kind]:
        return _begin(AlertState.FIRING, at), Change.FIRED
    since = before.since if before is not None and is_pending else at
    return Standing(state=AlertState.PENDING, since=since, evaluated_at=at, ticks=ticks), None


def _while_firing(
    before: Standing, reading: Reading, *, at: datetime
) -> tuple[Standing | None, Change | None]:
    if reading is not Reading.CALM:
        if before.state is AlertState.FIRING:
            return replace(before, evaluated_at=at, ticks=before.ticks + 1), None
        return _begin(AlertState.FIRING, at), None  # it never was over, so nobody is told again
    if before.state is AlertState.FIRING:
        return _begin(AlertState.RECOVERING, at), None
    if at - before.since >= KEEP_FIRING:
        return _begin(AlertState.RESOLVED, at), Change.RESOLVED
    return replace(before, evaluated_at=at, ticks=before.ticks + 1), None


def _begin(state: AlertState, at: datetime) -> Standing:
    return Standing(state=state, since=at, evaluated_at=at)
