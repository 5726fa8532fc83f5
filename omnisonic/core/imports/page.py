"""Bringing catalogs in, `/imports`."""

from __future__ import annotations

import reflex as rx

from omnisonic.core.imports.components import import_row, importer
from omnisonic.core.imports.state import ImportsState
from omnisonic.platform.ui.feedback import skeleton
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
                ImportsState.is_loaded,
                rx.cond(
                    ImportsState.rows.length() > 0,
                    table("Imports", COLUMNS, rx.foreach(ImportsState.rows, import_row), testid="imports"),
                    rx.el.p(
                        "Your imports are listed here, with a file of the rows that were refused.",
                        class_name="ui-text-2",
                        data_testid="no-imports",
                    ),
                ),
                skeleton(shape="row", count=3),
            ),
        ),
        active="imports",
        crumbs=crumbs(("Catalog", "/catalog"), ("Imports", None)),
    )
