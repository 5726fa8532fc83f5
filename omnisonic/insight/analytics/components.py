"""Parts of the pages of figures: how fresh they are, the cards, the table of sources."""

from __future__ import annotations

from typing import Any

import reflex as rx

from omnisonic.insight.charts.widgets import NetworkChart, ShareChart, Tick, TimeChart
from omnisonic.platform.ui.controls import badge, icon_link
from omnisonic.platform.ui.feedback import empty_state, notice
from omnisonic.platform.ui.table import cell, table

REFRESH_S = 60
RETRY_S = 10
LEAD, GENRES, SOURCES, NETWORK = 1, 2, 3, 4  # the parts of an answer in the order in which they come


def freshness(fresh: Any, problem: Any) -> rx.Component:
    """How new the newest article is, in the top bar; a phone shows the sign alone.

    With a `problem` nobody knows: what was new when the figures were read last is no news any more.
    """
    words = rx.el.span(fresh.words, class_name="ui-fresh-words")
    shared: dict[str, Any] = {"title": fresh.words + ". " + fresh.detail, "role": "status"}
    unknown = rx.el.span("Figures out of reach", class_name="ui-fresh-words")
    away = badge(
        unknown,
        kind="warn",
        icon="triangle-alert",
        title=problem,
        role="status",
        data_testid="freshness",
    )
    known = rx.cond(
        fresh.words != "",
        rx.cond(
            fresh.is_stale,
            badge(words, kind="warn", icon="triangle-alert", data_testid="freshness", **shared),
            badge(words, kind="ok", icon="circle-check", data_testid="freshness", **shared),
        ),
    )
    return rx.cond(problem != "", away, known)


def keeps_fresh(state: Any) -> rx.Component:
    """Looks again by itself: each minute, and more often while the figures cannot be read."""
    return rx.fragment(
        rx.cond(
            state.load_problem != "",
            rx.fragment(
                notice(
                    rx.el.strong("The figures cannot be read right now. "),
                    state.load_problem,
                    " This page tries again by itself.",
                    kind="warn",
                    data_testid="away",
                ),
                Tick.create(every=RETRY_S, on_tick=state.load),
            ),
            Tick.create(every=REFRESH_S, on_tick=state.load),
        )
    )


def frame() -> rx.Component:
    """The shape of the page while its figures are on their way, or away."""
    return rx.el.div(
        rx.el.p("Loading …", class_name="ui-sr-only", role="status"),
        *[skeleton_card() for _ in range(4)],
        class_name="ui-charts",
        data_testid="skeleton",
    )


def skeleton_card() -> rx.Component:
    """The shape of a card."""
    return rx.el.div(class_name="ui-card ui-skeleton ui-chart-skeleton", aria_hidden="true")


def charts(state: Any) -> rx.Component:
    """The four of them."""
    return rx.el.div(
        place(state, LEAD, time_card(state)),
        place(state, GENRES, genres_card(state)),
        place(state, SOURCES, sources_card(state)),
        place(state, NETWORK, network_card(state)),
        class_name="ui-charts",
        data_testid="charts",
    )


def place(state: Any, number: Any, card: rx.Component) -> rx.Component:
    """Where a card is, whose figures are the part `number` of the answer: its shape until they come for
    the first time; pale while they answer an earlier question."""
    return rx.el.div(
        rx.cond(state.arrived >= number, card, skeleton_card()),
        aria_busy=rx.cond(state.stage >= number, "false", "true"),
        class_name="ui-place",
    )


def genres_card(state: Any) -> rx.Component:
    """Shares of the genres."""
    return ShareChart.create(
        name="genres",
        title="Genres",
        summary=state.genres.words,
        figure=state.genres.figure,
        csv=state.files["genres"],
        on_pick=state.pick_genre,
    )


def time_card(state: Any) -> rx.Component:
    """Mentions over time."""
    return TimeChart.create(
        name="mentions",
        title="Mentions over time",
        summary=state.lead.words,
        figure=state.lead.figure,
        csv=state.files["mentions"],
        on_pick=state.pick_point,
    )


def network_card(state: Any) -> rx.Component:
    """Who is around the entity, or around the one with the most."""
    return rx.cond(
        state.network.key != "",
        NetworkChart.create(
            name="network",
            title=state.network.title,
            summary=state.network.words,
            figure=state.network.figure,
            csv=state.files["network"],
            depth=state.chosen.depth,
            on_pick=state.pick_entity,
            on_depth=lambda depth: state.choose("depth", depth),
        ),
    )


def sources_card(state: Any) -> rx.Component:
    """Outlets with the most, as a table with bars."""
    sources: Any = state.sources
    return rx.el.section(
        rx.el.div(
            rx.el.div(
                rx.el.h2("Top sources", class_name="ui-section-title"),
                rx.el.p(sources.words, data_testid="sources-summary"),
                class_name="ui-chart-words",
            ),
            icon_link(
                "download", "Save as file (CSV): Top sources", state.files["sources"], testid="sources-csv"
            ),
            class_name="ui-chart-head",
        ),
        table(
            "Top sources: linked share is how many of an outlet's items name something in the catalog",
            ["Source", ">Count", "Compared", ">Share", ">Items", ">Linked", ">Behind first"],
            rx.foreach(sources.rows, lambda line: _source(line, state)),
            testid="sources",
        ),
        class_name="ui-card ui-chart ui-sources",
        aria_label="Top sources",
    )


def _source(line: Any, state: Any) -> rx.Component:
    return rx.el.tr(
        rx.el.th(
            rx.el.button(
                rx.el.span(line.source, dir="auto", class_name="ui-truncate"),
                type="button",
                title="Articles of " + line.source,
                class_name="ui-cell-title ui-source-name",
                on_click=state.pick_source(line.source),
                data_testid="source-articles",
            ),
            rx.el.span(line.tier, class_name="ui-small ui-dim"),
            scope="row",
        ),
        cell("Count", line.figure.to_string(), end=True),
        rx.el.td(
            rx.el.div(rx.el.div(style={"width": line.width}), class_name="ui-source-bar", aria_hidden="true"),
            class_name="ui-source-bar-cell",
        ),
        cell("Share", line.share, end=True),
        cell("Items", line.brought.to_string(), end=True),
        cell("Linked", line.linked, end=True),
        cell("Behind first", line.behind, end=True),
        key=line.source,
        data_testid="source-row",
    )


def nothing(state: Any, *, testid: str = "no-figures") -> rx.Component:
    """No mention in the range: what to do depends on whether a filter is set."""
    return rx.cond(
        state.chosen.is_set,
        empty_state(
            "chart-line",
            "Nothing in this range",
            "No article with these filters names anything in your catalog. Choose a longer range.",
            rx.el.a(
                "Take all filters away",
                href="?",
                class_name="ui-button ui-button-primary",
                data_testid="no-filters",
            ),
            testid=testid,
        ),
        empty_state(
            "rss",
            "No news about your catalog yet",
            "Add the feeds of outlets that write about your music. Articles that name your artists, "
            "works and recordings are counted here.",
            rx.el.a(
                "Add feeds", href="/feeds", class_name="ui-button ui-button-primary", data_testid="to-feeds"
            ),
            testid=testid,
        ),
    )
