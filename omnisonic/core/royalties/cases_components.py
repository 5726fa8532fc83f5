"""Disputes and claims as a list, and the form that answers them."""

from __future__ import annotations

from typing import Any

import reflex as rx

from omnisonic.core.royalties.case_words import CLAIM, DECISIONS, DISPUTE
from omnisonic.core.royalties.cases_state import CasesState
from omnisonic.core.royalties.claim_form import CLAIM_FORM
from omnisonic.core.royalties.state import RoyaltiesState
from omnisonic.platform.ui.controls import badge, button, field, select
from omnisonic.platform.ui.dialog import closes, dialog, opened_by_state, opens
from omnisonic.platform.ui.feedback import empty_state, error_state, notice, skeleton

ROYALTIES: Any = RoyaltiesState  # Reflex types no variables of dataclasses
CASES: Any = CasesState
ANSWER_FORM = "answer-case"


def cases_tab() -> rx.Component:
    """Every case, the open ones first."""
    return rx.fragment(
        rx.cond(
            CASES.load_problem != "",
            _not_loaded(),
            rx.cond(
                CASES.is_loaded,
                rx.cond(
                    CASES.cases.length() > 0,
                    _list(),
                    empty_state(
                        "scale",
                        "Nothing is disputed, nothing claimed",
                        "When a party says that a line is wrong, or that a free share is theirs, it waits "
                        "here for an answer.",
                        testid="no-cases",
                    ),
                ),
                skeleton(shape="row", count=3),
            ),
        ),
        _answer_form(),
    )


def own_cases() -> rx.Component:
    """A payee's own cases, and the way to a new claim."""
    return rx.cond(
        (CASES.load_problem != "") | (CASES.parties.length() > 0) | (CASES.cases.length() > 0),
        rx.el.section(
            rx.el.div(
                rx.el.div(
                    rx.el.h2("Disputes and claims", id="cases-title", class_name="ui-section-title"),
                    rx.el.p(
                        "Dispute a line on its statement. Claim a share of a work that nobody has.",
                        class_name="ui-text-2",
                    ),
                ),
                claim_button(),
                class_name="ry-lines-head",
            ),
            rx.cond(CASES.load_problem != "", _not_loaded(), rx.cond(CASES.cases.length() > 0, _list())),
            aria_labelledby="cases-title",
            class_name="ui-stack ui-stack-4",
        ),
    )


def _not_loaded() -> rx.Component:
    return error_state("Disputes and claims could not be loaded", CASES.load_problem, on_retry=CASES.load)


def claim_button() -> rx.Component:
    """Opens the form that claims a share."""
    return rx.cond(
        CASES.parties.length() > 0,
        button(
            "Claim a share",
            testid="claim-share",
            icon="hand",
            on_click=CASES.begin_claim,
            **opens(CLAIM_FORM),
        ),
    )


def _list() -> rx.Component:
    return rx.el.ul(rx.foreach(CASES.cases, _case), class_name="ui-decides", data_testid="cases")


def _case(line: Any) -> rx.Component:
    return rx.el.li(
        rx.el.div(
            rx.el.div(
                rx.el.h2(rx.el.a(line.title, href=line.href, dir="auto", class_name="ui-cell-title")),
                rx.el.p(
                    line.name,
                    rx.cond(line.money != "", " · " + line.money, ""),
                    " · ",
                    line.when,
                    dir="auto",
                    class_name="ui-small ui-text-2",
                ),
                class_name="ui-grow",
            ),
            rx.match(
                line.status,
                ("open", badge(line.status_words, kind="accent", icon="clock")),
                ("accepted", badge(line.status_words, kind="ok", icon="check")),
                ("rejected", badge(line.status_words, kind="danger", icon="x")),
                badge(line.status_words, icon="undo-2"),
            ),
            class_name="ry-match-head",
        ),
        rx.el.blockquote(line.reason, dir="auto", class_name="ui-snippet"),
        rx.cond(
            line.answer != "",
            rx.el.p(rx.el.strong("Answer: "), line.answer, dir="auto", class_name="ui-text-2"),
        ),
        rx.cond(
            line.is_open,
            rx.el.div(
                rx.cond(
                    ROYALTIES.is_curator,
                    button(
                        "Answer",
                        testid="case-answer",
                        icon="reply",
                        aria_label="Answer: " + line.title,
                        on_click=CASES.ask(line.id),
                    ),
                    button(
                        "Take it back",
                        testid="case-withdraw",
                        icon="undo-2",
                        aria_label="Take back: " + line.title,
                        on_click=CASES.withdraw(line.id),
                    ),
                ),
                class_name="ui-row",
            ),
        ),
        key=line.id,
        class_name="ui-decide",
        data_testid="case",
    )


def _answer_form() -> rx.Component:
    return rx.fragment(
        opened_by_state(ANSWER_FORM, at=CASES.asked_at),
        dialog(
            ANSWER_FORM,
            rx.cond(CASES.asked, CASES.asked.title, "Answer"),
            rx.el.form(
                rx.cond(
                    CASES.asked,
                    rx.el.blockquote(CASES.asked.reason, dir="auto", class_name="ui-snippet"),
                ),
                field(
                    "Your decision",
                    select(
                        "case_decision",
                        rx.cond(
                            CASES.asked & (CASES.asked.kind == CLAIM), _options(CLAIM), _options(DISPUTE)
                        ),
                        testid="case-decision",
                    ),
                    for_id="case_decision",
                    hint="Money that was held back is given free; corrections are new bookings.",
                ),
                field(
                    "Answer",
                    rx.el.textarea(
                        id="case_answer",
                        name="case_answer",
                        rows=3,
                        max_length=2000,
                        class_name="ui-input ui-textarea",
                        data_testid="case-words",
                    ),
                    for_id="case_answer",
                    hint="Who asked reads it. Empty, it says “You are right.” or “It is right as it stands.”",
                ),
                rx.cond(
                    CASES.answer_problem != "",
                    notice(CASES.answer_problem, kind="danger", data_testid="answer-problem"),
                ),
                rx.cond(CASES.asked & ~CASES.asked.is_open, _answered_meanwhile()),
                rx.el.div(
                    button(
                        "Answer",
                        testid="case-send",
                        kind="primary",
                        type="submit",
                        disabled=~(CASES.asked & CASES.asked.is_open),
                    ),
                    button("Not yet", testid="case-later", kind="ghost", **closes(ANSWER_FORM)),
                    class_name="ui-row",
                ),
                key="answer-" + CASES.asked_at.to_string(),  # each case begins with an empty form
                on_submit=CASES.answer,
                class_name="ui-stack ui-stack-4",
            ),
            testid="answer-form",
            closed=CASES.answered,
        ),
    )


def _answered_meanwhile() -> rx.Component:
    return rx.el.p(
        rx.el.strong(CASES.asked.status_words),
        " meanwhile, by somebody else. ",
        rx.cond(CASES.asked.answer != "", "“" + CASES.asked.answer + "”", ""),
        dir="auto",
        data_testid="answered-meanwhile",
    )


def _options(kind: str) -> rx.Component:
    return rx.fragment(*[rx.el.option(words, value=value) for value, words in DECISIONS[kind]])
