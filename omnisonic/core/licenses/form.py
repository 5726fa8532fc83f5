"""The form of a license beside the page: what it will mean is shown while it is written."""

from __future__ import annotations

from typing import Any

import reflex as rx

from omnisonic.core.licenses.form_state import LicenseFormState as Form
from omnisonic.core.licenses.words import RIGHT_WORDS
from omnisonic.platform.ui.controls import button, checkbox, field, icon_button, segmented, select, text_input
from omnisonic.platform.ui.feedback import notice

RIGHTS = tuple((str(right), words) for right, words in RIGHT_WORDS.items())
LICENSE_FORM = "license-form"


def license_form() -> rx.Component:
    """The form while it is open."""
    return rx.cond(
        Form.is_open,
        rx.el.aside(
            rx.el.div(
                rx.el.h2(
                    rx.cond(Form.license_id != "", "Change the license", "Grant a license"),
                    id=f"{LICENSE_FORM}-title",
                ),
                icon_button("x", "Close", testid="license-close", on_click=Form.close),
                class_name="ui-drawer-head",
            ),
            rx.el.div(
                _work(),
                rx.cond(Form.work_id != "", _fields()),
                class_name="ui-drawer-body ui-stack ui-stack-4",
            ),
            rx.cond(Form.work_id != "", _foot()),
            role="dialog",
            aria_labelledby=f"{LICENSE_FORM}-title",
            class_name="ui-drawer",
            data_testid=LICENSE_FORM,
        ),
    )


def _work() -> rx.Component:
    return rx.cond(
        Form.work_id != "",
        rx.el.div(
            rx.el.div(
                rx.el.p("Work", class_name="ui-label"),
                rx.el.p(rx.el.strong(Form.work_title, dir="auto")),
                class_name="ui-grow",
            ),
            rx.cond(
                Form.license_id == "",
                button(
                    "Choose another", testid="license-other-work", kind="ghost", on_click=Form.forget_work
                ),
            ),
            class_name="ui-row",
        ),
        rx.el.div(
            field(
                "Work",
                text_input(
                    "license-work",
                    testid="license-work",
                    value=Form.work_search,
                    on_change=Form.search_works,
                    placeholder="Title or ISWC",
                    auto_complete="off",
                    auto_focus=True,
                ),
                for_id="license-work",
                hint="The works that you may license.",
            ),
            rx.cond(
                Form.works.length() > 0,
                rx.el.ul(rx.foreach(Form.works, _choice), class_name="ui-choices"),
                rx.el.p("No work of yours has this title.", class_name="ui-text-2"),
            ),
            class_name="ui-stack",
        ),
    )


def _choice(choice: Any) -> rx.Component:
    return rx.el.li(
        rx.el.button(
            choice.title,
            type="button",
            dir="auto",
            class_name="ui-choice",
            on_click=Form.choose_work(choice.id),
            data_testid="license-work-choice",
        ),
        key=choice.id,
    )


def _fields() -> rx.Component:
    return rx.fragment(
        field(
            "Licensee",
            _text("licensee", Form.licensee, max_length=300, auto_focus=True, dir="auto"),
            for_id="license-licensee",
        ),
        rx.el.div(
            field(
                "Right",
                select(
                    "license-right",
                    RIGHTS,
                    testid="license-right",
                    value=Form.right,
                    on_change=Form.write("right"),
                ),
                for_id="license-right",
            ),
            rx.cond(
                (Form.right == "MASTER") & (Form.recordings.length() > 0),
                field("Recording", _recording(), for_id="license-recording"),
            ),
            class_name="ui-pair",
        ),
        segmented(
            "Exclusive or not",
            "license-exclusive",
            (("exclusive", "Exclusive"), ("shared", "Beside others")),
            rx.cond(Form.is_exclusive, "exclusive", "shared"),
            lambda choice: Form.choose_exclusive(choice == "exclusive"),
        ),
        rx.el.div(
            field(
                "First day",
                _text("starts", Form.starts, type="date", max="2999-12-31"),
                for_id="license-starts",
            ),
            field(
                "Last day",
                _text("last_day", Form.last_day, type="date", max="2999-12-31"),
                for_id="license-last_day",
                hint="Empty: without end. Days are UTC.",
            ),
            class_name="ui-pair",
        ),
        field(
            "Territory",
            _text(
                "territory",
                Form.territory,
                max_length=1000,
                placeholder="World",
                auto_complete="off",
                spell_check=False,
            ),
            for_id="license-territory",
            hint="Names, codes and groups: “Europe - CH”, “US, CA”, “World except Japan”. Empty: the world.",
        ),
        _territory(),
        _meets(),
        _remarks(),
        field(
            "Note",
            rx.el.textarea(
                id="license-note",
                value=Form.note,
                on_change=Form.write("note"),
                max_length=4000,
                rows="2",
                class_name="ui-input ui-textarea",
                data_testid="license-note",
            ),
            for_id="license-note",
        ),
        checkbox(
            "Keep it as a draft",
            testid="license-draft",
            hint="A draft is in nobody's way until you put it in force.",
            checked=Form.is_draft,
            on_change=Form.choose_draft,
        ),
    )


def _recording() -> rx.Component:
    return select(
        "license-recording",
        rx.fragment(
            rx.el.option("Every recording", value=""),
            rx.foreach(Form.recordings, lambda one: rx.el.option(one.title, value=one.id)),
        ),
        testid="license-recording",
        value=Form.recording,
        on_change=Form.write("recording"),
    )


def _territory() -> rx.Component:
    return rx.el.div(
        rx.cond(
            Form.territory_problem != "",
            notice(Form.territory_problem, kind="danger", data_testid="license-territory-problem"),
            rx.el.div(
                rx.icon("globe", size=16, aria_hidden="true"),
                rx.el.span(Form.territory_name),
                class_name="ui-row ui-territory",
                data_testid="license-territory-name",
            ),
        ),
        aria_live="polite",
    )


def _remarks() -> rx.Component:
    return rx.cond(
        Form.territory_remarks.length() > 0,
        rx.el.div(
            rx.foreach(Form.territory_remarks, lambda words: rx.el.p(words, class_name="ui-hint")),
            class_name="ui-stack",
        ),
    )


def _foot() -> rx.Component:
    return rx.el.div(
        rx.cond(Form.problem != "", notice(Form.problem, kind="danger", data_testid="license-problem")),
        rx.el.p(
            rx.cond(
                Form.missing != "",
                Form.missing,
                rx.cond(Form.territory_problem != "", "The territory is not known.", Form.meets_words),
            ),
            class_name="ui-small ui-text-2",
            data_testid="license-verdict",
        ),
        rx.el.div(
            button(
                rx.cond(
                    Form.is_draft,
                    "Save the draft",
                    rx.cond(Form.license_id != "", "Save the license", "Grant the license"),
                ),
                testid="license-save",
                kind="primary",
                disabled=Form.is_saving
                | (Form.missing != "")
                | (Form.territory_problem != "")
                | ((Form.conflicts.length() > 0) & ~Form.is_draft),
                on_click=Form.save,
            ),
            button("Cancel", testid="license-cancel", kind="ghost", on_click=Form.close),
            class_name="ui-row",
        ),
        class_name="ui-drawer-foot ui-stack",
    )


def _meets() -> rx.Component:
    """What saving would meet, before it is tried."""
    return rx.el.div(
        rx.cond(
            Form.conflicts.length() > 0,
            notice(
                rx.el.strong(
                    rx.cond(
                        Form.is_draft,
                        "Could not be put in force now: this is granted already",
                        "This is granted already",
                    )
                ),
                rx.foreach(Form.conflicts, _overlap),
                rx.cond(
                    Form.free_from != "",
                    button(
                        "Start on " + Form.free_words,
                        testid="license-start-after",
                        icon="calendar-arrow-up",
                        on_click=Form.write("starts", Form.free_from),
                    ),
                ),
                kind="danger",
                data_testid="license-conflict",
            ),
        ),
        rx.cond(
            Form.is_clear & (Form.missing == "") & (Form.problem == ""),
            rx.cond(
                Form.drafts.length() > 0,
                notice(
                    rx.el.strong("Free, but a draft wants the same"),
                    rx.foreach(Form.drafts, _overlap),
                    kind="warn",
                    data_testid="license-drafts",
                ),
                notice("Free: no other license is in the way.", kind="ok", data_testid="license-free"),
            ),
        ),
        class_name="ui-stack",
        aria_live="polite",
    )


def _overlap(one: Any) -> rx.Component:
    return rx.el.div(
        rx.el.p(
            rx.el.a(
                one.licensee,
                href=one.href,
                dir="auto",
                class_name="ui-link",
                data_testid="license-conflict-link",
            ),
            " (",
            one.kind,
            ")",
        ),
        rx.el.p(one.shared, class_name="ui-small"),
        class_name="ui-overlap",
        key=one.id,
    )


def _text(name: str, value: Any, **props: Any) -> rx.Component:
    return text_input(
        f"license-{name}",
        testid=f"license-{name}",
        value=value,
        on_change=Form.write(name),
        on_key_down=Form.close_on_escape,
        **props,
    )
