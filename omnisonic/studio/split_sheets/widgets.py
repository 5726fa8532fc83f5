"""Parts of the Splits panel that run in the browser: the editor, and what hears of others' answers."""

from __future__ import annotations

from typing import Any

import reflex as rx
from reflex.event import no_args_event_spec, passthrough_event_spec

from omnisonic.core.catalog.widgets import ROLES  # links share_math.js and leave_guard.jsx as well
from omnisonic.platform.ui.sources import link_source

NEAR_MS, FAR_MS = 4000, 10_000  # between two looks while the sheet is on screen, and while it is not
_EDITOR = link_source(__name__, "split_editor.jsx")
_WATCH = link_source(__name__, "sheet_watch.jsx")
_SAVE = passthrough_event_spec(list[dict[str, Any]], str, str)


class SplitEditor(rx.NoSSRComponent):
    """Rows of shares that must be 100 %; what is typed lives in the browser until it is proposed."""

    library = _EDITOR
    tag = "SplitEditor"
    is_default = False

    rows: rx.Var[list[dict[str, Any]]]
    people: rx.Var[list[dict[str, Any]]]
    roles: rx.Var[list[list[str]]]
    title: rx.Var[str]
    note: rx.Var[str]
    version: rx.Var[int]
    clash: rx.Var[str]
    problem: rx.Var[str]

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
    """Shows nothing; calls `on_sheet_change` when the sheet is another one than `mark` says.

    Outside the room it looks every `every_ms` milliseconds.
    """

    library = _WATCH
    tag = "SheetWatch"
    is_default = False

    session_id: rx.Var[str]
    mark: rx.Var[str]
    every_ms: rx.Var[int]

    @classmethod
    def get_event_triggers(cls) -> dict[str, Any]:
        """The usual ones, and ours."""
        return {**super().get_event_triggers(), "on_sheet_change": no_args_event_spec}


def split_editor(**props: Any) -> rx.Component:
    """The editor; another `key` starts it anew."""
    return SplitEditor.create(roles=ROLES, **props)


def sheet_watch(session_id: Any, mark: Any, *, every_ms: Any = FAR_MS, on_sheet_change: Any) -> rx.Component:
    """Hears of others' proposals and answers: from the room if the viewer is in it, else by looking.

    With an empty `session_id` it only notices that `mark` has changed.
    """
    return SheetWatch.create(
        session_id=session_id, mark=mark, every_ms=every_ms, on_sheet_change=on_sheet_change
    )
