"""The tab of history: events with their messages, and sending one again."""

from __future__ import annotations

from typing import Any

import reflex as rx

from omnisonic.insight.alerts.history_page_state import MAX_ROWS, HistoryState
from omnisonic.insight.alerts.history_words import ArticleLine, MessageLine
from omnisonic.insight.alerts.mute_state import MutesState
from omnisonic.platform.ui.controls import badge, button
from omnisonic.platform.ui.feedback import empty_state, error_state, skeleton

HISTORY: Any = HistoryState  # Reflex types no variables of dataclasses
MUTES: Any = MutesState


def history_panel() -> rx.Component:
    """What the rules found, newest first."""
    return rx.el.section(
        rx.cond(
            HISTORY.load_problem != "",
            error_state("The history could not be loaded", HISTORY.load_problem, HISTORY.load),
            rx.cond(
                HISTORY.is_loaded,
                rx.cond(HISTORY.lines.length() > 0, _list(), _empty()),
                skeleton(shape="row", count=4),
            ),
        ),
        aria_label="History",
        data_testid="history-panel",
    )


def _empty() -> rx.Component:
    return empty_state(
        "history",
        "Nothing fired yet",
        "When a rule finds something, it is here with its articles, and with what became of each message.",
        testid="no-events",
    )


def _list() -> rx.Component:
    return rx.el.div(
        rx.el.ul(rx.foreach(HISTORY.lines, _event), class_name="ui-decides", data_testid="events"),
        rx.cond(
            HISTORY.has_more,
            button("Show older", testid="more-events", on_click=HISTORY.more),
            rx.cond(
                HISTORY.lines.length() >= MAX_ROWS,
                rx.el.p(f"The newest {MAX_ROWS} are shown.", class_name="ui-small ui-text-2"),
            ),
        ),
        class_name="ui-stack",
    )


def _event(line: Any) -> rx.Component:
    return rx.el.li(
        rx.el.div(
            rx.el.div(
                rx.el.div(
                    rx.el.h2(rx.el.a(line.entity, href=line.href, class_name="ui-link"), dir="auto"),
                    rx.cond(
                        line.is_over,
                        badge("Over", kind="ok", icon="check"),
                        badge("Fired", kind="warn", icon="bell"),
                    ),
                    rx.cond(line.mute_id != "", badge("Muted", icon="bell-off")),
                    class_name="ui-row ui-row-wrap",
                ),
                rx.cond(line.mute_id != "", _unmute_button(line), _mute_button(line)),
                class_name="ui-row ui-between",
            ),
            rx.el.p(line.words, data_testid="event-words"),
            rx.el.p(
                rx.el.span(line.rule, dir="auto"),
                " · ",
                rx.el.span(line.when, title=line.at),
                class_name="ui-small ui-text-2",
            ),
            rx.cond(line.reason != "", _nobody(line)),
            rx.cond(line.mute_id != "", _muted_now(line)),
        ),
        rx.cond(
            line.articles.to(list[ArticleLine]).length() > 0,
            rx.el.ul(rx.foreach(line.articles.to(list[ArticleLine]), _article), aria_label="Articles"),
        ),
        rx.cond(
            line.messages.to(list[MessageLine]).length() > 0,
            rx.el.ul(
                rx.foreach(line.messages.to(list[MessageLine]), _message),
                aria_label="Messages",
                class_name="ui-list",
            ),
        ),
        key=line.id,
        class_name="ui-decide",
        data_testid="event",
    )


def _nobody(line: Any) -> rx.Component:
    return rx.el.p(
        "Nobody was told. ",
        line.reason,
        rx.cond(line.is_muted & (line.mute_id == ""), " It is not muted any more.", ""),
        class_name="ui-small",
        data_testid="event-reason",
    )


def _muted_now(line: Any) -> rx.Component:
    return rx.el.p(
        rx.el.span(line.mute_words, dir="auto"),
        rx.el.a("All that is muted", href="/alerts?tab=muted", class_name="ui-link"),
        class_name="ui-row ui-row-wrap ui-small ui-text-2",
        data_testid="event-muted",
    )


def _unmute_button(line: Any) -> rx.Component:
    return button(
        "Unmute",
        testid="event-unmute",
        icon="bell",
        kind="ghost",
        aria_label="Let alerts about " + line.entity.to(str) + " come again",
        on_click=MUTES.end(line.mute_id),
    )


def _mute_button(line: Any) -> rx.Component:
    return button(
        "Mute",
        testid="event-mute",
        icon="bell-off",
        kind="ghost",
        aria_label="Mute alerts about " + line.entity.to(str),
        on_click=MUTES.begin_about(line.entity_type, line.entity_id, line.entity, line.rule_id),
    )


def _article(article: Any) -> rx.Component:
    return rx.el.li(
        rx.el.a(article.title, href=article.url, is_external=True, dir="auto", class_name="ui-link"),
        rx.el.span(" ", article.source, class_name="ui-text-2"),
        class_name="ui-small",
        style={"overflowWrap": "anywhere"},
    )


def _message(message: Any) -> rx.Component:
    return rx.el.li(
        rx.el.div(
            rx.el.div(
                rx.el.strong(message.channel, dir="auto"),
                rx.el.span(
                    message.words,
                    class_name="ui-badge ui-badge-" + message.status.to(str),
                    data_testid="message-status",
                ),
                rx.el.span(message.facts, class_name="ui-small ui-text-2"),
                class_name="ui-row ui-row-wrap",
            ),
            rx.cond(
                message.reason != "",
                rx.el.p(
                    message.reason,
                    dir="auto",
                    class_name="ui-small ui-text-2",
                    style={"overflowWrap": "anywhere"},
                    data_testid="message-reason",
                ),
            ),
            class_name="ui-grow",
        ),
        rx.cond(
            message.may_resend,
            button(
                "Send again",
                testid="resend",
                icon="rotate-cw",
                kind="ghost",
                aria_label="Send again to " + message.channel.to(str),
                on_click=HISTORY.resend(message.id),
            ),
        ),
        key=message.id,
        data_testid="message",
    )
