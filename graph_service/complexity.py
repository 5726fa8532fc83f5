"""How deep, wide and costly an operation is, before anything runs. Pure: documents and a schema only.

Each fragment is measured once, so a document whose fragments double at each level costs no more to measure
than to read; cyclic and unknown fragments (which validation refuses) count as nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLSchema,
    InlineFragmentNode,
    IntValueNode,
    OperationDefinitionNode,
    SelectionSetNode,
    VariableNode,
    get_named_type,
    get_nullable_type,
    is_leaf_type,
    is_list_type,
)

from graph_service.limits import ALIASES_MAX, COST_MAX, DEPTH_MAX, FIELDS_MAX, LIST_ESTIMATE, PAGE_MAX
from omnisonic.core.graph_errors import QueryTooComplex

CONNECTION_SUFFIX = "Connection"


@dataclass(frozen=True)
class Measure:
    """`depth` in levels of fields, `fields` and `aliases` with fragments written out, `cost` in objects."""

    depth: int = 0
    fields: int = 0
    aliases: int = 0
    cost: int = 0

    def beside(self, other: Measure) -> Measure:
        """Both in one selection."""
        return Measure(
            max(self.depth, other.depth),
            self.fields + other.fields,
            self.aliases + other.aliases,
            self.cost + other.cost,
        )


def measure(
    document: DocumentNode,
    operation: OperationDefinitionNode,
    schema: GraphQLSchema,
    variables: Mapping[str, Any],
) -> Measure:
    """Measure one operation; `variables` are the coerced ones (for `first: $n`)."""
    fragments = {
        one.name.value: one for one in document.definitions if isinstance(one, FragmentDefinitionNode)
    }
    root = schema.get_root_type(operation.operation)
    return _Measuring(schema, fragments, variables).selection(operation.selection_set, root)


def require_affordable(found: Measure) -> None:
    """Raise `QueryTooComplex` naming the limit that is exceeded."""
    for what, value, limit in (
        ("levels", found.depth, DEPTH_MAX),
        ("aliases", found.aliases, ALIASES_MAX),
        ("fields", found.fields, FIELDS_MAX),
        ("objects (the sum of every `first` times what is below it)", found.cost, COST_MAX),
    ):
        if value > limit:
            raise QueryTooComplex(f"This operation has {value} {what}; the limit is {limit}. Ask for less.")


class _Measuring:
    def __init__(
        self,
        schema: GraphQLSchema,
        fragments: dict[str, FragmentDefinitionNode],
        variables: Mapping[str, Any],
    ) -> None:
        self.schema = schema
        self.fragments = fragments
        self.variables = variables
        self.known: dict[str, Measure] = {}

    def selection(self, selection: SelectionSetNode | None, parent: GraphQLNamedType | None) -> Measure:
        total = Measure()
        for node in selection.selections if selection else ():
            if isinstance(node, FieldNode):
                total = total.beside(self._field(node, parent))
            elif isinstance(node, InlineFragmentNode):
                condition = node.type_condition
                inner = self.schema.get_type(condition.name.value) if condition else parent
                total = total.beside(self.selection(node.selection_set, inner))
            elif isinstance(node, FragmentSpreadNode):
                total = total.beside(self._fragment(node.name.value))
        return total

    def _fragment(self, name: str) -> Measure:
        if name not in self.known:
            self.known[name] = Measure()  # what a cycle finds when it comes back
            fragment = self.fragments.get(name)
            if fragment is not None:
                parent = self.schema.get_type(fragment.type_condition.name.value)
                self.known[name] = self.selection(fragment.selection_set, parent)
        return self.known[name]

    def _field(self, node: FieldNode, parent: GraphQLNamedType | None) -> Measure:
        name = node.name.value
        aliases = int(node.alias is not None)
        if name.startswith("__"):  # introspection has a depth rule of its own and touches no rows
            return Measure(1, 1, aliases, 0)
        field = parent.fields.get(name) if isinstance(parent, GraphQLObjectType) else None
        if field is None:
            return Measure(1, 1, aliases, 0)
        named = get_named_type(field.type)
        inner = self.selection(node.selection_set, named)
        own_cost = 0 if is_leaf_type(named) or named.name.endswith((CONNECTION_SUFFIX, "Edge")) else 1
        rows = self._rows(node, field, named)
        return Measure(
            inner.depth + 1, inner.fields + 1, inner.aliases + aliases, rows * (own_cost + inner.cost)
        )

    def _rows(self, node: FieldNode, field: Any, named: GraphQLNamedType) -> int:
        if "first" in field.args or "last" in field.args:
            asked = [self._number(one.value) for one in node.arguments if one.name.value in ("first", "last")]
            default = field.args["first"].default_value if "first" in field.args else PAGE_MAX
            return min(max(asked), PAGE_MAX) if asked else int(default or PAGE_MAX)
        is_edges = named.name.endswith("Edge")  # their number is their connection's
        is_list = is_list_type(get_nullable_type(field.type))
        return LIST_ESTIMATE if is_list and not is_edges and not is_leaf_type(named) else 1

    def _number(self, value: Any) -> int:
        if isinstance(value, IntValueNode):
            return max(0, int(value.value))
        if isinstance(value, VariableNode):
            given = self.variables.get(value.name.value)
            return max(0, given) if isinstance(given, int) else PAGE_MAX
        return PAGE_MAX
