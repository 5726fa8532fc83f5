"""The checkpoint of a cycle and what anyone can check with it."""

from __future__ import annotations

from typing import Any

import reflex as rx

from omnisonic.core.royalties.cycle_check_state import CycleCheckState
from omnisonic.core.royalties.cycle_state import CycleState
from omnisonic.platform.ui.controls import button, link_button, select
from omnisonic.platform.ui.feedback import notice

CYCLE: Any = CycleState  # Reflex types no variables of dataclasses
CHECKS: Any = CycleCheckState


def checkpoint_card() -> rx.Component:
    """The signed head of the log, hashing it anew, and comparing it with another one."""
    return rx.cond(
        CYCLE.checkpoint.number != "",
        rx.el.section(
            rx.el.div(
                rx.el.div(
                    rx.el.h2(
                        "Checkpoint ",
                        CYCLE.checkpoint.number,
                        id="checkpoint-title",
                        class_name="ui-section-title",
                    ),
                    rx.el.p(
                        "One hash over all ",
                        CYCLE.checkpoint.leaves,
                        " leaves of the log, signed twice on ",
                        CYCLE.checkpoint.closed,
                    ),
                    class_name="ry-head",
                ),
                link_button(
                    "Signed text",
                    CYCLE.checkpoint.href,
                    testid="checkpoint-note",
                    icon="file-text",
                    kind="ghost",
                    is_page=False,
                ),
                class_name="ui-card-head",
            ),
            rx.el.p(CYCLE.checkpoint.root, class_name="ui-mono ry-root", data_testid="checkpoint-root"),
            rx.el.div(_root_check(), _comparison(), class_name="ry-checks"),
            aria_labelledby="checkpoint-title",
            class_name="ui-card",
            data_testid="checkpoint",
        ),
    )


def _root_check() -> rx.Component:
    return rx.el.div(
        rx.el.h3("Is anything changed?"),
        rx.el.p("Hashes every leaf anew and compares the root with the signed one.", class_name="ui-text-2"),
        button(
            rx.cond(CHECKS.is_hashing, "Hashing …", "Recompute the root"),
            testid="recompute",
            icon="refresh-cw",
            disabled=CHECKS.is_hashing,
            on_click=CHECKS.recompute,
        ),
        _verdict(CHECKS.root, "root-verdict"),
        class_name="ui-stack",
    )


def _comparison() -> rx.Component:
    return rx.el.div(
        rx.el.h3("Did the log only grow?"),
        rx.cond(
            CHECKS.others.length() > 0,
            rx.fragment(
                rx.el.p(
                    "Shows that the earlier of two checkpoints is the beginning of the later one.",
                    class_name="ui-text-2",
                ),
                rx.el.div(
                    select(
                        "other-checkpoint",
                        rx.foreach(CHECKS.others, lambda one: rx.el.option(one.words, value=one.value)),
                        testid="other-checkpoint",
                        aria_label="The other checkpoint",
                        value=CHECKS.other,
                        on_change=CHECKS.choose_other,
                    ),
                    button("Compare", testid="compare", icon="git-compare", on_click=CHECKS.compare),
                    class_name="ui-row ui-row-wrap",
                ),
                _verdict(CHECKS.compared, "compare-verdict"),
            ),
            rx.el.p(
                "Once a second cycle is closed, its checkpoint can be compared with this one.",
                class_name="ui-text-2",
            ),
        ),
        class_name="ui-stack",
    )


def _verdict(verdict: Any, testid: str) -> rx.Component:
    words = (rx.el.strong(verdict.words), rx.el.p(verdict.detail, class_name="ui-small ry-detail"))
    return rx.match(
        verdict.kind,
        ("ok", notice(*words, kind="ok", data_testid=testid)),
        ("danger", notice(*words, kind="danger", data_testid=testid)),
        rx.fragment(),
    )
