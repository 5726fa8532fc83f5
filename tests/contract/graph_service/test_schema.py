"""The served schema: as committed, and where it exists, exactly as it was promised to partners."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from graphql import (
    EnumTypeDefinitionNode,
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLObjectType,
    GraphQLScalarType,
    ScalarTypeDefinitionNode,
    parse,
    print_ast,
)
from graphql.utilities import ast_from_value

from graph_service.schema import render_sdl, schema

ROOT = Path(__file__).parents[3]
TARGET = parse(Path(__file__).with_name("target.graphql").read_text())
DEFINED: dict[str, Any] = {one.name.value: one for one in TARGET.definitions}  # type: ignore[attr-defined]
SERVED = {
    name: kind
    for name, kind in schema.graphql_schema.type_map.items()
    if not name.startswith("__") and name not in {"String", "Int", "Float", "Boolean", "ID"}
}


def test_the_committed_schema_is_the_served_one() -> None:
    committed = (ROOT / "docs/api/schema.graphql").read_text()
    assert committed == render_sdl(), "run `make reference`"


def test_connections_have_the_shape_of_relay() -> None:
    names = [name for name in SERVED if name.endswith("Connection")]
    assert names
    for name in names:
        node = name.removesuffix("Connection")
        assert _fields(SERVED[name]) == {
            "edges": f"[{node}Edge!]!",
            "pageInfo": "PageInfo!",
            "totalCount": "Int!",
        }
        assert _fields(SERVED[f"{node}Edge"]) == {"cursor": "String!", "node": f"{node}!"}


@pytest.mark.parametrize("name", [name for name in SERVED if not name.endswith(("Connection", "Edge"))])
def test_what_is_served_is_what_was_promised(name: str) -> None:
    kind, promised = SERVED[name], DEFINED[name]
    if isinstance(kind, GraphQLScalarType):
        assert isinstance(promised, ScalarTypeDefinitionNode)
        return
    if isinstance(kind, GraphQLEnumType):
        assert isinstance(promised, EnumTypeDefinitionNode)
        assert list(kind.values) == [value.name.value for value in promised.values]
        return
    assert _fields(kind) == _promised_fields(promised)


def test_all_that_was_promised_is_served() -> None:
    assert not DEFINED.keys() - SERVED.keys()


def test_promised_descriptions_are_kept() -> None:
    for name, kind in SERVED.items():
        for field in getattr(DEFINED.get(name), "fields", None) or ():
            if field.description and field.name.value in kind.fields:  # type: ignore[attr-defined]
                served = kind.fields[field.name.value].description  # type: ignore[attr-defined]
                assert served == field.description.value


def _fields(kind: Any) -> dict[str, str]:
    assert isinstance(kind, GraphQLObjectType | GraphQLInputObjectType)
    shown = {}
    for name, field in kind.fields.items():
        arguments = ", ".join(
            f"{one}: {_with_default(argument)}"
            for one, argument in sorted(getattr(field, "args", {}).items())
        )
        own = _with_default(field) if isinstance(kind, GraphQLInputObjectType) else str(field.type)
        shown[name] = f"({arguments}) {own}" if arguments else own
    return shown


def _with_default(argument: Any) -> str:
    default = ast_from_value(argument.default_value, argument.type)
    return f"{argument.type} = {print_ast(default)}" if default else str(argument.type)


def _promised_fields(definition: Any) -> dict[str, str]:
    shown = {}
    for field in definition.fields:
        arguments = ", ".join(
            f"{one.name.value}: {_promised(one)}"
            for one in sorted(getattr(field, "arguments", ()), key=lambda one: one.name.value)
        )
        own = _promised(field)
        shown[field.name.value] = f"({arguments}) {own}" if arguments else own
    return shown


def _promised(node: Any) -> str:
    default = getattr(node, "default_value", None)
    return f"{print_ast(node.type)} = {print_ast(default)}" if default else print_ast(node.type)
