"""Short messages in a corner of the page. Reflex's own toasts run as evaluated text, which our
Content-Security-Policy refuses; these are ordinary state.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import reflex as rx

from omnisonic.platform.auth.guard import public

MAX_SHOWN = 3
MAX_CHARS = 400
KINDS = ("ok", "danger")


@dataclass
class Notice:
    """One message. `key` tells two equal ones apart."""

    key: int
    kind: str
    title: str
    words: str


class NoticeState(rx.State):
    """What is shown right now, newest last."""

    shown: rx.Field[list[Notice]] = rx.field(default_factory=list)
    _count: int = 0

    @rx.event
    @public
    def push(self, kind: str, title: str, words: str) -> None:
        """Show a message; the oldest makes room."""
        self._count += 1
        kind = kind if kind in KINDS else KINDS[0]
        notice = Notice(self._count, kind, title[:MAX_CHARS], words[:MAX_CHARS])
        self.shown = [*self.shown[1 - MAX_SHOWN :], notice]

    @rx.event
    @public
    def dismiss(self, key: int) -> None:
        """Take a message away."""
        self.shown = [notice for notice in self.shown if notice.key != key]


def tell(title: str, words: str = "") -> Any:
    """An event that says something went well; it leaves by itself."""
    return NoticeState.push("ok", title, words)


def warn(title: str, words: str = "") -> Any:
    """An event that says something did not work; it stays until dismissed."""
    return NoticeState.push("danger", title, words)


def notices() -> rx.Component:
    """The corner itself: once per page."""
    return rx.el.div(
        rx.foreach(NoticeState.shown, _notice),
        class_name="ui-notices",
        role="status",
        aria_live="polite",
        data_testid="notices",
    )


def _notice(notice: Any) -> rx.Component:
    return rx.el.div(
        rx.cond(
            notice.kind == "ok",
            rx.icon("circle-check", size=18, aria_hidden="true"),
            rx.icon("circle-alert", size=18, aria_hidden="true"),
        ),
        rx.el.div(
            rx.el.strong(notice.title),
            rx.cond(notice.words != "", rx.el.p(notice.words, class_name="ui-text-2")),
            class_name="ui-grow",
        ),
        rx.el.button(
            rx.icon("x", size=16, aria_hidden="true"),
            type="button",
            aria_label="Dismiss",
            class_name="ui-button ui-button-ghost ui-button-icon",
            on_click=NoticeState.dismiss(notice.key),
        ),
        key=notice.key.to(str),
        class_name="ui-notice ui-notice-" + notice.kind,
        data_testid="notice",
    )
