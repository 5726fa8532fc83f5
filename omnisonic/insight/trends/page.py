"""`/trends`: who is in the news more than usual, and the articles behind it."""

from __future__ import annotations

from typing import Any

import reflex as rx

from omnisonic.insight.analytics.components import freshness, keeps_fresh
from omnisonic.insight.analytics.filter_bar import COUNTS, TYPES, filter_select
from omnisonic.insight.drawer.components import ARTICLES, articles_drawer
from omnisonic.insight.follows.components import follow_button
from omnisonic.insight.saved_views.components import views_button
from omnisonic.insight.trends.lines import SPARK_HEIGHT, SPARK_WIDTH
from omnisonic.insight.trends.state import ALL, TrendsState
from omnisonic.platform.ui.controls import link_button, segmented
from omnisonic.platform.ui.feedback import empty_state, skeleton
from omnisonic.platform.ui.shell import crumbs, page, page_head, shell

TRENDS: Any = TrendsState  # Reflex types no variables of dataclasses
WINDOWS = (("24h", "24 hours"), ("7d", "7 days"), ("30d", "30 days"))
ORDERS = (("count", "Most named"), ("change", "Most above usual"))


def trends_page() -> rx.Component:
    """`/trends`"""
    return shell(
        page(
            page_head(
                "Trends",
                "Who is in the news, and how that compares with what is usual for them",
                rx.el.div(
                    views_button(),
                    link_button("Open analytics", "/analytics", testid="to-analytics", icon="chart-line"),
                    class_name="ui-row ui-row-wrap",
                ),
            ),
            _filters(),
            keeps_fresh(TRENDS),
            rx.match(
                TRENDS.phase,
                ("loading", skeleton(shape="row", count=8)),
                rx.cond(TRENDS.lines.length() > 0, _list(), _nothing()),
            ),
            articles_drawer(on_change=TRENDS.load),
        ),
        active="trends",
        crumbs=crumbs(("Insight", "/trends"), ("Trends", None)),
        actions=(freshness(TRENDS.fresh, TRENDS.load_problem),),
    )


def _filters() -> rx.Component:
    chosen: Any = TRENDS.chosen
    return rx.el.div(
        segmented("Window", "window", WINDOWS, chosen.window, lambda value: TRENDS.choose("window", value)),
        filter_select(TRENDS, "entityType", "Kind", chosen.entity_type, _options(TYPES)),
        filter_select(
            TRENDS,
            "genre",
            "Genre",
            chosen.genre,
            [
                rx.el.option("All genres", value=ALL),
                _kept(chosen.genre, TRENDS.genres),
                _names(TRENDS.genres),
            ],
        ),
        filter_select(
            TRENDS,
            "source",
            "Source",
            chosen.source,
            [
                rx.el.option("All sources", value=ALL),
                _kept(chosen.source, TRENDS.sources),
                _names(TRENDS.sources),
            ],
        ),
        filter_select(TRENDS, "order", "Order", chosen.order, _options(ORDERS)),
        segmented("Count", "count", COUNTS, chosen.count, lambda value: TRENDS.choose("count", value)),
        class_name="ui-filter-row",
        data_testid="filters",
    )


def _options(pairs: tuple[tuple[str, str], ...]) -> list[rx.Component]:
    return [rx.el.option(words, value=value) for value, words in pairs]


def _names(choices: Any) -> rx.Component:
    return rx.foreach(choices, lambda name: rx.el.option(name, value=name))


def _kept(value: Any, choices: Any) -> rx.Component:
    return rx.cond((value != ALL) & ~choices.contains(value), rx.el.option(value, value=value))


def _list() -> rx.Component:
    return rx.el.div(
        rx.el.p(TRENDS.words, class_name="ui-text-2", role="status", data_testid="trends-summary"),
        rx.el.ol(rx.foreach(TRENDS.lines, _trend), class_name="ui-trends", data_testid="trends"),
        class_name="ui-stack",
    )


def _trend(line: Any) -> rx.Component:
    return rx.el.li(
        rx.el.span(line.rank, class_name="ui-trend-rank", aria_hidden="true"),
        rx.el.div(
            rx.el.a(
                line.name,
                href=line.href,
                dir="auto",
                class_name="ui-cell-title ui-truncate",
                data_testid="trend-name",
            ),
            rx.el.span(line.detail, dir="auto", class_name="ui-small ui-text-2 ui-truncate"),
            class_name="ui-cell-name",
        ),
        rx.el.svg(
            rx.el.title(line.spark_words),
            rx.el.path(d="M" + line.spark),
            view_box=f"0 0 {SPARK_WIDTH} {SPARK_HEIGHT}",
            role="img",
            aria_label=line.spark_words,
            class_name="ui-trend-spark",
        ),
        rx.el.button(
            rx.el.strong(line.figure),
            rx.el.span(line.change, class_name="ui-change", data_way=line.way, data_testid="trend-change"),
            type="button",
            class_name="ui-trend-figure",
            title="Articles about " + line.name,
            on_click=TRENDS.pick(line.key, line.name),
            data_testid="trend-articles",
        ),
        rx.el.div(
            rx.foreach(
                line.articles,
                lambda article: rx.el.button(
                    rx.el.span(article.title, dir="auto", class_name="ui-truncate"),
                    type="button",
                    title=article.source + ", " + article.when,
                    class_name="ui-truncate",
                    on_click=ARTICLES.show_article(article.id, False),
                    key=article.id,
                    data_testid="trend-article",
                ),
            ),
            class_name="ui-trend-articles",
        ),
        follow_button(line.key, line.name),
        key=line.key,
        data_testid="trend",
    )


def _nothing() -> rx.Component:
    return rx.cond(
        TRENDS.chosen.is_set,
        empty_state(
            "trending-up",
            "Nobody with these filters",
            "No article of this window names anybody like that. Choose a longer window, or fewer filters.",
            link_button("Take all filters away", "/trends", testid="no-filters", kind="primary"),
            testid="no-trends",
        ),
        empty_state(
            "trending-up",
            "No news about your catalog yet",
            "Add the feeds of outlets that write about your music. Who is named in them, and how much more "
            "than usual, is shown here.",
            link_button("Add feeds", "/feeds", testid="to-feeds", kind="primary", icon="rss"),
            testid="no-trends",
        ),
    )
