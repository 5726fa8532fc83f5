"""graphql-core's executor with a shorter way to fields that are nothing but an attribute.

Most fields of a page are such fields. Whatever is not plainly one (another type than the schema says, null,
no such attribute) goes the library's way, so answers and errors are the library's; a test compares them.
"""

from __future__ import annotations

from asyncio import Future, gather
from functools import partial
from types import CoroutineType
from typing import Any

from graphene.types.resolver import dict_or_attr_resolver
from graphql import FieldNode, GraphQLObjectType, Undefined, get_nullable_type
from graphql.execution import ExecutionContext
from graphql.pyutils import Path

AWAITABLE = (Future, CoroutineType)  # what resolvers and loaders give; asking for `__await__` costs more
SERVED_AS_IT_IS: dict[str, type] = {"String": str, "ID": str, "Boolean": bool}

Fields = dict[str, list[FieldNode]]
# Name in the answer, its nodes, and where it is an attribute: which, and the type that is served as it is.
Entry = tuple[str, list[FieldNode], str | None, type | None]


class Execution(ExecutionContext):
    """One run of one operation."""

    def __init__(self, *positional: Any, **named: Any) -> None:
        super().__init__(*positional, **named)
        # By the identity of a selection, which is kept beside its entries so that it stays the only one.
        self._selections: dict[int, tuple[Fields, list[Entry]]] = {}

    @staticmethod
    def is_awaitable(value: Any) -> bool:
        """Whether a value is still to come."""
        return isinstance(value, AWAITABLE)

    def execute_fields(
        self, parent_type: GraphQLObjectType, source_value: Any, path: Path | None, fields: Fields
    ) -> Any:
        """The fields of one object (GraphQL spec §6.3), those that are still to come side by side."""
        known = self._selections.get(id(fields))
        if known is None:
            entries = [_entry(parent_type, name, nodes) for name, nodes in fields.items()]
            known = self._selections[id(fields)] = fields, entries
        results: dict[str, Any] = {}
        pending: list[str] = []
        for name, nodes, attribute, native in known[1]:
            if attribute is not None:
                try:
                    value = getattr(source_value, attribute, None)
                except Exception:  # noqa: BLE001  (the library meets it again and says where)
                    value = None
                if type(value) is native:
                    results[name] = value
                    continue
            value = self.execute_field(parent_type, source_value, nodes, Path(path, name, parent_type.name))
            if value is not Undefined:
                results[name] = value
                if isinstance(value, AWAITABLE):
                    pending.append(name)
        return _settled(results, pending) if pending else results


async def _settled(results: dict[str, Any], pending: list[str]) -> dict[str, Any]:
    if len(pending) == 1:  # no task needed
        results[pending[0]] = await results[pending[0]]
    else:
        values = await gather(*(results[name] for name in pending))
        results.update(zip(pending, values, strict=True))
    return results


def _entry(parent_type: GraphQLObjectType, name: str, nodes: list[FieldNode]) -> Entry:
    field = parent_type.fields.get(nodes[0].name.value)
    resolve = field.resolve if field else None
    if field is None or not isinstance(resolve, partial) or resolve.func is not dict_or_attr_resolver:
        return name, nodes, None, None
    native = SERVED_AS_IT_IS.get(getattr(get_nullable_type(field.type), "name", ""))
    return name, nodes, resolve.args[0] if native else None, native
