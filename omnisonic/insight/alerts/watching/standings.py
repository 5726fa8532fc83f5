"""Where rules stand with entities, in Postgres."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, or_, update
from sqlmodel import Session, col, select

from omnisonic.insight.alerts.evaluation.baseline import HISTORY, Span
from omnisonic.insight.alerts.evaluation.engine import Outcome
from omnisonic.insight.alerts.evaluation.kinds import AlertState
from omnisonic.insight.alerts.evaluation.standings import ACTIVE, Standing
from omnisonic.insight.alerts.models import AlertEntityState, AlertEvent, AlertRule, EventState
from omnisonic.insight.news import EntityType
from omnisonic.insight.store.filters import EntityRef

KEPT_RESOLVED = timedelta(days=7)
MAX_ERROR_CHARS = 500


def enabled_rules(session: Session) -> Sequence[AlertRule]:
    """Every rule that is switched on, oldest first."""
    statement = select(AlertRule).where(col(AlertRule.enabled))
    return session.exec(statement.order_by(col(AlertRule.created_at), col(AlertRule.id))).all()


def active_entities(session: Session, rule_id: UUID) -> set[EntityRef]:
    """Entities with which a rule is between pending and over."""
    rows = session.exec(
        select(AlertEntityState.entity_type, AlertEntityState.entity_id).where(
            AlertEntityState.rule_id == rule_id, col(AlertEntityState.state).in_(ACTIVE)
        )
    )
    return {EntityRef(EntityType(kind), entity_id) for kind, entity_id in rows}


def rows_of(
    session: Session, rule_id: UUID, entities: Collection[EntityRef]
) -> dict[EntityRef, AlertEntityState]:
    """The rule's states: all that are active, and those of these entities."""
    wanted = {one.entity_id for one in entities}
    rows = session.exec(
        select(AlertEntityState).where(
            AlertEntityState.rule_id == rule_id,
            or_(col(AlertEntityState.state).in_(ACTIVE), col(AlertEntityState.entity_id).in_(wanted)),
        )
    )
    return {EntityRef(row.entity_type, row.entity_id): row for row in rows}


def standing_of(row: AlertEntityState) -> Standing:
    """A row as the evaluation knows it."""
    return Standing(
        state=AlertState(row.state), since=row.since, evaluated_at=row.evaluated_at, ticks=row.ticks
    )


def keep(
    session: Session,
    rule: AlertRule,
    rows: dict[EntityRef, AlertEntityState],
    outcomes: Iterable[Outcome],
    *,
    silent: Collection[EntityRef],
) -> None:
    """Write where the rule stands now with each entity; without a standing its row goes."""
    for outcome in outcomes:
        entity, standing, row = outcome.entity, outcome.standing, rows.get(outcome.entity)
        if standing is None:
            if row is not None:
                session.delete(row)
            continue
        if row is None:
            row = AlertEntityState(
                rule_id=rule.id,
                entity_type=entity.entity_type,
                entity_id=entity.entity_id,
                state=standing.state,
                details={},
            )
            session.add(row)
        for name in ("state", "since", "evaluated_at", "ticks"):
            setattr(row, name, getattr(standing, name))
        row.value, row.expected = outcome.measure.window.stories, outcome.measure.expected
        row.details = {"silent": True} if entity in silent else {}
    session.flush()


def forget_resolved(session: Session, rule_id: UUID, *, at: datetime) -> None:
    """Remove what has been over for a week."""
    session.execute(
        delete(AlertEntityState).where(
            col(AlertEntityState.rule_id) == rule_id,
            col(AlertEntityState.state) == AlertState.RESOLVED,
            col(AlertEntityState.evaluated_at) < at - KEPT_RESOLVED,
        )
    )


def flagged_spans(
    session: Session, rule: AlertRule, entities: Collection[EntityRef], *, at: datetime
) -> dict[EntityRef, list[Span]]:
    """When the rule was firing for these entities within reach of the baseline, with what led up to it."""
    lead = timedelta(minutes=rule.window_minutes)
    rows = session.exec(
        select(AlertEvent)
        .where(
            AlertEvent.rule_id == rule.id,
            col(AlertEvent.entity_id).in_({one.entity_id for one in entities}),
            col(AlertEvent.data_time) > at - HISTORY - lead,
        )
        .order_by(col(AlertEvent.data_time), col(AlertEvent.state))
    )
    found: dict[EntityRef, list[Span]] = {}
    for row in rows:
        spans = found.setdefault(EntityRef(row.entity_type, row.entity_id), [])
        if row.state is EventState.FIRING:
            spans.append((row.data_time - lead, at))
        elif spans:
            spans[-1] = (spans[-1][0], row.data_time)
    return found


def note_problem(session: Session, rule_ids: Collection[UUID], problem: str) -> None:
    """Say why rules could not be evaluated; how far they came stays, so that the next run goes on there."""
    words = problem[:MAX_ERROR_CHARS]
    session.execute(
        update(AlertRule)
        .where(col(AlertRule.id).in_(rule_ids), col(AlertRule.error).is_distinct_from(words))
        .values(error=words)
    )
