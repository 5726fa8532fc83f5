"""Tables that become stacked rows on a phone: each cell carries its column's name."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import reflex as rx


def table(caption: str, columns: Sequence[str], rows: rx.Component, *, testid: str) -> rx.Component:
    """A table; a column named with a leading `>` is aligned to its end. The caption is for readers."""
    return rx.el.div(
        rx.el.table(
            rx.el.caption(caption, class_name="ui-sr-only"),
            rx.el.thead(
                rx.el.tr(
                    *[
                        rx.el.th(
                            name.lstrip(">"), scope="col", class_name="ui-end" if name.startswith(">") else ""
                        )
                        for name in columns
                    ]
                )
            ),
            rx.el.tbody(rows),
            class_name="ui-table",
        ),
        class_name="ui-table-box",
        data_testid=testid,
    )


def cell(label: str, *children: Any, end: bool = False) -> rx.Component:
    """One cell; `label` is its column's name, shown on phones."""
    return rx.el.td(*children, data_label=label, class_name="ui-end" if end else "")
