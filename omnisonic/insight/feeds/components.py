"""Parts of the page of feeds: adding, the list, and what a feed's health is."""

from __future__ import annotations

from typing import Any

import reflex as rx

from omnisonic.insight.feeds.add_state import AddFeedState
from omnisonic.insight.feeds.opml import OPML_MAX_BYTES
from omnisonic.insight.feeds.state import FeedsState
from omnisonic.insight.feeds.words import TIER_WORDS
from omnisonic.platform.ui.controls import badge, button, field, icon_button, select, text_input
from omnisonic.platform.ui.feedback import notice, undo_bar
from omnisonic.platform.ui.file_drop import FileTaker
from omnisonic.platform.ui.sources import link_sources
from omnisonic.platform.ui.table import cell, table

_LINKED = link_sources(__name__, ("opml_drop.css", "opml_drop.jsx"))
TIERS = tuple((str(tier), words) for tier, words in TIER_WORDS.items())
COLUMNS = ("Feed", "Health", "Last success", "Next check", ">Items per week", ">Actions")


class OpmlDrop(FileTaker):
    """Takes a list of feeds. `on_added` hears when it was brought in."""

    library = _LINKED["opml_drop.jsx"]
    tag = "OpmlDrop"

    on_added: rx.EventHandler[rx.event.no_args_event_spec]  # type: ignore[type-arg, valid-type]


def add_card() -> rx.Component:
    """Follow a feed by its address or that of its site, or a whole list."""
    return rx.el.section(
        rx.el.h2("Follow a source", class_name="ui-section-title"),
        rx.el.form(
            field(
                "Address of the site or its feed",
                text_input(
                    "feed-address",
                    testid="feed-address",
                    type="text",
                    inputmode="url",
                    autocomplete="off",
                    placeholder="pitchfork.com",
                    required=True,
                    value=AddFeedState.address,
                    on_change=AddFeedState.type_address,
                ),
                for_id="feed-address",
            ),
            field(
                "Kind of source",
                select(
                    "feed-tier",
                    TIERS,
                    testid="feed-tier",
                    value=AddFeedState.tier,
                    on_change=AddFeedState.choose_tier,
                ),
                for_id="feed-tier",
            ),
            button(
                rx.cond(AddFeedState.is_looking, "Looking …", "Find feeds"),
                testid="feed-find",
                icon="search",
                kind="primary",
                type="submit",
                disabled=AddFeedState.is_looking,
            ),
            on_submit=AddFeedState.look,
            class_name="fd-add",
        ),
        rx.cond(
            AddFeedState.problem != "",
            notice(AddFeedState.problem, kind="danger", data_testid="feed-problem"),
        ),
        rx.cond(
            AddFeedState.candidates.length() > 0,
            rx.el.ul(
                rx.foreach(AddFeedState.candidates, _candidate),
                class_name="fd-candidates",
                aria_label="Feeds found",
            ),
        ),
        OpmlDrop.create(max_bytes=OPML_MAX_BYTES, on_added=FeedsState.refresh),
        class_name="ui-card ui-stack ui-stack-4",
        data_testid="feed-add",
    )


def feed_table() -> rx.Component:
    """The feeds under the filters."""
    return table("Feeds", COLUMNS, rx.foreach(FeedsState.lines, _row), testid="feeds-table")


def removed_bar() -> rx.Component:
    """Undo of the last removal."""
    return rx.cond(
        FeedsState.removed_words != "",
        undo_bar(
            FeedsState.removed_words,
            FeedsState.undo_remove,
            FeedsState.forget_remove,
            testid="feed-removed",
        ),
    )


def asides() -> rx.Component:
    """What was set aside, with the reasons; nothing while there is none."""
    return rx.cond(
        FeedsState.asides.length() > 0,
        notice(
            rx.el.details(
                rx.el.summary(
                    rx.el.strong("Some articles were left out: "),
                    FeedsState.asides.length(),
                    " could not be stored or tagged. All others went on.",
                ),
                rx.el.ul(rx.foreach(FeedsState.asides, _aside), class_name="ui-list"),
                open=FeedsState.asides.length() < 4,
            ),
            rx.cond(
                FeedsState.may_edit,
                button(
                    "Try them again",
                    testid="retry-asides",
                    icon="rotate-cw",
                    on_click=FeedsState.retry_asides,
                ),
            ),
            kind="warn",
            data_testid="asides",
        ),
    )


def _candidate(candidate: Any) -> rx.Component:
    return rx.el.li(
        rx.el.div(
            rx.el.p(candidate.title, dir="auto", class_name="ui-truncate"),
            rx.el.p(candidate.words, " · ", candidate.url, class_name="ui-small ui-text-2 ui-truncate"),
            class_name="fd-name ui-grow",
        ),
        rx.cond(
            candidate.is_followed,
            badge("Followed", kind="ok", icon="check"),
            button("Follow", testid="feed-follow", icon="plus", on_click=AddFeedState.follow(candidate.url)),
        ),
        data_testid="feed-candidate",
        key=candidate.url,
    )


def _row(line: Any) -> rx.Component:
    return rx.el.tr(
        cell(
            "Feed",
            rx.el.div(
                rx.el.a(
                    line.title,
                    href=line.site,
                    is_external=True,
                    dir="auto",
                    title=line.url,
                    class_name="ui-link ui-truncate",
                ),
                rx.el.p(line.source, " · ", line.tier, class_name="ui-small ui-text-2 ui-truncate"),
                class_name="fd-name",
            ),
        ),
        cell("Health", _health(line)),
        cell("Last success", rx.el.span(line.last_success, class_name="ui-nowrap")),
        cell("Next check", rx.el.span(line.next_check, class_name="ui-nowrap", data_testid="feed-next")),
        cell("Items per week", rx.el.span(line.per_week, data_testid="feed-rate"), end=True),
        cell("Actions", _actions(line), end=True),
        data_testid="feed-row",
        key=line.id,
    )


def _health(line: Any) -> rx.Component:
    kind = rx.match(
        line.status, ("active", "ok"), ("failing", "danger"), ("gone", "danger"), ("resting", "warn"), "plain"
    )
    words = rx.cond(line.is_checking, "Checking …", line.status_words)
    return rx.el.div(
        rx.el.span(words, class_name="ui-badge ui-badge-" + kind.to(str), data_testid="feed-status"),
        rx.cond(
            line.reason != "",
            rx.el.p(
                line.reason,
                title=line.reason,
                class_name="ui-small ui-text-2 fd-reason",
                data_testid="feed-reason",
            ),
        ),
        class_name="fd-health",
    )


def _actions(line: Any) -> rx.Component:
    name = line.title.to(str)
    return rx.cond(
        FeedsState.may_edit,
        rx.el.div(
            icon_button(
                "rotate-cw",
                "Check " + name + " now",
                testid="feed-check",
                disabled=line.is_checking,
                on_click=FeedsState.check_now(line.id),
            ),
            rx.cond(
                line.is_paused,
                icon_button(
                    "play",
                    "Take " + name + " up again",
                    testid="feed-resume",
                    on_click=FeedsState.resume(line.id),
                ),
                icon_button(
                    "pause", "Pause " + name, testid="feed-pause", on_click=FeedsState.pause(line.id)
                ),
            ),
            icon_button(
                "trash-2", "Stop following " + name, testid="feed-remove", on_click=FeedsState.remove(line.id)
            ),
            class_name="ui-row fd-actions",
        ),
        rx.el.span("–", class_name="ui-dim", aria_hidden="true"),
    )


def _aside(line: Any) -> rx.Component:
    return rx.el.li(
        rx.el.div(
            rx.el.p(line.title, dir="auto"),
            rx.el.p(line.words, class_name="ui-small ui-text-2"),
        ),
        key=line.id,
        data_testid="aside",
    )
