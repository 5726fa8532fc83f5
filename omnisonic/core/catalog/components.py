"""Parts that the pages of works, recordings and contributors share."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import reflex as rx

from omnisonic.core.catalog.form_components import clash_notice, general_problem
from omnisonic.core.catalog.merge_components import merge_dialog
from omnisonic.core.catalog.merge_state import NUMBERS_ID, TITLE_ID
from omnisonic.platform.ui.controls import Text, avatar, badge, button, link_button, select
from omnisonic.platform.ui.feedback import empty_state, error_state, notice, skeleton
from omnisonic.platform.ui.shell import crumbs, page, shell

NEWS_KINDS = {"person": "artist", "work": "work", "recording": "recording"}  # as the news call them


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
                id=TITLE_ID,
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


def entry_head(
    state: Any, *marks: rx.Component, kind: str, title: Any, below: rx.Component | None = None
) -> rx.Component:
    """Title, a line `below` it, what marks the entry, and what went wrong with a title changed in place."""
    return rx.el.header(
        title_in_place(state, kind=kind, title=title),
        *([below] if below is not None else []),
        rx.el.div(
            *marks,
            rx.el.span("Changed ", state.frame.changed, class_name="ui-dim ui-small"),
            rx.el.a(
                rx.icon("newspaper", size=16, aria_hidden="true"),
                "In the news",
                href=f"/entities/{NEWS_KINDS[kind]}/" + state.frame.id,
                class_name="ui-link ui-small ui-row",
                data_testid="to-news",
            ),
            class_name="ui-row ui-row-wrap",
        ),
        rx.cond(~state.is_editing, rx.fragment(clash_notice(state), general_problem(state))),
        class_name="ui-entry-head",
    )


def genres_or_none(genres: Any, kind: str = "") -> rx.Component:
    """The genres of an entry, or that there are none."""
    return rx.cond(
        genres.length() > 0,
        rx.el.span(genre_chips(genres, kind), class_name="ui-row ui-row-wrap"),
        rx.el.span("None yet", class_name="ui-dim"),
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


def identifiers(state: Any, *schemes: str) -> rx.Component:
    """Numbers that were given before or beside the one that is shown; whoever may, adds one."""
    return rx.cond(
        (state.frame.identifiers.length() > 1)
        | (state.frame.may_edit & (state.frame.identifiers.length() > 0)),
        rx.el.div(
            rx.el.h3("Identifiers"),
            rx.el.ul(
                rx.foreach(state.frame.identifiers, lambda one: _identifier(state, one)),
                id=NUMBERS_ID,
                tab_index=-1,
                aria_label="Identifiers",
                class_name="ui-numbers",
            ),
            rx.cond(state.frame.may_edit, _add_number(state, schemes)),
            class_name="ui-stack ui-card-more",
            data_testid="identifiers",
        ),
    )


def _identifier(state: Any, one: Any) -> rx.Component:
    return rx.el.li(
        rx.el.span(one.scheme, class_name="ui-dim ui-small"),
        rx.el.code(one.shown),
        rx.cond(
            one.is_preferred,
            badge("Preferred", kind="ok"),
            rx.cond(
                state.frame.may_edit,
                button(
                    "Prefer",
                    testid="prefer-identifier",
                    kind="ghost",
                    aria_label="Prefer " + one.shown.to(str),
                    title="Archived: make it the one that is shown",
                    on_click=state.prefer(one.scheme, one.value),
                ),
                badge("Archived"),
            ),
        ),
        key=one.scheme + one.value,
    )


def _add_number(state: Any, schemes: Sequence[str]) -> rx.Component:
    scheme = (
        rx.el.input(type="hidden", name="number_scheme", value=schemes[0].lower(), read_only=True)
        if len(schemes) == 1
        else select(
            "number_scheme",
            [(one.lower(), one) for one in schemes],
            testid="number-scheme",
            aria_label="Kind",
        )
    )
    return rx.el.details(
        rx.el.summary("Add another number", data_testid="add-number"),
        rx.el.form(
            scheme,
            rx.el.input(
                name="number_value",
                aria_label=" or ".join(schemes),
                placeholder=" or ".join(schemes),
                required=True,
                max_length=100,
                auto_complete="off",
                spell_check=False,
                class_name="ui-input",
                data_testid="number-value",
            ),
            button("Add", testid="save-number", type="submit"),
            on_submit=state.add_number,
            class_name="ui-number-form",
        ),
        rx.cond(
            state.number_problem != "",
            notice(state.number_problem, kind="danger", data_testid="number-problem"),
        ),
        key=state.number_count.to(str),
        class_name="ui-number-more",
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
