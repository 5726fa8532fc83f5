"""The list of rules as sentences, snoozing one, and the way back from removing one."""

from __future__ import annotations

from typing import Any

import reflex as rx

from omnisonic.insight.alerts.rule_form_components import rule_drawer
from omnisonic.insight.alerts.rule_form_state import RuleFormState
from omnisonic.insight.alerts.rule_state import RulesState
from omnisonic.platform.ui.controls import button, icon_button
from omnisonic.platform.ui.dialog import dialog, opened_by_state
from omnisonic.platform.ui.feedback import empty_state, error_state, skeleton, undo_bar

RULES: Any = RulesState  # Reflex types no variables of dataclasses
FORM: Any = RuleFormState
SNOOZE_DIALOG = "alert-snooze"
SNOOZES = ((1, "For an hour"), (8, "For 8 hours"), (24, "For a day"), (168, "For a week"))


def rules_panel() -> rx.Component:
    """The rules, the drawer that writes them, and the question how long one keeps quiet."""
    return rx.fragment(
        rx.cond(
            RULES.load_problem != "",
            error_state("The rules could not be loaded", RULES.load_problem, RULES.load),
            rx.cond(RULES.phase == "loading", skeleton(shape="row", count=4), _list()),
        ),
        rule_drawer(),
        _snooze_dialog(),
        rx.cond(
            RULES.removed_words != "",
            undo_bar(RULES.removed_words, RULES.undo_remove, RULES.forget_remove, testid="rule-removed"),
        ),
    )


def new_rule_button(testid: str) -> rx.Component:
    """Opens the drawer for a new rule."""
    return button("New rule", testid=testid, icon="plus", kind="primary", on_click=FORM.begin)


def _list() -> rx.Component:
    return rx.cond(
        RULES.lines.length() > 0,
        rx.el.ul(rx.foreach(RULES.lines, _rule), class_name="ui-decides", data_testid="rules"),
        empty_state(
            "bell",
            "No rules yet",
            "A rule is a sentence: when any artist I follow gets three times the usual mentions in 24 "
            "hours, tell me. Before you keep it, it shows when it would have fired in the last 30 days.",
            new_rule_button("rule-first"),
            testid="no-rules",
        ),
    )


def _rule(line: Any) -> rx.Component:
    return rx.el.li(
        rx.el.div(
            rx.el.div(
                rx.el.h2(line.name, dir="auto", class_name="ui-grow"),
                _status(line),
                class_name="ui-row ui-row-wrap",
            ),
            rx.el.p(rx.foreach(line.parts, _part), dir="auto", class_name="ui-rule-sentence"),
            rx.cond(
                line.reason != "",
                rx.el.p(line.reason, class_name="ui-small ui-text-2", data_testid="rule-reason"),
            ),
            class_name="ui-stack ui-rule-words",
        ),
        _actions(line),
        key=line.id,
        class_name="ui-decide",
        data_testid="rule",
    )


def _part(part: Any) -> rx.Component:
    return rx.cond(part.is_strong, rx.el.strong(part.words), rx.el.span(part.words))


def _status(line: Any) -> rx.Component:
    kind = rx.match(
        line.status, ("watching", "ok"), ("error", "danger"), ("snoozed", "warn"), ("partly", "warn"), "plain"
    )
    return rx.el.span(
        line.status_words, class_name="ui-badge ui-badge-" + kind.to(str), data_testid="rule-status"
    )


def _actions(line: Any) -> rx.Component:
    name = line.name.to(str)
    return rx.el.div(
        button(
            "Edit",
            testid="rule-edit",
            icon="pencil",
            aria_label="Edit " + name,
            on_click=FORM.edit(line.id),
        ),
        rx.cond(
            line.is_snoozed,
            button(
                "Wake",
                testid="rule-wake",
                icon="bell",
                aria_label="Wake " + name,
                on_click=RULES.wake(line.id),
            ),
            button(
                "Snooze",
                testid="rule-snooze",
                icon="bell-off",
                aria_label="Snooze " + name,
                on_click=RULES.ask_snooze(line.id),
            ),
        ),
        rx.cond(
            line.is_enabled,
            button(
                "Turn off",
                testid="rule-off",
                icon="pause",
                aria_label="Turn off " + name,
                on_click=RULES.switch(line.id, False),
            ),
            button(
                "Turn on",
                testid="rule-on",
                icon="play",
                aria_label="Turn on " + name,
                on_click=RULES.switch(line.id, True),
            ),
        ),
        icon_button("trash-2", "Remove " + name, testid="rule-remove", on_click=RULES.remove(line.id)),
        class_name="ui-row ui-row-wrap",
    )


def _snooze_dialog() -> rx.Component:
    return rx.fragment(
        dialog(
            SNOOZE_DIALOG,
            "Keep it quiet",
            rx.el.p(
                rx.el.strong(RULES.snoozing_name, dir="auto"),
                " goes on looking and writes the history, and tells nobody.",
                class_name="ui-rule-sentence",
            ),
            rx.el.div(
                *[
                    button(words, testid=f"snooze-{hours}", on_click=RULES.snooze(hours))
                    for hours, words in SNOOZES
                ],
                class_name="ui-row ui-row-wrap ui-rule-choices",
            ),
            testid="snooze-dialog",
            closed=RULES.snooze_closed,
        ),
        opened_by_state(SNOOZE_DIALOG, at=RULES.snooze_opened),
    )
