"""Rows of the catalog's list, and the forms that register something new."""

from __future__ import annotations

from typing import Any

import reflex as rx

from omnisonic.core.catalog.recording_components import recording_form
from omnisonic.core.catalog.state import CatalogState
from omnisonic.platform.ui.controls import badge, button, field, text_input
from omnisonic.platform.ui.dialog import dialog
from omnisonic.platform.ui.feedback import notice
from omnisonic.platform.ui.table import cell, table

CATALOG: Any = CatalogState  # Reflex types no variables of dataclasses
NEW_DIALOG = "new-entry"
WORK_COLUMNS = ("Title", "Shares", "ISWC", ">Recordings", ">Changed")
RECORDING_COLUMNS = ("Title", "Work", "ISRC", ">Length", ">Released")
GENRE_AFTER_MS = 250
PERSON_COLUMNS = ("Name", "Roles", "IPI or ISNI", "Account", ">Since")


def rows() -> rx.Component:
    """The rows of the kind that is shown."""
    lines = CATALOG.lines
    shown = rx.match(
        CATALOG.kind,
        (
            "recordings",
            table("Recordings", RECORDING_COLUMNS, rx.foreach(lines, _recording), testid="catalog-rows"),
        ),
        ("people", table("People", PERSON_COLUMNS, rx.foreach(lines, _person), testid="catalog-rows")),
        table("Works", WORK_COLUMNS, rx.foreach(lines, _work), testid="catalog-rows"),
    )
    return rx.el.div(shown, class_name="ui-entries ui-entries-" + CATALOG.kind)


def _name(line: Any, second: Any) -> rx.Component:
    return rx.el.div(
        rx.el.a(
            line.title,
            href=line.href,
            dir="auto",
            title=line.title,
            class_name="ui-cell-title ui-truncate",
            data_testid="catalog-row",
        ),
        rx.cond(second != "", rx.el.span(second, dir="auto", class_name="ui-small ui-text-2 ui-truncate")),
        class_name="ui-cell-name",
    )


def _code(line: Any) -> rx.Component:
    return rx.cond(
        line.code != "",
        rx.el.code(line.code, class_name="ui-small ui-nowrap"),
        rx.el.span("–", class_name="ui-dim", aria_label="None"),
    )


def _work(line: Any) -> rx.Component:
    return rx.el.tr(
        cell("Title", _name(line, line.second)),
        cell("Shares", _shares(line)),
        cell("ISWC", _code(line)),
        cell("Recordings", rx.el.span(line.extra), end=True),
        cell("Changed", rx.el.span(line.changed, class_name="ui-text-2 ui-nowrap"), end=True),
        key=line.id,
    )


def _shares(line: Any) -> rx.Component:
    return rx.el.div(
        rx.el.div(
            rx.foreach(
                line.slices,
                lambda one: rx.el.span(
                    class_name="ui-slice ui-slice-" + one.color.to(str),
                    style={"width": one.width.to(str) + "%"},
                    key=one.left.to(str),
                ),
            ),
            class_name="ui-bar ui-bar-thin",
            aria_hidden="true",
        ),
        rx.match(
            line.state,
            (
                "conflict",
                rx.el.span(
                    rx.icon("triangle-alert", size=13, aria_hidden="true"),
                    line.state_words,
                    class_name="ui-small ui-shares-warn",
                ),
            ),
            ("whole", rx.el.span(line.state_words, class_name="ui-small ui-text-2")),
            rx.el.span(line.state_words, class_name="ui-small ui-dim"),
        ),
        class_name="ui-cell-shares",
        data_state=line.state,
    )


def _recording(line: Any) -> rx.Component:
    return rx.el.tr(
        cell("Title", _name(line, line.second)),
        cell(
            "Work",
            rx.cond(
                line.work_href != "",
                rx.el.a(
                    line.work_title,
                    href=line.work_href,
                    dir="auto",
                    title=line.work_title,
                    class_name="ui-link ui-cell-link ui-truncate",
                ),
                rx.el.span("No work yet", class_name="ui-dim"),
            ),
        ),
        cell("ISRC", _code(line)),
        cell("Length", rx.el.span(line.extra), end=True),
        cell("Released", rx.el.span(line.changed, class_name="ui-text-2 ui-nowrap"), end=True),
        key=line.id,
    )


def _person(line: Any) -> rx.Component:
    return rx.el.tr(
        cell("Name", _name(line, "")),
        cell("Roles", rx.el.span(line.second, class_name="ui-text-2")),
        cell("IPI or ISNI", _code(line)),
        cell("Account", rx.cond(line.extra != "", badge(line.extra, kind="ok", icon="user-check"))),
        cell("Since", rx.el.span(line.changed, class_name="ui-text-2 ui-nowrap"), end=True),
        key=line.id,
    )


def new_dialog() -> rx.Component:
    """The form that registers something of the kind that is shown.

    One dialog for all kinds: the browser may open it before the page knows which kind the address means.
    """
    return dialog(
        NEW_DIALOG,
        rx.match(
            CATALOG.kind,
            ("recordings", "New recording"),
            ("people", "New person or company"),
            "New work",
        ),
        rx.match(
            CATALOG.kind,
            ("recordings", recording_form(_problem(), on_submit=CATALOG.create_recording)),
            ("people", _name_form("person_name", "What are they called?", 300, CATALOG.create_person)),
            _name_form("work_title", "What is it called?", 500, CATALOG.create_work),
        ),
        testid="new-dialog",
    )


def _name_form(name: str, label: str, max_chars: int, on_submit: Any) -> rx.Component:
    testid = name.replace("_", "-")
    return rx.el.form(
        field(
            label,
            text_input(
                name,
                testid=testid,
                required=True,
                max_length=max_chars,
                default_value=CATALOG.new_name,
                key=CATALOG.new_name + CATALOG.is_asked.to(str),
                dir="auto",
                auto_complete="off",
                custom_attrs={"autofocus": ""},
            ),
            for_id=name,
        ),
        _problem(),
        button("Add", testid=f"save-{testid}", kind="primary", type="submit"),
        on_submit=on_submit,
        class_name="ui-stack ui-stack-4",
    )


def _problem() -> rx.Component:
    return rx.cond(
        CATALOG.problem != "",
        notice(
            CATALOG.problem,
            rx.cond(
                CATALOG.existing_href != "",
                rx.el.span(" ", rx.el.a("Open it", href=CATALOG.existing_href, class_name="ui-link")),
            ),
            kind="danger",
            data_testid="new-problem",
        ),
    )


def genre_field() -> rx.Component:
    """Which genre to show; the common ones are offered while someone writes."""
    return rx.el.form(
        rx.el.input(
            name="catalog_genre",
            list="catalog-genres",
            default_value=CATALOG.genre,
            key=CATALOG.genre_key.to(str),
            type="search",
            placeholder="Genre",
            aria_label="Genre",
            dir="auto",
            max_length=60,
            auto_complete="off",
            on_change=CATALOG.choose_genre.debounce(GENRE_AFTER_MS),
            class_name="ui-input ui-genre-field",
            data_testid="catalog-genre",
        ),
        rx.el.datalist(
            rx.foreach(CATALOG.genres, lambda one: rx.el.option(value=one, key=one)), id="catalog-genres"
        ),
        on_submit=CATALOG.genre_by_enter,
    )
