"""`/catalog/works/[work_id]`: one work."""

from __future__ import annotations

from typing import Any

import reflex as rx

from omnisonic.core.catalog.components import (
    entry_head,
    entry_page,
    facts,
    for_programs,
    genre_chips,
    genres_or_none,
    history_card,
    identifiers,
    or_unknown,
)
from omnisonic.core.catalog.form_components import edit_card, form_field
from omnisonic.core.catalog.merge_components import alike_notice
from omnisonic.core.catalog.recording_components import recording_dialog, recording_rows
from omnisonic.core.catalog.share_components import shares_card
from omnisonic.core.catalog.work_state import WorkState
from omnisonic.core.licenses.components import work_licenses
from omnisonic.core.licenses.state import LicensesState
from omnisonic.platform.ui.controls import button
from omnisonic.platform.ui.dialog import opens
from omnisonic.platform.ui.feedback import notice
from omnisonic.platform.ui.live import follow_work

WORK: Any = WorkState  # Reflex types no variables of dataclasses
RECORDING_DIALOG = "recording-dialog"


def work_page() -> rx.Component:
    """`/catalog/works/[work_id]`"""
    return entry_page(
        WORK,
        kind="work",
        plural="Works",
        list_href="/catalog",
        title=WORK.sheet.title,
        content=rx.fragment(
            _head(),
            alike_notice(WORK),
            rx.el.div(
                rx.el.div(
                    shares_card(),
                    _recordings(),
                    work_licenses(),
                    class_name="ui-stack ui-stack-4 ui-entry-main",
                ),
                rx.el.div(_about(), history_card(WORK), class_name="ui-stack ui-stack-4"),
                class_name="ui-entry",
            ),
            _recording_dialog(),
            follow_work(WORK.frame.id, on_update=[WORK.refresh, LicensesState.load]),
        ),
    )


def _head() -> rx.Component:
    sheet: Any = WORK.sheet
    return entry_head(
        WORK,
        rx.cond(sheet.iswc != "", rx.el.code(sheet.iswc, data_testid="iswc")),
        genre_chips(sheet.genres),
        kind="work",
        title=sheet.title,
    )


def _about() -> rx.Component:
    sheet: Any = WORK.sheet
    return edit_card(
        WORK,
        title="About",
        testid="about-work",
        shown=rx.el.div(
            rx.cond(
                sheet.description != "",
                rx.el.p(sheet.description, dir="auto", class_name="ui-entry-text"),
            ),
            facts(
                [
                    ("ISWC", or_unknown(sheet.iswc, code=True)),
                    (
                        "Genres",
                        genres_or_none(sheet.genres),
                    ),
                ]
            ),
            identifiers(WORK, "ISWC"),
            for_programs(
                sheet.linked,
                testid="linked-data",
                links=[("JSON-LD", f"/api/catalog/works/{WORK.frame.id}.jsonld")],
            ),
            class_name="ui-stack ui-stack-4",
        ),
        fields=[
            form_field(WORK, "title", "Title", auto_focus=True, required=True, max_length=500, dir="auto"),
            form_field(
                WORK, "iswc", "ISWC", hint="T and ten digits, such as T-034.524.680-1", max_length=100
            ),
            form_field(WORK, "genres", "Genres", hint="Separated by commas", max_length=1300, dir="auto"),
            form_field(WORK, "description", "Description", lines=4, max_length=5000),
        ],
    )


def _recordings() -> rx.Component:
    sheet: Any = WORK.sheet
    return rx.el.section(
        rx.el.div(
            rx.el.div(
                rx.el.h2("Recordings", class_name="ui-section-title"),
                rx.el.p("Performances of this work, each with its own ISRC"),
            ),
            rx.cond(
                WORK.frame.may_edit,
                button(
                    "Add recording",
                    testid="add-recording",
                    icon="plus",
                    on_click=WORK.forget_recording,
                    **opens(RECORDING_DIALOG),
                ),
            ),
            class_name="ui-card-head",
        ),
        rx.cond(
            sheet.recordings.length() > 0,
            recording_rows(sheet.recordings),
            rx.el.p("No recording yet.", class_name="ui-text-2", data_testid="no-recordings"),
        ),
        rx.cond(
            sheet.recording_count > sheet.recordings.length(),
            rx.el.p(
                "The newest ",
                sheet.recordings.length(),
                " of ",
                sheet.recording_count,
                class_name="ui-small ui-dim",
            ),
        ),
        aria_label="Recordings",
        class_name="ui-card",
        data_testid="recordings",
    )


def _recording_dialog() -> rx.Component:
    return recording_dialog(
        RECORDING_DIALOG,
        "Add a recording",
        rx.fragment(
            rx.cond(
                WORK.existing_id != "",
                notice(
                    rx.el.p(WORK.existing_words, " Nothing was changed."),
                    button("Attach it to this work", testid="attach-existing", on_click=WORK.attach_existing),
                    kind="warn",
                    data_testid="existing-recording",
                ),
            ),
            rx.cond(
                WORK.recording_problem != "",
                notice(WORK.recording_problem, kind="danger", data_testid="recording-problem"),
            ),
        ),
        title_value=WORK.sheet.title,
        made=WORK.recording_key,
        on_submit=WORK.add_recording,
    )
