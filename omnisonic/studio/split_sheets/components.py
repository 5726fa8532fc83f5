"""The Splits panel: who gets which part of the song, who has accepted, and what has been said."""

from __future__ import annotations

from typing import Any

import reflex as rx

from omnisonic.core.catalog.share_components import share_bar
from omnisonic.platform.ui.controls import badge, button
from omnisonic.platform.ui.dialog import opens
from omnisonic.platform.ui.feedback import notice, skeleton
from omnisonic.studio.sessions.room_components import SHARE_DIALOG
from omnisonic.studio.split_sheets.answer_components import locked, proposed
from omnisonic.studio.split_sheets.state import SplitsState
from omnisonic.studio.split_sheets.talk_components import earlier, history
from omnisonic.studio.split_sheets.widgets import FAR_MS, NEAR_MS, sheet_watch, split_editor

STATE: Any = SplitsState  # Reflex types no variables of dataclasses
SHEET: Any = SplitsState.sheet


def splits_panel(is_owner: Any) -> rx.Component:
    """The sheet of the session. Owners and editors propose, every party answers."""
    return rx.el.div(
        rx.el.div(
            rx.el.h2("Split sheet", class_name="ui-panel-title"),
            rx.cond(STATE.mode != "edit", _status()),
            class_name="ui-row ui-between",
        ),
        rx.cond(
            (STATE.problem != "") & (STATE.mode != "edit"),
            notice(STATE.problem, kind="danger", data_testid="split-problem"),
        ),
        rx.cond(
            STATE.is_loaded,
            rx.match(
                STATE.mode,
                ("edit", _editor(is_owner)),
                rx.cond(SHEET.id != "", _sheet(), _nothing_yet(is_owner)),
            ),
            skeleton(shape="row", count=3),
        ),
        class_name="ui-stack ui-stack-4",
        data_testid="splits",
    )


def splits_watch(is_shown: Any) -> rx.Component:
    """Keeps the panel, and what the tab says about it, up to date."""
    every_ms = rx.cond(is_shown, NEAR_MS, FAR_MS)
    return sheet_watch(STATE.session_id, STATE.mark, every_ms=every_ms, on_sheet_change=STATE.look)


def _status() -> rx.Component:
    return rx.match(
        SHEET.status,
        ("proposed", badge("Version " + SHEET.version.to(str), kind="accent", data_testid="split-status")),
        ("locked", badge("Locked", kind="ok", icon="lock", data_testid="split-status")),
        rx.fragment(),
    )


def _nothing_yet(is_owner: Any) -> rx.Component:
    return rx.el.div(
        rx.el.p(
            "Agree on who gets which part of this song while everyone remembers who did what. Every party "
            "accepts; then the sheet is locked, and what the song earns is paid by it.",
            class_name="ui-text-2",
        ),
        rx.cond(
            STATE.may_propose,
            rx.el.div(
                button(
                    "Propose shares",
                    testid="split-propose",
                    kind="primary",
                    extra="ui-button-wide ui-button-tall",
                    on_click=STATE.edit(False),
                ),
                rx.el.p("It starts with the same part for every member.", class_name="ui-hint"),
                class_name="ui-stack",
            ),
            notice("The owner or an editor of the session proposes; then you are asked to accept."),
        ),
        _invite(is_owner),
        class_name="ui-stack ui-stack-4",
        data_testid="no-split-sheet",
    )


def _invite(is_owner: Any) -> rx.Component:
    return rx.el.p(
        "Someone is missing? A share needs a member who can accept it. ",
        rx.cond(
            is_owner,
            rx.el.button(
                "Invite them",
                type="button",
                class_name="ui-link",
                data_testid="split-invite",
                **opens(SHARE_DIALOG),
            ),
            "Ask the owner to invite them.",
        ),
        class_name="ui-small ui-text-2",
    )


def _editor(is_owner: Any) -> rx.Component:
    return rx.el.div(
        split_editor(
            rows=STATE.rows,
            people=STATE.people,
            title=STATE.draft.title,
            note=STATE.draft.note,
            version=STATE.draft.version,
            clash=STATE.clash,
            problem=STATE.problem,
            on_save=STATE.save,
            on_save_over=STATE.save_over,
            on_cancel=STATE.turn(""),
            key=STATE.draft.key.to(str),
        ),
        _invite(is_owner),
        class_name="ui-stack ui-stack-4",
    )


def _sheet() -> rx.Component:
    return rx.el.div(
        rx.cond(
            STATE.moved_on != "",
            notice(STATE.moved_on, " Look again, then answer.", kind="warn", data_testid="split-moved-on"),
        ),
        rx.el.div(
            rx.el.p(SHEET.title, dir="auto", class_name="ui-split-song"),
            share_bar(SHEET.slices, SHEET.whole_at, label="Shares, together 100 %"),
            rx.el.ul(rx.foreach(SHEET.shares, _share), class_name="ui-split-lines"),
            rx.el.p(
                rx.el.span("Total", class_name="ui-text-2"),
                rx.el.strong("100 %", class_name="ui-num"),
                class_name="ui-row ui-between ui-small",
            ),
            class_name="ui-stack",
        ),
        rx.match(
            SHEET.status,
            ("proposed", proposed()),
            ("locked", locked()),
            rx.fragment(),
        ),
        history(),
        earlier(),
        class_name="ui-stack ui-stack-4",
    )


def _share(line: Any) -> rx.Component:
    return rx.el.li(
        rx.el.span(line.letters, class_name="ui-swatch ui-slice-" + line.color.to(str), aria_hidden="true"),
        rx.el.div(
            rx.el.p(
                rx.el.strong(line.name, dir="auto"),
                rx.cond(line.is_me, rx.el.span(" (you)", class_name="ui-dim")),
                class_name="ui-split-who",
            ),
            rx.el.p(line.role, class_name="ui-small ui-text-2"),
            class_name="ui-grow",
        ),
        rx.el.strong(line.percent, class_name="ui-num ui-nowrap"),
        rx.cond(
            line.standing_words != "",
            rx.el.p(
                _sign(line.standing),
                line.standing_words,
                class_name="ui-small ui-split-standing ui-split-" + line.standing.to(str),
            ),
        ),
        key=line.key,
        data_testid="split-line",
        data_standing=line.standing,
    )


def _sign(standing: Any) -> rx.Component:
    return rx.match(
        standing,
        ("accepted", rx.icon("circle-check", size=14, aria_hidden="true")),
        ("asked", rx.icon("message-circle", size=14, aria_hidden="true")),
        ("left", rx.icon("circle-alert", size=14, aria_hidden="true")),
        rx.icon("circle-dashed", size=14, aria_hidden="true"),
    )
