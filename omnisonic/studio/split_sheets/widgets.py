"""Parts of the Splits panel that run in the browser: the editor, and what hears of others' answers."""

from __future__ import annotations

from typing import Any

import reflex as rx
from reflex.event import no_args_event_spec, passthrough_event_spec

from omnisonic.core.catalog.widgets import ROLES  # links share_math.js and leave_guard.jsx as well

_EDITOR = rx.asset("split_editor.jsx", shared=True)
_WATCH = rx.asset("sheet_watch.jsx", shared=True)
_SAVE = passthrough_event_spec(list[dict[str, Any]], str, str)


class SplitEditor(rx.NoSSRComponent):
    """Rows of shares that must be 100 %; what is typed lives in the browser until it is proposed."""

    library = _EDITOR.importable_path
    tag = "SplitEditor"
    is_default = False

    rows: rx.Var[list[dict[str, Any]]]
    people: rx.Var[list[dict[str, Any]]]
    roles: rx.Var[list[list[str]]]
    title: rx.Var[str]
    note: rx.Var[str]
    version: rx.Var[int]
    clash: rx.Var[str]

    @classmethod
    def get_event_triggers(cls) -> dict[str, Any]:
        """The usual ones, and ours."""
        ours = {
            "on_save": _SAVE,
            "on_save_over": _SAVE,
            "on_cancel": no_args_event_spec,
        }
        return {**super().get_event_triggers(), **ours}


class SheetWatch(rx.NoSSRComponent):
    """Shows nothing; calls `on_sheet_change` when the sheet is another one than `mark` says."""

    library = _WATCH.importable_path
    tag = "SheetWatch"
    is_default = False

    session_id: rx.Var[str]
    mark: rx.Var[str]

    @classmethod
    def get_event_triggers(cls) -> dict[str, Any]:
        """The usual ones, and ours."""
        return {**super().get_event_triggers(), "on_sheet_change": no_args_event_spec}


def split_editor(**props: Any) -> rx.Component:
    """The editor; another `key` starts it anew."""
    return SplitEditor.create(roles=ROLES, **props)


def sheet_watch(session_id: Any, mark: Any, *, on_sheet_change: Any) -> rx.Component:
    """Hears of others' proposals and answers: from the room if the viewer is in it, else by looking.

    With an empty `session_id` it only notices that `mark` has changed.
    """
    return SheetWatch.create(session_id=session_id, mark=mark, on_sheet_change=on_sheet_change)
