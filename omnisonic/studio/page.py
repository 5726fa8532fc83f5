"""The studio: one session with its player in the middle, and the page behind an invitation."""

from __future__ import annotations

import reflex as rx

from omnisonic.platform.ui.boundary import boundary
from omnisonic.platform.ui.controls import link_button
from omnisonic.platform.ui.feedback import empty_state, error_state, skeleton
from omnisonic.platform.ui.shell import crumbs, page, shell
from omnisonic.studio.exports.components import export_panel
from omnisonic.studio.player.player import room_bar, studio_player
from omnisonic.studio.sessions.room_components import name_crumbs, people_panel, share_button, share_dialog
from omnisonic.studio.sessions.room_state import JoinState, RoomState
from omnisonic.studio.split_sheets.components import splits_panel, splits_watch
from omnisonic.studio.split_sheets.state import SplitsState

TABS = (("export", "Export"), ("splits", "Splits"), ("people", "People"))


def studio_page() -> rx.Component:
    """`/sessions/[studio_session_id]`"""
    return shell(
        rx.match(
            RoomState.phase,
            ("ready", _room()),
            ("missing", page(_missing())),
            rx.cond(
                RoomState.load_problem != "",
                page(
                    error_state(
                        "The session could not be opened", RoomState.load_problem, on_retry=RoomState.load
                    )
                ),
                rx.el.div(skeleton(shape="row", count=5), class_name="ui-page"),
            ),
        ),
        active="sessions",
        crumbs=name_crumbs(),
        actions=(
            rx.cond(RoomState.phase == "ready", _live()),
            rx.cond(RoomState.phase == "ready", share_button()),
            link_button(
                "Export mix",
                "#panel",
                testid="go-to-export",
                icon="download",
                kind="primary",
                extra="ui-go-export",
                is_page=False,
            ),
        ),
        is_studio=True,
    )


def _live() -> rx.Component:
    return room_bar(
        session_id=RoomState.session_id,
        user_id=RoomState.user_id,
        display_name=RoomState.my_name,
        key=RoomState.session_id,
    )


def _room() -> rx.Component:
    return rx.el.div(
        rx.el.section(
            boundary(
                studio_player(
                    session_id=RoomState.session_id,
                    user_id=RoomState.user_id,
                    can_edit=RoomState.can_edit,
                    key=RoomState.session_id,
                ),
                title="The player broke",
                words="Your takes and your mix are saved. Reload to go on.",
            ),
            aria_label="Mix",
            class_name="ui-stage",
        ),
        rx.el.aside(
            rx.el.div(
                *[_tab(key, words) for key, words in TABS],
                role="tablist",
                aria_label="Panel",
                class_name="ui-tabs",
            ),
            rx.el.div(
                rx.match(
                    RoomState.panel,
                    ("people", people_panel()),
                    ("splits", splits_panel(RoomState.is_owner)),
                    export_panel(RoomState.is_owner, on_splits=RoomState.show_panel("splits")),
                ),
                role="tabpanel",
                id="panel-content",
                aria_labelledby="tab-" + RoomState.panel,
                key=RoomState.panel,  # each panel begins at its top
                class_name="ui-panel-body",
            ),
            id="panel",
            aria_label="Export, splits and people",
            class_name="ui-panel",
        ),
        share_dialog(),
        splits_watch(RoomState.panel == "splits"),
        class_name="ui-room",
    )


def _tab(key: str, words: str) -> rx.Component:
    return rx.el.button(
        words,
        *([_asked_for()] if key == "splits" else []),
        type="button",
        role="tab",
        id=f"tab-{key}",
        aria_selected=rx.cond(RoomState.panel == key, "true", "false"),
        aria_controls="panel-content",
        class_name="ui-tab",
        data_testid=f"tab-{key}",
        on_click=RoomState.show_panel(key),
    )


def _asked_for() -> rx.Component:
    return rx.cond(
        SplitsState.wants_me,
        rx.el.span(
            rx.el.span("your answer is wanted", class_name="ui-sr-only"),
            class_name="ui-tab-dot",
            data_testid="splits-wanted",
        ),
    )


def _missing() -> rx.Component:
    return empty_state(
        "door-closed",
        "There is no such session",
        "It was removed, or it has not been shared with you. Ask its owner for an invitation.",
        link_button("Your sessions", "/sessions", testid="to-sessions", kind="primary"),
        testid="session-missing",
    )


def join_page() -> rx.Component:
    """`/join/[invite_secret]`"""
    return shell(
        page(
            rx.el.h1("Joining the session", class_name="ui-sr-only"),
            rx.cond(
                JoinState.title != "",
                empty_state(
                    "link-2-off",
                    JoinState.title,
                    JoinState.words,
                    link_button("Your sessions", "/sessions", testid="to-sessions", kind="primary"),
                    testid="join-refused",
                ),
                skeleton(shape="row", count=3),
            ),
        ),
        active="sessions",
        crumbs=crumbs(("Sessions", "/sessions"), ("Invitation", None)),
    )
