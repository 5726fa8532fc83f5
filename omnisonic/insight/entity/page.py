"""`/entities/[type]/[id]`: one artist, work or recording in the news."""

from __future__ import annotations

from typing import Any

import reflex as rx

from omnisonic.insight.analytics.components import (
    frame,
    freshness,
    keeps_fresh,
    network_card,
    place,
    sources_card,
    time_card,
)
from omnisonic.insight.analytics.filter_bar import filter_bar
from omnisonic.insight.drawer.components import ARTICLES, articles_drawer
from omnisonic.insight.entity.state import EntityState
from omnisonic.insight.follows.components import follow_button
from omnisonic.platform.ui.controls import badge, link_button
from omnisonic.platform.ui.feedback import empty_state
from omnisonic.platform.ui.shell import crumbs, page, shell

LEAD, NEWEST, _, SOURCES, NETWORK = 1, 2, 3, 4, 5  # in the order in which they come
ENTITY: Any = EntityState  # Reflex types no variables of dataclasses


def entity_page() -> rx.Component:
    """`/entities/[type]/[id]`"""
    return shell(
        page(
            rx.match(
                ENTITY.phase,
                ("missing", _missing()),
                rx.fragment(
                    _head(),
                    filter_bar(ENTITY, with_entity=False),
                    keeps_fresh(ENTITY),
                    rx.cond(ENTITY.phase == "loading", frame(), _figures()),
                ),
            ),
            articles_drawer(on_change=ENTITY.load),
        ),
        active="trends",
        crumbs=crumbs(("Insight", "/trends"), ("Trends", "/trends"), (ENTITY.lead.entity_name, None)),
        actions=(freshness(ENTITY.lead.fresh, ENTITY.load_problem),),
    )


def _head() -> rx.Component:
    return rx.el.div(
        rx.el.div(
            rx.el.h1(rx.cond(ENTITY.lead.entity_name != "", ENTITY.lead.entity_name, "…"), dir="auto"),
            rx.el.p(
                badge(ENTITY.kind),
                rx.cond(ENTITY.lead.entity_detail != "", rx.el.span(ENTITY.lead.entity_detail, dir="auto")),
                rx.el.span(ENTITY.lead.totals_words),
                class_name="ui-row ui-row-wrap ui-text-2",
            ),
            class_name="ui-entry-head",
        ),
        rx.el.div(
            link_button("In the catalog", ENTITY.catalog_href, testid="to-catalog", icon="disc-3"),
            link_button("In analytics", ENTITY.analytics_href, testid="to-analytics", icon="chart-line"),
            follow_button(ENTITY.key, ENTITY.lead.entity_name),
            class_name="ui-row ui-row-wrap",
        ),
        class_name="ui-entity-head",
        data_testid="entity-head",
    )


def _figures() -> rx.Component:
    return rx.cond(
        ENTITY.lead.total > 0,
        rx.el.div(
            place(ENTITY, LEAD, time_card(ENTITY)),
            place(ENTITY, NEWEST, _newest()),
            place(ENTITY, SOURCES, sources_card(ENTITY)),
            place(ENTITY, NETWORK, network_card(ENTITY)),
            class_name="ui-charts",
        ),
        rx.el.div(
            empty_state(
                "newspaper",
                "Not in the news",
                "No article of this range names it. Choose a longer range, or follow it.",
                testid="no-figures",
            ),
            place(ENTITY, NETWORK, network_card(ENTITY)),
            class_name="ui-charts ui-charts-one",
        ),
    )


def _newest() -> rx.Component:
    return rx.el.section(
        rx.el.h2("Newest articles", class_name="ui-section-title"),
        rx.el.ul(
            rx.foreach(
                ENTITY.newest,
                lambda line: rx.el.li(
                    rx.el.button(
                        rx.el.span(line.title, dir="auto", class_name="ui-article-title"),
                        rx.el.span(line.source, " · ", line.when, class_name="ui-small ui-text-2"),
                        type="button",
                        class_name="ui-article",
                        on_click=ARTICLES.show_article(line.id, False),
                        data_testid="entity-article",
                    ),
                    key=line.id,
                ),
            ),
            class_name="ui-articles",
        ),
        aria_label="Newest articles",
        class_name="ui-card ui-chart",
    )


def _missing() -> rx.Component:
    return empty_state(
        "search-x",
        "Not in the catalog",
        "This artist, work or recording is not in the catalog any more. It may have been merged.",
        link_button("Trends", "/trends", testid="to-trends", kind="primary"),
        testid="entity-missing",
    )
