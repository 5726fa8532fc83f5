"""Parts of the catalog that run in the browser: the editors of shares and performers, the search."""

from __future__ import annotations

from typing import Any

import reflex as rx
from reflex.event import no_args_event_spec, passthrough_event_spec

from omnisonic.core.catalog.models import RightsType
from omnisonic.core.catalog.role_words import EVERY_RIGHT, ROLE_WORDS, right_words
from omnisonic.platform.ui.sources import link_sources

SOURCES = ("finder.jsx", "share_math.js", "leave_guard.jsx", "share_editor.jsx", "credit_editor.jsx")
_LINKED = link_sources(__name__, SOURCES)
ROLES = [[str(role), words] for role, words in ROLE_WORDS.items()]
RIGHTS = [["", EVERY_RIGHT], *[[str(right), right_words(right)] for right in RightsType]]


class Finder(rx.NoSSRComponent):
    """A search for a work or a contributor; `on_pick` gets the id (empty for a new one) and the name."""

    library = _LINKED["finder.jsx"]
    tag = "Finder"
    is_default = False

    kind: rx.Var[str]
    label: rx.Var[str]
    placeholder: rx.Var[str]
    testid: rx.Var[str]

    @classmethod
    def get_event_triggers(cls) -> dict[str, Any]:
        """The usual ones, and ours."""
        return {**super().get_event_triggers(), "on_pick": passthrough_event_spec(str, str)}


class ShareEditor(rx.NoSSRComponent):
    """Rows of shares with a live sum; what is typed lives in the browser until it is saved."""

    library = _LINKED["share_editor.jsx"]
    tag = "ShareEditor"
    is_default = False

    rows: rx.Var[list[dict[str, Any]]]
    roles: rx.Var[list[list[str]]]
    rights: rx.Var[list[list[str]]]
    is_first: rx.Var[bool]

    @classmethod
    def get_event_triggers(cls) -> dict[str, Any]:
        """The usual ones, and ours."""
        ours = {
            "on_save": passthrough_event_spec(list[dict[str, Any]], str),
            "on_cancel": no_args_event_spec,
        }
        return {**super().get_event_triggers(), **ours}


class CreditEditor(rx.NoSSRComponent):
    """Rows of performers; what is typed lives in the browser until it is saved."""

    library = _LINKED["credit_editor.jsx"]
    tag = "CreditEditor"
    is_default = False

    rows: rx.Var[list[dict[str, Any]]]
    line: rx.Var[str]

    @classmethod
    def get_event_triggers(cls) -> dict[str, Any]:
        """The usual ones, and ours."""
        ours = {
            "on_save": passthrough_event_spec(list[dict[str, Any]], str),
            "on_cancel": no_args_event_spec,
        }
        return {**super().get_event_triggers(), **ours}


def finder(kind: str, label: str, *, testid: str, on_pick: Any) -> rx.Component:
    """A search below which the choices appear."""
    return Finder.create(kind=kind, label=label, placeholder=label, testid=testid, on_pick=on_pick)


def share_editor(rows: Any, *, is_first: Any, on_save: Any, on_cancel: Any, key: Any) -> rx.Component:
    """The editor; another `key` starts it anew."""
    return ShareEditor.create(
        rows=rows,
        roles=ROLES,
        rights=RIGHTS,
        is_first=is_first,
        on_save=on_save,
        on_cancel=on_cancel,
        key=key,
    )


def credit_editor(rows: Any, line: Any, *, on_save: Any, on_cancel: Any, key: Any) -> rx.Component:
    """The editor; another `key` starts it anew."""
    return CreditEditor.create(rows=rows, line=line, on_save=on_save, on_cancel=on_cancel, key=key)
