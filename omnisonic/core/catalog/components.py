"""Parts that the pages of works, recordings and contributors share."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import reflex as rx

from omnisonic.core.catalog.entry_state import NOT_IN_A_FIELD
from omnisonic.platform.ui.controls import Text, avatar, badge, button, field, link_button
from omnisonic.platform.ui.dialog import closes, dialog, opens
from omnisonic.platform.ui.feedback import empty_state, error_state, notice, skeleton
from omnisonic.platform.ui.shell import crumbs, page, shell

MERGE_DIALOG = "merge-dialog"


def entry_page(
    state: Any, *, kind: str, plural: str, list_href: str, content: rx.Component, title: Any
) -> rx.Component:
    """The frame of an entry's page, in each of its phases."""
    return shell(
        rx.match(
            state.phase,
            ("ready", page(content, merge_dialog(state))),
            ("missing", page(_missing(kind, plural, list_href))),
            rx.cond(
                state.load_problem != "",
                page(
                    error_state(f"This {kind} could not be loaded", state.load_problem, on_retry=state.load)
                ),
                page(rx.el.h1(kind.capitalize(), class_name="ui-sr-only"), skeleton(shape="row", count=6)),
            ),
        ),
        active="works",
        crumbs=crumbs((plural, list_href), (rx.cond(state.phase == "ready", title, kind.capitalize()), None)),
    )


def _missing(kind: str, plural: str, list_href: str) -> rx.Component:
    return rx.fragment(
        rx.el.h1(f"No such {kind}", class_name="ui-sr-only"),
        empty_state(
            "search-x",
            f"There is no such {kind}",
            "The address may be mistyped, or it was never registered here.",
            link_button(f"All {plural.lower()}", list_href, testid="to-list", kind="primary"),
            testid="no-entry",
        ),
    )


def title_in_place(state: Any, *, kind: str, title: Any) -> rx.Component:
    """The title as the page's first heading; whoever may, changes it where it stands."""
    return rx.cond(
        state.frame.may_edit,
        rx.el.form(
            rx.el.h1(title, class_name="ui-sr-only"),
            rx.el.input(
                name="title",
                default_value=title,
                key=state.frame.id + title.to(str),
                aria_label=f"Title of the {kind}",
                title="Rename",
                dir="auto",
                max_length=500,
                auto_complete="off",
                class_name="ui-entry-title ui-entry-title-field",
                data_testid="entry-title",
                on_blur=state.rename,
            ),
            on_submit=state.rename_by_enter,
        ),
        rx.el.h1(title, dir="auto", class_name="ui-entry-title", data_testid="entry-title"),
    )


def genre_chips(genres: Any, kind: str = "") -> rx.Component:
    """Genres, each leading to the list of its entries."""
    prefix = f"/catalog?kind={kind}&genre=" if kind else "/catalog?genre="
    return rx.foreach(
        genres,
        lambda genre: rx.el.a(
            genre, href=prefix + genre.to(str), class_name="ui-badge ui-chip", dir="auto", key=genre
        ),
    )


def facts(rows: Sequence[tuple[str, Any]]) -> rx.Component:
    """Names and values; what is unknown says so."""
    return rx.el.dl(
        *[part for name, value in rows for part in (rx.el.dt(name), rx.el.dd(value))], class_name="ui-facts"
    )


def or_unknown(value: Any, *, code: bool = False, words: str = "Not known yet") -> rx.Component:
    """A value, or words in its place."""
    shown = rx.el.code(value) if code else rx.el.span(value, dir="auto")
    return rx.cond(value != "", shown, rx.el.span(words, class_name="ui-dim"))


def edit_card(
    state: Any, *, title: str, shown: rx.Component, fields: Sequence[rx.Component], testid: str
) -> rx.Component:
    """What is known about an entry, and the form that changes it in the same place."""
    return rx.el.section(
        rx.el.div(
            rx.el.h2(title, class_name="ui-section-title"),
            rx.cond(
                state.frame.may_edit & ~state.is_editing,
                button(
                    "Edit", testid="edit-entry", icon="pencil", kind="ghost", on_click=state.start_editing
                ),
            ),
            class_name="ui-card-head ui-card-head-row",
        ),
        rx.cond(state.is_editing, _form(state, fields), shown),
        aria_label=title,
        class_name="ui-card",
        data_testid=testid,
    )


def _form(state: Any, fields: Sequence[rx.Component]) -> rx.Component:
    return rx.el.form(
        rx.cond(
            state.is_behind,
            notice(
                rx.el.strong(state.frame.last_by),
                " changed this while you write. Your words are kept; the page around shows theirs.",
                data_testid="behind",
            ),
        ),
        *fields,
        clash_notice(state),
        general_problem(state),
        rx.el.div(
            button("Cancel", testid="cancel-edit", kind="ghost", on_click=state.stop_editing),
            button("Save", testid="save-entry", kind="primary", type="submit"),
            class_name="ui-row ui-form-end",
        ),
        key=state.form_key.to(str),
        on_submit=state.save_form,
        class_name="ui-stack ui-stack-4",
        data_testid="entry-form",
    )


def form_field(
    state: Any, name: str, label: str, *, hint: str | None = None, lines: int = 1, **props: Any
) -> rx.Component:
    """One field of the form with what is wrong with it."""
    values: dict[str, Any] = {
        "id": name,
        "name": name,
        "default_value": state.form[name],
        "aria_invalid": rx.cond(state.problems[name], "true", "false"),
        "aria_describedby": f"{name}-problem",
        "auto_complete": "off",
        "data_testid": f"field-{name}",
        **props,
    }
    control = (
        rx.el.textarea(**values, rows=str(lines), class_name="ui-input ui-textarea", dir="auto")
        if lines > 1
        else rx.el.input(**values, class_name="ui-input")
    )
    return rx.el.div(
        field(label, control, for_id=name, hint=hint),
        rx.el.p(
            state.problems[name],
            id=f"{name}-problem",
            class_name="ui-field-error",
            role="alert",
            data_testid=f"problem-{name}",
        ),
    )


def general_problem(state: Any) -> rx.Component:
    """What is wrong with no field in particular, with the way to whatever is in the way."""
    return rx.cond(
        state.problems[NOT_IN_A_FIELD],
        notice(
            state.problems[NOT_IN_A_FIELD],
            rx.cond(
                state.problem_href != "",
                rx.el.span(" ", rx.el.a("Open it", href=state.problem_href, class_name="ui-link")),
            ),
            kind="danger",
            data_testid="problem",
        ),
    )


def clash_notice(state: Any) -> rx.Component:
    """Two people changed one field: which words stay."""
    return rx.cond(
        state.clashes.length() > 0,
        notice(
            rx.el.p(rx.el.strong(state.frame.last_by), " changed this at the same time. Which stays?"),
            rx.el.dl(rx.foreach(state.clashes, _clash), class_name="ui-clash"),
            rx.el.div(
                button("Save mine", testid="keep-mine", kind="primary", on_click=state.keep_mine),
                button("Keep theirs", testid="take-theirs", on_click=state.take_theirs),
                class_name="ui-row ui-row-wrap",
            ),
            kind="warn",
            data_testid="clash",
        ),
    )


def _clash(clash: Any) -> rx.Component:
    return rx.el.div(
        rx.el.dt(clash.label),
        rx.el.dd(rx.el.span("Yours ", class_name="ui-dim"), rx.el.span(clash.mine, dir="auto")),
        rx.el.dd(rx.el.span("Theirs ", class_name="ui-dim"), rx.el.span(clash.theirs, dir="auto")),
        key=clash.label,
    )


def identifiers(state: Any) -> rx.Component:
    """Numbers that were given before or beside the one that is shown."""
    return rx.cond(
        state.frame.identifiers.length() > 1,
        rx.el.div(
            rx.el.h3("Identifiers"),
            rx.el.ul(rx.foreach(state.frame.identifiers, _identifier), class_name="ui-numbers"),
            class_name="ui-stack ui-card-more",
            data_testid="identifiers",
        ),
    )


def _identifier(one: Any) -> rx.Component:
    return rx.el.li(
        rx.el.span(one.scheme, class_name="ui-dim ui-small"),
        rx.el.code(one.shown),
        rx.cond(one.is_preferred, badge("Preferred", kind="ok"), badge("Archived")),
        key=one.scheme + one.value,
    )


def history_card(state: Any) -> rx.Component:
    """Who changed what, newest first; the older part folds away."""
    return rx.el.section(
        rx.el.h2("History", class_name="ui-section-title"),
        rx.el.ol(rx.foreach(state.frame.history, _change), class_name="ui-history"),
        aria_label="History",
        class_name="ui-card ui-stack ui-stack-4",
        data_testid="history",
    )


def _change(line: Any) -> rx.Component:
    return rx.el.li(
        avatar(line.letters, line.color, name=line.who),
        rx.el.div(
            rx.el.p(rx.el.strong(line.who, dir="auto"), " ", line.what),
            rx.el.ul(
                rx.foreach(line.details, lambda detail: rx.el.li(detail, dir="auto")),
                class_name="ui-history-details",
            ),
            rx.el.p(
                rx.el.time(line.when, title=line.exact),
                " ",
                line.source,
                class_name="ui-small ui-dim",
            ),
            class_name="ui-grow",
        ),
        key=line.id,
        data_testid="history-line",
    )


def alike_notice(state: Any) -> rx.Component:
    """Entries that may be the same one."""
    return rx.cond(
        state.alike.length() > 0,
        notice(
            rx.el.p(rx.el.strong("This may be registered twice.")),
            rx.el.ul(rx.foreach(state.alike, lambda one: _alike(state, one)), class_name="ui-alike"),
            data_testid="alike",
        ),
    )


def _alike(state: Any, one: Any) -> rx.Component:
    return rx.el.li(
        rx.el.span(
            rx.el.a(one.title, href=one.href, dir="auto", class_name="ui-link"),
            rx.el.span(" has ", one.why, class_name="ui-text-2"),
            class_name="ui-grow",
        ),
        rx.cond(
            one.may_merge,
            button(
                "Compare",
                testid="compare",
                icon="git-merge",
                aria_label="Compare with " + one.title.to(str),
                on_click=state.compare(one.id),
                **opens(MERGE_DIALOG),
            ),
        ),
        key=one.id,
    )


def merge_dialog(state: Any) -> rx.Component:
    """Two entries side by side: choose the one that stays, see what moves, confirm."""
    return dialog(
        MERGE_DIALOG,
        "Make one of these two",
        rx.cond(
            state.sides.length() == 2,
            rx.el.div(
                rx.el.fieldset(
                    rx.el.legend("Which one stays?", class_name="ui-label"),
                    rx.foreach(state.sides, lambda side: _side(state, side)),
                    class_name="ui-sides",
                ),
                rx.el.p(
                    "Everything of the other one moves here: shares, recordings, licenses, identifiers. Its"
                    " address leads here from then on, and the history says who merged them.",
                    class_name="ui-text-2",
                ),
                rx.cond(
                    state.merge_problem != "",
                    notice(state.merge_problem, kind="danger", data_testid="merge-problem"),
                ),
                rx.el.div(
                    button("Cancel", testid="merge-cancel", kind="ghost", **closes(MERGE_DIALOG)),
                    button("Merge", testid="merge", kind="primary", icon="git-merge", on_click=state.merge),
                    class_name="ui-row ui-form-end",
                ),
                class_name="ui-stack ui-stack-4",
            ),
            skeleton(shape="row", count=2),
        ),
        testid="merge-dialog",
    )


def _side(state: Any, side: Any) -> rx.Component:
    return rx.el.label(
        rx.el.input(
            type="radio",
            name="survivor",
            value=side.id,
            checked=state.survivor_id == side.id,
            on_change=state.choose_survivor(side.id),
            data_testid="survivor",
        ),
        rx.el.span(
            rx.el.strong(side.title, dir="auto"),
            rx.el.span(side.made, class_name="ui-small ui-dim"),
            rx.el.span(rx.foreach(side.facts, lambda fact: rx.el.span(fact)), class_name="ui-side-facts"),
            class_name="ui-stack",
        ),
        class_name="ui-side",
        key=side.id,
    )


def for_programs(described: Any, *, testid: str, links: Sequence[tuple[Text, Text]]) -> rx.Component:
    """The entry for machines: JSON-LD in the page, and where else to get it."""
    return rx.fragment(
        rx.el.script(described, type="application/ld+json", data_testid=testid),
        rx.el.div(
            *[
                link_button(
                    words,
                    href,
                    testid=f"{testid}-link",
                    kind="ghost",
                    icon="braces",
                    is_page=False,
                    target="_blank",
                )
                for words, href in links
            ],
            class_name="ui-row ui-row-wrap ui-programs",
        ),
    )
