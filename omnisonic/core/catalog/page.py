"""`/catalog`: works, recordings and people, with search and filters that live in the address."""

from __future__ import annotations

from typing import Any

import reflex as rx
from reflex_components_core.el.elements.inline import A

from omnisonic.core.catalog.list_components import (
    NEW_DIALOG,
    genre_field,
    new_dialog,
    rows,
)
from omnisonic.core.catalog.state import CatalogState
from omnisonic.platform.ui.controls import button, link_button
from omnisonic.platform.ui.dialog import opened_by_state, opens
from omnisonic.platform.ui.feedback import empty_state, error_state, skeleton
from omnisonic.platform.ui.shell import crumbs, page, page_head, shell

CATALOG: Any = CatalogState  # Reflex types no variables of dataclasses
KINDS = (("works", "Works"), ("recordings", "Recordings"), ("people", "People"))
SEARCH_AFTER_MS = 250


def catalog_page() -> rx.Component:
    """`/catalog`"""
    return shell(
        page(
            page_head("Catalog", "Works, their recordings, and the people behind them", _new("new")),
            _kinds(),
            _tools(),
            rx.cond(CATALOG.load_problem != "", _failed(), _list()),
            new_dialog(),
            opened_by_state(NEW_DIALOG, at=CATALOG.is_asked, asked_by="new"),
        ),
        active="works",
        crumbs=crumbs(("Catalog", "/catalog"), ("Works", None)),
    )


def _new(testid: str) -> rx.Component:
    # Never disabled: the browser opens the dialog itself, also before the page is alive.
    return button(
        rx.match(CATALOG.kind, ("recordings", "New recording"), ("people", "New person"), "New work"),
        testid=testid,
        icon="plus",
        kind="primary",
        on_click=CATALOG.forget_problem,
        **opens(NEW_DIALOG),
    )


def _kinds() -> rx.Component:
    return rx.el.nav(
        *[
            rx.el.a(
                words,
                href=CATALOG.hrefs[kind],
                aria_current=rx.cond(CATALOG.kind == kind, "page", "false"),
                class_name="ui-kind",
                data_testid=f"kind-{kind}",
            )
            for kind, words in KINDS
        ],
        aria_label="Kinds",
        class_name="ui-kinds",
    )


def _tools() -> rx.Component:
    return rx.el.div(
        rx.el.form(
            rx.icon("search", size=16, aria_hidden="true"),
            rx.el.input(
                name="catalog_search",
                type="search",
                default_value=CATALOG.search,
                key=CATALOG.search_key.to(str),
                placeholder=rx.match(
                    CATALOG.kind,
                    ("recordings", "Title, artist or ISRC"),
                    ("people", "Name, IPI or ISNI"),
                    "Title, name or ISWC",
                ),
                aria_label="Search the catalog",
                dir="auto",
                max_length=200,
                auto_complete="off",
                class_name="ui-input",
                on_change=CATALOG.look_for.debounce(SEARCH_AFTER_MS),
                data_testid="catalog-search",
            ),
            on_submit=CATALOG.look_by_enter,
            class_name="ui-find",
            role="search",
        ),
        rx.el.div(
            _toggle("mine", "Mine", CATALOG.mine),
            rx.match(
                CATALOG.kind,
                ("recordings", _toggle("without", "Without ISRC", CATALOG.without)),
                ("people", rx.fragment()),
                rx.fragment(
                    _toggle("conflicts", "Conflicts", CATALOG.conflicts),
                    _toggle("without", "Without ISWC", CATALOG.without),
                ),
            ),
            rx.cond(CATALOG.kind != "people", genre_field()),
            class_name="ui-row ui-row-wrap ui-grow",
        ),
        rx.cond(
            CATALOG.is_curator,
            rx.el.a(
                rx.icon("git-merge", size=14, aria_hidden="true"),
                "Duplicates",
                href="/catalog/duplicates?kind=" + CATALOG.kind,
                title="What may be registered twice",
                class_name="ui-toggle ui-toggle-plain",
                data_testid="to-duplicates",
            ),
        ),
        rx.cond(CATALOG.kind != "people", _files()),
        class_name="ui-tools",
    )


def _toggle(name: str, words: str, is_on: Any) -> rx.Component:
    return rx.el.a(
        rx.cond(is_on, rx.icon("check", size=14, aria_hidden="true")),
        words,
        rx.cond(is_on, rx.el.span(", on", class_name="ui-sr-only")),
        href=CATALOG.hrefs[name],
        class_name="ui-toggle",
        data_on=rx.cond(is_on, "true", "false"),
        data_testid=f"filter-{name}",
    )


def _files() -> rx.Component:
    def file(kind: str, words: str, hint: str) -> rx.Component:
        return A.create(
            rx.icon("download", size=14, aria_hidden="true"),
            words,
            href=CATALOG.hrefs[kind],
            title=hint,
            download=True,
            class_name="ui-toggle ui-toggle-plain",
            data_testid=f"export-{kind}",
        )

    return rx.el.div(
        file("csv", "CSV", "Everything that matches, as CSV"),
        file("jsonl", "JSON Lines", "Everything that matches, as JSON Lines"),
        class_name="ui-row",
    )


def _failed() -> rx.Component:
    return error_state("The catalog could not be loaded", CATALOG.load_problem, on_retry=CATALOG.load)


def _list() -> rx.Component:
    return rx.cond(
        CATALOG.is_loaded,
        rx.cond(
            CATALOG.lines.length() > 0,
            rx.fragment(rows(), _pages()),
            rx.cond(CATALOG.is_filtered, _no_match(), _empty()),
        ),
        skeleton(shape="row", count=8),
    )


def _pages() -> rx.Component:
    return rx.el.nav(
        rx.el.span(CATALOG.place_words, class_name="ui-text-2 ui-num", data_testid="catalog-place"),
        rx.el.div(
            rx.cond(
                CATALOG.hrefs["before"] != "",
                link_button("Newer", CATALOG.hrefs["before"], testid="page-before", icon="chevron-left"),
            ),
            rx.cond(
                CATALOG.hrefs["next"] != "",
                link_button("Older", CATALOG.hrefs["next"], testid="page-next", icon="chevron-right"),
            ),
            class_name="ui-row",
        ),
        aria_label="Pages",
        class_name="ui-row ui-between",
    )


def _no_match() -> rx.Component:
    return empty_state(
        "search-x",
        "Nothing matches",
        "Spelling may differ a little, but not that much. Look with fewer filters.",
        link_button("Take all filters away", CATALOG.hrefs["all"], testid="no-filters", kind="primary"),
        testid="no-match",
    )


def _empty() -> rx.Component:
    return rx.match(
        CATALOG.kind,
        (
            "recordings",
            empty_state(
                "disc-3",
                "No recordings yet",
                "One performance each, with its own ISRC. Add one, or bring your whole list as a file.",
                _new("first"),
                _import(),
                testid="empty-catalog",
            ),
        ),
        (
            "people",
            empty_state(
                "users",
                "Nobody yet",
                "People and companies appear here once a work names them or a recording credits them.",
                _new("first"),
                testid="empty-catalog",
            ),
        ),
        empty_state(
            "music-4",
            "Register your first work",
            "A work is what was written: who wrote it, how they share it, and who may use it.",
            _new("first"),
            _import(),
            testid="empty-catalog",
        ),
    )


def _import() -> rx.Component:
    return link_button("Import a file", "/imports", testid="to-import", icon="file-up")
