"""`/catalog/duplicates`: entries that may be registered twice, for curators."""

from __future__ import annotations

from typing import Any

import reflex as rx

from omnisonic.core.catalog.duplicates import LOOKED_AT
from omnisonic.core.catalog.duplicates_state import HEADING_ID, PATH, DuplicatesState
from omnisonic.core.catalog.merge_components import MERGE_DIALOG, merge_dialog
from omnisonic.platform.ui.controls import button, link_button
from omnisonic.platform.ui.dialog import opens
from omnisonic.platform.ui.feedback import empty_state, error_state, skeleton
from omnisonic.platform.ui.shell import crumbs, page, page_head, shell

PAIRS: Any = DuplicatesState  # Reflex types no variables of dataclasses
KINDS = (("works", "Works"), ("recordings", "Recordings"), ("people", "People"))


def duplicates_page() -> rx.Component:
    """`/catalog/duplicates`"""
    return shell(
        page(
            page_head("Possible duplicates", "Look at both, choose the one that stays"),
            _kinds(),
            rx.el.h2("Pairs", id=HEADING_ID, tab_index=-1, class_name="ui-sr-only"),
            rx.cond(
                PAIRS.load_problem != "",
                error_state("The pairs could not be loaded", PAIRS.load_problem, on_retry=PAIRS.load),
                rx.cond(PAIRS.is_loaded, _list(), skeleton(shape="row", count=6)),
            ),
            merge_dialog(PAIRS),
        ),
        active="works",
        crumbs=crumbs(("Catalog", "/catalog"), ("Possible duplicates", None)),
    )


def _kinds() -> rx.Component:
    return rx.el.nav(
        *[
            rx.el.a(
                words,
                href=f"{PATH}?kind={kind}",
                aria_current=rx.cond(PAIRS.kind == kind, "page", "false"),
                class_name="ui-kind",
                data_testid=f"kind-{kind}",
            )
            for kind, words in KINDS
        ],
        aria_label="Kinds",
        class_name="ui-kinds",
    )


def _list() -> rx.Component:
    return rx.fragment(
        rx.cond(
            PAIRS.pairs.length() > 0,
            rx.el.ul(rx.foreach(PAIRS.pairs, _pair), class_name="ui-card ui-alike"),
            empty_state(
                "copy-check",
                "Nothing looks registered twice here",
                f"The newest {LOOKED_AT} entries were compared with the whole catalog.",
                testid="no-pairs",
            ),
        ),
        rx.cond(
            PAIRS.further != "", link_button("Look at older entries", PAIRS.further, testid="look-further")
        ),
    )


def _pair(pair: Any) -> rx.Component:
    return rx.el.li(
        rx.el.span(
            rx.el.a(pair.newer_title, href=pair.newer_href, dir="auto", class_name="ui-link"),
            rx.el.span(" and ", class_name="ui-text-2"),
            rx.el.a(pair.older_title, href=pair.older_href, dir="auto", class_name="ui-link"),
            rx.el.span(" have ", pair.why, class_name="ui-text-2"),
            class_name="ui-grow",
        ),
        button(
            "Compare",
            testid="compare",
            icon="git-merge",
            aria_label="Compare " + pair.newer_title.to(str) + " and " + pair.older_title.to(str),
            on_click=PAIRS.compare(pair.older_id, pair.newer_id),
            **opens(MERGE_DIALOG),
        ),
        key=pair.id,
        data_testid="pair",
    )
