"""Bringing catalogs in, `/imports`."""

from __future__ import annotations

import reflex as rx

from omnisonic.core.imports.components import import_row, importer
from omnisonic.core.imports.state import ImportsState
from omnisonic.platform.ui.feedback import error_state, skeleton
from omnisonic.platform.ui.shell import crumbs, page, page_head, shell
from omnisonic.platform.ui.table import table

COLUMNS = ("File", "State", ">Taken", ">Refused", "When", ">Actions")


def imports_page() -> rx.Component:
    """`/imports`"""
    return shell(
        page(
            page_head(
                "Imports",
                "Bring in a whole catalog. Every row that cannot be taken is listed with its reason.",
            ),
            importer(),
            rx.cond(
                ImportsState.load_problem != "",
                error_state(
                    "The imports could not be listed", ImportsState.load_problem, on_retry=ImportsState.load
                ),
                rx.cond(ImportsState.is_loaded, _list(), skeleton(shape="row", count=3)),
            ),
        ),
        active="imports",
        crumbs=crumbs(("Catalog", "/catalog"), ("Imports", None)),
    )


def _list() -> rx.Component:
    return rx.cond(
        ImportsState.rows.length() > 0,
        table("Imports", COLUMNS, rx.foreach(ImportsState.rows, import_row), testid="imports"),
        rx.el.p(
            "Your imports are listed here, with a file of the rows that were refused.",
            class_name="ui-text-2",
            data_testid="no-imports",
        ),
    )
