"""Query text to a checked document. Both good and bad ones are kept by the hash of their text."""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from dataclasses import dataclass

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    GraphQLSchema,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionSetNode,
    parse,
    specified_rules,
    validate,
)
from graphql.validation.specified_rules import recommended_rules

from graph_service.limits import (
    CACHED_QUERY_MAX_CHARS,
    DOCUMENTS_CACHED,
    QUERY_MAX_CHARS,
    TOKENS_MAX,
    VALIDATION_ERRORS_MAX,
)
from omnisonic.core.graph_errors import QueryInvalid, QueryTooComplex

RULES = tuple(dict.fromkeys([*specified_rules, *recommended_rules]))


@dataclass(frozen=True)
class Document:
    """A document that fits the schema, or the errors why not. `digest` stands for its text."""

    digest: str
    node: DocumentNode | None
    errors: tuple[GraphQLError, ...] = ()

    def operation(self, name: str | None) -> OperationDefinitionNode:
        """The operation to run. Raises `QueryInvalid` when `name` does not choose exactly one."""
        assert self.node is not None  # noqa: S101  (only documents without errors get here)
        operations = [one for one in self.node.definitions if isinstance(one, OperationDefinitionNode)]
        if name is None:
            if len(operations) == 1:
                return operations[0]
            raise QueryInvalid("Name one of the operations of this document in `operationName`.")
        for one in operations:
            if one.name and one.name.value == name:
                return one
        raise QueryInvalid(f"This document has no operation named {name[:100]!r}.")

    def root_fields(self, operation: OperationDefinitionNode) -> list[FieldNode]:
        """The fields at the top of an operation, fragments written out, each place once."""
        assert self.node is not None  # noqa: S101
        fragments = {
            one.name.value: one for one in self.node.definitions if isinstance(one, FragmentDefinitionNode)
        }
        found: list[FieldNode] = []
        seen: set[str] = set()

        def visit(selection: SelectionSetNode) -> None:
            for node in selection.selections:
                if isinstance(node, FieldNode):
                    found.append(node)
                elif isinstance(node, InlineFragmentNode):
                    visit(node.selection_set)
                elif isinstance(node, FragmentSpreadNode) and node.name.value not in seen:
                    seen.add(node.name.value)
                    visit(fragments[node.name.value].selection_set)

        visit(operation.selection_set)
        return found


class Documents:
    """Parses and validates; a hundred clients that send the same query pay once."""

    def __init__(self, schema: GraphQLSchema) -> None:
        self._schema = schema
        self._known: OrderedDict[str, Document] = OrderedDict()

    def read(self, query: str) -> Document:
        """The document of a query text; it tells its errors itself."""
        digest = hashlib.sha256(query.encode("utf-8", "surrogatepass")).hexdigest()
        known = self._known.get(digest)
        if known is not None:
            self._known.move_to_end(digest)
            return known
        document = self._check(query, digest)
        if len(query) <= CACHED_QUERY_MAX_CHARS:
            self._known[digest] = document
            if len(self._known) > DOCUMENTS_CACHED:
                self._known.popitem(last=False)
        return document

    def _check(self, query: str, digest: str) -> Document:
        if len(query) > QUERY_MAX_CHARS:
            refusal = QueryTooComplex(f"The query is longer than {QUERY_MAX_CHARS} characters.")
            return Document(digest, None, (GraphQLError(refusal.detail, original_error=refusal),))
        try:
            node = parse(query, max_tokens=TOKENS_MAX)
        except GraphQLError as error:
            return Document(digest, None, (_read_error(error),))
        errors = validate(self._schema, node, RULES, max_errors=VALIDATION_ERRORS_MAX)
        return Document(digest, None if errors else node, tuple(errors))


def _read_error(error: GraphQLError) -> GraphQLError:
    if "tokens" not in error.message and "nested too deeply" not in error.message:
        return error
    refusal = QueryTooComplex(
        f"The query has more than {TOKENS_MAX} tokens or nests too deeply. Ask for less."
    )
    return GraphQLError(refusal.detail, original_error=refusal)
