"""The frame of every page behind sign-in: rail, top bar, bottom bar, and the place for content."""

from __future__ import annotations

from typing import Any

import reflex as rx
from reflex.style import color_mode, resolved_color_mode, set_color_mode
from reflex_components_core.el.elements.inline import A

from omnisonic.platform.auth.state import ViewerState
from omnisonic.platform.ui.brand import brand
from omnisonic.platform.ui.controls import Text, avatar
from omnisonic.platform.ui.dialog import dialog, opens
from omnisonic.platform.ui.navigation import ADMIN, SETTINGS, Entry, declared, grouped
from omnisonic.platform.ui.notices import notices
from omnisonic.platform.ui.palette import palette

MORE_DIALOG = "more-pages"


def shell(
    *content: rx.Component,
    active: str,
    crumbs: rx.Component,
    actions: tuple[rx.Component, ...] = (),
    is_studio: bool = False,
) -> rx.Component:
    """A page in its frame. The studio gets a narrow rail and is dark unless light was chosen by hand."""
    base = "ui-app ui-app-studio" if is_studio else "ui-app"
    class_name = rx.cond(color_mode == "light", base, f"{base} ui-dark") if is_studio else base
    return rx.el.div(
        skip_link(),
        _rail(active),
        rx.el.div(
            rx.el.header(
                crumbs,
                rx.el.div(
                    palette(), *actions, theme_toggle(is_studio=is_studio), class_name="ui-top-actions"
                ),
                class_name="ui-top",
            ),
            rx.el.main(*content, id="content", tab_index=-1, class_name="ui-content"),
            class_name="ui-main",
        ),
        _bottom_bar(active),
        _more(active),
        notices(),
        class_name=class_name,
    )


def skip_link() -> rx.Component:
    """The keyboard's first stop: past the navigation."""
    return A.create("Skip to content", href="#content", class_name="ui-skip")


def page(*content: Any, narrow: bool = False) -> rx.Component:
    """Content at reading width."""
    return rx.el.div(*content, class_name="ui-page ui-page-narrow" if narrow else "ui-page")


def page_head(title: Text, purpose: Text, *action: rx.Component) -> rx.Component:
    """Title, what the page is for in one line, and its one primary action."""
    return rx.el.div(rx.el.div(rx.el.h1(title), rx.el.p(purpose)), *action, class_name="ui-page-head")


def crumbs(*steps: tuple[Text, str | None]) -> rx.Component:
    """Where the reader is; the last step is this page."""
    return rx.el.nav(
        rx.el.ol(
            *[
                rx.el.li(
                    rx.el.a(words, href=href) if href else rx.el.span(words, class_name="ui-truncate"),
                    aria_current="page" if at == len(steps) - 1 else None,
                )
                for at, (words, href) in enumerate(steps)
            ],
            class_name="ui-crumbs",
        ),
        aria_label="Breadcrumb",
        class_name="ui-grow",
    )


def theme_toggle(*, is_studio: bool = False) -> rx.Component:
    """Switches between light and dark; until first used the system decides."""
    is_light = color_mode == "light" if is_studio else resolved_color_mode == "light"
    return rx.el.button(
        rx.icon("sun", size=18, class_name="ui-theme-moon", aria_hidden="true"),
        rx.icon("moon", size=18, class_name="ui-theme-sun", aria_hidden="true"),
        type="button",
        class_name="ui-button ui-button-ghost ui-button-icon",
        aria_label="Switch between light and dark",
        title="Switch between light and dark",
        data_testid="theme-toggle",
        on_click=set_color_mode(rx.cond(is_light, "dark", "light").to(str)),
    )


def _rail(active: str) -> rx.Component:
    account = rx.cond(ViewerState.name, ViewerState.name, "Your account")  # before the name has arrived
    return rx.el.nav(
        brand("/sessions"),
        *[
            part
            for group, entries in grouped()
            for part in (
                rx.el.p(group, class_name="ui-rail-group"),
                *[_entry(entry, active, "rail") for entry in entries],
            )
        ],
        rx.el.div(
            rx.cond(ViewerState.is_admin, _entry(ADMIN, active, "rail")),
            _entry(SETTINGS, active, "rail"),
            rx.el.a(
                avatar(
                    ViewerState.letters,
                    ViewerState.color,
                    name=account,
                    image=ViewerState.picture,
                ),
                rx.el.span(ViewerState.name, class_name="ui-word ui-truncate"),
                href="/settings",
                class_name="ui-nav",
                title=account,
                data_testid="account",
            ),
            class_name="ui-rail-foot",
        ),
        aria_label="Main",
        class_name="ui-rail",
    )


def _bottom_bar(active: str) -> rx.Component:
    return rx.el.nav(
        *[_entry(entry, active, "bottom") for entry in declared() if entry.is_on_phone],
        rx.el.button(
            rx.icon("menu", size=17, aria_hidden="true"),
            rx.el.span("More", class_name="ui-word"),
            type="button",
            class_name="ui-nav",
            data_testid="bottom-more",
            **opens(MORE_DIALOG),
        ),
        aria_label="Main, at the bottom",
        class_name="ui-bottom",
    )


def _more(active: str) -> rx.Component:
    """Every page, for phones: the bottom bar has place for few."""
    return dialog(
        MORE_DIALOG,
        "Omnisonic",
        rx.el.nav(
            *[
                rx.el.div(
                    rx.el.p(group, class_name="ui-rail-group"),
                    *[_entry(entry, active, "more") for entry in entries],
                )
                for group, entries in grouped()
            ],
            rx.el.div(
                rx.el.p(ViewerState.name, class_name="ui-rail-group ui-truncate"),
                _entry(SETTINGS, active, "more"),
                rx.cond(ViewerState.is_admin, _entry(ADMIN, active, "more")),
            ),
            aria_label="All pages",
            class_name="ui-stack",
        ),
        testid="more-pages",
    )


def _entry(entry: Entry, active: str, place: str) -> rx.Component:
    return rx.el.a(
        rx.icon(entry.icon, size=17, aria_hidden="true"),
        rx.el.span(entry.words, class_name="ui-word"),
        href=entry.href,
        title=entry.words,
        class_name="ui-nav",
        aria_current="page" if entry.key == active else None,
        data_testid=f"{place}-{entry.key}",
    )
