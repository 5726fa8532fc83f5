"""The form of a rule: what is chosen in it, from a rule and to a draft. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from pydantic import ValidationError

from omnisonic.core.catalog.shares import percent_of_ppm
from omnisonic.insight.alerts.rule_view import sentence_of
from omnisonic.insight.alerts.schemas import MAX_ENTITIES, RuleDraft, RuleView
from omnisonic.platform.errors import FieldError, InvalidFields

MAX_NAME_CHARS = 120
UNITS = {"minutes": 1, "hours": 60, "days": 1440}
WHO = ("every", "followed", "named", "holder")
PPM_OF_PERCENT = 10_000
MESSAGES = {
    "threshold": "Write how many stories: a whole number from 1 to 1,000,000.",
    "window_minutes": "Choose a time from one minute to 7 days.",
    "cooldown_minutes": "Choose a pause of at most 30 days.",
    "min_confidence": "Write how sure a mention must be, from 0 to 100 %.",
    "min_share_ppm": "Write the share in percent, from 0.0001 to 100.",
    "channel_ids": "A rule tells at most ten channels.",
    "entity_ids": f"Name at most {MAX_ENTITIES}.",
    "genre": "A genre has at most 255 letters.",
    "source": "An outlet has at most 255 letters.",
    "template": "The message is too long.",
    "name": f"Give it a name of at most {MAX_NAME_CHARS} letters.",
}


@dataclass
class Chosen:
    """Something of the catalog that a rule names."""

    id: str
    name: str


@dataclass
class RuleForm:
    """What is chosen in the form, as text. Without `id` it is a new rule."""

    id: str = ""
    version: int = 0
    name: str = ""
    kind: str = "spike"
    who: str = "followed"
    entity_type: str = "artist"
    named: list[Chosen] = field(default_factory=list)
    holder: Chosen = field(default_factory=lambda: Chosen("", ""))
    share: str = "1"
    threshold: str = "5"
    window: str = "24"
    window_unit: str = "hours"
    cooldown: str = "1"
    cooldown_unit: str = "hours"
    confidence: str = "90"
    genre: str = ""
    source: str = ""
    template: str = ""
    channel_ids: list[str] = field(default_factory=list)
    notify_resolved: bool = False
    enabled: bool = True


TEXTS = frozenset(
    name for name, value in vars(RuleForm()).items() if isinstance(value, str) and name not in {"id"}
)


def form_of(view: RuleView, *, names: Mapping[UUID, str]) -> RuleForm:
    """The form filled with a rule."""
    scope = view.scope
    who = "named" if scope.entity_ids else "followed" if scope.followed else "every"
    form = RuleForm(
        id=str(view.id),
        version=view.version,
        name=view.name,
        kind=str(view.kind),
        who="holder" if scope.right_holder else who,
        entity_type=str(scope.entity_type or ""),
        named=[Chosen(str(one), names.get(one, "No longer in the catalog")) for one in scope.entity_ids],
        threshold=str(view.threshold),
        confidence=f"{view.min_confidence * 100:.10g}",
        genre=scope.genre or "",
        source=scope.source or "",
        template=view.template or "",
        channel_ids=[str(one) for one in view.channel_ids],
        notify_resolved=view.notify_resolved,
        enabled=view.enabled,
    )
    form.window, form.window_unit = _in_units(view.window_minutes)
    form.cooldown, form.cooldown_unit = _in_units(view.cooldown_minutes)
    if scope.right_holder is not None:
        holder = scope.right_holder.contributor_id
        form.holder = Chosen(str(holder), names.get(holder, "No longer in the catalog"))
        form.share = f"{percent_of_ppm(scope.right_holder.min_share_ppm):.10g}"
    return form


def draft_of(form: RuleForm) -> RuleDraft:
    """What the form asks for; without a name it is named by its sentence. Raises `InvalidFields`."""
    if form.who == "named" and not form.named:
        raise _refused("entity_ids", "Name at least one artist, work or recording.")
    if form.who == "holder" and not form.holder.id:
        raise _refused("contributor_id", "Choose the right-holder.")
    given = {
        "name": form.name.strip() or "Rule",
        "kind": form.kind,
        "scope": _scope(form),
        "min_confidence": _number(form.confidence, "min_confidence") / 100,
        "threshold": _number(form.threshold, "threshold"),
        "window_minutes": _minutes(form.window, form.window_unit, "window_minutes"),
        "cooldown_minutes": _minutes(form.cooldown, form.cooldown_unit, "cooldown_minutes"),
        "template": form.template.strip() or None,
        "channel_ids": form.channel_ids,
        "notify_resolved": form.notify_resolved,
        "enabled": form.enabled,
    }
    try:
        draft = RuleDraft.model_validate(given)
        if not form.name.strip():
            draft.name = RuleDraft.model_validate(given | {"name": _own_name(form, draft)}).name
    except ValidationError as error:
        where = str(error.errors()[0]["loc"][-1])
        known = next((name for name in MESSAGES if name in map(_snake, error.errors()[0]["loc"])), where)
        raise _refused(known, MESSAGES.get(known, "One of the fields cannot be read.")) from None
    return draft


def names_in(form: RuleForm) -> dict[UUID, str]:
    """The names of what the form names."""
    return {UUID(one.id): one.name for one in (*form.named, form.holder) if one.id}


def _own_name(form: RuleForm, draft: RuleDraft) -> str:
    parts = sentence_of(draft.model_copy(update={"channel_ids": []}), names=names_in(form), channels={})
    words = "".join(part.words for part in parts[1:]).removesuffix(", note it in the history.")
    words = words[:1].upper() + words[1:]
    return words if len(words) <= MAX_NAME_CHARS else words[: MAX_NAME_CHARS - 1].rstrip() + "…"


def _scope(form: RuleForm) -> dict[str, Any]:
    scope: dict[str, Any] = {
        "entity_type": form.entity_type or None,
        "genre": form.genre.strip() or None,
        "source": form.source.strip() or None,
    }
    if form.who == "named":
        return scope | {"entity_ids": [one.id for one in form.named]}
    if form.who == "holder":
        share_ppm = round(_number(form.share, "min_share_ppm") * PPM_OF_PERCENT)
        return scope | {"right_holder": {"contributor_id": form.holder.id, "min_share_ppm": share_ppm}}
    return scope | {"followed": form.who == "followed"}


def _number(words: str, name: str) -> float:
    try:
        found = float(words.strip().replace(",", "."))
    except ValueError:
        raise _refused(name, MESSAGES[name]) from None
    if not 0 <= found <= 1_000_000:  # also what is no number at all
        raise _refused(name, MESSAGES[name])
    return found


def _minutes(words: str, unit: str, name: str) -> int:
    return round(_number(words, name) * UNITS.get(unit, 1))


def _in_units(minutes: int) -> tuple[str, str]:
    if minutes == UNITS["days"]:
        return "24", "hours"
    unit = next(one for one in reversed(UNITS) if (minutes % UNITS[one] == 0 and minutes) or one == "minutes")
    return str(minutes // UNITS[unit]), unit


def _snake(name: object) -> str:
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in str(name))


def _refused(name: str, message: str) -> InvalidFields:
    return InvalidFields(message, errors=[FieldError(name, "invalid", message)])
