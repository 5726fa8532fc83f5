"""The list of sessions, `/sessions`."""

from __future__ import annotations

import reflex as rx

from omnisonic.platform.ui.controls import button, link_button
from omnisonic.platform.ui.feedback import empty_state, skeleton, undo_bar
from omnisonic.platform.ui.shell import crumbs, page, page_head, shell
from omnisonic.studio.sessions.components import session_card
from omnisonic.studio.sessions.state import SessionsState


def sessions_page() -> rx.Component:
    """`/sessions`"""
    return shell(
        page(
            page_head("Sessions", "Rooms where you upload, mix and export", _new_session("new-session")),
            rx.cond(
                SessionsState.is_loaded,
                rx.cond(SessionsState.cards.length() > 0, _cards(), _empty()),
                skeleton(shape="card", count=6, wrap="ui-grid"),
            ),
        ),
        rx.cond(
            SessionsState.removed_id != "",
            undo_bar(
                "Removed “" + SessionsState.removed_name + "”",
                SessionsState.restore,
                SessionsState.forget_removed,
                testid="removed",
            ),
        ),
        active="sessions",
        crumbs=crumbs(("Studio", "/sessions"), ("Sessions", None)),
    )


def _new_session(testid: str) -> rx.Component:
    # A click before the page is alive would be lost, so the button waits for it.
    return button(
        "New session",
        testid=testid,
        icon="plus",
        kind="primary",
        on_click=SessionsState.create,
        disabled=~SessionsState.is_loaded,
    )


def _cards() -> rx.Component:
    return rx.fragment(
        rx.el.ul(rx.foreach(SessionsState.cards, session_card), class_name="ui-grid"),
        rx.cond(
            SessionsState.cursor != "",
            rx.el.div(
                button("Show older", testid="load-more", on_click=SessionsState.load_more),
                class_name="ui-row",
                style={"justifyContent": "center"},
            ),
        ),
    )


def _empty() -> rx.Component:
    return empty_state(
        "audio-lines",
        "Make your first session",
        "A session is a room for one song. Drop your takes in, invite the others, mix it together.",
        _new_session("first-session"),
        rx.cond(
            SessionsState.has_demo,
            button("Open the demo song", testid="open-demo", icon="play", on_click=SessionsState.open_demo),
            link_button("Hear the demo song", "/#demo", testid="hear-demo", icon="play"),
        ),
        testid="no-sessions",
    )
