"""`/catalog/contributors/[contributor_id]`: a person or company, and the account that is them."""

from __future__ import annotations

from typing import Any

import reflex as rx

from omnisonic.core.catalog.components import (
    entry_head,
    entry_page,
    facts,
    history_card,
    identifiers,
    or_unknown,
)
from omnisonic.core.catalog.contributor_state import ContributorState, LinkState
from omnisonic.core.catalog.form_components import edit_card, form_field
from omnisonic.core.catalog.merge_components import alike_notice
from omnisonic.core.catalog.recording_components import recording_rows
from omnisonic.platform.ui.controls import Text, badge, button, field, link_button, text_input
from omnisonic.platform.ui.feedback import empty_state, notice, skeleton
from omnisonic.platform.ui.shell import crumbs, page, shell

PERSON: Any = ContributorState  # Reflex types no variables of dataclasses


def contributor_page() -> rx.Component:
    """`/catalog/contributors/[contributor_id]`"""
    return entry_page(
        PERSON,
        kind="person",
        plural="People",
        list_href="/catalog?kind=people",
        title=PERSON.sheet.name,
        content=rx.fragment(
            _head(),
            alike_notice(PERSON),
            rx.el.div(
                rx.el.div(_works(), _recordings(), class_name="ui-stack ui-stack-4 ui-entry-main"),
                rx.el.div(_about(), _account(), history_card(PERSON), class_name="ui-stack ui-stack-4"),
                class_name="ui-entry",
            ),
        ),
    )


def _head() -> rx.Component:
    sheet: Any = PERSON.sheet
    return entry_head(
        PERSON,
        rx.foreach(sheet.roles, lambda role: badge(role, key=role)),
        rx.cond(sheet.is_me, badge("This is you", kind="accent", icon="user-check")),
        kind="person",
        title=sheet.name,
    )


def _card(title: str, words: str, *content: rx.Component, testid: str) -> rx.Component:
    return rx.el.section(
        rx.el.div(
            rx.el.div(rx.el.h2(title, class_name="ui-section-title"), rx.el.p(words)),
            class_name="ui-card-head",
        ),
        *content,
        aria_label=title,
        class_name="ui-card",
        data_testid=testid,
    )


def _works() -> rx.Component:
    sheet: Any = PERSON.sheet
    return _card(
        "Works",
        "With a share in them today",
        rx.cond(
            sheet.works.length() > 0,
            rx.el.ul(rx.foreach(sheet.works, _part), class_name="ui-rows"),
            rx.el.p("No share in any work yet.", class_name="ui-text-2"),
        ),
        _newest_of(sheet.works.length(), sheet.work_count),
        testid="works-of-person",
    )


def _part(part: Any) -> rx.Component:
    return rx.el.li(
        rx.el.a(
            rx.el.span(part.title, dir="auto", class_name="ui-rows-title ui-truncate"),
            rx.el.span(part.parts, class_name="ui-text-2 ui-small ui-num ui-rows-end"),
            href=part.href,
            class_name="ui-rows-link",
        ),
        key=part.href,
        data_testid="part-row",
    )


def _recordings() -> rx.Component:
    sheet: Any = PERSON.sheet
    return _card(
        "Recordings",
        "Where they are credited as a performer",
        rx.cond(
            sheet.recordings.length() > 0,
            recording_rows(sheet.recordings),
            rx.el.p("No credit on any recording yet.", class_name="ui-text-2"),
        ),
        _newest_of(sheet.recordings.length(), sheet.recording_count),
        testid="recordings-of-person",
    )


def _newest_of(shown: Any, total: Any) -> rx.Component:
    return rx.cond(total > shown, rx.el.p("The newest ", shown, " of ", total, class_name="ui-small ui-dim"))


def _about() -> rx.Component:
    sheet: Any = PERSON.sheet
    state = PERSON
    return edit_card(
        state,
        title="About",
        testid="about-person",
        shown=rx.el.div(
            facts(
                [
                    ("IPI", or_unknown(sheet.ipi, code=True)),
                    ("ISNI", or_unknown(sheet.isni, code=True)),
                ]
            ),
            identifiers(state, "IPI", "ISNI"),
            class_name="ui-stack ui-stack-4",
        ),
        fields=[
            form_field(state, "name", "Name", auto_focus=True, required=True, max_length=300, dir="auto"),
            form_field(state, "roles", "Roles", hint="Separated by commas, such as composer, performer"),
            form_field(state, "ipi", "IPI", hint="Eleven digits, such as 00014107338", max_length=100),
            form_field(
                state, "isni", "ISNI", hint="Sixteen characters, such as 0000 0001 2146 438X", max_length=100
            ),
        ],
    )


def _account() -> rx.Component:
    sheet: Any = PERSON.sheet
    return _card(
        "Account",
        "Whoever is linked may change the works and recordings that credit them",
        rx.cond(
            sheet.account != "",
            rx.el.div(
                rx.el.span(
                    rx.icon("user-check", size=16, aria_hidden="true"),
                    rx.el.strong(sheet.account, dir="auto"),
                    class_name="ui-row ui-grow",
                    data_testid="linked-account",
                ),
                rx.cond(
                    PERSON.frame.is_curator | sheet.is_me,
                    button(
                        "Take the link away",
                        testid="unlink",
                        kind="danger",
                        on_click=PERSON.unlink,
                    ),
                ),
                class_name="ui-row ui-row-wrap ui-between",
            ),
            rx.cond(
                PERSON.frame.may_edit,
                _link_forms(sheet),
                rx.el.p("No account is linked.", class_name="ui-text-2"),
            ),
        ),
        rx.cond(
            PERSON.account_problem != "",
            notice(PERSON.account_problem, kind="danger", data_testid="account-problem"),
        ),
        testid="account-of-person",
    )


def _link_forms(sheet: Any) -> rx.Component:
    return rx.el.div(
        rx.cond(
            sheet.can_mail,
            _address_form("account_email", "Invite them by e-mail", "Send", PERSON.invite),
            rx.el.p("Invitations need mail, which this installation has not set up.", class_name="ui-text-2"),
        ),
        rx.cond(
            PERSON.frame.is_curator,
            _address_form("linked_email", "Or link an account now", "Link", PERSON.link),
        ),
        class_name="ui-stack ui-stack-4",
    )


def _address_form(name: str, label: Text, words: str, on_submit: Any) -> rx.Component:
    return rx.el.form(
        field(
            label,
            text_input(
                name,
                testid=name.replace("_", "-"),
                type="email",
                required=True,
                max_length=254,
                placeholder="name@example.org",
                auto_complete="off",
            ),
            for_id=name,
        ),
        button(words, testid=f"{name.replace('_', '-')}-send", type="submit"),
        on_submit=on_submit,
        class_name="ui-inline-form",
    )


def link_page() -> rx.Component:
    """`/catalog/link/[link_secret]`: behind the link of an invitation."""
    return shell(
        page(
            rx.el.h1("Invitation", class_name="ui-sr-only"),
            rx.cond(
                LinkState.title != "",
                empty_state(
                    "mail-x",
                    LinkState.title,
                    LinkState.words,
                    link_button("The catalog", "/catalog", testid="to-catalog", kind="primary"),
                    testid="link-refused",
                ),
                skeleton(shape="row", count=1),
            ),
        ),
        active="works",
        crumbs=crumbs(("Catalog", "/catalog"), ("Invitation", None)),
    )
