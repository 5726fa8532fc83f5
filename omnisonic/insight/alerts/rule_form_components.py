"""The drawer of a rule: a sentence whose parts are chosen, details, and the last 30 days."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import reflex as rx

from omnisonic.core.catalog.widgets import Finder
from omnisonic.insight.alerts.rule_form import MAX_NAME_CHARS
from omnisonic.insight.alerts.rule_form_state import RuleFormState
from omnisonic.insight.alerts.rule_preview_components import past_panel
from omnisonic.insight.alerts.templates import MAX_TEMPLATE_CHARS
from omnisonic.insight.charts.entity_finder import entity_finder
from omnisonic.platform.ui.controls import button, checkbox, field, select, text_input
from omnisonic.platform.ui.dialog import drawer, opened_by_state
from omnisonic.platform.ui.feedback import notice

FORM: Any = RuleFormState  # Reflex types no variables of dataclasses
DRAWER = "alert-rule"
WHO = (
    ("followed", "that I follow"),
    ("every", "in the catalog"),
    ("named", "that I name"),
    ("holder", "with works that somebody holds"),
)
TYPES = (
    ("artist", "any artist"),
    ("work", "any work"),
    ("recording", "any recording"),
    ("", "anything"),
)
KINDS = (
    ("spike", "gets 3× its usual mentions"),
    ("threshold", "gets at least"),
    ("new_entity", "is mentioned for the first time"),
)
UNITS = (("minutes", "minutes"), ("hours", "hours"), ("days", "days"))


def rule_drawer() -> rx.Component:
    """Writes a new rule or changes one; opened by the state."""
    return rx.fragment(
        drawer(
            DRAWER,
            rx.cond(FORM.form.id == "", "New rule", "Edit the rule"),
            rx.el.div(_sentence(), _details(), past_panel(), class_name="ui-stack ui-stack-6"),
            _foot(),
            closed=FORM.closed,
            testid="rule-drawer",
        ),
        opened_by_state(DRAWER, at=FORM.opened),
    )


def _sentence() -> rx.Component:
    return rx.el.fieldset(
        rx.el.legend("The rule", class_name="ui-sr-only"),
        rx.el.div(
            rx.el.span("When"),
            _choice("entity_type", "What kind", TYPES),
            _choice("who", "Who is looked at", WHO),
            _choice("kind", "What happens", KINDS),
            rx.cond(
                FORM.form.kind != "new_entity",
                rx.fragment(
                    rx.cond(FORM.form.kind == "spike", rx.el.span("with no fewer than")),
                    _number("threshold", "Stories"),
                    rx.el.span("stories in"),
                    _number("window", "Length of the window"),
                    _choice("window_unit", "Unit of the window", UNITS),
                ),
            ),
            class_name="ui-rule-parts",
        ),
        rx.match(FORM.form.who, ("named", _named()), ("holder", _holder()), rx.fragment()),
        _channels(),
        notice(FORM.sentence, data_testid="rule-sentence"),
        class_name="ui-stack ui-stack-4",
    )


def _named() -> rx.Component:
    return rx.el.div(
        rx.el.ul(
            rx.foreach(
                FORM.form.named,
                lambda one: rx.el.li(
                    rx.el.span(one.name, dir="auto", class_name="ui-truncate"),
                    rx.el.button(
                        rx.icon("x", size=16, aria_hidden="true"),
                        type="button",
                        aria_label="Without " + one.name.to(str),
                        on_click=FORM.drop(one.id),
                    ),
                    key=one.id,
                    class_name="ui-filter-entity",
                ),
            ),
            aria_label="Named",
            class_name="ui-row ui-row-wrap",
        ),
        entity_finder("Artist, work or recording", testid="rule-entity", on_pick=FORM.add),
        class_name="ui-stack",
    )


def _holder() -> rx.Component:
    return rx.el.div(
        rx.cond(
            FORM.form.holder.id != "",
            rx.el.p("Held by ", rx.el.strong(FORM.form.holder.name, dir="auto")),
        ),
        Finder.create(
            kind="contributors",
            label="Right-holder",
            placeholder="Right-holder",
            testid="rule-holder",
            on_pick=lambda found, name: FORM.choose_holder(found, name),
        ),
        rx.el.div(
            rx.el.span("with at least"),
            _number("share", "Share in percent", is_whole=False),
            rx.el.span("% of a work"),
            class_name="ui-rule-parts",
        ),
        class_name="ui-stack",
    )


def _channels() -> rx.Component:
    return rx.el.fieldset(
        rx.el.legend("Tell", class_name="ui-label"),
        rx.cond(
            FORM.channels.length() > 0,
            rx.foreach(
                FORM.channels,
                lambda one: checkbox(
                    one.name,
                    testid="rule-channel",
                    checked=FORM.form.channel_ids.contains(one.id),
                    on_change=lambda is_on: FORM.choose_channel(one.id, is_on),
                ),
            ),
            rx.el.p("You have no channels yet: what is found is kept in the history.", class_name="ui-hint"),
        ),
        rx.el.div(
            rx.el.span("at most once in"),
            _number("cooldown", "Pause between messages"),
            _choice("cooldown_unit", "Unit of the pause", UNITS),
            class_name="ui-rule-parts",
        ),
    )


def _details() -> rx.Component:
    return rx.el.details(
        rx.el.summary("Name, genre, outlet, certainty, message"),
        rx.el.div(
            _text("name", "Name", hint="Left empty, it is named by its sentence.", max_length=MAX_NAME_CHARS),
            _text("genre", "Only in the genre", placeholder="every genre", max_length=255),
            _text("source", "Only at the outlet", placeholder="every outlet", max_length=255),
            _text("confidence", "Mentions at least so sure, in percent", inputmode="decimal"),
            field(
                "Message",
                rx.el.textarea(
                    id="rule-template",
                    rows="4",
                    max_length=MAX_TEMPLATE_CHARS,
                    placeholder="{{ entity.name }}: {{ value }} stories",
                    value=FORM.form.template,
                    on_change=lambda words: FORM.write("template", words),
                    class_name="ui-input",
                    data_testid="rule-template",
                ),
                for_id="rule-template",
                hint="Left empty, the usual words are sent.",
            ),
            checkbox(
                "Also tell when it is over",
                testid="rule-resolved",
                checked=FORM.form.notify_resolved,
                on_change=FORM.choose_resolved,
            ),
            class_name="ui-stack ui-stack-4",
        ),
        class_name="ui-why",
        data_testid="rule-details",
    )


def _foot() -> rx.Component:
    return rx.el.div(
        rx.cond(FORM.problem != "", notice(FORM.problem, kind="danger", data_testid="rule-problem")),
        button("Keep the rule", testid="rule-save", icon="check", kind="primary", on_click=FORM.save),
        class_name="ui-drawer-foot ui-stack",
    )


def _choice(name: str, label: str, options: Sequence[tuple[str, str]]) -> rx.Component:
    return select(
        f"rule-{name}",
        options,
        testid=f"rule-{name}",
        aria_label=label,
        value=getattr(FORM.form, name),
        on_change=lambda value: FORM.write(name, value),
    )


def _number(name: str, label: str, *, is_whole: bool = True) -> rx.Component:
    return text_input(
        f"rule-{name}",
        testid=f"rule-{name}",
        aria_label=label,
        inputmode="numeric" if is_whole else "decimal",
        auto_complete="off",
        value=getattr(FORM.form, name),
        on_change=lambda value: FORM.write(name, value),
    )


def _text(name: str, label: str, *, hint: str | None = None, **props: Any) -> rx.Component:
    control = text_input(
        f"rule-{name}",
        testid=f"rule-{name}",
        auto_complete="off",
        dir="auto",
        value=getattr(FORM.form, name),
        on_change=lambda value: FORM.write(name, value),
        **props,
    )
    return field(label, control, for_id=f"rule-{name}", hint=hint)
