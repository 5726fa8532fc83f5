"""The form in which a party claims a share of a work that nobody has."""

from __future__ import annotations

from typing import Any

import reflex as rx

from omnisonic.core.catalog.role_words import ROLE_WORDS
from omnisonic.core.catalog.widgets import finder
from omnisonic.core.royalties.cases_state import CasesState
from omnisonic.platform.ui.controls import button, field, select, text_input
from omnisonic.platform.ui.dialog import closes, dialog, opened_by_state
from omnisonic.platform.ui.feedback import notice

CASES: Any = CasesState  # Reflex types no variables of dataclasses
CLAIM_FORM = "claim-dialog"  # Reflex knows "claim-share" and the field "claim_share" by one name
ROLES = tuple((str(role), words) for role, words in ROLE_WORDS.items())


def claim_form() -> rx.Component:
    """Which work, how much, as what, and why."""
    return rx.fragment(
        opened_by_state(CLAIM_FORM, at=CASES.claim_at),
        dialog(
            CLAIM_FORM,
            "Claim a share",
            rx.el.div(
                rx.cond(CASES.work_id != "", _chosen_work(), _work_finder()),
                rx.el.form(
                    field(
                        "For",
                        select(
                            "claim_party",
                            rx.foreach(CASES.parties, lambda one: rx.el.option(one[1], value=one[0])),
                            testid="claim-party",
                        ),
                        for_id="claim_party",
                    ),
                    rx.el.div(
                        field(
                            "Share in percent",
                            text_input(
                                "claim_share", testid="claim-percent", input_mode="decimal", required=True
                            ),
                            for_id="claim_share",
                        ),
                        field("As", select("claim_role", ROLES, testid="claim-role"), for_id="claim_role"),
                        class_name="ui-pair",
                    ),
                    field(
                        "From",
                        text_input("claim_from", testid="claim-from", type="date"),
                        for_id="claim_from",
                        hint="Empty: as long as the present shares count.",
                    ),
                    field(
                        "Why it is yours",
                        rx.el.textarea(
                            id="claim_reason",
                            name="claim_reason",
                            rows=3,
                            max_length=2000,
                            required=True,
                            class_name="ui-input ui-textarea",
                            data_testid="claim-reason",
                        ),
                        for_id="claim_reason",
                    ),
                    rx.cond(
                        CASES.claim_problem != "",
                        notice(CASES.claim_problem, kind="danger", data_testid="claim-problem"),
                    ),
                    rx.el.div(
                        button(
                            "Send the claim",
                            testid="claim-send",
                            kind="primary",
                            type="submit",
                            disabled=CASES.work_id == "",
                        ),
                        button("Cancel", testid="claim-cancel", kind="ghost", **closes(CLAIM_FORM)),
                        class_name="ui-row",
                    ),
                    key="claim-" + CASES.claimed.to_string(),  # after one that was sent the form is empty
                    on_submit=CASES.claim,
                    class_name="ui-stack ui-stack-4",
                ),
                class_name="ui-stack ui-stack-4",
            ),
            testid="claim-form",
            closed=CASES.claimed,
        ),
    )


def _work_finder() -> rx.Component:
    return rx.el.div(
        rx.el.p("Work", class_name="ui-label"),
        finder("works", "Title or ISWC", testid="claim-work", on_pick=CASES.choose_work),
        class_name="ui-field",
    )


def _chosen_work() -> rx.Component:
    return rx.el.div(
        rx.el.div(
            rx.el.p("Work", class_name="ui-label"),
            rx.el.strong(CASES.work_title, dir="auto"),
            rx.cond(
                CASES.free != "",
                rx.el.p(
                    CASES.free,
                    " of it is nobody's",
                    class_name="ui-small ui-text-2",
                    data_testid="claim-free",
                ),
                rx.el.p(
                    "Every part of it has an owner today. Ask a curator if others have too much.",
                    class_name="ui-small ui-text-2",
                    data_testid="claim-free",
                ),
            ),
            class_name="ui-grow",
        ),
        button("Another work", testid="claim-other", kind="ghost", on_click=CASES.choose_work("", "")),
        class_name="ui-row",
    )
