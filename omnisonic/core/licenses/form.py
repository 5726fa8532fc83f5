"""The form of a license at the side of the page: the work, its fields, and granting it."""

from __future__ import annotations

from typing import Any

import reflex as rx

from omnisonic.core.licenses.form_conflicts import conflicts
from omnisonic.core.licenses.form_fields import form_fields
from omnisonic.core.licenses.form_state import LicenseFormState as Form
from omnisonic.platform.ui.controls import button, field, text_input
from omnisonic.platform.ui.dialog import closes, drawer
from omnisonic.platform.ui.feedback import notice, skeleton

LICENSE_FORM = "license-form"


def license_form() -> rx.Component:
    """The form; what opens it calls `start` or `edit` of its state. Once per page."""
    return drawer(
        LICENSE_FORM,
        rx.cond(Form.license_id != "", "Change the license", "Grant a license"),
        rx.cond(
            Form.is_ready,
            rx.el.div(
                _work(),
                rx.cond(
                    Form.refusal != "",
                    notice(Form.refusal, kind="warn", data_testid="license-refusal"),
                    rx.cond(Form.work_id != "", form_fields()),
                ),
                class_name="ui-stack ui-stack-4",
            ),
            skeleton(shape="row", count=6),
        ),
        rx.cond(Form.is_ready & (Form.work_id != "") & (Form.refusal == ""), _foot()),
        closed=Form.closed,
        testid=LICENSE_FORM,
    )


def _work() -> rx.Component:
    return rx.cond(
        Form.work_id != "",
        rx.el.div(
            rx.el.div(
                rx.el.p("Work", class_name="ui-label"),
                rx.el.p(rx.el.strong(Form.work_title, dir="auto")),
                class_name="ui-grow",
            ),
            rx.cond(
                Form.license_id == "",
                button(
                    "Choose another", testid="license-other-work", kind="ghost", on_click=Form.forget_work
                ),
            ),
            class_name="ui-row",
        ),
        rx.el.div(
            field(
                "Work",
                text_input(
                    "license-work",
                    testid="license-work",
                    value=Form.work_search,
                    on_change=Form.search_works,
                    placeholder="Title or ISWC",
                    auto_complete="off",
                    auto_focus=True,
                ),
                for_id="license-work",
                hint="The works that you may license.",
            ),
            rx.cond(
                Form.works.length() > 0,
                rx.el.ul(rx.foreach(Form.works, _choice), class_name="ui-choices"),
                rx.el.p(
                    rx.cond(
                        Form.work_search != "",
                        "No work of yours has this title.",
                        rx.el.span(
                            "You may license the works that you registered or have a share in. ",
                            rx.el.a("Register one", href="/catalog", class_name="ui-link"),
                            " first.",
                        ),
                    ),
                    class_name="ui-text-2",
                    data_testid="license-no-work",
                ),
            ),
            class_name="ui-stack",
        ),
    )


def _choice(choice: Any) -> rx.Component:
    return rx.el.li(
        rx.el.button(
            choice.title,
            type="button",
            dir="auto",
            class_name="ui-choice",
            on_click=Form.choose_work(choice.id),
            data_testid="license-work-choice",
        ),
        key=choice.id,
    )


def _foot() -> rx.Component:
    """What it would meet stays in sight beside the button, however long the form is."""
    return rx.el.div(
        rx.cond(Form.problem != "", notice(Form.problem, kind="danger", data_testid="license-problem")),
        conflicts(),
        rx.el.p(
            rx.cond(
                Form.missing != "",
                Form.missing,
                rx.cond(Form.territory_problem != "", "The territory is not known.", Form.meets_words),
            ),
            id="license-verdict",
            class_name="ui-small ui-text-2",
            data_testid="license-verdict",
        ),
        rx.el.div(
            button(
                rx.cond(
                    Form.is_draft,
                    "Save the draft",
                    rx.cond(Form.license_id != "", "Save the license", "Grant the license"),
                ),
                testid="license-save",
                kind="primary",
                aria_describedby="license-verdict",
                disabled=Form.is_saving
                | (Form.missing != "")
                | (Form.territory_problem != "")
                | ((Form.conflicts.length() > 0) & ~Form.is_draft),
                on_click=Form.save,
            ),
            button("Cancel", testid="license-cancel", kind="ghost", **closes(LICENSE_FORM)),
            class_name="ui-row",
        ),
        class_name="ui-drawer-foot ui-stack",
    )
