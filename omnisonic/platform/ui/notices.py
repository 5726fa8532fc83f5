"""Short messages in a corner of the page. Reflex's own toasts run as evaluated text, which our
Content-Security-Policy refuses; these are ordinary state. They lie above an open dialog, inside of it.
"""

from __future__ import annotations

import time
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

import reflex as rx

from omnisonic.platform.auth.guard import public
from omnisonic.platform.ui.sources import link_source

_LINKED = link_source(__name__, "notices.jsx")

MAX_SHOWN = 3
MAX_CHARS = 400
KINDS = ("ok", "danger")
SAME_WITHIN_S = 3.0
"""Equal messages this close to each other have one cause: three parts of a page miss the same server."""


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
    _came_at: rx.Field[dict[int, float]] = rx.field(default_factory=dict)

    @rx.event
    @public
    def push(self, kind: str, title: str, words: str) -> None:
        """Show a message; the oldest makes room, and so does an equal one unless it is new."""
        told = Notice(
            self._count + 1, kind if kind in KINDS else KINDS[0], title[:MAX_CHARS], words[:MAX_CHARS]
        )
        self._count, now = told.key, time.time()
        fresh = {key for key, came_at in self._came_at.items() if now - came_at < SAME_WITHIN_S}
        self.shown = with_notice(self.shown, told, fresh=fresh)
        self._came_at = {one.key: self._came_at.get(one.key, now) for one in self.shown}

    @rx.event
    @public
    def dismiss(self, key: int) -> None:
        """Take a message away."""
        self.shown = [notice for notice in self.shown if notice.key != key]


def with_notice(shown: Sequence[Notice], told: Notice, *, fresh: Collection[int]) -> list[Notice]:
    """What is shown once `told` came: an equal one that is `fresh` stays alone, others make way. Pure."""
    equal = {one.key for one in shown if _content(one) == _content(told)}
    if equal.intersection(fresh):
        return list(shown)
    return [*[one for one in shown if one.key not in equal][1 - MAX_SHOWN :], told]


def _content(one: Notice) -> tuple[str, str, str]:
    return one.kind, one.title, one.words


def tell(title: str, words: str = "") -> Any:
    """An event that says something went well; it leaves by itself."""
    return NoticeState.push("ok", title, words)


def warn(title: str, words: str = "") -> Any:
    """An event that says something did not work; it stays until dismissed."""
    return NoticeState.push("danger", title, words)


class NoticeCorner(rx.Component):
    """Where the messages are: above all else, read out as they come, gone when their time is over."""

    library = _LINKED
    tag = "NoticeCorner"
    is_default = False

    shown: rx.Var[list[Notice]]
    # Reflex's own way to declare what an event carries; no type checker follows it.
    on_left: rx.EventHandler[rx.event.passthrough_event_spec(int)]  # type: ignore[type-arg,valid-type]


def notices() -> rx.Component:
    """The corner itself: once per page."""
    return NoticeCorner.create(
        rx.foreach(NoticeState.shown, _notice), shown=NoticeState.shown, on_left=NoticeState.dismiss
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
        data_key=notice.key,
        data_testid="notice",
    )
