"""When the rule that is being written would have fired, with the articles."""

from __future__ import annotations

from typing import Any

import reflex as rx

from omnisonic.insight.alerts.rule_form_state import RuleFormState
from omnisonic.platform.ui.controls import button
from omnisonic.platform.ui.feedback import notice, skeleton

FORM: Any = RuleFormState  # Reflex types no variables of dataclasses


def past_panel() -> rx.Component:
    """The button that looks back, and what it found."""
    return rx.el.section(
        rx.el.div(
            rx.el.h3("The last 30 days"),
            button(
                "See when it would have fired",
                testid="rule-preview",
                icon="history",
                disabled=FORM.preview_phase == "loading",
                on_click=FORM.look_back,
            ),
            class_name="ui-row ui-row-wrap ui-between",
        ),
        rx.match(
            FORM.preview_phase,
            ("loading", skeleton(shape="row", count=2)),
            ("failed", notice(FORM.preview_problem, kind="danger", data_testid="rule-preview-problem")),
            ("ready", _found()),
            rx.fragment(),
        ),
        class_name="ui-stack",
    )


def _found() -> rx.Component:
    preview = FORM.preview
    return rx.el.div(
        rx.el.p(rx.el.strong(preview.summary), role="status", data_testid="rule-preview-summary"),
        rx.cond(preview.note != "", rx.el.p(preview.note, class_name="ui-small ui-text-2")),
        rx.el.div(
            rx.foreach(preview.firings, lambda one: rx.el.i(key=one.key, style={"left": one.left})),
            aria_hidden="true",
            class_name="ui-rule-timeline",
            data_testid="rule-timeline",
        ),
        rx.el.p(
            rx.el.span(preview.since),
            rx.el.span(preview.until),
            class_name="ui-row ui-between ui-small ui-text-2",
        ),
        rx.el.ul(rx.foreach(preview.firings, _firing), class_name="ui-articles"),
        class_name="ui-stack",
    )


def _firing(one: Any) -> rx.Component:
    return rx.el.li(
        rx.el.p(
            rx.el.a(one.name, href=one.href, dir="auto", class_name="ui-cell-title"),
            rx.el.span(one.at, class_name="ui-small ui-text-2"),
            class_name="ui-row ui-row-wrap",
        ),
        rx.el.p(one.reason, class_name="ui-small"),
        rx.el.ul(
            rx.foreach(
                one.articles,
                lambda article: rx.el.li(
                    rx.el.a(
                        article.title, href=article.url, is_external=True, dir="auto", class_name="ui-link"
                    ),
                    rx.el.span(" · ", article.source, class_name="ui-text-2"),
                    class_name="ui-small ui-rule-article",
                ),
            )
        ),
        key=one.key,
        data_testid="rule-firing",
    )
