"""From a request to its answer, the same over HTTP and WebSocket: read, check, limit, authorize, run."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from graphql import (
    ExecutionResult,
    FieldNode,
    GraphQLError,
    GraphQLSchema,
    OperationDefinitionNode,
    OperationType,
    StringValueNode,
    VariableNode,
    execute,
)
from graphql.execution.values import get_variable_values

from graph_service.access import PUBLIC_FIELDS, scope_of
from graph_service.complexity import measure, require_affordable
from graph_service.context import Context, primary_session
from graph_service.documents import Document, Documents
from graph_service.errors import error_json, refusal
from graph_service.execution import Execution
from graph_service.limits import OPERATION_TIMEOUT_S
from graph_service.reads import Database
from omnisonic.core.graph_errors import OperationTimedOut, QueryInvalid
from omnisonic.platform import telemetry
from omnisonic.platform.actor import Actor, require_actor
from omnisonic.platform.db import read_session
from omnisonic.platform.errors import MethodNotAllowed, OmnisonicError

Payload = dict[str, Any]
SUGGESTION = " Did you mean"
MAX_COERCION_ERRORS = 20


@dataclass(frozen=True)
class Request:
    """What a client sent."""

    query: str
    operation_name: str | None = None
    variables: Mapping[str, Any] = field(default_factory=dict)


class Rejected(Exception):
    """The request was refused before anything ran; `errors` are ready to be sent."""

    def __init__(self, errors: list[dict[str, Any]], *, status: int, is_well_formed: bool = True) -> None:
        super().__init__(errors[0]["message"])
        self.errors = errors
        self.status = status
        self.is_well_formed = is_well_formed  # False: it was no GraphQL request at all

    @classmethod
    def because(cls, error: OmnisonicError, *, is_well_formed: bool = True) -> Rejected:
        """One refusal."""
        return cls([refusal(error)], status=error.status, is_well_formed=is_well_formed)


@dataclass(frozen=True)
class Prepared:
    """An operation that may run."""

    document: Document
    operation: OperationDefinitionNode
    operation_name: str | None
    variables: Mapping[str, Any]  # as sent

    @property
    def kind(self) -> OperationType:
        """Query, mutation or subscription."""
        return self.operation.operation


class Operations:
    """Prepares and runs operations on a schema."""

    def __init__(self, schema: GraphQLSchema, database: Database) -> None:
        self.schema = schema
        self.database = database
        self._documents = Documents(schema)

    def prepare(self, request: Request, actor: Actor | None, *, is_get: bool = False) -> Prepared:
        """Check everything that can be checked without running. Raises `Rejected`."""
        document = self._documents.read(request.query)
        if document.node is None:
            raise Rejected(_shown([error_json(error) for error in document.errors], actor), status=400)
        try:
            operation = document.operation(request.operation_name)
            if is_get and operation.operation is not OperationType.QUERY:
                raise MethodNotAllowed("Send mutations with POST; GET is for queries.")
            variables = self._coerce(operation.variable_definitions, request.variables, actor)
            require_affordable(measure(document.node, operation, self.schema, variables))
            root_fields = document.root_fields(operation)
            self._authorize(operation.operation, root_fields, variables, actor)
        except OmnisonicError as error:
            raise Rejected.because(error) from error
        return Prepared(document, operation, request.operation_name, request.variables)

    async def run(self, prepared: Prepared, actor: Actor | None, root_value: Any = None) -> Payload:
        """Run once, within the time that an operation may take."""
        from_primary = prepared.kind is not OperationType.QUERY
        opener = primary_session if from_primary else read_session
        context = Context(actor, self.database, opener)
        name = f"graphql {prepared.kind.value}"
        kind = telemetry.SpanKind.INTERNAL
        try:
            with telemetry.span(name, kind=kind, graphql__operation__name=prepared.operation_name):
                async with asyncio.timeout(OPERATION_TIMEOUT_S):
                    result = await self._execute(prepared, context, root_value)
        except TimeoutError:
            limit = OperationTimedOut(f"It took longer than {OPERATION_TIMEOUT_S:g} s. Ask for less at once.")
            return {"data": None, "errors": [refusal(limit)]}
        finally:
            context.close()
        answer = payload_of(result)
        return {**answer, "extensions": context.extensions} if context.extensions else answer

    def execution(self, prepared: Prepared, context: Context) -> Execution:
        """The library's state of one run. Raises `GraphQLError` for variables that do not fit."""
        assert prepared.document.node is not None  # noqa: S101  (only checked documents are prepared)
        built = Execution.build(
            self.schema,
            prepared.document.node,
            context_value=context,
            raw_variable_values=dict(prepared.variables),
            operation_name=prepared.operation_name,
        )
        if isinstance(built, list):
            raise built[0]
        return built  # type: ignore[return-value]

    async def _execute(self, prepared: Prepared, context: Context, root_value: Any) -> ExecutionResult:
        assert prepared.document.node is not None  # noqa: S101
        answer = execute(
            self.schema,
            prepared.document.node,
            root_value,
            context,
            dict(prepared.variables),
            prepared.operation_name,
            execution_context_class=Execution,
        )
        return answer if isinstance(answer, ExecutionResult) else await answer

    def _coerce(self, definitions: Any, given: Mapping[str, Any], actor: Actor | None) -> dict[str, Any]:
        found = get_variable_values(
            self.schema, definitions or (), dict(given), max_errors=MAX_COERCION_ERRORS
        )
        if isinstance(found, list):
            raise Rejected(_shown([_coercion_json(error) for error in found], actor), status=400)
        return found

    def _authorize(
        self,
        kind: OperationType,
        root_fields: list[FieldNode],
        variables: Mapping[str, Any],
        actor: Actor | None,
    ) -> None:
        for one in root_fields:
            if not self._is_open(one, variables):
                scope = scope_of(one.name.value, is_mutation=kind is OperationType.MUTATION)
                require_actor(actor).require_scope(scope)

    def _is_open(self, node: FieldNode, variables: Mapping[str, Any]) -> bool:
        """Whether strangers may ask for a root field: the public log, or what tells nothing."""
        if node.name.value == "__typename" or node.name.value in PUBLIC_FIELDS:
            return True
        if node.name.value != "__type" or not node.arguments:
            return False
        value = node.arguments[0].value
        if isinstance(value, VariableNode):
            asked = variables.get(value.name.value)
        else:
            asked = value.value if isinstance(value, StringValueNode) else None
        return isinstance(asked, str) and self.schema.get_type(asked) is None


def payload_of(result: ExecutionResult) -> Payload:
    """The response of GraphQL spec §7.1: `errors` only where there are some."""
    if not result.errors:
        return {"data": result.data}
    return {"data": result.data, "errors": [error_json(error) for error in result.errors]}


def _shown(errors: list[dict[str, Any]], actor: Actor | None) -> list[dict[str, Any]]:
    """Errors as their caller may read them: a stranger is not helped to guess the schema's names."""
    if actor is None:
        for one in errors:
            one["message"] = one["message"].partition(SUGGESTION)[0]
    return errors


def _coercion_json(error: GraphQLError) -> dict[str, Any]:
    # A value that a scalar refuses is the client's error, whatever exception the scalar used to say so.
    return {**error_json(GraphQLError(error.message, error.nodes)), "extensions": _invalid_extensions()}


def _invalid_extensions() -> dict[str, Any]:
    extensions: dict[str, Any] = refusal(QueryInvalid())["extensions"]
    return extensions
