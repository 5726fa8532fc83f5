"""What an operation costs, before it runs; nothing in a document makes the measuring itself expensive."""

from __future__ import annotations

from typing import Any

import pytest
from graphql import GraphQLSchema, OperationDefinitionNode, parse
from hypothesis import given
from hypothesis import strategies as st

from graph_service.complexity import Measure, measure, require_affordable
from graph_service.documents import Documents
from graph_service.limits import COST_MAX, LIST_ESTIMATE, PAGE_MAX
from graph_service.schema import schema
from omnisonic.core.graph_errors import QueryTooComplex

SCHEMA: GraphQLSchema = schema.graphql_schema


def measured(query: str, **variables: Any) -> Measure:
    document = parse(query)
    operation = next(one for one in document.definitions if isinstance(one, OperationDefinitionNode))
    return measure(document, operation, SCHEMA, variables)


@pytest.mark.parametrize(
    ("query", "cost"),
    [
        ("{ __typename }", 0),
        ('{ work(id: "1") { title } }', 1),
        ("{ works { edges { node { title } } } }", 20),
        ("{ works(first: 7) { edges { node { title } } } }", 7),
        ("query($n: Int) { works(first: $n) { totalCount edges { node { id } } } }", 9),
        ("{ works(first: 10) { edges { node { splits { contributor { name } } } } } }", 10 + 10 * 3 + 10 * 3),
        (
            "{ works(first: 10) { edges { node { recordings(first: 5) { edges { node { id } } } } } } }",
            10 + 50,
        ),
        ("{ works(first: 100000) { edges { node { id } } } }", PAGE_MAX),
    ],
)
def test_the_cost_is_the_sum_of_first_times_what_is_below(query: str, cost: int) -> None:
    assert LIST_ESTIMATE == 3
    assert measured(query, n=9).cost == cost


def test_a_question_over_five_relations_for_a_hundred_rows_is_affordable() -> None:
    performers = "credits { contributor { name identifiers { value } } }"
    work = (
        "title identifiers { value } splits { contributor { name } } licenses { licensee } "
        f"recordings(first: 100) {{ edges {{ node {{ {performers} }} }} }}"
    )
    require_affordable(measured(f"{{ works(first: 100) {{ edges {{ node {{ {work} }} }} }} }}"))


@pytest.mark.parametrize(
    "query",
    [
        "{ works(first: 100) { edges { node { recordings(first: 100) { edges { node { work { "
        "recordings(first: 100) { edges { node { title } } } } } } } } } } }",
        "{ " + " ".join(f"a{n}: __typename" for n in range(200)) + " }",
        "{ work(id: 1) { " + "recordings { edges { node { work { " * 5 + "title" + " } } } } " * 5 + " } }",
        "{ ...F0 } "
        + " ".join(f"fragment F{n} on Query {{ ...F{n + 1} ...F{n + 1} }}" for n in range(60))
        + " fragment F60 on Query { works { totalCount } }",
    ],
)
def test_what_asks_for_too_much_is_refused(query: str) -> None:
    with pytest.raises(QueryTooComplex):
        require_affordable(measured(query))


@given(
    st.lists(
        st.tuples(st.integers(0, 5), st.sampled_from(["...F{}", "work(id: 1) {{ title }}"])), max_size=12
    )
)
def test_cyclic_and_unknown_fragments_end(parts: list[tuple[int, str]]) -> None:
    fragments = " ".join(
        f"fragment F{index} on Query {{ {text.format(target)} ...F{target} }}"
        for index, (target, text) in enumerate(parts)
    )
    assert measured(f"{{ ...F0 ...Nobody }} {fragments}").cost <= COST_MAX * 100


@pytest.mark.parametrize(
    "query",
    [
        "query { ...A } fragment A on Query { ...A }",
        "query { ...A } fragment A on Query { ...B } fragment B on Query { ...A }",
        "query { ...Missing }",
        "{ __schema { types { fields { type { fields { type { fields { name } } } } } } } }",
    ],
)
def test_documents_that_could_run_in_circles_are_refused_by_validation(query: str) -> None:
    document = Documents(SCHEMA).read(query)
    assert document.node is None
    assert document.errors


def test_documents_are_kept() -> None:
    documents = Documents(SCHEMA)
    assert documents.read("{ __typename }") is documents.read("{ __typename }")
    assert documents.read("{") is documents.read("{")
