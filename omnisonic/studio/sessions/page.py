"""The list of sessions, `/sessions`."""

from __future__ import annotations

import reflex as rx

from omnisonic.platform.ui.controls import button
from omnisonic.platform.ui.feedback import error_state, skeleton, undo_bar
from omnisonic.platform.ui.shell import crumbs, page, page_head, shell
from omnisonic.platform.ui.sound import demo_player
from omnisonic.studio.sessions.components import session_card
from omnisonic.studio.sessions.state import SessionsState


def sessions_page() -> rx.Component:
    """`/sessions`"""
    return shell(
        page(
            page_head(
                "Sessions",
                "Rooms where you upload, mix and export",
                rx.cond(SessionsState.cards.length() > 0, _new_session("new-session")),
            ),
            rx.cond(SessionsState.load_problem != "", _failed(), _list()),
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


def _list() -> rx.Component:
    return rx.cond(
        SessionsState.is_loaded,
        rx.cond(SessionsState.cards.length() > 0, _cards(), _empty()),
        skeleton(shape="card", count=6, wrap="ui-grid"),
    )


def _failed() -> rx.Component:
    return error_state(
        "Your sessions could not be loaded", SessionsState.load_problem, on_retry=SessionsState.load
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
    """Nothing yet: make a room, or hear at once what one sounds like."""
    return rx.el.div(
        rx.el.div(
            rx.el.h2("Make your first session"),
            rx.el.p(
                "A session is a room for one song. Drop your takes in, invite the others, mix it together."
            ),
            _new_session("first-session"),
            class_name="ui-first-words",
        ),
        rx.el.div(
            rx.el.p("Or hear what one sounds like first", class_name="ui-first-or"),
            demo_player(),
            rx.cond(
                SessionsState.has_demo,
                button(
                    "Play it in the studio",
                    testid="open-demo",
                    icon="sliders-vertical",
                    on_click=SessionsState.open_demo,
                ),
            ),
            class_name="ui-stack ui-stack-4",
        ),
        class_name="ui-first",
        data_testid="no-sessions",
    )
