"""`/catalog/recordings/[recording_id]`: one recording."""

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
from omnisonic.core.catalog.recording_state import PERFORMERS_ID, RecordingState
from omnisonic.core.catalog.share_components import share_bar
from omnisonic.core.catalog.widgets import credit_editor, finder
from omnisonic.platform.ui.controls import avatar, button
from omnisonic.platform.ui.feedback import notice
from omnisonic.platform.ui.live import follow_recording

RECORDING: Any = RecordingState  # Reflex types no variables of dataclasses


def recording_page() -> rx.Component:
    """`/catalog/recordings/[recording_id]`"""
    return entry_page(
        RECORDING,
        kind="recording",
        plural="Recordings",
        list_href="/catalog?kind=recordings",
        title=RECORDING.sheet.title,
        content=rx.fragment(
            _head(),
            alike_notice(RECORDING),
            rx.el.div(
                rx.el.div(_performers(), _work(), class_name="ui-stack ui-stack-4 ui-entry-main"),
                rx.el.div(_about(), history_card(RECORDING), class_name="ui-stack ui-stack-4"),
                class_name="ui-entry",
            ),
            follow_recording(RECORDING.frame.id, on_update=RECORDING.refresh),
        ),
    )


def _head() -> rx.Component:
    sheet: Any = RECORDING.sheet
    return entry_head(
        RECORDING,
        rx.cond(sheet.isrc != "", rx.el.code(sheet.isrc, data_testid="isrc")),
        rx.cond(sheet.duration != "", rx.el.span(sheet.duration, class_name="ui-num")),
        rx.cond(sheet.released != "", rx.el.span(sheet.released)),
        genre_chips(sheet.genres, "recordings"),
        kind="recording",
        title=sheet.title,
        below=rx.el.p(sheet.artist, dir="auto", class_name="ui-entry-by", data_testid="artist"),
    )


def _performers() -> rx.Component:
    return rx.el.section(
        rx.el.div(
            rx.el.div(
                rx.el.h2("Performers", id=PERFORMERS_ID, tab_index=-1, class_name="ui-section-title"),
                rx.el.p("In the order and the spelling of the credits"),
            ),
            rx.cond(
                RECORDING.frame.may_edit & ~RECORDING.is_crediting,
                button(
                    "Edit performers", testid="edit-credits", icon="pencil", on_click=RECORDING.edit_credits
                ),
            ),
            class_name="ui-card-head",
        ),
        rx.cond(
            RECORDING.credit_problem != "",
            notice(RECORDING.credit_problem, kind="danger", data_testid="credit-problem"),
        ),
        rx.cond(
            RECORDING.is_crediting,
            credit_editor(
                RECORDING.credit_rows,
                RECORDING.credit_line,
                on_save=RECORDING.save_credits,
                on_cancel=RECORDING.leave_credits,
                key=RECORDING.credit_key.to(str),
            ),
            rx.el.ol(rx.foreach(RECORDING.sheet.credits, _credit), class_name="ui-rows ui-credits"),
        ),
        aria_label="Performers",
        class_name="ui-card",
        data_testid="performers",
    )


def _credit(credit: Any) -> rx.Component:
    return rx.el.li(
        rx.el.a(
            rx.el.span(
                avatar(credit.letters, credit.color, name=credit.credited_as),
                rx.el.span(credit.credited_as, dir="auto", class_name="ui-rows-title ui-truncate"),
                class_name="ui-row",
            ),
            rx.cond(
                credit.known_as != "",
                rx.el.span("known as ", credit.known_as, class_name="ui-text-2 ui-small ui-truncate"),
            ),
            href=credit.href,
            class_name="ui-rows-link",
        ),
        key=credit.contributor_id,
        data_testid="credit",
    )


def _work() -> rx.Component:
    sheet: Any = RECORDING.sheet
    return rx.el.section(
        rx.el.div(
            rx.el.div(
                rx.el.h2("Work", class_name="ui-section-title"),
                rx.el.p("The composition that is performed; its shares decide who is paid for it"),
            ),
            rx.cond(
                RECORDING.frame.may_edit & (sheet.work_id != ""),
                button(
                    "Detach",
                    testid="detach-work",
                    kind="ghost",
                    icon="unlink",
                    on_click=RECORDING.attach(""),
                ),
            ),
            class_name="ui-card-head",
        ),
        rx.cond(sheet.work_id != "", _attached(sheet), _attach()),
        rx.cond(
            RECORDING.work_problem != "",
            notice(RECORDING.work_problem, kind="danger", data_testid="work-problem"),
        ),
        aria_label="Work",
        class_name="ui-card",
        data_testid="work-of-recording",
    )


def _attached(sheet: Any) -> rx.Component:
    return rx.el.div(
        rx.el.a(
            sheet.work_title, href=sheet.work_href, dir="auto", class_name="ui-link", data_testid="work-link"
        ),
        rx.foreach(
            sheet.work_groups,
            lambda group: rx.el.div(
                rx.el.div(
                    rx.el.span(group.title, class_name="ui-small ui-text-2"),
                    rx.el.span(
                        group.total,
                        rx.cond(group.state == "whole", "", ", " + group.words.to(str)),
                        class_name="ui-small ui-num ui-text-2",
                    ),
                    class_name="ui-row ui-between",
                ),
                share_bar(
                    group.slices, group.whole_at, label=group.title.to(str) + ": " + group.total.to(str)
                ),
                class_name="ui-stack",
                key=group.right,
            ),
        ),
        class_name="ui-stack ui-stack-4",
    )


def _attach() -> rx.Component:
    return rx.cond(
        RECORDING.frame.may_edit,
        rx.el.div(
            rx.el.p("Of which work is this a recording? Find one of yours.", class_name="ui-text-2"),
            finder("works", "Title or ISWC of the work", testid="find-work", on_pick=RECORDING.pick_work),
            class_name="ui-stack",
        ),
        rx.el.p("It is not known of which work this is a recording.", class_name="ui-text-2"),
    )


def _about() -> rx.Component:
    sheet: Any = RECORDING.sheet
    state = RECORDING
    return edit_card(
        state,
        title="About",
        testid="about-recording",
        shown=rx.el.div(
            facts(
                [
                    ("ISRC", or_unknown(sheet.isrc, code=True)),
                    ("Length", or_unknown(sheet.duration)),
                    ("Released", or_unknown(sheet.released)),
                    (
                        "Genres",
                        genres_or_none(sheet.genres, "recordings"),
                    ),
                ]
            ),
            identifiers(state, "ISRC"),
            for_programs(
                sheet.linked,
                testid="linked-data",
                links=[("JSON-LD", f"/api/catalog/recordings/{state.frame.id}.jsonld")],
            ),
            class_name="ui-stack ui-stack-4",
        ),
        fields=[
            form_field(state, "title", "Title", auto_focus=True, required=True, max_length=500, dir="auto"),
            form_field(
                state,
                "primaryArtist",
                "Artist, as credited",
                hint="Guests behind “feat.” become performers of their own",
                required=True,
                max_length=1000,
                dir="auto",
            ),
            form_field(
                state, "isrc", "ISRC", hint="Twelve characters, such as GB-AYC-17-00598", max_length=100
            ),
            rx.el.div(
                form_field(state, "durationSeconds", "Length", max_length=12, placeholder="3:35"),
                form_field(state, "releasedOn", "Released", type="date"),
                class_name="ui-pair",
            ),
            form_field(state, "genres", "Genres", hint="Separated by commas", max_length=1300, dir="auto"),
        ],
    )
