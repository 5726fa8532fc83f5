"""`/licenses`: every license with filters, what ends next, and the timeline of a work."""

from __future__ import annotations

import reflex as rx

from omnisonic.core.licenses.components import ending_next, grant_button, license_table, revoked_bar
from omnisonic.core.licenses.form import LICENSE_FORM, license_form
from omnisonic.core.licenses.form_state import LicenseFormState
from omnisonic.core.licenses.state import MAX_ROWS, LicensesState
from omnisonic.core.licenses.timeline_picture import timeline
from omnisonic.core.licenses.words import RIGHT_WORDS, STATUS_WORDS
from omnisonic.platform.ui.controls import button, link_button, select, text_input
from omnisonic.platform.ui.dialog import opens
from omnisonic.platform.ui.feedback import empty_state, error_state, skeleton
from omnisonic.platform.ui.shell import crumbs, page, page_head, shell

STATUSES = (("all", "All states"), *((str(status), words) for status, words in STATUS_WORDS.items()))
RIGHTS = (("all", "All rights"), *((str(right), words) for right, words in RIGHT_WORDS.items()))


def licenses_page() -> rx.Component:
    """`/licenses`"""
    return shell(
        page(
            page_head(
                "Licenses",
                "Who may use your works, where, and until when",
                grant_button(kind="primary"),
            ),
            rx.cond(
                LicensesState.load_problem != "",
                error_state(
                    "The licenses could not be loaded",
                    LicensesState.load_problem,
                    on_retry=LicensesState.load,
                ),
                rx.cond(
                    LicensesState.is_loaded,
                    rx.cond(LicensesState.has_any, _list(), _empty()),
                    skeleton(shape="row", count=6),
                ),
            ),
            license_form(),
            revoked_bar(),
        ),
        active="licenses",
        crumbs=crumbs(("Catalog", "/catalog"), ("Licenses", None)),
    )


def _list() -> rx.Component:
    return rx.el.div(
        rx.cond(LicensesState.work_id != "", _one_work(), ending_next()),
        _filters(),
        rx.cond(
            LicensesState.lines.length() > 0,
            rx.cond(
                LicensesState.work_id != "", license_table(with_work=False), license_table(with_work=True)
            ),
            rx.el.p("No license matches these filters.", class_name="ui-text-2", data_testid="no-match"),
        ),
        rx.cond(
            (LicensesState.cursor != "") & (LicensesState.lines.length() < MAX_ROWS),
            button("Show more", testid="licenses-more", on_click=LicensesState.show_more),
        ),
        class_name="ui-stack ui-stack-6",
    )


def _one_work() -> rx.Component:
    return rx.el.section(
        rx.el.div(
            rx.el.h2(
                rx.el.a(
                    LicensesState.work_title,
                    href="/catalog/works/" + LicensesState.work_id,
                    dir="auto",
                    class_name="ui-link",
                ),
                class_name="ui-section-title",
            ),
            link_button("All works", "/licenses", testid="licenses-all", kind="ghost"),
            class_name="ui-card-head",
        ),
        timeline(),
        class_name="ui-card",
    )


def _filters() -> rx.Component:
    return rx.el.div(
        rx.el.div(
            text_input(
                "license-search",
                testid="filter-licensee",
                aria_label="Licensee",
                placeholder="Licensee",
                type="search",
                value=LicensesState.search,
                on_change=LicensesState.filter_search,
            ),
            class_name="ui-filter-text",
        ),
        select(
            "license-status",
            STATUSES,
            testid="filter-status",
            aria_label="State",
            value=LicensesState.status,
            on_change=LicensesState.filter_status,
        ),
        select(
            "license-rights",
            RIGHTS,
            testid="filter-right",
            aria_label="Right",
            value=LicensesState.right,
            on_change=LicensesState.filter_right,
        ),
        rx.el.div(
            text_input(
                "license-where",
                testid="filter-territory",
                aria_label="Territory",
                placeholder="Valid in … (FR, Europe)",
                value=LicensesState.territory,
                on_change=LicensesState.filter_territory,
            ),
            class_name="ui-filter-text",
        ),
        link_button(
            "CSV",
            LicensesState.csv_href,
            testid="licenses-csv",
            icon="download",
            kind="ghost",
            is_page=False,
            title="Download the licenses that these filters show",
        ),
        rx.cond(
            LicensesState.territory_problem != "",
            rx.el.p(LicensesState.territory_problem, class_name="ui-hint", role="status"),
        ),
        class_name="ui-filters ui-license-filters",
    )


def _empty() -> rx.Component:
    return empty_state(
        "file-check",
        "No licenses yet",
        "A license says who may use a work, in which countries and until when. "
        "Two that cannot both be true are refused before they do harm.",
        button(
            "Grant a license",
            testid="first-license",
            kind="primary",
            on_click=LicenseFormState.start(""),
            **opens(LICENSE_FORM),
        ),
        testid="no-licenses",
    )
