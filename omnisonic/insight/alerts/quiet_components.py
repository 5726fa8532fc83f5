"""The tab of quiet hours: when alerts wait, in which time zone, and the weekly digest."""

from __future__ import annotations

from typing import Any

import reflex as rx

from omnisonic.insight.alerts.quiet_state import QuietState
from omnisonic.insight.alerts.quiet_words import zones
from omnisonic.platform.ui.controls import button, checkbox, field, text_input
from omnisonic.platform.ui.feedback import error_state, notice, skeleton

QUIET: Any = QuietState  # Reflex types no variables of states as what components take
ZONES = "time-zones"


def quiet_panel() -> rx.Component:
    """When the account wants to be left alone."""
    return rx.el.section(
        rx.cond(
            QUIET.load_problem != "",
            error_state("Your settings could not be loaded", QUIET.load_problem, QUIET.load),
            rx.cond(QUIET.is_loaded, _form(), skeleton(shape="card", count=1)),
        ),
        aria_label="Quiet hours and digest",
        data_testid="quiet-panel",
    )


def _form() -> rx.Component:
    return rx.el.form(
        rx.el.div(
            rx.el.h2("Quiet hours", class_name="ui-section-title"),
            rx.el.p(QUIET.summary, class_name="ui-text-2", data_testid="quiet-summary"),
            rx.el.p(
                "What happens meanwhile is kept and sent together when they are over.",
                class_name="ui-small ui-text-2",
            ),
        ),
        rx.el.div(
            _time("From", "quiet_from", QUIET.quiet_from),
            _time("Until", "quiet_until", QUIET.quiet_until),
            class_name="ui-row ui-row-wrap",
        ),
        _zone(),
        checkbox(
            "A digest each week",
            testid="weekly-digest",
            hint=QUIET.digest_words,
            name="weekly_digest",
            default_checked=QUIET.weekly_digest,
        ),
        rx.cond(QUIET.problem != "", notice(QUIET.problem, kind="danger", data_testid="quiet-problem")),
        rx.el.div(button("Save", testid="quiet-save", kind="primary", type="submit"), class_name="ui-row"),
        key=QUIET.form_key.to(str),
        on_submit=QUIET.save,
        class_name="ui-card ui-stack ui-stack-4",
    )


def _time(label: str, field_id: str, value: Any) -> rx.Component:
    return field(
        label,
        text_input(field_id, testid=field_id.replace("_", "-"), type="time", step=60, default_value=value),
        for_id=field_id,
    )


def _zone() -> rx.Component:
    return rx.el.div(
        field(
            "Time zone",
            text_input(
                "time_zone",
                testid="time-zone",
                list=ZONES,
                required=True,
                max_length=64,
                auto_complete="off",
                spell_check=False,
                default_value=QUIET.time_zone,
                aria_describedby="time_zone-hint",
            ),
            for_id="time_zone",
            hint="Region and city, such as Europe/Zurich.",
        ),
        rx.el.datalist(*[rx.el.option(value=zone) for zone in zones()], id=ZONES),
    )
