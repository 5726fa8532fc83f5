"""Parts of the list of sessions."""

from __future__ import annotations

from typing import Any

import reflex as rx

from omnisonic.platform.ui.controls import avatar, badge, icon_button
from omnisonic.platform.ui.sound import thumbnail
from omnisonic.studio.sessions.state import SessionsState


def session_card(card: Any) -> rx.Component:
    """A session: how it looks, what it is called, who is in it. The whole card opens it."""
    return rx.el.li(
        rx.el.div(
            rx.cond(
                card.lanes.length() > 0,
                thumbnail(card.lanes),
                rx.el.p(rx.icon("audio-lines", size=16), "No takes yet", class_name="ui-wave-empty"),
            ),
            rx.cond(
                card.lanes.length() > 0,
                rx.el.a(
                    rx.icon("play", size=16, aria_hidden="true"),
                    href=card.href.to(str) + "?play=1",
                    aria_label="Play " + card.name.to(str),
                    title="Open and play",
                    class_name="ui-session-play",
                    data_testid="play-session",
                ),
            ),
            class_name="ui-session-wave",
        ),
        rx.el.div(
            rx.el.h2(
                rx.el.a(card.name, href=card.href, class_name="ui-session-open", data_testid="open-session"),
                class_name="ui-truncate",
                dir="auto",
                title=card.name,
            ),
            rx.el.p(card.changed, " · ", card.facts, class_name="ui-small ui-text-2"),
            rx.el.div(
                rx.el.div(
                    rx.foreach(card.faces, _face),
                    rx.cond(card.more_faces != "", badge(card.more_faces)),
                    class_name="ui-avatars",
                ),
                rx.cond(
                    card.is_mine,
                    rx.el.div(
                        icon_button(
                            "trash-2",
                            "Remove " + card.name.to(str),
                            testid="remove-session",
                            on_click=SessionsState.remove(card.id),
                        ),
                        class_name="ui-session-actions",
                    ),
                ),
                class_name="ui-session-foot",
            ),
            class_name="ui-session-body",
        ),
        class_name="ui-card ui-session",
        data_testid="session-card",
        key=card.id,
    )


def _face(face: Any) -> rx.Component:
    return avatar(face.letters, face.color, name=face.name, image=face.picture)
