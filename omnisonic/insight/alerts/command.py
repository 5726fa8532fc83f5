"""`omnisonic alerts replay`: what rules would have found in a stretch of the past, as JSON Lines."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, TextIO
from uuid import UUID

from pydantic import ValidationError
from sqlmodel import Session

from omnisonic.insight.alerts.evaluation.kinds import RuleKind
from omnisonic.insight.alerts.mention_lines import GivenMentions, moment, read_mentions
from omnisonic.insight.alerts.rules import scope_of
from omnisonic.insight.alerts.schemas import RuleDraft, RuleScope
from omnisonic.insight.alerts.watching.past import Deadline, Firing, Past, look_back_at, replay_into
from omnisonic.insight.alerts.watching.reading import Asking, question_of, timeline_of
from omnisonic.insight.alerts.watching.standings import enabled_rules
from omnisonic.insight.entities import name_entities
from omnisonic.insight.store.filters import EntityRef
from omnisonic.insight.tagging.json_lines import UnreadableLine
from omnisonic.platform.db import read_session

MAX_SECONDS = 3600
ANY_SPIKE = RuleDraft(name="Any spike", kind=RuleKind.SPIKE)


@dataclass(frozen=True, kw_only=True)
class Replayed:
    """A rule to replay; `user_id` is whose follows it looks at."""

    name: str
    rule: Asking
    scope: RuleScope
    user_id: UUID | None = None


def replay(*, since: str, until: str, output: TextIO, rule: str | None, mentions: str | None) -> int:
    """Write a line for each firing, oldest first, and a last one with what was looked at.

    `rule` is a file with a rule as the API takes it; without one every enabled rule is replayed. With a file
    of `mentions` nothing else is read, and without a rule any spike within a day counts. Raises
    `UnreadableLine`, `AnalyticsUnavailable` or `Busy`.
    """
    begin, end = moment(since, "--from"), moment(until, "--to")
    if begin >= end:
        raise UnreadableLine("--from must be before --to.")
    given = _read_rule(rule) if rule else None
    if mentions is not None:
        past, ids = _of_file(given or ANY_SPIKE, mentions, begin, end)
        _write(output, (given or ANY_SPIKE).name, past, {one: {"entityId": id_} for one, id_ in ids.items()})
        return 0
    with read_session() as session:
        for one in [_of_draft(given)] if given else _enabled(session):
            _replay_stored(session, one, begin, end, output=output)
    return 0


def _read_rule(name: str) -> RuleDraft:
    try:
        value = json.loads(Path(name).read_text(encoding="utf-8"))
        return RuleDraft.model_validate({"name": "Replayed"} | value if isinstance(value, dict) else value)
    except OSError as error:
        raise UnreadableLine(f"{name} cannot be opened: {error.strerror}.") from error
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise UnreadableLine(f"{name} is no rule: {place} {first['msg']}.") from error
    except ValueError as error:
        raise UnreadableLine(f"{name} is no JSON: {error}.") from error


def _of_draft(draft: RuleDraft) -> Replayed:
    return Replayed(name=draft.name, rule=draft, scope=draft.scope)


def _enabled(session: Session) -> Iterator[Replayed]:
    for row in enabled_rules(session):
        yield Replayed(name=row.name, rule=row, scope=scope_of(row), user_id=row.user_id)


def _replay_stored(
    session: Session, one: Replayed, since: datetime, until: datetime, *, output: TextIO
) -> None:
    clock = Deadline.after(MAX_SECONDS)
    past = look_back_at(
        session, one.rule, one.scope, user_id=one.user_id, since=since, until=until, clock=clock
    )
    past.attach_articles(past.firings)
    names = name_entities(session, {firing.entity for firing in past.firings})
    known = {ref: {"entityId": str(ref.entity_id), "name": named.name} for ref, named in names.items()}
    _write(output, one.name, past, known)


def _of_file(
    rule: RuleDraft, name: str, since: datetime, until: datetime
) -> tuple[Past, dict[EntityRef, str]]:
    given = _open_mentions(name)
    past = Past(since=since, until=until, entities=len(given.mentions))
    question = question_of(rule, oldest=given.oldest or since)
    kept = {
        ref: [one for one in found if one.confidence >= rule.min_confidence]
        for ref, found in given.mentions.items()
        if rule.scope.entity_type in (None, ref.entity_type)
    }
    timelines = {ref: timeline_of(found, None) for ref, found in kept.items()}
    replay_into(past, question, timelines, clock=Deadline.after(MAX_SECONDS), mentions=kept, paths={})
    return past, given.ids


def _open_mentions(name: str) -> GivenMentions:
    try:
        with Path(name).open(encoding="utf-8") as lines:
            return read_mentions(lines, name)
    except OSError as error:
        raise UnreadableLine(f"{name} cannot be opened: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise UnreadableLine(f"{name} is not UTF-8: {error.reason} at byte {error.start}.") from error


def _write(output: TextIO, rule: str, past: Past, known: dict[EntityRef, dict[str, str]]) -> None:
    for one in past.firings:
        output.write(json.dumps(_line(rule, one, known[one.entity])) + "\n")
    summary: dict[str, Any] = {
        "rule": rule,
        "summary": True,
        "fired": len(past.firings),
        "entities": past.entities,
        "entitiesLeftOut": past.left_out,
        "isComplete": past.is_complete,
        "problem": past.problem,
    }
    output.write(json.dumps(summary) + "\n")
    output.flush()


def _line(rule: str, one: Firing, known: dict[str, str]) -> dict[str, Any]:
    facts = one.facts.model_dump(mode="json")
    names = ("value", "expected", "ratio", "probability", "sources", "reason", "articles")
    return {
        "rule": rule,
        "entityType": str(one.entity.entity_type),
        **known,
        "firedAt": one.at.isoformat(),
        "resolvedAt": one.resolved_at.isoformat() if one.resolved_at else None,
        **{name: facts[name] for name in names},
    }
