"""Answers equal those of graphql-core alone, whatever the query, the data and the moment of an answer."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass
from functools import partial
from typing import Any

from graphene.types.resolver import dict_or_attr_resolver
from graphql import ExecutionResult, build_schema, execute, parse, validate
from graphql.execution import ExecutionContext
from hypothesis import given, settings
from hypothesis import strategies as st

from graph_service.execution import Execution

SCHEMA = build_schema(
    """
    enum Color { RED GREEN }
    type Node {
      text: String
      sure: String!
      number: Int
      color: Color
      words: [String!]
      echo(value: Int = 3, needed: Int!): Int
      one: Node
      must: Node!
      many: [Node]
      strict: [Node!]!
      grid: [[Node!]]
    }
    type Query { node: Node  top: Node!  list: [Node!] }
    type Mutation { first: Int! second: Node third: Int }
    """
)
LEAVES = ("text", "sure", "number", "color", "words", "echo")
BRANCHES = ("one", "must", "many", "strict", "grid")


@dataclass(frozen=True)
class Late:
    """A value that comes after some turns of the event loop."""

    value: Any
    turns: int


class Source:
    """A row whose attributes may raise, come late or be missing."""

    def __init__(self, values: dict[str, Any]) -> None:
        self.values = values

    def __getattr__(self, name: str) -> Any:
        try:
            value = self.values[name]
        except KeyError:
            raise AttributeError(name) from None
        if isinstance(value, Exception):
            raise value
        return come(value) if isinstance(value, Late) else value


def echo(_source: Any, _info: Any, value: int, needed: int) -> int:
    return value + needed


async def come(late: Late) -> Any:
    for _ in range(late.turns):
        await asyncio.sleep(0)
    if isinstance(late.value, Exception):
        raise late.value
    return late.value


for kind in ("Node", "Query", "Mutation"):
    for name, field in SCHEMA.type_map[kind].fields.items():  # type: ignore[attr-defined]
        field.resolve = echo if name == "echo" else partial(dict_or_attr_resolver, name, None)


def late(values: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return values | st.builds(Late, values, st.integers(0, 3))


def nodes(depth: int) -> st.SearchStrategy[Any]:
    broken = st.just(RuntimeError("broken"))
    scalars: dict[str, st.SearchStrategy[Any]] = {
        "text": late(st.none() | st.text(max_size=3) | broken),
        "sure": late(st.text(max_size=3) | st.text(max_size=3) | st.none() | broken),
        "number": st.none() | st.integers(-(2**33), 2**33),
        "color": st.sampled_from([None, "RED", "GREEN", "BLUE"]),
        "words": st.none() | st.lists(st.text(max_size=2) | st.none(), max_size=2) | st.just("text"),
    }
    if depth:
        inner = nodes(depth - 1)
        scalars |= {
            "one": late(st.none() | inner),
            "must": late(inner | inner | st.none()),
            "many": late(st.lists(inner | st.none() | st.builds(Late, inner, st.integers(0, 2)), max_size=2)),
            "strict": late(st.lists(inner | inner | st.none(), max_size=2)),
            "grid": st.lists(st.lists(inner, max_size=2) | st.none(), max_size=2),
        }
    return st.fixed_dictionaries(scalars)


def unwrap(node: Any) -> Any:
    """Rows of their own for each execution; list items that are late become coroutines."""
    if isinstance(node, dict):
        return Source({key: unwrap(value) for key, value in node.items()})
    if isinstance(node, list):
        return [
            come(Late(unwrap(one.value), one.turns)) if isinstance(one, Late) else unwrap(one) for one in node
        ]
    return Late(unwrap(node.value), node.turns) if isinstance(node, Late) else node


def selections(depth: int) -> st.SearchStrategy[str]:
    leaf = st.sampled_from(
        [*LEAVES[:-1], "echo(needed: 4)", "echo(value: $n, needed: $n)", "e: echo(needed: 1, value: null)",
         "__typename", "t: text", "text @skip(if: $yes)", "sure @include(if: $yes)"]
    )  # fmt: skip
    if not depth:
        return st.lists(leaf, min_size=1, max_size=4).map(" ".join)
    branch = st.builds(
        lambda name, inner: f"{name} {{ {inner} }}", st.sampled_from(BRANCHES), selections(depth - 1)
    )
    fragment = selections(depth - 1).map(lambda inner: f"... on Node {{ {inner} }}")
    part = leaf | branch | fragment | st.just("...Shared")
    return st.lists(part, min_size=1, max_size=4).map(" ".join)


QUERIES = st.builds(
    lambda top, inner, shared: (
        f"query Q($n: Int, $yes: Boolean!) {{ {top} {{ {inner} ...Shared }} }} "
        f"fragment Shared on Node {{ {shared} }}"
    ),
    st.sampled_from(["node", "top", "list", "a: node"]),
    selections(2),
    selections(1).filter(lambda text: "...Shared" not in text),
)


async def run(
    kind: type[ExecutionContext], query: str, root: Any, variables: dict[str, Any]
) -> ExecutionResult:
    found = execute(
        SCHEMA, parse(query), unwrap(root), variable_values=variables, execution_context_class=kind
    )
    return found if isinstance(found, ExecutionResult) else await found


async def both(query: str, root: Any, variables: dict[str, Any]) -> tuple[ExecutionResult, ExecutionResult]:
    """By our way and by the library's."""
    return (
        await run(Execution, query, root, variables),
        await run(ExecutionContext, query, root, variables),
    )


def shown(result: ExecutionResult) -> set[tuple[str, str]]:
    return {(error.message, str(error.path)) for error in result.errors or ()}


@settings(max_examples=80, deadline=None)
@given(query=QUERIES, node=nodes(2), n=st.none() | st.integers(0, 9), yes=st.booleans())
def test_any_query_on_any_data(query: str, node: Any, n: int | None, yes: bool) -> None:
    if validate(SCHEMA, parse(query)):
        return
    root = {"node": node, "top": node, "list": [node, node]}
    ours, theirs = asyncio.run(both(query, root, {"n": n, "yes": yes}))
    assert json.dumps(ours.data) == json.dumps(theirs.data)  # the order of the fields too
    assert bool(ours.errors) == bool(theirs.errors)
    # Where a parent becomes null, which of several causes below it is named is free (spec §6.4.4).
    assert {path for _, path in shown(ours)} & {path for _, path in shown(theirs)} or not ours.errors


def test_a_single_fault_is_told_alike() -> None:
    for query, root in (
        (
            "query($n: Int, $yes: Boolean!) { node { text sure @include(if: $yes) } }",
            {"node": {"sure": None}},
        ),
        ("{ top { text } }", {"top": None}),
        ("{ list { must { text } } }", {"list": [{"must": Late(None, 1)}]}),
        ("{ node { strict { text } } }", {"node": {"strict": Late(5, 1)}}),
        ("{ node { number color } }", {"node": {"number": 2**40}}),
        ("query($n: Int) { node { echo(needed: 1, value: $n) } }", {"node": {}}),
    ):
        ours, theirs = asyncio.run(both(query, root, {"yes": True}))
        assert (ours.data, shown(ours)) == (theirs.data, shown(theirs))
        assert [one.locations for one in ours.errors or ()] == [one.locations for one in theirs.errors or ()]
