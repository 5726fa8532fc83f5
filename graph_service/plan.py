"""What an operation will do, worked out once: which fields each object needs, how each is read and completed.

A plan belongs to one operation with its variables. Selections are planned when an object first needs them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from operator import attrgetter
from typing import Any

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    GraphQLError,
    GraphQLField,
    GraphQLObjectType,
    GraphQLResolveInfo,
    GraphQLSchema,
    OperationDefinitionNode,
    is_leaf_type,
    is_list_type,
    is_non_null_type,
    is_object_type,
)
from graphql.execution.collect_fields import collect_fields, collect_sub_fields
from graphql.execution.execute import default_field_resolver
from graphql.execution.values import get_argument_values
from graphql.pyutils import Path, is_awaitable

Reader = Callable[[Any], Any]


class Leaf:
    """A scalar or enum: `serialize` makes the value that clients get; one of type `native` already is it."""

    __slots__ = ("native", "required", "serialize")

    def __init__(self, serialize: Reader, *, native: type | None = None, required: bool) -> None:
        self.serialize = serialize
        self.native = native
        self.required = required


class Listing:
    """A list whose items complete by `item`."""

    __slots__ = ("item", "required")

    def __init__(self, item: Shape, *, required: bool) -> None:
        self.item = item
        self.required = required


class Nested:
    """An object; `entries` are its fields in the order of the query."""

    __slots__ = ("_collect", "_entries", "required", "type")

    def __init__(
        self, kind: GraphQLObjectType, collect: Callable[[GraphQLObjectType], list[Entry]], *, required: bool
    ) -> None:
        self.type = kind
        self.required = required
        self._collect = collect
        self._entries: list[Entry] | None = None

    @property
    def entries(self) -> list[Entry]:
        """The fields that this object needs, in the order of the query."""
        if self._entries is None:
            self._entries = self._collect(self.type)
        return self._entries


Shape = Leaf | Listing | Nested


class FieldPlan:
    """One field of a selection."""

    __slots__ = ("arguments", "failure", "info", "name", "nodes", "resolve", "shape", "subscribe")

    def __init__(self, name: str, nodes: list[FieldNode], shape: Shape) -> None:
        self.name = name
        self.nodes = nodes
        self.shape = shape
        self.arguments: dict[str, Any] = {}
        self.failure: GraphQLError | None = None  # its arguments do not fit
        self.resolve: Callable[..., Any] = default_field_resolver
        self.subscribe: Callable[..., Any] | None = None
        self.info: GraphQLResolveInfo | None = None

    def require_arguments(self) -> None:
        """Raise the reason why the arguments do not fit, if there is one."""
        if self.failure is not None:
            raise self.failure


# Name, how to read an attribute (None: ask the resolver), the type of value that is served as it is (None:
# complete it), and the field.
Entry = tuple[str, Reader | None, type | None, FieldPlan]


class Plan:
    """An operation ready to run any number of times, each time with a context of its own."""

    def __init__(
        self,
        schema: GraphQLSchema,
        operation: OperationDefinitionNode,
        fragments: dict[str, FragmentDefinitionNode],
        variables: dict[str, Any],
    ) -> None:
        root = schema.get_root_type(operation.operation)
        if root is None:
            raise GraphQLError(f"There are no {operation.operation.value} operations here.", operation)
        self.schema, self.operation, self.fragments, self.variables = schema, operation, fragments, variables
        self.root = Nested(root, self._root_entries, required=False)

    def fields(self) -> Iterator[FieldPlan]:
        """The fields at the top."""
        return (entry[3] for entry in self.root.entries)

    def _root_entries(self, kind: GraphQLObjectType) -> list[Entry]:
        found = collect_fields(
            self.schema, self.fragments, self.variables, kind, self.operation.selection_set
        )
        return self._entries(kind, found)

    def _sub_entries(self, nodes: list[FieldNode], kind: GraphQLObjectType) -> list[Entry]:
        found = collect_sub_fields(self.schema, self.fragments, self.variables, kind, nodes)
        return self._entries(kind, found)

    def _entries(self, kind: GraphQLObjectType, found: dict[str, list[FieldNode]]) -> list[Entry]:
        return [self._entry(kind, name, nodes) for name, nodes in found.items()]

    def _entry(self, kind: GraphQLObjectType, name: str, nodes: list[FieldNode]) -> Entry:
        field_name = nodes[0].name.value
        if field_name == "__typename":
            type_name = kind.name
            return (
                name,
                lambda _: type_name,
                str,
                FieldPlan(name, nodes, Leaf(str, native=str, required=True)),
            )
        field = kind.fields[field_name]
        plan = FieldPlan(name, nodes, self._shape(field.type, nodes))
        plan.resolve = field.resolve or default_field_resolver
        plan.subscribe = field.subscribe
        try:
            plan.arguments = get_argument_values(field, nodes[0], self.variables)
        except GraphQLError as error:
            plan.failure = error
        plan.info = self._info(kind, field, name, nodes)
        reader = _plain_reader(field) if plan.failure is None else None
        native = plan.shape.native if isinstance(plan.shape, Leaf) else None
        return name, reader, native, plan

    def _shape(self, kind: Any, nodes: list[FieldNode], *, required: bool = False) -> Shape:
        if is_non_null_type(kind):
            return self._shape(kind.of_type, nodes, required=True)
        if is_list_type(kind):
            return Listing(self._shape(kind.of_type, nodes), required=required)
        if is_leaf_type(kind):
            return Leaf(kind.serialize, native=_NATIVE.get(kind.name), required=required)
        if is_object_type(kind):
            return Nested(kind, partial(self._sub_entries, nodes), required=required)
        raise TypeError(f"The engine has no way to complete {kind}: add it when the schema needs it.")

    def _info(
        self, kind: GraphQLObjectType, field: GraphQLField, name: str, nodes: list[FieldNode]
    ) -> GraphQLResolveInfo:
        return GraphQLResolveInfo(
            nodes[0].name.value,
            nodes,
            field.type,
            kind,
            Path(None, name, kind.name),
            self.schema,
            self.fragments,
            None,
            self.operation,
            self.variables,
            None,
            is_awaitable,
        )


def _plain_reader(field: GraphQLField) -> Reader | None:
    """How to read an attribute, where Graphene's default resolver would do nothing else."""
    resolve = field.resolve
    if isinstance(resolve, partial) and resolve.func.__name__ == "dict_or_attr_resolver":
        return attrgetter(str(resolve.args[0]))
    return None


_NATIVE: dict[str, type] = {"String": str, "ID": str, "Boolean": bool}
