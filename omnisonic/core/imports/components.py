"""The browser component that takes a file, and one row of the history."""

from __future__ import annotations

from typing import Any

import reflex as rx

from omnisonic.core.imports.state import ImportsState
from omnisonic.platform.ui.controls import button, link_button, progress
from omnisonic.platform.ui.file_drop import FileLimits, FileTaker
from omnisonic.platform.ui.sources import link_sources
from omnisonic.platform.ui.table import cell

_LINKED = link_sources(__name__, ("importer.css", "importer.jsx", "preview.jsx"))


class Importer(FileTaker):
    """Drop zone, preview with its mapping, start. `on_started` hears the id of the import."""

    library = _LINKED["importer.jsx"]
    tag = "Importer"

    on_started: rx.EventHandler[rx.event.passthrough_event_spec(str)]  # type: ignore[type-arg, valid-type]


def importer() -> rx.Component:
    """The place where files are dropped."""
    return Importer.create(max_bytes=FileLimits.catalog_bytes, on_started=ImportsState.follow)


def import_row(row: Any) -> rx.Component:
    """One import: file, state with figures, when, and what can be done."""
    return rx.el.tr(
        cell(
            "File",
            rx.el.div(
                rx.el.p(row.file_name, class_name="ui-truncate", title=row.file_name),
                rx.el.p(row.size, class_name="ui-small ui-text-2"),
            ),
        ),
        cell("State", _state(row)),
        cell("Taken", rx.el.span(row.accepted, data_testid="import-accepted"), end=True),
        cell("Refused", rx.el.span(row.rejected, data_testid="import-rejected"), end=True),
        cell("When", rx.el.span(row.when, class_name="ui-text-2 im-when")),
        cell("Actions", _actions(row), end=True),
        data_testid="import-row",
        key=row.id,
    )


def _state(row: Any) -> rx.Component:
    return rx.cond(
        row.is_active,
        rx.el.div(
            rx.el.p(row.stage_words, class_name="ui-small", data_testid="import-stage"),
            progress(row.progress, label=row.file_name, testid="import-progress"),
            class_name="ui-stack ui-state-cell",
        ),
        rx.el.div(
            rx.el.p(row.status_words, data_testid="import-status"),
            rx.cond(row.note != "", rx.el.p(row.note, class_name="ui-small ui-text-2")),
            class_name="ui-state-cell",
        ),
    )


def _actions(row: Any) -> rx.Component:
    return rx.el.div(
        rx.cond(
            row.errors_href != "",
            link_button(
                "Errors",
                row.errors_href,
                testid="import-errors",
                icon="download",
                kind="ghost",
                is_page=False,
                download=True,
            ),
        ),
        rx.cond(
            row.is_active,
            button("Cancel", testid="import-cancel", kind="ghost", on_click=ImportsState.cancel(row.id)),
        ),
        rx.cond(
            row.can_resume,
            button("Resume", testid="import-resume", kind="outline", on_click=ImportsState.resume(row.id)),
        ),
        class_name="ui-row im-actions",
    )
