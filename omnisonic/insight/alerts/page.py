"""`/alerts`: what to watch for, whom to tell, what was found, and when to keep quiet."""

from __future__ import annotations

from typing import Any

import reflex as rx

from omnisonic.insight.alerts.channel_components import channels_panel
from omnisonic.insight.alerts.history_page_components import history_panel
from omnisonic.insight.alerts.mute_components import mute_dialog, mutes_panel
from omnisonic.insight.alerts.quiet_components import quiet_panel
from omnisonic.insight.alerts.rule_components import new_rule_button, rules_panel
from omnisonic.insight.alerts.rule_state import RulesState
from omnisonic.platform.ui.shell import crumbs, page, page_head, shell

RULES: Any = RulesState  # Reflex types no variables of dataclasses
TABS = (
    ("rules", "Rules"),
    ("channels", "Channels"),
    ("history", "History"),
    ("muted", "Muted"),
    ("quiet", "Quiet hours"),
)


def alerts_page() -> rx.Component:
    """`/alerts`"""
    return shell(
        page(
            page_head(
                "Alerts",
                "Rules that watch the news for you, and where their messages go",
                rx.cond(RULES.tab == "rules", new_rule_button("rule-new")),
            ),
            _tabs(),
            rx.match(
                RULES.tab,
                ("channels", channels_panel()),
                ("history", history_panel()),
                ("muted", mutes_panel()),
                ("quiet", quiet_panel()),
                rules_panel(),
            ),
            mute_dialog(),
        ),
        active="alerts",
        crumbs=crumbs(("Insight", "/trends"), ("Alerts", None)),
    )


def _tabs() -> rx.Component:
    return rx.el.nav(
        *[
            rx.el.a(
                words,
                href=f"/alerts?tab={tab}",
                aria_current=rx.cond(RULES.tab == tab, "page", "false"),
                class_name="ui-kind",
                data_testid=f"tab-{tab}",
            )
            for tab, words in TABS
        ],
        aria_label="Parts of alerts",
        class_name="ui-kinds",
    )
