"""The export panel: choose, watch, fetch."""

from __future__ import annotations

from typing import Any

import reflex as rx

from omnisonic.platform.ui.controls import button, checkbox, field, icon_link, segmented, select
from omnisonic.platform.ui.feedback import notice, skeleton
from omnisonic.platform.ui.live import follow_checkpoints
from omnisonic.studio.exports.live import live_progress, when_the_mix_changes
from omnisonic.studio.exports.models import AudioFormat
from omnisonic.studio.exports.release_components import release_badge, release_choice, release_facts
from omnisonic.studio.exports.release_state import ReleaseFormState
from omnisonic.studio.exports.rows import TARGET_WORDS, title_of
from omnisonic.studio.exports.state import QUALITIES, ExportPanelState

FORMATS = (("wav", "WAV"), ("flac", "FLAC"), ("mp3", "MP3"))


def export_panel(is_owner: Any, *, on_splits: Any) -> rx.Component:
    """Form, what is under way, and what there is. Only the owner starts an export.

    `on_splits` shows the split sheet that a release needs.
    """
    return rx.el.div(
        rx.el.h2("Export mix", class_name="ui-panel-title"),
        rx.cond(
            is_owner,
            _form(on_splits),
            notice("Only the owner of the session exports. What there is, you can download below."),
        ),
        rx.foreach(ExportPanelState.active, lambda row: active_card(row, ExportPanelState.cancel)),
        _history(),
        rx.cond(
            ExportPanelState.awaits_proof, follow_checkpoints(on_update=ExportPanelState.hear_checkpoint)
        ),
        class_name="ui-stack ui-stack-4",
    )


def _form(on_splits: Any) -> rx.Component:
    state = ExportPanelState
    is_release = ReleaseFormState.kind == "release"
    return rx.el.div(
        release_choice(on_splits),
        segmented("Format", "format", FORMATS, state.file_format, state.choose_format),
        field(
            "Loudness",
            select(
                "loudness",
                list(TARGET_WORDS.items()),
                testid="export-loudness",
                value=state.loudness,
                on_change=state.choose_loudness,
            ),
            for_id="loudness",
        ),
        field(
            "Quality",
            rx.match(
                state.file_format,
                ("flac", _quality_select("flac")),
                ("mp3", _quality_select("mp3")),
                _quality_select("wav"),
            ),
            for_id="quality",
        ),
        rx.cond(
            state.loudness != "as-mixed",
            checkbox(
                "Limit peaks to reach the goal",
                testid="export-limiter",
                hint="Otherwise peaks stay as they are and the mix may end up quieter.",
                checked=state.limiter,
                on_change=state.choose_limiter,
            ),
        ),
        button(
            rx.cond(state.is_busy, "Starting …", rx.cond(is_release, "Release mix", "Export mix")),
            testid="export-start",
            kind="primary",
            extra="ui-button-wide ui-button-tall",
            disabled=state.is_busy | (is_release & ~ReleaseFormState.is_complete),
            on_click=state.request,
        ),
        rx.cond(
            state.problem != "",
            rx.fragment(
                notice(state.problem, kind="danger", data_testid="export-problem"),
                when_the_mix_changes(state.forget_problem),
            ),
        ),
        class_name="ui-stack ui-stack-4",
        data_testid="export-form",
    )


def _quality_select(file_format: str) -> rx.Component:
    options = []
    for quality in QUALITIES[file_format]:
        depth, _, rate = quality.partition("-")
        words = title_of(AudioFormat(file_format), bit_depth=int(depth), sample_rate=int(rate))
        options.append((quality, words.partition(", ")[2]))
    return select(
        "quality",
        options,
        testid="export-quality",
        value=ExportPanelState.quality,
        on_change=ExportPanelState.choose_quality,
    )


def active_card(row: Any, cancel: Any) -> rx.Component:
    """An export under way: stage in words, how far, and a way to stop it."""
    return rx.el.div(
        live_progress(row),
        button("Cancel", testid="export-cancel", kind="ghost", on_click=cancel(row.id)),
        class_name="ui-export-active",
        data_testid="export-active",
        key=row.id,
    )


def _history() -> rx.Component:
    return rx.el.section(
        rx.el.h3("History", class_name="ui-panel-title"),
        rx.cond(
            ExportPanelState.is_loaded,
            rx.cond(
                ExportPanelState.finished.length() > 0,
                rx.el.ul(rx.foreach(ExportPanelState.finished, _finished), class_name="ui-list"),
                rx.el.p(
                    "Nothing exported yet. The first one lands here.",
                    class_name="ui-text-2 ui-small",
                    data_testid="no-exports",
                ),
            ),
            skeleton(shape="row", count=2),
        ),
        aria_label="History",
    )


def _finished(row: Any) -> rx.Component:
    return rx.el.li(
        status_icon(row),
        rx.el.div(
            rx.el.p(rx.el.strong(row.title), release_badge(row), class_name="ui-export-name"),
            release_facts(row),
            rx.cond(
                row.is_ready,
                rx.fragment(
                    rx.el.p(row.loudness, class_name="ui-small ui-text-2 ui-num"),
                    rx.el.p(row.file_size, " · ", row.when, class_name="ui-small ui-text-2 ui-num"),
                    loudness_picture(row),
                    rx.cond(row.reason != "", rx.el.p(row.reason, class_name="ui-small ui-dim")),
                    fingerprint(row),
                ),
                rx.el.p(
                    rx.cond(row.error != "", row.error, row.status_words),
                    " · ",
                    rx.el.span(row.when, class_name="ui-nowrap"),
                    class_name="ui-small ui-text-2",
                ),
            ),
            class_name="ui-grow ui-export-facts",
        ),
        rx.cond(row.is_ready, download_links(row)),
        data_testid="export-row",
        key=row.id,
    )


def download_links(row: Any) -> rx.Component:
    """The file, and the certificate of what went into it."""
    return rx.el.div(
        icon_link(
            "download",
            "Download " + row.title.to(str),
            f"/api/export/{row.id}/download",
            testid="export-download",
            download=True,
        ),
        icon_link(
            "shield-check",
            "Certificate of " + row.title.to(str),
            f"/api/export/{row.id}/certificate",
            testid="export-certificate",
            target="_blank",
        ),
        class_name="ui-row ui-export-links",
    )


def fingerprint(row: Any) -> rx.Component:
    """The hash of the sound itself, both ends."""
    return rx.cond(
        row.fingerprint != "",
        rx.el.p(
            "Fingerprint ",
            rx.el.code(row.fingerprint_short, title=row.fingerprint),
            class_name="ui-small ui-dim",
        ),
    )


def loudness_picture(row: Any) -> rx.Component:
    """Where the result lies between quiet and loud, with the goal marked; the words beside it say it too."""
    return rx.cond(
        row.lufs_at >= 0,
        rx.el.div(
            rx.el.div(class_name="ui-loud-fill", style={"width": row.lufs_at.to(str) + "%"}),
            rx.cond(
                row.goal_at >= 0,
                rx.el.div(class_name="ui-loud-goal", style={"left": row.goal_at.to(str) + "%"}),
            ),
            class_name="ui-loud",
            aria_hidden="true",
            title="Goal: " + row.target.to(str),
        ),
    )


def status_icon(row: Any) -> rx.Component:
    """How it ended, as a sign; the words follow in the row."""
    return rx.match(
        row.status,
        ("completed", rx.icon("circle-check", size=18, class_name="ui-sign-ok", aria_hidden="true")),
        ("failed", rx.icon("circle-alert", size=18, class_name="ui-sign-danger", aria_hidden="true")),
        ("canceled", rx.icon("circle-slash", size=18, class_name="ui-sign-dim", aria_hidden="true")),
        rx.icon("circle-dashed", size=18, class_name="ui-sign-accent", aria_hidden="true"),
    )
