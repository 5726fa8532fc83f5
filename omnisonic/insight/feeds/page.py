"""`/feeds`: where news comes from, and how each source is doing."""

from __future__ import annotations

import reflex as rx

from omnisonic.insight.feeds.components import add_card, asides, feed_table, removed_bar
from omnisonic.insight.feeds.state import FeedsState
from omnisonic.platform.ui.controls import button, link_button, select, text_input
from omnisonic.platform.ui.feedback import empty_state, error_state, skeleton
from omnisonic.platform.ui.shell import crumbs, page, page_head, shell

OPML_FILE = "/api/feeds/opml"
STATES = (
    ("all", "All states"),
    ("active", "Fine"),
    ("failing", "Failing"),
    ("paused", "Paused"),
    ("gone", "Ended"),
)


def feeds_page() -> rx.Component:
    """`/feeds`"""
    return shell(
        page(
            page_head(
                "Feeds",
                "The sources of your news: how each one is doing, and why",
                rx.el.div(
                    link_button("Tagging", "/tagging", testid="to-tagging", icon="tags", kind="ghost"),
                    link_button(
                        "Export OPML",
                        OPML_FILE,
                        testid="feeds-export",
                        icon="download",
                        is_page=False,
                        download=True,
                    ),
                    class_name="ui-row ui-row-wrap",
                ),
            ),
            rx.cond(
                FeedsState.load_problem != "",
                error_state(
                    "The feeds could not be loaded", FeedsState.load_problem, on_retry=FeedsState.load
                ),
                rx.cond(FeedsState.is_loaded, _content(), skeleton(shape="row", count=6)),
            ),
            removed_bar(),
        ),
        active="feeds",
        crumbs=crumbs(("Insight", "/trends"), ("Feeds", None)),
    )


def _content() -> rx.Component:
    return rx.el.div(
        asides(),
        rx.cond(FeedsState.may_edit, add_card()),
        rx.cond(FeedsState.has_any, _list(), _empty()),
        class_name="ui-stack ui-stack-6",
    )


def _empty() -> rx.Component:
    words = rx.cond(
        FeedsState.may_edit,
        "Follow the sites that write about music: what they publish is read, linked to your catalog and "
        "counted. Begin with one address above, or bring the list of your feed reader.",
        "Feeds bring the news that is linked to the catalog. An analyst or an admin adds them.",
    )
    return empty_state("rss", "No feeds yet", words, testid="feeds-empty")


def _list() -> rx.Component:
    return rx.el.section(
        rx.el.div(
            rx.el.div(
                text_input(
                    "feed-search",
                    testid="feed-search",
                    aria_label="Title or address",
                    placeholder="Title or address",
                    type="search",
                    value=FeedsState.search,
                    on_change=FeedsState.filter_search,
                ),
                class_name="ui-filter-text",
            ),
            select(
                "feed-status-filter",
                STATES,
                testid="feed-status-filter",
                aria_label="State",
                value=FeedsState.status,
                on_change=FeedsState.filter_status,
            ),
            rx.el.p(FeedsState.summary, class_name="ui-small ui-text-2", data_testid="feeds-summary"),
            class_name="ui-row",
        ),
        rx.cond(
            FeedsState.lines.length() > 0,
            feed_table(),
            rx.el.p("No feed matches these filters.", class_name="ui-text-2", data_testid="no-match"),
        ),
        rx.cond(
            FeedsState.is_cut,
            button("Show more", testid="more-feeds", on_click=FeedsState.more),
        ),
        aria_label="Feeds",
        class_name="ui-stack ui-stack-4",
    )
