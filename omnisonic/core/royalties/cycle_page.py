"""`/royalties/cycles/[id]`: a cycle from its sources to its parties, and what proves it."""

from __future__ import annotations

from typing import Any

import reflex as rx

from omnisonic.core.royalties.cycle_check_components import checkpoint_card
from omnisonic.core.royalties.cycle_check_state import CycleCheckState
from omnisonic.core.royalties.cycle_components import (
    close_button,
    close_dialog,
    entries_card,
    money_card,
)
from omnisonic.core.royalties.cycle_state import CycleState
from omnisonic.core.royalties.cycles_components import status_badge
from omnisonic.core.royalties.proof_dialog import proof_dialog
from omnisonic.core.royalties.what_if_components import what_if_card
from omnisonic.platform.ui.controls import link_button
from omnisonic.platform.ui.feedback import empty_state, error_state, notice, skeleton
from omnisonic.platform.ui.live import follow_closing, follow_entries
from omnisonic.platform.ui.shell import crumbs, page, shell

CYCLE: Any = CycleState  # Reflex types no variables of dataclasses
CHECKS: Any = CycleCheckState


def cycle_page() -> rx.Component:
    """`/royalties/cycles/[cycle_id]`"""
    return shell(
        page(
            rx.cond(
                CYCLE.load_problem != "",
                error_state("The cycle could not be loaded", CYCLE.load_problem, on_retry=CYCLE.load),
                rx.cond(
                    CYCLE.is_loaded,
                    rx.cond(CYCLE.is_missing, _missing(), _cycle()),
                    skeleton(shape="card", count=3),
                ),
            ),
            proof_dialog(CHECKS.proof, CHECKS.proof_at),
        ),
        active="royalties",
        crumbs=crumbs(("Royalties", "/royalties"), (CYCLE.head.name, None)),
    )


def _cycle() -> rx.Component:
    return rx.fragment(
        rx.el.div(
            rx.el.div(
                rx.el.div(
                    rx.el.h1(CYCLE.head.name, dir="auto"),
                    status_badge(CYCLE.head),
                    class_name="ui-row ui-row-wrap",
                ),
                rx.el.p(
                    CYCLE.head.number,
                    rx.cond(CYCLE.head.period != "", " · " + CYCLE.head.period, ""),
                    " · ",
                    CYCLE.head.currencies,
                    " · ",
                    CYCLE.head.counts,
                    data_testid="cycle-facts",
                ),
            ),
            rx.cond(CYCLE.head.can_close, close_button()),
            class_name="ui-page-head",
        ),
        rx.cond(
            (CYCLE.head.status == "closing") & ~CYCLE.is_closing,
            notice(
                "It is being closed, or closing stopped half-way. This page shows by itself when it is "
                "closed; if nothing happens, go on closing: it continues where it stopped.",
                kind="warn",
                data_testid="half-closed",
            ),
        ),
        money_card(),
        checkpoint_card(),
        rx.cond(CYCLE.flow.currency != "", what_if_card()),
        entries_card(),
        close_dialog(),
        rx.cond(
            CYCLE.head.can_close,
            rx.fragment(
                follow_entries(CYCLE.head.id, on_update=CYCLE.hear),
                follow_closing(CYCLE.head.id, on_update=CYCLE.hear_closed),
            ),
        ),
    )


def _missing() -> rx.Component:
    return empty_state(
        "search-x",
        "There is no such cycle",
        "It may have another address, or your account may not look after royalties.",
        link_button("All royalties", "/royalties", testid="to-royalties", kind="primary"),
        testid="cycle-missing",
    )
