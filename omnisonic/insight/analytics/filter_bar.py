"""The one row of filters above the figures; each control changes the address."""

from __future__ import annotations

from typing import Any

import reflex as rx

from omnisonic.insight.addresses import CUSTOM, RANGES
from omnisonic.insight.analytics.filter_line import ALL, UNKNOWN
from omnisonic.insight.charts.entity_finder import entity_finder
from omnisonic.platform.ui.controls import button, segmented

TYPES = ((ALL, "Everything"), ("artist", "Artists"), ("work", "Works"), ("recording", "Recordings"))
COUNTS = (("stories", "Stories"), ("mentions", "Mentions"))


def filter_bar(state: Any, *, with_entity: bool = True) -> rx.Component:
    """Range, entity, genre, source, and what is counted."""
    chosen: Any = state.chosen
    return rx.el.div(
        rx.el.div(
            filter_select(
                state,
                "days",
                "Range",
                chosen.span,
                [*_options(RANGES), rx.el.option("Custom …", value=CUSTOM)],
            ),
            *([_entity(state)] if with_entity else []),
            filter_select(
                state,
                "genre",
                "Genre",
                chosen.genre,
                [
                    rx.el.option("All genres", value=ALL),
                    _kept(chosen.genre, state.genres.choices),
                    rx.foreach(
                        state.genres.choices,
                        lambda name: rx.cond(
                            name == "",
                            rx.el.option("Genre not known", value=UNKNOWN),
                            rx.el.option(name, value=name),
                        ),
                    ),
                ],
            ),
            filter_select(
                state,
                "source",
                "Source",
                chosen.source,
                [
                    rx.el.option("All sources", value=ALL),
                    _kept(chosen.source, state.sources.choices),
                    rx.foreach(state.sources.choices, lambda name: rx.el.option(name, value=name)),
                ],
            ),
            segmented("Count", "count", COUNTS, chosen.count, lambda value: state.choose("count", value)),
            class_name="ui-filter-row",
            data_testid="filters",
        ),
        rx.cond(state.is_custom, _days(state)),
        class_name="ui-stack",
    )


def filter_select(state: Any, name: str, label: str, value: Any, options: list[Any]) -> rx.Component:
    """A list of choices whose value is that of the address."""
    return rx.el.span(
        rx.el.select(
            *options,
            value=value,
            aria_label=label,
            class_name="ui-select",
            on_change=lambda chosen: state.choose(name, chosen),
            data_testid=f"filter-{name}",
        ),
        rx.icon("chevron-down", size=16, aria_hidden="true"),
        class_name="ui-select-box",
    )


def _options(pairs: tuple[tuple[str, str], ...]) -> list[rx.Component]:
    return [rx.el.option(words, value=value) for value, words in pairs]


def _kept(value: Any, choices: Any) -> rx.Component:
    """What was chosen stays a choice, also where the range has nothing of it."""
    return rx.cond(
        (value != ALL) & (value != UNKNOWN) & ~choices.contains(value), rx.el.option(value, value=value)
    )


def _entity(state: Any) -> rx.Component:
    return rx.cond(
        state.lead.entity_name != "",
        rx.el.span(
            rx.el.span(state.lead.entity_name, dir="auto", class_name="ui-truncate"),
            rx.el.button(
                rx.icon("x", size=14, aria_hidden="true"),
                type="button",
                aria_label="Everybody again, not only " + state.lead.entity_name,
                on_click=state.forget_entity,
                data_testid="forget-entity",
            ),
            class_name="ui-filter-entity",
            data_testid="entity-chip",
        ),
        rx.fragment(
            filter_select(state, "entityType", "Kind", state.chosen.entity_type, _options(TYPES)),
            entity_finder("Find an artist or a title", testid="find-entity", on_pick=state.choose_entity),
        ),
    )


def _days(state: Any) -> rx.Component:
    return rx.el.form(
        _day("first_day", "From", state.chosen.first_day),
        _day("last_day", "To, the whole day", state.chosen.last_day),
        button("Show", testid="show-days", type="submit"),
        on_submit=state.choose_days,
        class_name="ui-filter-days",
        data_testid="custom-days",
    )


def _day(name: str, label: str, value: Any) -> rx.Component:
    return rx.el.label(
        rx.el.span(label, class_name="ui-label"),
        rx.el.input(
            type="date",
            name=name,
            default_value=value,
            key=name + value,
            required=True,
            class_name="ui-input",
            data_testid=name,
        ),
    )
