"""The fields of a license; the territory is read back in words while it is written."""

from __future__ import annotations

from typing import Any

import reflex as rx

from omnisonic.core.licenses.form_state import LicenseFormState as Form
from omnisonic.core.licenses.words import RIGHT_WORDS
from omnisonic.platform.ui.controls import checkbox, field, segmented, select, text_input
from omnisonic.platform.ui.feedback import notice

RIGHTS = tuple((str(right), words) for right, words in RIGHT_WORDS.items())


def form_fields() -> rx.Component:
    """Licensee, right, window and territory."""
    return rx.fragment(
        field(
            "Licensee",
            _text("licensee", Form.licensee, max_length=300, auto_focus=True, dir="auto"),
            for_id="license-licensee",
        ),
        rx.el.div(
            field(
                "Right",
                select(
                    "license-right",
                    RIGHTS,
                    testid="license-right",
                    value=Form.right,
                    on_change=Form.write("right"),
                ),
                for_id="license-right",
            ),
            rx.cond(
                (Form.right == "MASTER") & (Form.recordings.length() > 0),
                field("Recording", _recording(), for_id="license-recording"),
            ),
            class_name="ui-pair",
        ),
        segmented(
            "Exclusive or not",
            "license-exclusive",
            (("exclusive", "Exclusive"), ("shared", "Beside others")),
            rx.cond(Form.is_exclusive, "exclusive", "shared"),
            lambda choice: Form.choose_exclusive(choice == "exclusive"),
        ),
        rx.el.div(
            field(
                "First day",
                _text("starts", Form.starts, type="date", max="2999-12-31"),
                for_id="license-starts",
            ),
            field(
                "Last day",
                _text("last_day", Form.last_day, type="date", max="2999-12-31"),
                for_id="license-last_day",
                hint="Empty: without end. Days are UTC.",
            ),
            class_name="ui-pair",
        ),
        field(
            "Territory",
            _text(
                "territory",
                Form.territory,
                max_length=1000,
                placeholder="World",
                auto_complete="off",
                spell_check=False,
            ),
            for_id="license-territory",
            hint="Names, codes and groups: “Europe - CH”, “US, CA”, “World except Japan”. Empty: the world.",
        ),
        _territory(),
        _remarks(),
        field(
            "Note",
            rx.el.textarea(
                id="license-note",
                value=Form.note,
                on_change=Form.write("note"),
                max_length=4000,
                rows="2",
                class_name="ui-input ui-textarea",
                data_testid="license-note",
            ),
            for_id="license-note",
        ),
        checkbox(
            "Keep it as a draft",
            testid="license-draft",
            hint="A draft is in nobody's way until you put it in force.",
            checked=Form.is_draft,
            on_change=Form.choose_draft,
        ),
    )


def _recording() -> rx.Component:
    return select(
        "license-recording",
        rx.fragment(
            rx.el.option("Every recording", value=""),
            rx.foreach(Form.recordings, lambda one: rx.el.option(one.title, value=one.id)),
        ),
        testid="license-recording",
        value=Form.recording,
        on_change=Form.write("recording"),
    )


def _territory() -> rx.Component:
    return rx.el.div(
        rx.cond(
            Form.territory_problem != "",
            notice(Form.territory_problem, kind="danger", data_testid="license-territory-problem"),
            rx.el.div(
                rx.icon("globe", size=16, aria_hidden="true"),
                rx.el.span(Form.territory_name),
                class_name="ui-row ui-territory",
                data_testid="license-territory-name",
            ),
        ),
        aria_live="polite",
    )


def _remarks() -> rx.Component:
    return rx.cond(
        Form.territory_remarks.length() > 0,
        rx.el.div(
            rx.foreach(Form.territory_remarks, lambda words: rx.el.p(words, class_name="ui-hint")),
            class_name="ui-stack",
        ),
    )


def _text(name: str, value: Any, **props: Any) -> rx.Component:
    return text_input(
        f"license-{name}",
        testid=f"license-{name}",
        value=value,
        on_change=Form.write(name),
        **props,
    )
