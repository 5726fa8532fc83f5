"""The tab of what is muted, and the dialog that mutes something."""

from __future__ import annotations

from typing import Any

import reflex as rx

from omnisonic.insight.alerts.mute_state import MutesState
from omnisonic.insight.alerts.mute_words import LENGTHS, REASON_MAX_CHARS
from omnisonic.insight.alerts.rule_state import RulesState
from omnisonic.insight.charts.entity_finder import entity_finder
from omnisonic.platform.ui.controls import badge, button, field, icon_button, select, text_input
from omnisonic.platform.ui.dialog import closes, dialog, opened_by_state
from omnisonic.platform.ui.feedback import empty_state, error_state, notice, skeleton

MUTES: Any = MutesState  # Reflex types no variables of dataclasses
RULES: Any = RulesState
DIALOG = "alert-mute"
DEFAULT_LENGTH = "168"


def mutes_panel() -> rx.Component:
    """What is muted now."""
    return rx.el.section(
        rx.cond(
            MUTES.load_problem != "",
            error_state("What is muted could not be loaded", MUTES.load_problem, MUTES.load),
            rx.cond(
                MUTES.is_loaded,
                rx.cond(MUTES.lines.length() > 0, _list(), _empty()),
                skeleton(shape="row", count=3),
            ),
        ),
        aria_label="Muted",
        data_testid="mutes-panel",
    )


def mute_dialog() -> rx.Component:
    """Mutes an artist, work or recording; opened by the state."""
    return rx.fragment(
        dialog(DIALOG, "Mute alerts", _form(), testid="mute-dialog", closed=MUTES.closed),
        opened_by_state(DIALOG, at=MUTES.opened),
    )


def _list() -> rx.Component:
    return rx.el.div(
        rx.el.div(_mute_button("mute-add"), class_name="ui-row ui-row-wrap"),
        rx.el.ul(rx.foreach(MUTES.lines, _line), class_name="ui-decides", data_testid="mutes"),
        class_name="ui-stack ui-stack-4",
    )


def _empty() -> rx.Component:
    return empty_state(
        "bell-off",
        "Nothing is muted",
        "Mute an artist, a work or a recording that you want no messages about for a while. Your rules go on "
        "looking, and the history shows what they found.",
        _mute_button("mute-first"),
        testid="no-mutes",
    )


def _mute_button(testid: str) -> rx.Component:
    return button("Mute something", testid=testid, icon="bell-off", on_click=MUTES.begin)


def _line(line: Any) -> rx.Component:
    return rx.el.li(
        rx.el.div(
            rx.el.div(
                rx.el.h2(rx.el.a(line.name, href=line.href, class_name="ui-link"), dir="auto"),
                badge(line.kind),
                class_name="ui-row ui-row-wrap",
            ),
            rx.el.p(line.until, " · ", rx.el.span(line.by, dir="auto"), data_testid="mute-words"),
            rx.cond(
                line.reason != "",
                rx.el.p(line.reason, dir="auto", class_name="ui-small ui-text-2", data_testid="mute-reason"),
            ),
        ),
        rx.el.div(
            button(
                "End it now",
                testid="mute-end",
                icon="bell",
                aria_label="Let alerts about " + line.name.to(str) + " come again",
                on_click=MUTES.end(line.id),
            ),
            class_name="ui-row ui-row-wrap",
        ),
        key=line.id,
        class_name="ui-decide",
        data_testid="mute",
    )


def _form() -> rx.Component:
    return rx.el.form(
        _what(),
        field(
            "Which rules say nothing",
            select("mute_rule", _rules(), testid="mute-rule", default_value=MUTES.rule_id),
            for_id="mute_rule",
        ),
        field(
            "For how long",
            select(
                "mute_for",
                [(value, words) for value, (words, _) in LENGTHS.items()],
                testid="mute-for",
                default_value=DEFAULT_LENGTH,
            ),
            for_id="mute_for",
        ),
        field(
            "Why (for yourself)",
            text_input(
                "mute_reason", testid="mute-why", max_length=REASON_MAX_CHARS, auto_complete="off", dir="auto"
            ),
            for_id="mute_reason",
        ),
        rx.cond(MUTES.problem != "", notice(MUTES.problem, kind="danger", data_testid="mute-problem")),
        rx.el.div(
            button("Cancel", testid="mute-cancel", kind="ghost", **closes(DIALOG)),
            button("Mute", testid="mute-save", icon="bell-off", kind="primary", type="submit"),
            class_name="ui-row ui-row-wrap",
        ),
        key=MUTES.form_key.to(str),
        on_submit=MUTES.save,
        class_name="ui-stack ui-stack-4",
    )


def _what() -> rx.Component:
    chosen = rx.el.div(
        rx.el.span(
            MUTES.chosen_name, dir="auto", class_name="ui-grow ui-truncate", data_testid="mute-chosen"
        ),
        icon_button("x", "Choose something else", testid="mute-other", on_click=MUTES.choose_other),
        class_name="ui-row ui-between",
    )
    finder = entity_finder("Artist, work or recording", testid="mute-entity", on_pick=MUTES.choose)
    return rx.cond(MUTES.chosen_id != "", chosen, finder)


def _rules() -> rx.Component:
    return rx.fragment(
        rx.el.option("All of my rules", value=""),
        rx.foreach(RULES.lines, lambda rule: rx.el.option(rule.name, value=rule.id)),
    )
