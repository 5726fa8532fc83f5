"""What saving would meet, before it is tried, and the ways out of it by one click."""

from __future__ import annotations

from typing import Any

import reflex as rx
from reflex_components_core.el.elements.inline import A

from omnisonic.core.licenses.form_state import LicenseFormState as Form
from omnisonic.platform.ui.controls import button
from omnisonic.platform.ui.feedback import notice


def conflicts() -> rx.Component:
    """What saving would meet, before it is tried."""
    return rx.el.div(
        rx.cond(
            Form.conflicts.length() > 0,
            notice(
                rx.el.strong(
                    rx.cond(
                        Form.is_draft,
                        "Could not be put in force now: this is granted already",
                        "This is granted already",
                    )
                ),
                rx.el.div(rx.foreach(Form.conflicts, _overlap), class_name="ui-overlaps"),
                _ways_out(),
                kind="danger",
                data_testid="license-conflict",
            ),
        ),
        rx.cond(
            Form.is_clear & (Form.missing == "") & (Form.problem == ""),
            rx.cond(
                Form.drafts.length() > 0,
                notice(
                    rx.el.strong("Free, but a draft wants the same"),
                    rx.el.div(rx.foreach(Form.drafts, _overlap), class_name="ui-overlaps"),
                    kind="warn",
                    data_testid="license-drafts",
                ),
                notice("Free: no other license is in the way.", kind="ok", data_testid="license-free"),
            ),
        ),
        class_name="ui-stack",
        aria_live="polite",
    )


def _ways_out() -> rx.Component:
    return rx.el.div(
        rx.cond(
            Form.free_territory != "",
            button(
                "Leave out " + Form.taken_words,
                testid="license-leave-out",
                icon="scissors",
                on_click=Form.write("territory", Form.free_territory),
            ),
        ),
        rx.cond(
            Form.free_from != "",
            button(
                "Start when theirs ends: " + Form.free_words,
                testid="license-start-after",
                icon="calendar-arrow-up",
                on_click=Form.write("starts", Form.free_from),
            ),
        ),
        class_name="ui-ways-out",
    )


def _overlap(one: Any) -> rx.Component:
    return rx.el.div(
        rx.el.p(
            A.create(  # beside the form: what is written here stays
                one.licensee,
                href=one.href,
                target="_blank",
                rel="noopener",
                dir="auto",
                class_name="ui-link",
                data_testid="license-conflict-link",
            ),
            " (",
            one.kind,
            ")",
        ),
        rx.el.p(one.shared, class_name="ui-small"),
        class_name="ui-overlap",
        key=one.id,
    )
