"""`/royalties`: for curators cycles, usage and matching; for payees what they earned."""

from __future__ import annotations

from typing import Any

import reflex as rx

from omnisonic.core.royalties.cases_components import cases_tab, own_cases
from omnisonic.core.royalties.cases_state import CasesState
from omnisonic.core.royalties.claim_form import claim_form
from omnisonic.core.royalties.cycles_components import cycle_form, cycles_tab, open_button
from omnisonic.core.royalties.matching_components import matching_tab
from omnisonic.core.royalties.payouts_components import payouts_tab, propose_button
from omnisonic.core.royalties.propose_dialog import propose_dialog
from omnisonic.core.royalties.rates_components import (
    add_rate_button,
    rate_form,
    rates_file_form,
    rates_tab,
)
from omnisonic.core.royalties.state import RoyaltiesState
from omnisonic.core.royalties.statements_components import statements_tab
from omnisonic.core.royalties.usage_components import usage_tab
from omnisonic.core.royalties.widgets import LOOK_EVERY_MS, ChangesWatch
from omnisonic.platform.ui.controls import link_button
from omnisonic.platform.ui.feedback import error_state, skeleton
from omnisonic.platform.ui.shell import crumbs, page, page_head, shell

ROYALTIES: Any = RoyaltiesState  # Reflex types no variables of dataclasses
CASES: Any = CasesState
TABS = (
    ("cycles", "Cycles"),
    ("usage", "Usage"),
    ("matching", "Matching"),
    ("statements", "Statements"),
    ("payouts", "Payouts"),
    ("rates", "Rates"),
    ("cases", "Disputes"),
)


def royalties_page() -> rx.Component:
    """`/royalties`"""
    return shell(
        page(
            page_head(
                "Royalties",
                "From reported use to what each party gets, exact to the last digit and provable",
                rx.cond(
                    ROYALTIES.is_curator,
                    rx.match(
                        ROYALTIES.tab,
                        ("cycles", open_button()),
                        ("usage", rx.fragment()),
                        ("payouts", propose_button()),
                        ("rates", add_rate_button()),
                        link_button(
                            "Report usage",
                            "/royalties?tab=usage",
                            testid="to-usage",
                            icon="upload",
                            kind="primary",
                        ),
                    ),
                ),
            ),
            rx.cond(ROYALTIES.is_curator, _tabs()),
            rx.cond(
                ROYALTIES.load_problem != "",
                error_state(
                    "The royalties could not be loaded", ROYALTIES.load_problem, on_retry=ROYALTIES.load
                ),
                rx.cond(ROYALTIES.is_loaded, _content(), skeleton(shape="row", count=6)),
            ),
            rx.cond(
                ROYALTIES.is_curator,
                rx.fragment(cycle_form(), rate_form(), rates_file_form(), propose_dialog()),
            ),
            claim_form(),
            ChangesWatch.create(mark=ROYALTIES.mark, every_ms=LOOK_EVERY_MS, on_change=ROYALTIES.hear),
        ),
        active="royalties",
        crumbs=crumbs(("Catalog", "/catalog"), ("Royalties", None)),
    )


def _content() -> rx.Component:
    return rx.match(
        ROYALTIES.tab,
        ("cycles", cycles_tab()),
        ("usage", usage_tab()),
        ("matching", matching_tab()),
        ("payouts", payouts_tab()),
        ("rates", rates_tab()),
        ("cases", cases_tab()),
        rx.el.div(
            statements_tab(),
            rx.cond(~ROYALTIES.is_curator, own_cases()),
            class_name="ui-stack ui-stack-6",
        ),
    )


def _tabs() -> rx.Component:
    return rx.el.nav(
        *[
            rx.el.a(
                words,
                rx.cond(
                    ROYALTIES.matches > 0,
                    rx.el.span(
                        ROYALTIES.matches,
                        rx.el.span(" to decide", class_name="ui-sr-only"),
                        class_name="ry-count",
                    ),
                )
                if tab == "matching"
                else rx.cond(
                    CASES.open_count > 0,
                    rx.el.span(
                        CASES.open_count,
                        rx.el.span(" to answer", class_name="ui-sr-only"),
                        class_name="ry-count",
                    ),
                )
                if tab == "cases"
                else None,
                href=f"/royalties?tab={tab}",
                aria_current=rx.cond(ROYALTIES.tab == tab, "page", "false"),
                class_name="ui-kind",
                data_testid=f"tab-{tab}",
            )
            for tab, words in TABS
        ],
        aria_label="Parts of the royalties",
        class_name="ui-kinds",
    )
