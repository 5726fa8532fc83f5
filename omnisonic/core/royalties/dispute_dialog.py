"""The dialog in which a payee says what is wrong with a line."""

from __future__ import annotations

from typing import Any

import reflex as rx

from omnisonic.core.royalties.statement_state import StatementState
from omnisonic.platform.ui.controls import button, field
from omnisonic.platform.ui.dialog import closes, dialog, opened_by_state
from omnisonic.platform.ui.feedback import notice

STATEMENT: Any = StatementState  # Reflex types no variables of dataclasses
DISPUTE = "dispute-line"


def dispute_dialog() -> rx.Component:
    """Opens for the line that was chosen."""
    return rx.fragment(
        opened_by_state(DISPUTE, at=STATEMENT.disputed_at),
        dialog(
            DISPUTE,
            "What is wrong with this line?",
            rx.el.form(
                rx.el.p(rx.el.strong(STATEMENT.disputed_words, dir="auto")),
                rx.el.p(
                    "A curator answers. Until then its amount is held back from your balance and waits; "
                    "nothing of the statement is changed.",
                    class_name="ui-text-2",
                ),
                field(
                    "What should it be?",
                    rx.el.textarea(
                        id="dispute_reason",
                        name="dispute_reason",
                        rows=4,
                        max_length=2000,
                        required=True,
                        class_name="ui-input ui-textarea",
                        data_testid="dispute-reason",
                    ),
                    for_id="dispute_reason",
                ),
                rx.cond(
                    STATEMENT.dispute_problem != "",
                    notice(STATEMENT.dispute_problem, kind="danger", data_testid="dispute-problem"),
                ),
                rx.el.div(
                    button("Dispute the line", testid="dispute-send", kind="primary", type="submit"),
                    button("It is right", testid="dispute-cancel", kind="ghost", **closes(DISPUTE)),
                    class_name="ui-row",
                ),
                key="dispute-" + STATEMENT.disputed_at.to_string(),  # each line begins with an empty form
                on_submit=STATEMENT.dispute,
                class_name="ui-stack ui-stack-4",
            ),
            testid="dispute-form",
            closed=STATEMENT.disputed,
        ),
    )
