"""Templates insert values and do nothing else."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from omnisonic.insight.alerts.errors import InvalidTemplate
from omnisonic.insight.alerts.message import sentence_of
from omnisonic.insight.alerts.templates import (
    BARE_EXAMPLE,
    EXAMPLE,
    MAX_RENDERED_CHARS,
    MAX_TEMPLATE_CHARS,
    check_template,
    render,
)


def test_without_a_template_one_is_no_plural() -> None:
    assert sentence_of(EXAMPLE) == "Mara Lind has 12 stories in 24 h from 4 outlets, 3.4 times its usual 3.5."
    assert sentence_of(BARE_EXAMPLE | {"sources": 1}) == "Mara Lind has 1 story in 24 h from 1 outlet."


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("{{ entity.name }}: {{ value }}", "Mara Lind: 12"),
        ("{% if ratio > 3 %}big{% else %}small{% endif %}", "big"),
        ("{{ entity.name|upper }} {{ ratio|round|int }}×", "MARA LIND 3×"),
        ("{{ article.title if article.title else 'no article' }}", "A new album"),
        ("{{ value - expected }} above", "8.5 above"),
        ("plain <b>words</b> & more", "plain <b>words</b> & more"),
    ],
)
def test_values_go_in(source: str, text: str) -> None:
    assert render(check_template(source), EXAMPLE) == text


@pytest.mark.parametrize(
    "source",
    [
        "{% for x in article %}{{ x }}{% endfor %}",
        "{% set a = 'x' %}{{ a }}",
        "{% macro m() %}{% endmacro %}{{ m() }}",
        "{% include 'x' %}",
        "{% filter upper %}x{% endfilter %}",
        "{{ range(10) }}",
        "{{ entity.name.upper() }}",
        "{{ 'x' * 1000000000 }}",
        "{{ 10 ** 10000000 }}",
        "{{ '%1000000000d' % 1 }}",
        "{{ 'x'|center(1000000000) }}",
        "{{ 'x'|replace('x', 'xxxxxxxx') }}",
        "{{ entity.__class__ }}",
        "{{ entity['__class__'] }}",
        "{{ entity|attr('__class__') }}",
        "{{ nobody }}",
        "{{ entity.nothing }}",
        "{{ value / expected }}",  # fits the one example, not the one without a baseline
        "{{ entity.name + value }}",
        "{{ unclosed",
        "{% if %}",
        "x" * (MAX_TEMPLATE_CHARS + 1),
        "{{1}}" * 400,
        "{{ [1, 2] }}",
        "{{ {'a': 1} }}",
    ],
)
def test_everything_else_is_refused(source: str) -> None:
    with pytest.raises(InvalidTemplate) as caught:
        check_template(source)
    assert caught.value.errors[0].field == "template"


def test_result_is_bounded() -> None:
    text = render("{{ entity.name }}" * 20, EXAMPLE | {"entity": {"name": "x" * 300}})
    assert len(text) == MAX_RENDERED_CHARS
    assert text.endswith("…")


@given(st.text(max_size=200))
def test_any_text_is_taken_or_refused(source: str) -> None:
    try:
        checked = check_template(source)
    except InvalidTemplate:
        return
    assert render(checked, EXAMPLE) is not None


@given(st.text(alphabet="{}%# abentity.name|upper()'\"[]0129+-*/~<>=", max_size=80))
def test_nearly_templates_never_break(source: str) -> None:
    try:
        check_template(source)
    except InvalidTemplate:
        return
