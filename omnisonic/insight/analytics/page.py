"""`/analytics`: who is being talked about, where, and with whom."""

from __future__ import annotations

from typing import Any

import reflex as rx

from omnisonic.insight.analytics.components import charts, frame, freshness, keeps_fresh, nothing
from omnisonic.insight.analytics.filter_bar import filter_bar
from omnisonic.insight.analytics.state import AnalyticsState
from omnisonic.insight.charts.widgets import ReportButton
from omnisonic.insight.drawer.components import articles_drawer
from omnisonic.insight.saved_views.components import views_button
from omnisonic.platform.ui.controls import link_button
from omnisonic.platform.ui.feedback import empty_state, notice
from omnisonic.platform.ui.shell import crumbs, page, page_head, shell

ANALYTICS: Any = AnalyticsState  # Reflex types no variables of dataclasses


def analytics_page() -> rx.Component:
    """`/analytics`"""
    return shell(
        page(
            page_head(
                "Who is being talked about",
                rx.cond(
                    ANALYTICS.lead.totals_words != "",
                    ANALYTICS.lead.totals_words,
                    "Mentions of your catalog in the news",
                ),
                rx.el.div(
                    link_button("Tagging", "/tagging", testid="to-tagging", icon="tags", kind="ghost"),
                    views_button(),
                    ReportButton.create(filters=ANALYTICS.filters),
                    class_name="ui-row ui-row-wrap",
                ),
            ),
            filter_bar(ANALYTICS),
            rx.cond(
                ANALYTICS.chosen.left_out != "",
                notice(
                    "These filters of the address mean nothing here and were left out: ",
                    ANALYTICS.chosen.left_out,
                    kind="warn",
                    data_testid="left-out",
                ),
            ),
            keeps_fresh(ANALYTICS),
            rx.match(
                ANALYTICS.phase,
                ("loading", frame()),
                ("missing", _missing()),
                rx.cond(ANALYTICS.lead.total > 0, charts(ANALYTICS), nothing(ANALYTICS)),
            ),
            articles_drawer(on_change=ANALYTICS.load),
        ),
        active="analytics",
        crumbs=crumbs(("Insight", "/trends"), ("Analytics", None)),
        actions=(freshness(ANALYTICS.lead.fresh, ANALYTICS.load_problem),),
    )


def _missing() -> rx.Component:
    return empty_state(
        "search-x",
        "Not in the catalog",
        "This artist, work or recording is not in the catalog any more. It may have been merged.",
        link_button("All analytics", "/analytics", testid="to-analytics", kind="primary"),
        testid="entity-missing",
    )
