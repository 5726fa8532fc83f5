"""Our executor answers as graphql-core's does, whatever the query, the data and the moment of an answer."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any

from graphql import (
    ExecutionResult,
    FragmentDefinitionNode,
    OperationDefinitionNode,
    build_schema,
    execute,
    parse,
    validate,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from graph_service.engine import run_plan
from graph_service.plan import Plan

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


def resolve(source: Any, info: Any, **arguments: Any) -> Any:
    """Fields from dicts; exceptions raise; `Late` values are awaited."""
    if info.field_name == "echo":
        return arguments["value"] + arguments["needed"]
    value = source.get(info.field_name)
    if isinstance(value, Late):
        return come(value)
    return value


async def come(late: Late) -> Any:
    for _ in range(late.turns):
        await asyncio.sleep(0)
    if isinstance(late.value, Exception):
        raise late.value
    return late.value


for kind in ("Node", "Query", "Mutation"):
    for field in SCHEMA.type_map[kind].fields.values():  # type: ignore[attr-defined]
        field.resolve = resolve


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
    """List items that are late become coroutines anew for each execution."""
    if isinstance(node, dict):
        return {key: unwrap(value) for key, value in node.items()}
    if isinstance(node, list):
        return [
            come(Late(unwrap(one.value), one.turns)) if isinstance(one, Late) else unwrap(one) for one in node
        ]
    if isinstance(node, Late):
        return Late(unwrap(node.value), node.turns)
    return node


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


async def both(query: str, root: Any, variables: dict[str, Any]) -> tuple[ExecutionResult, ExecutionResult]:
    document = parse(query)
    operation = next(one for one in document.definitions if isinstance(one, OperationDefinitionNode))
    fragments = {
        one.name.value: one for one in document.definitions if isinstance(one, FragmentDefinitionNode)
    }
    theirs = execute(SCHEMA, document, unwrap(root), variable_values=variables)
    if not isinstance(theirs, ExecutionResult):
        theirs = await theirs
    ours = await run_plan(Plan(SCHEMA, operation, fragments, variables), None, unwrap(root))
    return ours, theirs


def shown(result: ExecutionResult) -> set[tuple[str, str]]:
    return {(error.message, str(error.path)) for error in result.errors or ()}


@settings(max_examples=80, deadline=None)
@given(query=QUERIES, node=nodes(2), n=st.none() | st.integers(0, 9), yes=st.booleans())
def test_any_query_on_any_data(query: str, node: Any, n: int | None, yes: bool) -> None:
    if validate(SCHEMA, parse(query)):
        return
    root = {"node": node, "top": node, "list": [node, node]}
    ours, theirs = asyncio.run(both(query, root, {"n": n, "yes": yes}))
    assert ours.data == theirs.data
    if ours.data is not None:
        assert list(ours.data) == list(theirs.data or {})
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


def test_mutations_run_one_after_the_other() -> None:
    seen: list[str] = []

    def note(_source: Any, info: Any) -> Any:
        async def work() -> Any:
            for _ in range(3 if info.field_name == "first" else 0):
                await asyncio.sleep(0)
            seen.append(info.field_name)
            return 1 if info.field_name != "second" else {}

        return work()

    fields = SCHEMA.type_map["Mutation"].fields.values()  # type: ignore[attr-defined]
    for field in fields:
        field.resolve = note
    try:
        ours, theirs = asyncio.run(both("mutation { first second { text } third }", {}, {}))
    finally:
        for field in fields:
            field.resolve = resolve
    assert seen == ["first", "second", "third"] * 2
    assert ours.data == theirs.data


class Watched(dict[str, Any]):
    """Notes that somebody looked into it."""

    seen = False

    def get(self, key: str, default: Any = None) -> Any:
        self.seen = True
        return super().get(key, default)


def test_an_operation_that_is_abandoned_asks_no_more() -> None:
    async def run() -> bool:
        node, gate = Watched(), asyncio.get_running_loop().create_future()
        document = parse("{ node { one { text } } }")
        (operation,) = document.definitions
        assert isinstance(operation, OperationDefinitionNode)
        field = SCHEMA.type_map["Query"].fields["node"]  # type: ignore[attr-defined]
        field.resolve = lambda _source, _info: gate
        try:
            task = asyncio.ensure_future(run_plan(Plan(SCHEMA, operation, {}, {}), None))
            await asyncio.sleep(0)
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            gate.set_result(node)
            await asyncio.sleep(0)
        finally:
            field.resolve = resolve
        return node.seen

    assert asyncio.run(run()) is False
