"""Runs a plan: the algorithms of the GraphQL specification §6, filled in from the top.

Results are written into place. A field whose value is still on its way leaves a gap that its future fills,
so all objects of a level ask their loaders before any of them is served, and nothing waits for a chain of
coroutines. Answers equal those of graphql-core's executor; a test compares the two.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any

from graphql import ExecutionResult, GraphQLError, GraphQLResolveInfo, OperationType, located_error

from graph_service.plan import Entry, FieldPlan, Leaf, Listing, Nested, Plan, Shape

Container = dict[str, Any] | list[Any]


class Slot:
    """The place of one object or list in the answer. A dead one became null together with its parents."""

    __slots__ = ("container", "is_dead", "key", "parent", "required")

    def __init__(self, parent: Slot | None, container: Any, key: Any, *, required: bool) -> None:
        self.parent = parent
        self.container = container
        self.key = key
        self.required = required
        self.is_dead = False

    def path(self) -> list[str | int]:
        """Keys from the top of the answer to here."""
        keys: list[str | int] = []
        slot: Slot | None = self
        while slot is not None and slot.parent is not None:
            keys.append(slot.key)
            slot = slot.parent
        return keys[::-1]

    def is_lost(self) -> bool:
        """Whether this place is no longer part of the answer."""
        slot: Slot | None = self
        while slot is not None:
            if slot.is_dead:
                return True
            slot = slot.parent
        return False


async def run_plan(plan: Plan, context: Any, root_value: Any = None) -> ExecutionResult:
    """Answer one operation (or one event of a subscription). Cancel it to stop it."""
    run = _Run(context)
    try:
        is_mutation = plan.operation.operation is OperationType.MUTATION
        return await run.answer(plan, root_value, serially=is_mutation)
    finally:
        run.abandon()


class _Run:
    def __init__(self, context: Any) -> None:
        self.context = context
        self.loop = asyncio.get_running_loop()
        self.errors: list[GraphQLError] = []
        self.pending = 0
        self.is_over = False
        self.idle: asyncio.Future[None] = self.loop.create_future()
        self.tasks: list[asyncio.Future[Any]] = []
        self.infos: dict[FieldPlan, GraphQLResolveInfo] = {}

    async def answer(self, plan: Plan, root_value: Any, *, serially: bool) -> ExecutionResult:
        top: dict[str, Any] = {"data": {}}
        data = top["data"]
        slot = Slot(None, top, "data", required=False)
        try:
            for entry in plan.root.entries:
                self._fill([entry], root_value, data, slot)
                if serially:
                    await self._settled()
        except GraphQLError as error:
            self._bubble(error, slot)
        await self._settled()
        return ExecutionResult(top["data"], self.errors or None)

    def abandon(self) -> None:
        """Stop what still runs."""
        self.is_over = True
        for task in self.tasks:
            task.cancel()

    async def _settled(self) -> None:
        if self.pending:
            self.idle = self.loop.create_future()
            await self.idle

    # fields

    def _fill(self, entries: list[Entry], source: Any, result: dict[str, Any], slot: Slot) -> None:
        for name, reader, native, field in entries:
            if reader is None:
                self._ask(field, source, result, slot)
                continue
            try:
                value = reader(source)
                if native is None or type(value) is not native:
                    value = self._complete(field.shape, value, field, result, name, slot)
                result[name] = value
            except Exception as error:  # noqa: BLE001  (whatever a field does becomes an error of that field)
                self._fail(error, field, field.shape.required, result, name, slot)

    def _ask(self, field: FieldPlan, source: Any, result: dict[str, Any], slot: Slot) -> None:
        name = field.name
        result[name] = None  # keeps its place in the order of the query
        try:
            field.require_arguments()
            value = field.resolve(source, self.infos.get(field) or self._info(field), **field.arguments)
            self._place(field.shape, value, field, result, name, slot)
        except Exception as error:  # noqa: BLE001
            self._fail(error, field, field.shape.required, result, name, slot)

    def _info(self, field: FieldPlan) -> GraphQLResolveInfo:
        assert field.info is not None  # noqa: S101  (every field with a resolver has one)
        info = self.infos[field] = field.info._replace(context=self.context)
        return info

    # values

    def _place(
        self, shape: Shape, value: Any, field: FieldPlan, container: Any, key: Any, slot: Slot
    ) -> None:
        """Complete `value` into its place, now or when it has come."""
        if hasattr(value, "__await__"):
            future = asyncio.ensure_future(value)
            if not future.done():
                if future is not value:
                    self.tasks.append(future)
                self.pending += 1
                future.add_done_callback(partial(self._resume, shape, field, container, key, slot))
                return
            value = future.result()
        if isinstance(value, Exception):
            raise value
        container[key] = self._complete(shape, value, field, container, key, slot)

    def _complete(
        self, shape: Shape, value: Any, field: FieldPlan, container: Any, key: Any, parent: Slot
    ) -> Any:
        if value is None:
            if shape.required:
                raise TypeError(_null_message(field))
            return None
        if isinstance(shape, Leaf):
            return value if type(value) is shape.native else shape.serialize(value)
        slot = Slot(parent, container, key, required=shape.required)
        try:
            if isinstance(shape, Nested):
                result: dict[str, Any] = {}
                self._fill(shape.entries, value, result, slot)
                return result
            return self._complete_list(shape, value, field, slot)
        except Exception:
            slot.is_dead = True
            raise

    def _complete_list(self, shape: Listing, values: Any, field: FieldPlan, slot: Slot) -> list[Any]:
        if type(values) is not list and not _is_listable(values):
            message = f"Expected Iterable, but did not find one for field '{_field_name(field)}'."
            raise GraphQLError(message)
        item = shape.item
        results: list[Any] = []
        native = item.native if isinstance(item, Leaf) else None
        for index, value in enumerate(values):
            results.append(value)
            if native is not None and type(value) is native:
                continue
            results[index] = None
            try:
                self._place(item, value, field, results, index, slot)
            except Exception as error:  # noqa: BLE001
                self._fail(error, field, item.required, results, index, slot)
        return results

    def _resume(
        self,
        shape: Shape,
        field: FieldPlan,
        container: Any,
        key: Any,
        slot: Slot,
        future: asyncio.Future[Any],
    ) -> None:
        self.pending -= 1
        if self.is_over or future.cancelled():
            return
        try:
            if slot.is_lost():
                future.exception()  # looked at, so that nobody warns about it
            else:
                self._take(shape, field, container, key, slot, future)
        finally:
            if self.pending == 0 and not self.idle.done():
                self.idle.set_result(None)

    def _take(
        self,
        shape: Shape,
        field: FieldPlan,
        container: Any,
        key: Any,
        slot: Slot,
        future: asyncio.Future[Any],
    ) -> None:
        try:
            try:
                value = future.result()
                if isinstance(value, Exception):
                    raise value  # noqa: TRY301
                container[key] = self._complete(shape, value, field, container, key, slot)
            except Exception as error:  # noqa: BLE001
                self._fail(error, field, shape.required, container, key, slot)
        except GraphQLError as error:
            self._bubble(error, slot)

    # errors

    def _fail(
        self, error: Exception, field: FieldPlan, required: bool, container: Any, key: Any, slot: Slot
    ) -> None:
        """Note the error and leave null, or pass it on to the parent where null is not allowed."""
        located = located_error(error, field.nodes, [*slot.path(), key])
        if required:
            raise located
        container[key] = None
        self.errors.append(located)

    def _bubble(self, error: GraphQLError, slot: Slot) -> None:
        """Make the nearest parent that may be null null."""
        place: Slot | None = slot
        while place is not None:
            place.is_dead = True
            if not place.required:
                place.container[place.key] = None
                if place.parent is None or not place.parent.is_lost():
                    self.errors.append(error)
                return
            place = place.parent


def _is_listable(values: Any) -> bool:
    return isinstance(values, Iterable) and not isinstance(values, (str, bytes, Mapping))


def _null_message(field: FieldPlan) -> str:
    return f"Cannot return null for non-nullable field {_field_name(field)}."


def _field_name(field: FieldPlan) -> str:
    kind = field.info.parent_type.name if field.info else ""
    return f"{kind}.{field.nodes[0].name.value}"
