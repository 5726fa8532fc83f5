"""`/royalties/statements/[id]`: what a party earned in a cycle, line by line, each provable."""

from __future__ import annotations

from typing import Any

import reflex as rx

from omnisonic.core.royalties.dispute_dialog import dispute_dialog
from omnisonic.core.royalties.line_entries_dialog import line_entries_dialog
from omnisonic.core.royalties.proof_dialog import proof_dialog
from omnisonic.core.royalties.statement_components import invoice_head, invoice_lines
from omnisonic.core.royalties.statement_state import StatementState
from omnisonic.core.royalties.widgets import LOOK_EVERY_MS, ChangesWatch
from omnisonic.platform.ui.controls import link_button
from omnisonic.platform.ui.feedback import empty_state, error_state, skeleton
from omnisonic.platform.ui.shell import crumbs, page, shell

STATEMENT: Any = StatementState  # Reflex types no variables of dataclasses


def statement_page() -> rx.Component:
    """`/royalties/statements/[statement_id]`"""
    return shell(
        page(
            rx.cond(
                STATEMENT.load_problem != "",
                error_state(
                    "The statement could not be loaded", STATEMENT.load_problem, on_retry=STATEMENT.load
                ),
                rx.cond(
                    STATEMENT.is_loaded,
                    rx.cond(STATEMENT.is_missing, _missing(), rx.fragment(invoice_head(), invoice_lines())),
                    skeleton(shape="card", count=2),
                ),
            ),
            proof_dialog(STATEMENT.proof, STATEMENT.proof_at),
            dispute_dialog(),
            line_entries_dialog(),
            ChangesWatch.create(mark=STATEMENT.mark, every_ms=LOOK_EVERY_MS, on_change=STATEMENT.hear),
        ),
        active="royalties",
        crumbs=crumbs(("Royalties", "/royalties"), (STATEMENT.head.title, None)),
    )


def _missing() -> rx.Component:
    return empty_state(
        "search-x",
        "There is no such statement",
        "It may have another address, or it is somebody else's: a statement is shown to its party and to "
        "curators only.",
        link_button("Your royalties", "/royalties", testid="to-royalties", kind="primary"),
        testid="statement-missing",
    )
