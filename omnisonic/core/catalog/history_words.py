"""The history of an entry in sentences: what was done, and each field as it was and as it is. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from uuid import UUID

from omnisonic.core.catalog.license_history import license_action_words, license_detail_words
from omnisonic.core.catalog.models import EntityKind
from omnisonic.core.catalog.role_words import percent_words, right_words, role_words
from omnisonic.core.catalog.schemas import ChangeView
from omnisonic.core.identifiers import format_identifier

MAX_VALUE_CHARS = 160
MAX_DETAILS = 12
SOURCE_WORDS = {
    "web": "in the browser",
    "api": "by a program",
    "system": "by the system",
    "demo": "as an example",
}
ACTION_WORDS = {
    "created": "registered this",
    "changed": "changed this",
    "shares-set": "set the shares",
    "share-changed": "changed a share",
    "merged": "merged another entry into this",
    "merged-into": "merged this into another entry",
    "identifier-added": "added an identifier",
    "identifier-preferred": "chose another identifier",
    "identifier-archived": "archived an identifier",
    "identifier-removed": "removed an identifier",
    "linked": "linked an account",
    "unlinked": "took the link to an account away",
    "invited": "sent an invitation",
}
FIELD_WORDS = {
    "title": "Title",
    "name": "Name",
    "description": "Description",
    "iswc": "ISWC",
    "isrc": "ISRC",
    "ipi": "IPI",
    "isni": "ISNI",
    "genres": "Genres",
    "roles": "Roles",
    "work_id": "Work",
    "primary_artist": "Artist",
    "duration_ms": "Length",
    "released_on": "Released",
    "user_id": "Account",
}
SCHEMES = ("iswc", "isrc", "ipi", "isni")
# What a new entry starts with is on the page already; only what says more is repeated.
TOLD_AT_CREATION = ("title", "name", "iswc", "isrc", "ipi", "isni")


def source_words(source: str) -> str:
    """Where a change came from."""
    if source.startswith("import:"):
        return "by an import"
    if source.startswith(("release:", "split-sheet:")):
        return "by a release from the studio" if source.startswith("release:") else "by a split sheet"
    return SOURCE_WORDS.get(source, f"from {source}")


def action_words(change: ChangeView) -> str:
    """What was done, as the rest of a sentence that begins with a name."""
    if change.entity_type is EntityKind.LICENSE:
        return license_action_words(change)
    return ACTION_WORDS.get(change.action, change.action.replace("-", " "))


def named_ids(changes: Iterable[ChangeView]) -> set[UUID]:
    """Ids of contributors and works that `detail_words` wants names for."""
    found = {value for change in changes for side in (change.before, change.after) for value in _ids(side)}
    return {UUID(value) for value in found}


def detail_words(change: ChangeView, names: Mapping[str, str]) -> list[str]:
    """Each difference in a line; `names` by id (as text)."""
    before, after = change.before or {}, change.after or {}
    if change.entity_type is EntityKind.LICENSE:
        return license_detail_words(change, names)
    if change.action in ("shares-set", "share-changed"):
        return _share_details(before, after, names)
    if change.action in ("merged", "merged-into"):
        return _merge_details(change.action, before, after)
    if change.action in ("identifier-added", "identifier-removed"):
        told = after or before
        return [f"{str(told['scheme']).upper()} {format_identifier(told['scheme'], told['value'])}"]
    fields = TOLD_AT_CREATION if change.action == "created" else tuple(FIELD_WORDS)
    lines = [
        _difference(name, before.get(name), after.get(name), names, is_new=change.action == "created")
        for name in fields
        if name in after and before.get(name) != after.get(name)
    ]
    return [line for line in lines if line][:MAX_DETAILS]


def _difference(name: str, was: Any, now: Any, names: Mapping[str, str], *, is_new: bool) -> str:
    shown = _value(name, now, names)
    if is_new:
        return f"{FIELD_WORDS[name]}: {shown}" if now else ""
    return f"{FIELD_WORDS[name]}: {_value(name, was, names)} → {shown}"


def _value(name: str, value: Any, names: Mapping[str, str]) -> str:
    if value in (None, "", []):
        return "nothing"
    if name in SCHEMES:
        return format_identifier(name, str(value))
    if name == "duration_ms":
        minutes, seconds = divmod(round(int(value) / 1000), 60)
        return f"{minutes}:{seconds:02}"
    if name in ("work_id", "user_id"):
        return _quoted(names[str(value)]) if str(value) in names else "another one"
    if isinstance(value, list):
        return ", ".join(str(one) for one in value)[:MAX_VALUE_CHARS]
    return _quoted(str(value)) if name in ("title", "name", "description", "primary_artist") else str(value)


def _share_details(before: dict[str, Any], after: dict[str, Any], names: Mapping[str, str]) -> list[str]:
    lines = [f"Was: {_shares(before, names)}"] if before.get("shares") else []
    lines.append(f"Now: {_shares(after, names)}")
    if after.get("adjusted"):
        lines.append("Rounded to exactly 100 %: the total was within 0.06 %.")
    return lines


def _shares(side: dict[str, Any], names: Mapping[str, str]) -> str:
    told = [
        f"{names.get(str(one['contributorId']), 'someone')} {percent_words(int(one['sharePpm']))}"
        f" ({_where(one)})"
        for one in side.get("shares", [])
    ]
    shown = ", ".join(told[:MAX_DETAILS])
    return f"{shown} and {len(told) - MAX_DETAILS} more" if len(told) > MAX_DETAILS else shown or "nobody"


def _where(share: dict[str, Any]) -> str:
    role = role_words(str(share["role"])).lower()
    return f"{role}, {right_words(share['rightsType']).lower()}" if share.get("rightsType") else role


def _merge_details(action: str, before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    if action == "merged-into":
        return []
    merged = before.get("merged", {})
    name = merged.get("title") or merged.get("name")
    lines = [f"It was called {_quoted(str(name))}"] if name else []
    for key, words in (("shares", "shares"), ("recordings", "recordings"), ("licenses", "licenses")):
        moved = after.get(key)
        count = len(moved) if isinstance(moved, list) else moved
        if isinstance(count, int) and count:
            lines.append(f"{count} {words if count != 1 else words[:-1]} moved")
    return lines


def _ids(side: dict[str, Any] | None) -> Iterator[str]:
    if side is None:
        return
    for share in side.get("shares", []) if isinstance(side.get("shares"), list) else []:
        if isinstance(share, dict):
            yield str(share["contributorId"])
    if side.get("work_id"):
        yield str(side["work_id"])


def _quoted(text: str) -> str:
    short = text if len(text) <= MAX_VALUE_CHARS else text[: MAX_VALUE_CHARS - 1] + "…"
    return f"“{short}”"
