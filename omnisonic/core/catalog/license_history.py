"""What happened to a license, in the sentences of its work's history. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from omnisonic.core.catalog.role_words import right_words
from omnisonic.core.catalog.schemas import ChangeView
from omnisonic.core.licenses.territory_words import readable_text

ACTION_WORDS = {
    "created": "granted a license",
    "changed": "changed a license",
    "activated": "put a license in force",
    "restored": "put a revoked license in force again",
    "revoked": "revoked a license",
    "expired": "noted that a license ended",
    "moved": "moved a license here by a merge",
}
FIELD_WORDS = {
    "licensee": "Licensee",
    "rights_type": "Right",
    "territory": "Territory",
    "exclusive": "Exclusive",
    "effective_from": "From",
    "expires_on": "Until",
}
AS_THEY_READ = ("expired", "moved", "revoked", "restored", "activated")


def license_action_words(change: ChangeView) -> str:
    """What was done, as the rest of a sentence that begins with a name."""
    if change.action == "created" and (change.after or {}).get("status") == "draft":
        return "drafted a license"
    return ACTION_WORDS.get(change.action, f"{change.action.replace('-', ' ')} a license")


def license_detail_words(change: ChangeView, names: Mapping[str, str]) -> list[str]:
    """Whom it is for, and what it says or how that changed; `names` are licensees by license id."""
    before, after = change.before or {}, change.after or {}
    if change.action == "created":
        terms = [_value(name, after.get(name)) for name in ("rights_type", "territory")]
        until = f" until {_value('expires_on', after['expires_on'])}" if after.get("expires_on") else ""
        window = f"from {_value('effective_from', after.get('effective_from'))}{until}"
        return [f"For “{after.get('licensee', '')}”: {', '.join([*terms, window])}"]
    whom = [f"For “{names[str(change.entity_id)]}”"] if str(change.entity_id) in names else []
    if change.action in AS_THEY_READ:
        return whom
    lines = [
        f"{words}: {_value(name, before.get(name))} → {_value(name, after[name])}"
        for name, words in FIELD_WORDS.items()
        if name in after and before.get(name) != after[name]
    ]
    return [*whom, *lines, *(["Other terms"] if "terms" in after else [])]


def _value(name: str, value: Any) -> str:
    if name == "territory":
        return readable_text(value)
    if name == "exclusive":
        return "yes" if value else "no"
    if value is None:
        return "no end" if name == "expires_on" else "nothing"
    if name == "rights_type":
        return right_words(value).lower()
    return str(value)[:10] if name in ("effective_from", "expires_on") else f"“{value}”"
