"""What people write into their alerts: values put into text, and nothing else.

A template is rendered once for each entity, as plain text. Each channel escapes the whole of it, so that
neither a headline nor the template itself can bring markup along. Nodes and filters are allow-listed:
with loops, assignments, multiplication and formatting left out, the result cannot outgrow its inputs.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from jinja2 import StrictUndefined, Template, TemplateSyntaxError, nodes
from jinja2.exceptions import SecurityError, UndefinedError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from omnisonic.insight.alerts.errors import InvalidTemplate
from omnisonic.platform.errors import FieldError

MAX_TEMPLATE_CHARS = 2000
MAX_RENDERED_CHARS = 1500
MAX_NODES = 300
TOO_DEEP = "Use fewer parts inside of each other."
NAMES = {
    "rule": "name, kind, threshold",
    "entity": "name, type, url",
    "state": "firing or resolved",
    "value": "stories in the window",
    "expected": "what is usual, 0 where nothing is known",
    "ratio": "value divided by expected, 0 where nothing is known",
    "window": "such as 24 h",
    "sources": "number of outlets",
    "time": "when, UTC",
    "article": "title, url, source of the newest article",
}
FILTERS = frozenset(
    {"upper", "lower", "title", "capitalize", "trim", "truncate", "round", "int", "default", "abs"}
)
_ALLOWED = (
    *(nodes.Template, nodes.Output, nodes.TemplateData, nodes.Name, nodes.Const, nodes.Getattr),
    *(nodes.If, nodes.CondExpr, nodes.Compare, nodes.Operand, nodes.And, nodes.Or, nodes.Not),
    *(nodes.Filter, nodes.Concat, nodes.Add, nodes.Sub, nodes.Div, nodes.Neg, nodes.Keyword),
)
_EMPTY = {"title": "", "url": "", "source": ""}
EXAMPLE: dict[str, Any] = {
    "rule": {"name": "Artists I follow", "kind": "spike", "threshold": 5},
    "entity": {"name": "Mara Lind", "type": "artist", "url": "https://example.org/entities/artist/1"},
    "state": "firing",
    "value": 12,
    "expected": 3.5,
    "ratio": 3.4,
    "window": "24 h",
    "sources": 4,
    "time": "2026-11-20 14:05",
    "article": {"title": "A new album", "url": "https://example.org/a", "source": "example.org"},
}
BARE_EXAMPLE = EXAMPLE | {"expected": 0.0, "ratio": 0.0, "value": 1, "article": _EMPTY}


def check_template(source: str) -> str:
    """The template without blanks at its ends, tried on two examples. Raises `InvalidTemplate`."""
    source = source.strip()
    if len(source) > MAX_TEMPLATE_CHARS:
        raise _refuse("too-long", f"Use at most {MAX_TEMPLATE_CHARS:,} characters.")
    _compile(source)
    for example in (EXAMPLE, BARE_EXAMPLE):
        render(source, example)
    return source


def render(source: str, values: Mapping[str, Any]) -> str:
    """The text for one entity; at most 1,500 characters. Raises `InvalidTemplate`."""
    try:
        text = _compile(source).render(values).strip()
    except UndefinedError as error:
        known = ", ".join(NAMES)
        raise _refuse("unknown-name", f"{error.message}. There are: {known}.") from error
    except (SecurityError, TypeError, ValueError, ArithmeticError) as error:
        raise _refuse("value", f"A value does not fit its place: {error}.") from error
    return text if len(text) <= MAX_RENDERED_CHARS else f"{text[: MAX_RENDERED_CHARS - 1]}…"


def _make_environment() -> ImmutableSandboxedEnvironment:
    environment = ImmutableSandboxedEnvironment(undefined=StrictUndefined, keep_trailing_newline=False)
    environment.filters = {name: environment.filters[name] for name in FILTERS}
    environment.globals.clear()
    environment.tests = {name: environment.tests[name] for name in ("defined", "undefined", "none")}
    return environment


_ENVIRONMENT = _make_environment()


@lru_cache(maxsize=256)
def _compile(source: str) -> Template:
    try:
        tree = _ENVIRONMENT.parse(source)
    except TemplateSyntaxError as error:
        raise _refuse("syntax", f"Line {error.lineno}: {error.message}") from error
    except RecursionError as error:
        raise _refuse("too-long", TOO_DEEP) from error
    found = list(tree.find_all(nodes.Node))
    if len(found) > MAX_NODES:
        raise _refuse("too-long", "Use fewer parts in double braces.")
    for node in found:
        if not isinstance(node, _ALLOWED):
            raise _refuse(
                "not-taken", f"Line {node.lineno}: {type(node).__name__.lower()} is not taken here."
            )
    try:
        return _ENVIRONMENT.from_string(source)
    except TemplateSyntaxError as error:  # a filter or a test that does not exist
        raise _refuse("syntax", f"Line {error.lineno}: {error.message}") from error
    except (SyntaxError, RecursionError, MemoryError) as error:  # beyond what Python itself nests
        raise _refuse("too-long", TOO_DEEP) from error


def _refuse(code: str, message: str) -> InvalidTemplate:
    return InvalidTemplate(message, errors=[FieldError("template", code, message)])
