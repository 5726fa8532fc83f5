"""Evaluates every rule on the news up to now: once per data time, however often and late it is called."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from clickhouse_connect.driver.exceptions import DatabaseError

from omnisonic.insight.alerts.models import AlertRule
from omnisonic.insight.alerts.rules import scope_of
from omnisonic.insight.alerts.watching import standings
from omnisonic.insight.alerts.watching.freshness import Complete, complete_news
from omnisonic.insight.alerts.watching.inhibition import PIECES
from omnisonic.insight.alerts.watching.reading import Reader
from omnisonic.insight.alerts.watching.settling import settle
from omnisonic.insight.alerts.watching.tasks import plan, read_news
from omnisonic.platform.db import unit_of_work
from omnisonic.platform.errors import OmnisonicError, ServiceUnavailable
from omnisonic.platform.ids import utc_now
from omnisonic.platform.logging import get_logger

AWAY = "The analytics database does not answer, so this rule waits. It goes on by itself; no news is lost."
UNEXPECTED = "This rule could not be evaluated; the operators see why in the log. It is tried again."

log = get_logger(__name__)


def evaluate_rules(*, now: datetime | None = None) -> int:
    """Evaluate every enabled rule; returns how many. What keeps one from it stands on the rule.

    `now` is the time up to which news are looked at; messages go by the clock.
    """
    now = now or utc_now()
    with unit_of_work() as uow:
        rules = sorted(standings.enabled_rules(uow.session), key=_is_about_pieces)
    if not rules:
        return 0
    try:
        with unit_of_work() as uow:
            news = complete_news(uow.session, now=now)
    except ServiceUnavailable as error:
        _note([one.id for one in rules], AWAY, error)
        return 0
    reader, done = Reader(), 0
    for rule in rules:
        try:
            _evaluate_rule(rule, news, reader)
            done += 1
        except ServiceUnavailable as error:
            _note([rule.id], AWAY, error)
        except (OmnisonicError, DatabaseError) as error:
            log.exception("alert_rule_failed", rule_id=str(rule.id))
            _note([rule.id], UNEXPECTED, error)
    return done


def _is_about_pieces(rule: AlertRule) -> bool:
    """Rules on works and recordings come last: by then it is known what was told of their artists."""
    return scope_of(rule).entity_type in PIECES


def _note(rule_ids: list[UUID], words: str, error: Exception) -> None:
    log.warning("alert_rules_wait", rules=len(rule_ids), reason=str(error)[:200])
    with unit_of_work() as uow:
        standings.note_problem(uow.session, rule_ids, words)


def _evaluate_rule(rule: AlertRule, news: Complete, reader: Reader) -> None:
    with unit_of_work() as uow:
        task = plan(uow.session, rule, news)
        active = standings.active_entities(uow.session, rule.id) if task else set()
    if task is None:
        return
    found = read_news(task, active, reader)
    with unit_of_work() as uow:
        current = uow.session.get(AlertRule, rule.id, with_for_update=True, populate_existing=True)
        if current is None or current.version != rule.version or not current.enabled:
            return  # it was changed meanwhile: the next run sees the new one
        if current.evaluated_until != rule.evaluated_until:
            return  # another run was faster
        settle(uow, current, task, found, reader)
