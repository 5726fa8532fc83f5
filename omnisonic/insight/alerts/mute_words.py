"""What is muted, in the words of its page. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from pydantic import ValidationError

from omnisonic.insight.alerts.mute_schemas import MuteDraft, MuteView
from omnisonic.platform.errors import FieldError, InvalidFields
from omnisonic.platform.ids import parse_id
from omnisonic.platform.ui.words import day

FOR_GOOD = "good"
LENGTHS = {
    "8": ("8 hours", timedelta(hours=8)),
    "24": ("A day", timedelta(days=1)),
    "168": ("A week", timedelta(days=7)),
    "720": ("30 days", timedelta(days=30)),
    FOR_GOOD: ("Until I end it", None),
}
REASON_MAX_CHARS = 200


@dataclass
class MuteLine:
    """Something muted: for how long, and for whom."""

    id: str
    name: str
    href: str
    kind: str
    until: str
    by: str
    reason: str


def mute_line(view: MuteView) -> MuteLine:
    """The line of a mute."""
    return MuteLine(
        id=str(view.id),
        name=view.name,
        href=view.path,
        kind=str(view.entity_type).capitalize(),
        until=f"U{until_words(view.until)[1:]}",
        by=f"Only by the rule “{view.rule_name}”" if view.rule_name else "By every rule of yours",
        reason=view.reason or "",
    )


def until_words(until: datetime | None) -> str:
    """How long a mute holds: `until 3 Dec 2026, 10:00 UTC`."""
    return f"until {day(until)}, {until:%H:%M} UTC" if until else "until you end it"


def mute_draft(form: dict[str, Any], *, entity_type: str, entity_id: str, now: datetime) -> MuteDraft:
    """What a form asks for, about the chosen entity. Raises `InvalidFields`."""
    if not entity_id:
        raise _refused("entityId", "Choose the artist, work or recording first.")
    length = LENGTHS.get(str(form.get("mute_for", "")))
    if length is None:
        raise _refused("until", "Choose for how long.")
    reason = " ".join(str(form.get("mute_reason", "")).split())
    if len(reason) > REASON_MAX_CHARS:
        raise _refused("reason", f"The reason has at most {REASON_MAX_CHARS} letters.")
    try:
        return MuteDraft.model_validate(
            {
                "entity_type": entity_type,
                "entity_id": entity_id,
                "rule_id": _rule_of(str(form.get("mute_rule", ""))),
                "until": now + length[1] if length[1] else None,
                "reason": reason or None,
            }
        )
    except ValidationError:
        raise _refused("entityId", "Only artists, works and recordings can be muted.") from None


def _rule_of(words: str) -> UUID | None:
    if not words:
        return None
    found = parse_id(words)
    if found is None:
        raise _refused("ruleId", "Choose one of your rules, or all of them.")
    return found


def _refused(name: str, message: str) -> InvalidFields:
    return InvalidFields(message, errors=[FieldError(name, "invalid", message)])
