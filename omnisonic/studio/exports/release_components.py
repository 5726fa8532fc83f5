"""Draft or release, what a release still needs, and what became of one."""

from __future__ import annotations

from typing import Any

import reflex as rx

from omnisonic.core.releases.components import proof_box
from omnisonic.platform.ui.controls import badge, field, segmented, text_input
from omnisonic.studio.exports.live import when_the_mix_changes
from omnisonic.studio.exports.models import ExportKind
from omnisonic.studio.exports.release_state import MAX_ISRC_CHARS, ReleaseFormState
from omnisonic.studio.split_sheets.state import SplitsState
from omnisonic.studio.split_sheets.widgets import sheet_watch

KINDS = ((str(ExportKind.DRAFT), "Draft"), (str(ExportKind.RELEASE), "Release"))
STATE: Any = ReleaseFormState


def release_choice(on_splits: Any) -> rx.Component:
    """Draft or release, in plain words; a release shows what it still needs."""
    return rx.el.div(
        segmented("What it is for", "kind", KINDS, STATE.kind, STATE.choose),
        rx.cond(
            STATE.kind == ExportKind.RELEASE.value,
            _release(on_splits),
            rx.el.p("A file to listen to and pass on. Nothing is registered.", class_name="ui-hint"),
        ),
        class_name="ui-stack",
    )


def _release(on_splits: Any) -> rx.Component:
    return rx.el.div(
        rx.el.p(
            "The song enters the catalog: as a work with everyone's shares, and as a recording with its "
            "ISRC. What it earns is paid by these shares, and a public log can prove them. "
            "This stays for good.",
            class_name="ui-small ui-text-2",
        ),
        rx.el.ul(
            _need(
                STATE.is_agreed,
                STATE.sheet_words,
                "need-sheet",
                rx.el.button(
                    rx.cond(STATE.is_agreed, "See it", "Open Splits"),
                    type="button",
                    class_name="ui-link",
                    data_testid="to-splits",
                    on_click=on_splits,
                ),
            ),
            _need(
                STATE.is_numbered,
                rx.cond(
                    ~STATE.is_numbered,
                    "An ISRC of your own, below",
                    rx.cond(
                        STATE.isrc != "",
                        "An ISRC: yours",
                        "An ISRC: the next of " + STATE.isrc_prefix.to(str),
                    ),
                ),
                "need-isrc",
            ),
            _need(STATE.is_mixed, STATE.mix_words, "need-mix"),
            aria_label="What a release needs",
            class_name="ui-needs",
        ),
        _isrc(),
        # What is missing changes with the mix and with others' answers.
        when_the_mix_changes(STATE.look),
        sheet_watch("", SplitsState.mark, on_sheet_change=STATE.look),
        class_name="ui-stack ui-stack-4 ui-release",
        data_testid="release-form",
    )


def _need(is_met: Any, words: Any, testid: str, *way: rx.Component) -> rx.Component:
    return rx.el.li(
        rx.cond(
            is_met,
            rx.icon("circle-check", size=18, class_name="ui-sign-ok", aria_hidden="true"),
            rx.icon("circle-dashed", size=18, class_name="ui-sign-dim", aria_hidden="true"),
        ),
        rx.el.div(
            rx.el.span(rx.cond(is_met, "Done: ", "Missing: "), class_name="ui-sr-only"),
            words,
            *[rx.fragment(" ", one) for one in way],
            class_name="ui-grow",
        ),
        data_testid=testid,
        data_met=rx.cond(is_met, "true", "false"),
    )


def _isrc() -> rx.Component:
    return rx.el.div(
        field(
            rx.cond(STATE.isrc_prefix != "", "ISRC (if it has one already)", "ISRC"),
            text_input(
                "isrc",
                testid="export-isrc",
                placeholder=rx.cond(
                    STATE.isrc_prefix != "", "The next of " + STATE.isrc_prefix.to(str), "GB-AYC-17-00598"
                ),
                auto_complete="off",
                auto_capitalize="characters",
                spell_check=False,
                max_length=MAX_ISRC_CHARS,
                aria_invalid=rx.cond(STATE.isrc_problem != "", "true", "false"),
                aria_describedby="isrc-said",
                on_blur=STATE.check,
                key=STATE.form_key.to(str),
            ),
            for_id="isrc",
        ),
        rx.el.div(
            rx.cond(
                STATE.isrc_problem != "",
                rx.el.p(STATE.isrc_problem, class_name="ui-field-error", data_testid="isrc-problem"),
                rx.cond(
                    STATE.isrc_said != "",
                    rx.el.p(STATE.isrc_said, class_name="ui-hint", data_testid="isrc-free"),
                    rx.el.p(
                        rx.cond(
                            STATE.isrc_prefix != "",
                            "Leave it empty and the recording gets one of its own.",
                            "The one that your ISRC agency or distributor gave you.",
                        ),
                        class_name="ui-hint",
                    ),
                ),
            ),
            id="isrc-said",
            role="status",
        ),
        class_name="ui-field",
    )


def release_badge(row: Any) -> rx.Component:
    """Tells a release from a draft."""
    return rx.cond(row.is_release, badge("Release", kind="accent", data_testid="release-badge"))


def release_facts(row: Any) -> rx.Component:
    """What a mix was registered as, and its proof."""
    release = row.release
    return rx.cond(
        release,
        rx.el.div(
            rx.el.p(
                "ISRC ",
                rx.el.code(release.isrc, data_testid="release-isrc"),
                class_name="ui-small ui-nowrap",
            ),
            rx.cond(release.work_id, _registered(release)),
        ),
    )


def _registered(release: Any) -> rx.Component:
    return rx.el.div(
        rx.el.a(
            "Work",
            href="/catalog/works/" + release.work_id.to(str),
            class_name="ui-link",
            data_testid="release-work",
        ),
        rx.el.a(
            "Recording",
            href="/catalog/recordings/" + release.recording_id.to(str),
            class_name="ui-link",
            data_testid="release-recording",
        ),
        rx.el.details(
            rx.el.summary("What proves it", class_name="ui-link", data_testid="release-proof"),
            proof_box(
                release.leaf,
                release.leaf_short,
                release.proof,
                release.is_provable,
                what="which recording was released with which shares, unchanged since",
            ),
        ),
        class_name="ui-small ui-registered",
    )
