"""Exports over all sessions, `/exports`."""

from __future__ import annotations

from typing import Any

import reflex as rx

from omnisonic.platform.ui.controls import button, link_button, progress, select
from omnisonic.platform.ui.feedback import empty_state, error_state, skeleton
from omnisonic.platform.ui.live import follow_checkpoints
from omnisonic.platform.ui.shell import crumbs, page, page_head, shell
from omnisonic.platform.ui.table import cell, table
from omnisonic.studio.exports.components import (
    FORMATS,
    download_links,
    fingerprint,
    loudness_picture,
    status_icon,
)
from omnisonic.studio.exports.release_components import release_badge, release_facts
from omnisonic.studio.exports.state import ExportsState

STATUSES = (
    ("all", "All states"),
    ("active", "Under way"),
    ("completed", "Ready"),
    ("failed", "Failed"),
    ("canceled", "Canceled"),
)
COLUMNS = ("Session", "File", "Loudness", "State", "When", ">Get it")


def exports_page() -> rx.Component:
    """`/exports`"""
    return shell(
        page(
            page_head("Exports", "Every mix you have rendered, from all your sessions"),
            rx.cond(
                ExportsState.load_problem != "",
                error_state(
                    "Your exports could not be loaded", ExportsState.load_problem, on_retry=ExportsState.load
                ),
                rx.cond(
                    ExportsState.is_loaded,
                    rx.cond(ExportsState.has_any, _list(), _empty()),
                    skeleton(shape="row", count=6),
                ),
            ),
            rx.cond(ExportsState.awaits_proof, follow_checkpoints(on_update=ExportsState.hear_checkpoint)),
        ),
        active="exports",
        crumbs=crumbs(("Studio", "/sessions"), ("Exports", None)),
    )


def _list() -> rx.Component:
    return rx.fragment(
        rx.el.div(
            select(
                "status",
                STATUSES,
                testid="filter-status",
                aria_label="State",
                value=ExportsState.status,
                on_change=ExportsState.filter_status,
            ),
            select(
                "format",
                (("all", "All formats"), *FORMATS),
                testid="filter-format",
                aria_label="Format",
                value=ExportsState.file_format,
                on_change=ExportsState.filter_format,
            ),
            class_name="ui-filters",
        ),
        rx.cond(
            ExportsState.rows.length() > 0,
            table("Exports", COLUMNS, rx.foreach(ExportsState.rows, _row), testid="exports-table"),
            rx.el.p("No export matches these filters.", class_name="ui-text-2", data_testid="no-match"),
        ),
    )


def _row(row: Any) -> rx.Component:
    return rx.el.tr(
        cell(
            "Session",
            rx.el.a(
                row.session_name,
                href=row.session_href,
                dir="auto",
                title=row.session_name,
                class_name="ui-link ui-cell-link",
            ),
        ),
        cell(
            "File",
            rx.el.div(
                rx.el.p(row.title, release_badge(row), class_name="ui-export-name"),
                release_facts(row),
                fingerprint(row),
                class_name="ui-nowrap",
            ),
        ),
        cell(
            "Loudness",
            rx.el.div(
                rx.el.p(rx.cond(row.loudness != "", row.loudness, row.target)),
                loudness_picture(row),
                title=row.reason,
                class_name="ui-nowrap",
            ),
        ),
        cell("State", _state(row)),
        cell("When", rx.el.span(row.when, class_name="ui-text-2 ui-nowrap")),
        cell(
            "Get it",
            rx.cond(
                row.is_ready,
                download_links(row),
                rx.cond(
                    row.is_active,
                    button(
                        "Cancel", testid="export-cancel", kind="ghost", on_click=ExportsState.cancel(row.id)
                    ),
                ),
            ),
            end=True,
        ),
        data_testid="export-row",
        key=row.id,
    )


def _state(row: Any) -> rx.Component:
    return rx.cond(
        row.is_active,
        rx.el.div(
            rx.el.p(row.stage_words, class_name="ui-small", data_testid="export-stage"),
            progress(row.progress, label=row.title, testid="export-progress"),
            class_name="ui-stack ui-state-cell",
        ),
        rx.el.div(
            status_icon(row),
            rx.el.span(rx.cond(row.error != "", row.error, row.status_words)),
            class_name="ui-row ui-state-cell",
        ),
    )


def _empty() -> rx.Component:
    return empty_state(
        "download",
        "Nothing exported yet",
        "Open a session and choose “Export mix”. The file, how loud it is and its certificate land here.",
        link_button("Open a session", "/sessions", testid="to-sessions", kind="primary"),
        testid="no-exports",
    )
